package audit

// Actor is who did something: a person, a person's API token or the system itself.
type Actor struct {
	Kind string // "person", "token", "system" or "nobody"
	ID   string // identifier within the kind; a name of a job for the system
}

// Entry is one thing that was done, refused or read.
type Entry struct {
	Actor   Actor
	Room    string            // room or core package, for example "kengine"
	Op      string            // operation, for example "rule"
	Object  string            // identifier of the object, never its content
	Outcome string            // "" means "ok"; otherwise for example "denied"
	Request string            // request id; empty outside of a request: the context's one is taken
	Details map[string]string // personal or confidential facts: stored beside the leaf, erasable
}
