package ssvc

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"maps"
	"slices"
)

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
