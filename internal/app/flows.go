package app

// connect joins the rooms: questions by an adapter, news by a subscription, one
// line a flow. It is the only place where one room's deed reaches another.
func connect(r rooms) {
	r.kengine.Connect()
}
