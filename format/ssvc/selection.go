package ssvc

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
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

type wireSelection struct {
	Namespace  string           `json:"namespace"`
	Key        string           `json:"key"`
	Version    string           `json:"version"`
	Name       string           `json:"name,omitempty"`
	Definition string           `json:"definition,omitempty"`
	Values     []SelectionValue `json:"values"`
}

type wireList struct {
	TargetIDs     []string        `json:"target_ids,omitempty"`
	Timestamp     string          `json:"timestamp"`
	SchemaVersion string          `json:"schemaVersion"`
	Selections    []wireSelection `json:"selections"`
	Resources     []Reference     `json:"decision_point_resources,omitempty"`
	References    []Reference     `json:"references,omitempty"`
}

// wireOldList is the form 1-0-1: id, role, values by name.
type wireOldList struct {
	ID            string `json:"id"`
	Role          string `json:"role"`
	Timestamp     string `json:"timestamp"`
	SchemaVersion string `json:"schemaVersion"`
	Selections    []struct {
		Namespace string   `json:"namespace"`
		Name      string   `json:"name"`
		Version   string   `json:"version"`
		Values    []string `json:"values"`
	} `json:"selections"`
}

const oldSchemaVersion = "1-0-1"

// ParseSelectionList reads the form 2.0.0, in which unknown properties are
// refused as the schema demands, or the older form 1-0-1, whose names are
// looked up in points; names that are not found are listed in Unmapped.
func ParseSelectionList(data []byte, points Source) (SelectionList, error) {
	var head struct {
		SchemaVersion string `json:"schemaVersion"`
	}
	if err := decode("selection list", data, &head); err != nil {
		return SelectionList{}, err
	}
	switch head.SchemaVersion {
	case SchemaVersion:
		return parseList(data)
	case oldSchemaVersion:
		return parseOldList(data, points)
	}
	return SelectionList{}, fail("selection list", "schemaVersion is "+quote(head.SchemaVersion), "2.0.0 and 1-0-1 are read")
}

func parseList(data []byte) (SelectionList, error) {
	var w wireList
	if err := strict("selection list", data, &w); err != nil {
		return SelectionList{}, err
	}
	at, err := parseTime("selection list timestamp", w.Timestamp)
	if err != nil {
		return SelectionList{}, err
	}
	l := SelectionList{TargetIDs: w.TargetIDs, Timestamp: at, Resources: w.Resources, References: w.References}
	for _, s := range w.Selections {
		l.Selections = append(l.Selections, Selection{
			ID: ID{s.Namespace, s.Key, s.Version}, Name: s.Name, Definition: s.Definition, Values: s.Values,
		})
	}
	return l, l.Validate()
}

func parseOldList(data []byte, points Source) (SelectionList, error) {
	var w wireOldList
	if err := strict("selection list", data, &w); err != nil {
		return SelectionList{}, err
	}
	at, err := parseTime("selection list timestamp", w.Timestamp)
	if err != nil {
		return SelectionList{}, err
	}
	if len(w.Selections) == 0 || len(w.Selections) > MaxPoints {
		return SelectionList{}, fail("selection list", strconv.Itoa(len(w.Selections))+" selections", "give 1 to "+strconv.Itoa(MaxPoints))
	}
	l := SelectionList{Timestamp: at, Role: w.Role}
	if w.ID != "" {
		l.TargetIDs = []string{w.ID}
	}
	for i, s := range w.Selections {
		if len(s.Values) == 0 || len(s.Values) > MaxValues {
			return SelectionList{}, fail("selection "+strconv.Itoa(i), strconv.Itoa(len(s.Values))+" values", "list every value that is still possible")
		}
		p, ok := points.PointByName(s.Namespace, s.Name, versionOr(s.Version))
		if !ok {
			l.Unmapped = append(l.Unmapped, Unmapped{Name: s.Name, Reason: "name"})
			continue
		}
		sel := Selection{ID: p.ID, Name: p.Name}
		for _, name := range s.Values {
			i := p.IndexByName(name)
			if i < 0 {
				l.Unmapped = append(l.Unmapped, Unmapped{Name: s.Name, Value: name, Reason: "value"})
				continue
			}
			if v := (SelectionValue{Key: p.Values[i].Key, Name: p.Values[i].Name}); !slices.Contains(sel.Values, v) {
				sel.Values = append(sel.Values, v)
			}
		}
		if len(sel.Values) > 0 {
			l.Selections = append(l.Selections, sel)
		}
	}
	return l, nil
}

