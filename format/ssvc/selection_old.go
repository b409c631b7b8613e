package ssvc

import (
	"slices"
	"strconv"
)

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
