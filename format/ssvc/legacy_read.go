package ssvc

import (
	"slices"
	"strconv"
)

type wireTree struct {
	Title  string              `json:"title"`
	Lang   string              `json:"lang"`
	Ver    string              `json:"version"`
	Roles  []string            `json:"roles"`
	Points []wireLegacyPoint   `json:"decision_points"`
	Rows   []map[string]string `json:"decisions_table"`
}

type wireLegacyPoint struct {
	Label    string             `json:"label"`
	Key      string             `json:"key"`
	Type     string             `json:"decision_type"`
	Options  []wireLegacyOption `json:"options"`
	Children []struct {
		Label string `json:"label"`
	} `json:"children"`
}

type wireLegacyOption struct {
	Label        string                  `json:"label"`
	Key          string                  `json:"key"`
	Description  string                  `json:"description"`
	Color        string                  `json:"color"`
	Combinations [][]wireLegacyCondition `json:"child_combinations"`
}

type wireLegacyCondition struct {
	Child  string   `json:"child_label"`
	Labels []string `json:"child_option_labels"`
}

// ParseLegacyTree reads a tree of the older calculator. Labels are compared
// without regard to case, spaces, hyphens and underscores; keys may be absent
// and are not used to find anything, because published files hold wrong ones.
func ParseLegacyTree(data []byte) (LegacyTree, error) {
	var w wireTree
	if err := decode("legacy tree", data, &w); err != nil {
		return LegacyTree{}, err
	}
	t := LegacyTree{Title: w.Title, Lang: w.Lang, Version: w.Ver, Roles: w.Roles}
	if len(w.Points) < 2 || len(w.Points) > MaxPoints {
		return LegacyTree{}, fail("legacy tree", strconv.Itoa(len(w.Points))+" decision points", "give it 2 to "+strconv.Itoa(MaxPoints))
	}
	at := labels{points: map[string]int{}}
	for _, p := range w.Points {
		point, options, err := p.point()
		if err != nil {
			return LegacyTree{}, err
		}
		if _, twice := at.points[foldName(p.Label)]; twice {
			return LegacyTree{}, fail("legacy tree point "+quote(p.Label), "occurs twice", "give every point its own label")
		}
		at.points[foldName(p.Label)] = len(t.Points)
		at.options = append(at.options, options)
		t.Points = append(t.Points, point)
	}
	for i, p := range w.Points {
		if err := t.link(at, i, p); err != nil {
			return LegacyTree{}, err
		}
	}
	if err := t.readRows(at, w.Rows); err != nil {
		return LegacyTree{}, err
	}
	return t, nil
}

// point gives the point without its links, and its options by folded label.
func (w wireLegacyPoint) point() (LegacyPoint, map[string]int, error) {
	place := "legacy tree point " + quote(w.Label)
	p := LegacyPoint{Label: w.Label, Key: w.Key, Type: w.Type}
	if err := checkText(place, "label", w.Label); err != nil {
		return p, nil, err
	}
	if !slices.Contains([]string{LegacySimple, LegacyComplex, LegacyFinal}, w.Type) {
		return p, nil, fail(place, "decision_type is "+quote(w.Type), "use simple, complex or final")
	}
	if len(w.Options) == 0 || len(w.Options) > MaxValues {
		return p, nil, fail(place, strconv.Itoa(len(w.Options))+" options", "give it 1 to "+strconv.Itoa(MaxValues))
	}
	at := make(map[string]int, len(w.Options))
	for _, o := range w.Options {
		if err := checkText(place, "option label", o.Label); err != nil {
			return p, nil, err
		}
		if _, twice := at[foldName(o.Label)]; twice {
			return p, nil, fail(place+" option "+quote(o.Label), "occurs twice", "give every option its own label")
		}
		at[foldName(o.Label)] = len(p.Options)
		p.Options = append(p.Options, LegacyOption{Label: o.Label, Key: o.Key, Description: o.Description, Color: o.Color})
	}
	return p, at, nil
}