// Validate checks the list against the rules of schema 2.0.0.
func (l SelectionList) Validate() error {
	if l.Timestamp.IsZero() {
		return fail("selection list", "has no timestamp", "say when the evaluation was made")
	}
	if len(l.Selections) == 0 || len(l.Selections) > MaxPoints {
		return fail("selection list", strconv.Itoa(len(l.Selections))+" selections", "give 1 to "+strconv.Itoa(MaxPoints))
	}
	if len(l.TargetIDs) > maxObjects || len(l.Resources) > maxObjects || len(l.References) > maxObjects {
		return fail("selection list", "lists more than "+strconv.Itoa(maxObjects)+" ids or references", "split it")
	}
	seen := map[string]bool{}
	for _, id := range l.TargetIDs {
		if id == "" || seen[id] {
			return fail("selection list target "+quote(id), "is empty or listed twice", "name every target once")
		}
		seen[id] = true
	}
	for i, s := range l.Selections {
		if err := s.validate("selection " + strconv.Itoa(i)); err != nil {
			return err
		}
	}
	for _, r := range append(append([]Reference{}, l.Resources...), l.References...) {
		if u, err := url.Parse(r.URI); err != nil || !u.IsAbs() {
			return fail("selection list reference "+quote(r.URI), "is not an absolute URI", "write it with its scheme")
		}
	}
	return nil
}

func (s Selection) validate(place string) error {
	if err := s.ID.check(); err != nil {
		return err
	}
	if len(s.Values) == 0 || len(s.Values) > MaxValues {
		return fail(place, strconv.Itoa(len(s.Values))+" values", "list every value that is still possible")
	}
	seen := map[string]bool{}
	for _, v := range s.Values {
		if !ValidKey(v.Key) || seen[v.Key] {
			return fail(place+" value "+quote(v.Key), "breaks the key pattern or is listed twice", "list every key once")
		}
		seen[v.Key] = true
	}
	return nil
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

// Select makes the selection of the values at these positions of a decision
// point, with the names of point and values.
func Select(p DecisionPoint, positions ...int) Selection {
	s := Selection{ID: p.ID, Name: p.Name}
	for _, i := range positions {
		s.Values = append(s.Values, SelectionValue{Key: p.Values[i].Key, Name: p.Values[i].Name})
	}
	return s
}

// Positions gives the positions of the selected values in the decision point;
// keys that the point does not have are returned as unmapped.
func (s Selection) Positions(p DecisionPoint) ([]int, []Unmapped) {
	var at []int
	var unmapped []Unmapped
	for _, v := range s.Values {
		if i := p.Index(v.Key); i >= 0 {
			at = append(at, i)
		} else {
			unmapped = append(unmapped, Unmapped{Name: s.ID.String(), Value: v.Key, Reason: "value"})
		}
	}
	return at, unmapped
}

func strict(what string, data []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return jsonError(what, err)
	}
	return nil
}

func parseTime(place, s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}, fail(place, quote(s)+" is not an RFC 3339 time", "write it like 2026-01-02T03:04:05Z")
	}
	return t, nil
}

// PositionsIn gives the positions in a pinned version of a decision point of a
// selection that may have been made with another version. With the same major
// number a value is found by its key; with another one key and name must agree
// as well, because the same key may have got another meaning. What is not found
// is unmapped.
func (s Selection) PositionsIn(pin DecisionPoint, points Source) ([]int, []Unmapped) {
	if s.ID == pin.ID {
		return s.Positions(pin)
	}
	was, known := points.Point(s.ID)
	if s.ID.Namespace != pin.ID.Namespace || s.ID.Key != pin.ID.Key || !known {
		return nil, []Unmapped{{Name: s.ID.String(), Reason: "name"}}
	}
	from, _ := splitVersion(s.ID.Version)
	to, _ := splitVersion(pin.ID.Version)
	var at []int
	var unmapped []Unmapped
	for _, v := range s.Values {
		i, old := pin.Index(v.Key), was.Index(v.Key)
		if i < 0 || old < 0 || from[0] != to[0] && foldName(was.Values[old].Name) != foldName(pin.Values[i].Name) {
			unmapped = append(unmapped, Unmapped{Name: s.ID.String(), Value: v.Key, Reason: "value"})
			continue
		}
		at = append(at, i)
	}
	return at, unmapped
}
