package calendar

import (
	"time"
)

// Kind is the kind of an item.
type Kind int

// The kinds of items.
const (
	Todo Kind = iota
	Event
)

// States of an item. The first four are those of a Todo, Cancelled and the rest those of an Event.
const (
	NeedsAction = "NEEDS-ACTION"
	InProcess   = "IN-PROCESS"
	Completed   = "COMPLETED"
	Cancelled   = "CANCELLED"
	Tentative   = "TENTATIVE"
	Confirmed   = "CONFIRMED"
)

// Calendar is an iCalendar object.
type Calendar struct {
	// Product names the program that writes, as "-//noroshi//kengine//EN".
	Product string
	// Name is shown by programs that subscribe; it may be empty.
	Name string
	// Refresh is how often subscribers should come again; zero leaves it open.
	Refresh time.Duration
	Items   []Item
}

// Item is a task or an event.
type Item struct {
	Kind Kind
	// UID is the lasting identity, unique in the world, as "01J…@csirt.example".
	UID string
	// Stamp is when this state of the item was written; take the time of its last change, so
	// that the file stays the same while nothing changes.
	Stamp time.Time
	// Sequence counts the revisions of times and state, from 0.
	Sequence             int
	Summary, Description string
	URL                  string
	Created, Modified    time.Time
	// Start is optional for a Todo. End is the due time of a Todo and the end of an Event.
	Start, End time.Time
	// AllDay writes Start and End as dates, in the zone that they carry. The end of an event is
	// then the day after its last one.
	AllDay bool
	// Status is one of the states above, or empty.
	Status string
	// CompletedAt is when a Todo was done.
	CompletedAt time.Time
	// Priority is 1 (highest) to 9, 0 undefined.
	Priority   int
	Categories []string
	// Private marks the item as not for others to see (CLASS:PRIVATE).
	Private bool
	// Alarms are reminders, each so long before End of a Todo or Start of an Event; whole minutes.
	Alarms []time.Duration
}
