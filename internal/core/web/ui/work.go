package ui

import "time"

// Question is one item of an analysis: it is asked because its answer can still
// change a decision.
type Question struct {
	Name    string // of the form field
	Text    string
	Help    string
	Why     string // what the answer decides
	Known   string // what is already known and from where; may be empty
	Options []Option
	Trouble Trouble
}

// field is the question as a form field.
func (q Question) field() Field { return Field{Name: q.Name, Trouble: q.Trouble, Hint: q.Help} }

// Reason is a value that led to a recommendation.
type Reason struct {
	Question, Answer string
	Source           string
	Href             string // to its evidence; may be empty
}

// Recommendation is what a decision model says to do and why. The children of
// Recommend are the form that decides otherwise.
type Recommendation struct {
	Title      string // of the decision
	Kind       Kind
	Priority   string // word of the mark
	Action     string
	Confidence string // "0.94"; may be empty
	Due        time.Time
	Reasons    []Reason
	Nearest    string // the smallest change of facts that alters the outcome
	Agree      string // POST, from URL; empty: it cannot be agreed to here
	Disagree   string // label of the fold with the children; empty: none
}

// Note is one message of a thread.
type Note struct {
	ID     string
	By     string
	At     time.Time
	Body   string
	Lang   string // of Body
	Unread bool
}

// firstUnread is the id of the first unread note, "" if all are read.
func firstUnread(notes []Note) string {
	for _, n := range notes {
		if n.Unread {
			return n.ID
		}
	}
	return ""
}

// Party is a row of the matrix of those who are asked.
type Party struct {
	Name, Href string
	Kind       Kind
	Status     string
	Seen       time.Time // when it last looked; zero: never
	Statement  string
}

// Letter is a mail before it is sent.
type Letter struct {
	From, To, Subject, Body string
	Signed, Encrypted       bool
}
