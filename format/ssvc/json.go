package ssvc

import (
	"errors"
)

// wirePoint is the JSON form of a decision point; the field order is the
// order in which the published files are written.
type wirePoint struct {
	Namespace     string  `json:"namespace"`
	Key           string  `json:"key"`
	Version       string  `json:"version,omitempty"`
	Name          string  `json:"name"`
	Definition    string  `json:"definition"`
	SchemaVersion string  `json:"schemaVersion"`
	Values        []Value `json:"values"`
}

type wireGroup struct {
	Version       string  `json:"version,omitempty"`
	SchemaVersion string  `json:"schemaVersion"`
	Name          string  `json:"name"`
	Definition    string  `json:"definition"`
	Points        ordered `json:"decision_points"`
}

// ParseDecisionPoint reads one decision point (schema DecisionPoint 2.0.0).
func ParseDecisionPoint(data []byte) (DecisionPoint, error) {
	var w wirePoint
	if err := decode("decision point", data, &w); err != nil {
		return DecisionPoint{}, err
	}
	return w.point()
}

// ParseGroup reads a decision point group (schema DecisionPointGroup 2.0.0).
func ParseGroup(data []byte) (Group, error) {
	var w wireGroup
	if err := decode("decision point group", data, &w); err != nil {
		return Group{}, err
	}
	if err := checkSchema("decision point group", w.SchemaVersion); err != nil {
		return Group{}, err
	}
	cols, err := w.Points.columns("decision point group " + quote(w.Name))
	if err != nil {
		return Group{}, err
	}
	g := Group{Name: w.Name, Definition: w.Definition, Version: versionOr(w.Version), Points: cols}
	if !ValidVersion(g.Version) {
		return Group{}, fail("decision point group "+quote(g.Name), "version "+quote(g.Version)+" is not a semantic version", "write three numbers like 1.0.0")
	}
	return g, errors.Join(checkText("decision point group", "name", g.Name), checkText("decision point group", "definition", g.Definition))
}

// JSON gives the decision point in the published layout: two spaces, fixed
// field order, newline at the end.
func (p DecisionPoint) JSON() ([]byte, error) { return encode(p.wire()) }

// JSON gives the group in the published layout.
func (g Group) JSON() ([]byte, error) {
	return encode(wireGroup{
		Version: g.Version, SchemaVersion: SchemaVersion, Name: g.Name, Definition: g.Definition, Points: orderedColumns(g.Points),
	})
}

func (p DecisionPoint) wire() wirePoint {
	return wirePoint{
		Namespace: p.ID.Namespace, Key: p.ID.Key, Version: p.ID.Version, Name: p.Name, Definition: p.Definition,
		SchemaVersion: SchemaVersion, Values: p.Values,
	}
}

func (w wirePoint) point() (DecisionPoint, error) {
	p := DecisionPoint{
		ID:   ID{w.Namespace, w.Key, versionOr(w.Version)},
		Name: w.Name, Definition: w.Definition, Values: w.Values,
	}
	if err := checkSchema("decision point "+quote(p.ID.String()), w.SchemaVersion); err != nil {
		return DecisionPoint{}, err
	}
	return p, p.Validate()
}

type namedPoint struct {
	name  string
	point wirePoint
}
