package ssvc

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"slices"
)

// Source finds decision points. A Registry is one.
type Source interface {
	// Point finds an exact version.
	Point(ID) (DecisionPoint, bool)
	// PointByName finds an exact version by its name.
	PointByName(namespace, name, version string) (DecisionPoint, bool)
	// Versions gives all versions of a key, oldest first.
	Versions(namespace, key string) []DecisionPoint
}

// Registry holds SSVC objects sorted by id.
type Registry struct {
	Name       string
	Definition string
	Points     []DecisionPoint
	Tables     []DecisionTable
}

func (r *Registry) sort() {
	slices.SortFunc(r.Points, func(a, b DecisionPoint) int { return a.ID.Compare(b.ID) })
	slices.SortFunc(r.Tables, func(a, b DecisionTable) int { return a.ID.Compare(b.ID) })
}

// JSON gives the registry with namespaces, keys and versions in sorted order.
func (r *Registry) JSON() ([]byte, error) {
	w := wireRegistry{Name: r.Name, Definition: r.Definition, SchemaVersion: SchemaVersion, Types: map[string]wireType{}}
	for _, p := range r.Points {
		values := make(map[string]Value, len(p.Values))
		for _, v := range p.Values {
			values[v.Key] = v
		}
		if err := w.add(typePoint, p.ID, p.wire(), values); err != nil {
			return nil, err
		}
	}
	for _, t := range r.Tables {
		if err := w.add(typeTable, t.ID, t.wire(), nil); err != nil {
			return nil, err
		}
	}
	return encode(w)
}

// Point finds the decision point with this id.
func (r *Registry) Point(id ID) (DecisionPoint, bool) {
	i, ok := slices.BinarySearchFunc(r.Points, id, func(p DecisionPoint, id ID) int { return p.ID.Compare(id) })
	if !ok {
		return DecisionPoint{}, false
	}
	return r.Points[i], true
}

// PointByName finds a decision point by namespace, name (without case, spaces
// and hyphens) and version; the first by id where several share all three, as
// cvss:CVSS:1.0.0 and cvss:QS:1.0.0 do.
func (r *Registry) PointByName(namespace, name, version string) (DecisionPoint, bool) {
	want := foldName(name)
	for _, p := range r.Points {
		if p.ID.Namespace == namespace && p.ID.Version == version && foldName(p.Name) == want {
			return p, true
		}
	}
	return DecisionPoint{}, false
}

// Versions gives all versions of one key, oldest first.
func (r *Registry) Versions(namespace, key string) []DecisionPoint {
	var all []DecisionPoint
	for _, p := range r.Points {
		if p.ID.Namespace == namespace && p.ID.Key == key {
			all = append(all, p)
		}
	}
	return all
}

// Table finds the decision table with this id.
func (r *Registry) Table(id ID) (DecisionTable, bool) {
	i, ok := slices.BinarySearchFunc(r.Tables, id, func(t DecisionTable, id ID) int { return t.ID.Compare(id) })
	if !ok {
		return DecisionTable{}, false
	}
	return r.Tables[i], true
}

//go:embed data/registry.json.gz
var builtinRegistry []byte

// Builtin gives the embedded SSVC objects: 148 decision points and 16 tables
// of CERTCC/SSVC as of 2026-07-20 (licence in data/LICENSE). It parses the
// embedded file at every call, some tens of milliseconds: call it once and keep
// the result.
func Builtin() (*Registry, error) {
	z, err := gzip.NewReader(bytes.NewReader(builtinRegistry))
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(z, MaxBytes))
	if err != nil {
		return nil, err
	}
	return ParseRegistry(data)
}
