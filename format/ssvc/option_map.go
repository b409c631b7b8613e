package ssvc

import (
	"slices"
)

// OptionMapper finds the meaning of SSVC 1.x names: decision point and value
// by name, without regard to case, spaces, hyphens and underscores. It is safe
// for concurrent use.
type OptionMapper struct {
	points map[string]mapped
}

type mapped struct {
	id     ID
	values map[string]int
}

// NewOptionMapper builds a mapper to the pinned versions. A value name of
// another version of the same major number is accepted when the pinned
// version still has its key, so that poc of Exploitation 1.0.0 is Public PoC of
// 1.1.0. The calculator's short names of some decision points are known.
func NewOptionMapper(points Source, pins ...ID) (*OptionMapper, error) {
	m := &OptionMapper{points: map[string]mapped{}}
	for _, id := range pins {
		p, ok := points.Point(id)
		if !ok {
			return nil, fail("option mapper", id.String()+" is not known", "pin a decision point of the registry")
		}
		own, _ := splitVersion(id.Version)
		entry := mapped{id: id, values: map[string]int{}}
		for _, old := range points.Versions(id.Namespace, id.Key) {
			if major, _ := splitVersion(old.ID.Version); major[0] != own[0] {
				continue
			}
			for _, v := range old.Values {
				if i := p.Index(v.Key); i >= 0 {
					entry.values[foldName(v.Name)] = i
				}
			}
			m.points[foldName(old.Name)] = entry
		}
		for i, v := range p.Values { // the pinned version has the last word
			entry.values[foldName(v.Name)] = i
		}
		m.points[foldName(p.Name)] = entry
	}
	for alias, name := range optionAliases() {
		if entry, ok := m.points[foldName(name)]; ok {
			m.points[foldName(alias)] = entry
		}
	}
	return m, nil
}

func optionAliases() map[string]string {
	return map[string]string{
		"Mission & Well-being":   "Mission and Well-Being Impact",
		"Exposure":               "System Exposure",
		"Situated Safety Impact": "Safety Impact",
		"Public-Safety Impact":   "Public Safety Impact",
		"Value added":            "Public Value Added",
	}
}

// Map gives decision point and value position of one name and value.
// The reason is empty on success, else "name" or "value" with position -1.
func (m *OptionMapper) Map(name, value string) (id ID, position int, reason string) {
	entry, ok := m.points[foldName(name)]
	if !ok {
		return ID{}, -1, "name"
	}
	i, ok := entry.values[foldName(value)]
	if !ok {
		return entry.id, -1, "value"
	}
	return entry.id, i, ""
}

// Selections maps a whole result; what has no known meaning is returned as
// unmapped with its raw text.
func (m *OptionMapper) Selections(o Options, points Source) ([]Selection, []Unmapped) {
	var sels []Selection
	var unmapped []Unmapped
	for _, opt := range o.Options {
		var at []int
		var pin ID
		for _, value := range opt.Values {
			id, i, reason := m.Map(opt.Name, value)
			if reason != "" {
				unmapped = append(unmapped, Unmapped{Name: opt.Name, Value: value, Reason: reason})
				continue
			}
			if pin = id; !slices.Contains(at, i) {
				at = append(at, i)
			}
		}
		if p, ok := points.Point(pin); ok && len(at) > 0 {
			sels = append(sels, Select(p, at...))
		}
	}
	return sels, unmapped
}
