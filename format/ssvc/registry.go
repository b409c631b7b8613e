package ssvc

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"io"
	"maps"
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

type wireRegistry struct {
	Name          string              `json:"name"`
	Definition    string              `json:"definition"`
	SchemaVersion string              `json:"schemaVersion"`
	Types         map[string]wireType `json:"types"`
}

type wireType struct {
	Type       string                   `json:"type"`
	Namespaces map[string]wireNamespace `json:"namespaces"`
}

type wireNamespace struct {
	Namespace string             `json:"namespace"`
	Keys      map[string]wireKey `json:"keys"`
}

type wireKey struct {
	Key      string                 `json:"key"`
	Versions map[string]wireVersion `json:"versions"`
}

type wireVersion struct {
	Version string           `json:"version"`
	Obj     json.RawMessage  `json:"obj"`
	Values  map[string]Value `json:"values,omitempty"`
}

const (
	typePoint = "DecisionPoint"
	typeTable = "DecisionTable"
)

// ParseRegistry reads an object registry (schema SsvcObjectRegistry 2.0.0).
// Types other than decision points and tables are ignored.
func ParseRegistry(data []byte) (*Registry, error) {
	var w wireRegistry
	if err := decode("registry", data, &w); err != nil {
		return nil, err
	}
	if err := checkSchema("registry", w.SchemaVersion); err != nil {
		return nil, err
	}
	r := &Registry{Name: w.Name, Definition: w.Definition}
	err := w.Types[typePoint].each(func(id ID, obj json.RawMessage) error {
		p, err := ParseDecisionPoint(obj)
		if err == nil && p.ID != id {
			err = fail("registry entry "+id.String(), "holds "+p.ID.String(), "file it under its own id")
		}
		r.Points = append(r.Points, p)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = w.Types[typeTable].each(func(id ID, obj json.RawMessage) error {
		t, err := ParseDecisionTable(obj)
		if err == nil && t.ID != id {
			err = fail("registry entry "+id.String(), "holds "+t.ID.String(), "file it under its own id")
		}
		r.Tables = append(r.Tables, t)
		return err
	})
	if err != nil {
		return nil, err
	}
	r.sort()
	return r, nil
}

func (t wireType) each(visit func(ID, json.RawMessage) error) error {
	count := 0
	for _, ns := range slices.Sorted(maps.Keys(t.Namespaces)) {
		keys := t.Namespaces[ns].Keys
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			versions := keys[key].Versions
			for _, v := range slices.Sorted(maps.Keys(versions)) {
				if count++; count > maxObjects {
					return fail("registry", "holds too many objects", "split it by namespace")
				}
				if err := visit(ID{ns, key, v}, versions[v].Obj); err != nil {
					return err
				}
			}
		}
	}
	return nil
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

func (w wireRegistry) add(kind string, id ID, obj any, values map[string]Value) error {
	raw, err := encode(obj)
	if err != nil {
		return err
	}
	t, ok := w.Types[kind]
	if !ok {
		t = wireType{Type: kind, Namespaces: map[string]wireNamespace{}}
		w.Types[kind] = t
	}
	ns, ok := t.Namespaces[id.Namespace]
	if !ok {
		ns = wireNamespace{Namespace: id.Namespace, Keys: map[string]wireKey{}}
		t.Namespaces[id.Namespace] = ns
	}
	k, ok := ns.Keys[id.Key]
	if !ok {
		k = wireKey{Key: id.Key, Versions: map[string]wireVersion{}}
		ns.Keys[id.Key] = k
	}
	k.Versions[id.Version] = wireVersion{Version: id.Version, Obj: bytes.TrimSpace(raw), Values: values}
	return nil
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
