package ui

import (
	"strings"
	"time"

	"github.com/a-h/templ"
)

// Field is one control of a form with its label. The error comes from Trouble by
// the field's name.
type Field struct {
	Name     string
	Label    string
	Hint     string
	Value    string
	Type     string // of the input: "text" if empty; "password", "email", "url", "number", "search"
	Complete string // autocomplete
	Max      int    // characters; 0 is no limit
	Rows     int    // of a text area
	Required bool
	Wide     bool // the input takes the whole width
	Mono     bool // for code and identifiers
	Focus    bool // gets the focus when the page opens
	Trouble  Trouble
	Options  []Option
	Key      string // single letter that focuses the control
}

// ID is the id of the control; labels and the summary's links point to it.
func (f Field) ID() string { return "f-" + strings.ReplaceAll(f.Name, ".", "-") }

// Error is what is wrong with the field.
func (f Field) Error() string { return f.Trouble.Of(f.Name) }

// kind is the type of the input.
func (f Field) kind() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

// described names the hint and the error for readers of the page's text.
func (f Field) described() string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.ID()+"-hint")
	}
	if f.Error() != "" {
		ids = append(ids, f.ID()+"-error")
	}
	return strings.Join(ids, " ")
}

// attributes are those that every control of a field has.
func (f Field) attributes() templ.Attributes {
	a := templ.Attributes{}
	if d := f.described(); d != "" {
		a["aria-describedby"] = d
	}
	if f.Error() != "" {
		a["aria-invalid"] = "true"
	}
	if f.Required {
		a["required"] = true
	}
	if f.Max > 0 {
		a["maxlength"] = number(f.Max)
	}
	if f.Complete != "" {
		a["autocomplete"] = f.Complete
	}
	if f.Focus {
		a["autofocus"] = true
	}
	if f.Key != "" {
		a["data-key"] = f.Key
	}
	return a
}

// Local is a time as a datetime-local control takes it, in zone.
func Local(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone).Format("2006-01-02T15:04")
}

// Label names a field for the summary of a form.
type Label struct{ Name, Label string }

// label is what labels call a field.
func label(labels []Label, name string) string {
	for _, l := range labels {
		if l.Name == name {
			return l.Label
		}
	}
	return name
}
