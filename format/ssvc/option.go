package ssvc

import (
	"encoding/json"
	"slices"
	"strconv"
)

// Option is one entry of an SSVC 1.x result: a decision point name and the
// value names as written.
type Option struct {
	Name   string
	Values []string
}

// Options is an SSVC 1.x result, as in the content of a CVE record's "ssvc"
// metric or a Computed file of the calculator. All texts are kept as written.
type Options struct {
	Target    string
	Role      string
	Version   string
	Timestamp string
	// Computed is the vector form, when given.
	Computed string
	Options  []Option
}

type wireOptions struct {
	ID        string                       `json:"id"`
	Role      string                       `json:"role"`
	Version   string                       `json:"version"`
	Timestamp string                       `json:"timestamp"`
	Computed  string                       `json:"computed"`
	Options   []map[string]json.RawMessage `json:"options"`
}

// ParseOptions reads an SSVC 1.x result; a value may be one name or a list of
// names, every option holds one decision point.
func ParseOptions(data []byte) (Options, error) {
	var w wireOptions
	if err := decode("ssvc options", data, &w); err != nil {
		return Options{}, err
	}
	if len(w.Options) > MaxPoints {
		return Options{}, fail("ssvc options", strconv.Itoa(len(w.Options))+" options", "at most "+strconv.Itoa(MaxPoints))
	}
	o := Options{Target: w.ID, Role: w.Role, Version: w.Version, Timestamp: w.Timestamp, Computed: w.Computed}
	for i, entry := range w.Options {
		place := "ssvc option " + strconv.Itoa(i)
		if len(entry) != 1 {
			return Options{}, fail(place, "holds "+strconv.Itoa(len(entry))+" names", "write one decision point per option")
		}
		for name, raw := range entry {
			values, err := stringOrList(place, raw)
			if err != nil {
				return Options{}, err
			}
			o.Options = append(o.Options, Option{Name: name, Values: values})
		}
	}
	return o, nil
}

func stringOrList(place string, raw json.RawMessage) ([]string, error) {
	var one *string
	if json.Unmarshal(raw, &one) == nil && one != nil {
		return []string{*one}, nil
	}
	var many []*string
	if err := json.Unmarshal(raw, &many); err != nil || len(many) == 0 || len(many) > MaxValues || slices.Contains(many, nil) {
		return nil, fail(place, "is neither a name nor a list of names", "write a value name")
	}
	names := make([]string, len(many))
	for i, name := range many {
		names[i] = *name
	}
	return names, nil
}
