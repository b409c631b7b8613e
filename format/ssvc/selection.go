package ssvc

import (
	"time"
)

// SelectionValue is one value that is still possible. Only the key is
// required; name and definition are courtesy copies.
type SelectionValue struct {
	Name       string `json:"name,omitempty"`
	Definition string `json:"definition,omitempty"`
	Key        string `json:"key"`
}

// Selection is what is known of one decision point: the set of values that are
// still possible, at least one.
type Selection struct {
	ID         ID
	Name       string
	Definition string
	Values     []SelectionValue
}

// Reference is a resource with a summary.
type Reference struct {
	URI     string `json:"uri"`
	Summary string `json:"summary"`
}

// SelectionList is what was found out about targets at one time.
type SelectionList struct {
	// TargetIDs name what was evaluated, such as CVE-1900-1234; may be empty.
	TargetIDs []string
	// Timestamp is the time of the evaluation.
	Timestamp  time.Time
	Selections []Selection
	// Resources describe the decision points, References support the values.
	Resources  []Reference
	References []Reference
	// Role is the stakeholder of the older form 1-0-1; form 2.0.0 has none and
	// it is not written.
	Role string
	// Unmapped lists what the older form said by names that are not known.
	Unmapped []Unmapped
}

// Unmapped is a name or value that has no known meaning; it is kept, flagged
// and never guessed.
type Unmapped struct {
	// Name is the decision point as written.
	Name string
	// Value is the value as written; empty when the name itself is unknown.
	Value string
	// Reason is "name" or "value".
	Reason string
}

// JSON gives the list in form 2.0.0. It fails when the list breaks the schema.
func (l SelectionList) JSON() ([]byte, error) {
	if err := l.Validate(); err != nil {
		return nil, err
	}
	w := wireList{
		TargetIDs: l.TargetIDs, Timestamp: l.Timestamp.Format(time.RFC3339Nano), SchemaVersion: SchemaVersion,
		Resources: l.Resources, References: l.References,
	}
	for _, s := range l.Selections {
		w.Selections = append(w.Selections, wireSelection{
			Namespace: s.ID.Namespace, Key: s.ID.Key, Version: s.ID.Version, Name: s.Name, Definition: s.Definition, Values: s.Values,
		})
	}
	return encode(w)
}
