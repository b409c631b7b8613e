// Package view keeps saved views of lists and what is subscribed to them.
//
// A view is a stored address query of one list path: personal, or of the team of
// an organisation. A subscription is an Atom feed under a secret address, or a
// webhook that is told of news. The package knows nothing of the rooms' lists: a
// room shows the views as tabs, renders the feed for the actor that Feed returns,
// asks Subscribed which views want to hear of a change, decides which filters
// match, and calls Deliver in its own transaction.
//
//	Deliver --(job view.deliver)--> pending -> sent
//	                                   |  12 tries over about 10 h, retrying between them
//	                                   +-----> failed --Replay--> pending
//
// A webhook is a POST of JSON with the headers Noroshi-Delivery (id, the same on
// each try), Noroshi-Timestamp (Unix seconds) and Noroshi-Signature: "v1=" and the
// hex HMAC-SHA256 of timestamp, ".", body under the key shown once at its making.
// A receiver refuses old timestamps and drops delivery ids it has seen.
package view
