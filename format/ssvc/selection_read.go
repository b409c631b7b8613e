package ssvc

import (
	"bytes"
	"encoding/json"
	"time"
)

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
