package decide

import (
	"bytes"
	"embed"
	"fmt"
	"slices"

	"github.com/goccy/go-yaml"

	"noroshi.dev/format/ssvc"
)

//go:embed data/*.yaml
var builtinData embed.FS

// overlay adds to an SSVC decision point what it does not have.
type overlay struct {
	ID         string   `yaml:"id"`
	Name       string   `yaml:"name"`
	Definition string   `yaml:"definition"`
	Question   Text     `yaml:"question"`
	Scope      Scope    `yaml:"scope"`
	Derived    bool     `yaml:"derived"`
	Default    *Default `yaml:"default"`
	Values     []struct {
		Key        string `yaml:"key"`
		Name       string `yaml:"name"`
		Definition string `yaml:"definition"`
	} `yaml:"values"`
}

// assembly is a built-in model made of SSVC tables.
type assembly struct {
	Key         string         `yaml:"key"`
	Name        Text           `yaml:"name"`
	Description Text           `yaml:"description"`
	Tables      []string       `yaml:"tables"`
	Decisions   []yamlDecision `yaml:"decisions"`
}

// Catalogue gives the SSVC decision points that the built-in models use as
// facts with Japanese and English words, questions, scopes and defaults, sorted
// by id. The registry is that of ssvc.Builtin.
func Catalogue(reg *ssvc.Registry) ([]Fact, error) {
	var overlays []overlay
	if err := readBuiltin("data/facts.yaml", &overlays); err != nil {
		return nil, err
	}
	facts := make([]Fact, 0, len(overlays))
	for _, o := range overlays {
		id, err := ssvc.ParseID(o.ID)
		if err != nil {
			return nil, err
		}
		p, ok := reg.Point(id)
		if !ok || len(p.Values) != len(o.Values) {
			return nil, fmt.Errorf("decide: catalogue: %s is not in the registry with %d values", id, len(o.Values))
		}
		f := FromPoint(p)
		f.Name.JA, f.Definition.JA, f.Question = o.Name, o.Definition, o.Question
		f.Scope, f.Derived, f.Default = o.Scope, o.Derived, o.Default
		for i, v := range o.Values {
			if f.Values[i].Key != v.Key {
				return nil, fmt.Errorf("decide: catalogue: %s: value %d is %q, not %q", id, i, f.Values[i].Key, v.Key)
			}
			f.Values[i].Name.JA, f.Values[i].Definition.JA = v.Name, v.Definition
		}
		facts = append(facts, f)
	}
	slices.SortFunc(facts, func(a, b Fact) int { return a.ID.Compare(b.ID) })
	return facts, nil
}

// Builtins gives the built-in models as drafts, version 1: starter,
// cisa-coordinator, cisa-bod-26-04, supplier, deployer, coordinator-triage and
// coordinator-publish. The registry is that of ssvc.Builtin.
func Builtins(reg *ssvc.Registry) ([]Model, error) {
	catalogue, err := Catalogue(reg)
	if err != nil {
		return nil, err
	}
	data, err := builtinData.ReadFile("data/starter.yaml")
	if err != nil {
		return nil, err
	}
	starter, err := Parse(data)
	if err != nil {
		return nil, err
	}
	var assemblies []assembly
	if err := readBuiltin("data/models.yaml", &assemblies); err != nil {
		return nil, err
	}
	models := []Model{starter}
	for _, a := range assemblies {
		m, err := a.build(reg, catalogue)
		if err != nil {
			return nil, fmt.Errorf("decide: built-in %s: %w", a.Key, err)
		}
		models = append(models, m)
	}
	return models, nil
}

// Builtin gives one built-in model by key.
func Builtin(reg *ssvc.Registry, key string) (Model, error) {
	models, err := Builtins(reg)
	if err != nil {
		return Model{}, err
	}
	i := slices.IndexFunc(models, func(m Model) bool { return m.Key == key })
	if i < 0 {
		return Model{}, fmt.Errorf("decide: no built-in model %q", key)
	}
	return models[i], nil
}

func (a assembly) build(reg *ssvc.Registry, catalogue []Fact) (Model, error) {
	m := Model{Key: a.Key, Version: 1, Status: Draft, Name: a.Name, Description: a.Description}
	for _, s := range a.Tables {
		id, err := ssvc.ParseID(s)
		if err != nil {
			return m, err
		}
		t, ok := reg.Table(id)
		if !ok {
			return m, fmt.Errorf("table %s is not in the registry", id)
		}
		if err := m.AddTable(t); err != nil {
			return m, err
		}
	}
	for i, f := range m.Facts {
		at, ok := slices.BinarySearchFunc(catalogue, f.ID, func(c Fact, id ssvc.ID) int { return c.ID.Compare(id) })
		if !ok {
			return m, fmt.Errorf("fact %s has no words", f.ID)
		}
		m.Facts[i] = catalogue[at].clone()
	}
	for _, y := range a.Decisions {
		d, err := y.decision()
		if err != nil {
			return m, err
		}
		m.Decisions = append(m.Decisions, d)
	}
	return m, nil
}

func (f Fact) clone() Fact {
	f.Values = slices.Clone(f.Values)
	if f.Default != nil {
		d := *f.Default
		d.Values = slices.Clone(d.Values)
		f.Default = &d
	}
	return f
}

func readBuiltin(name string, into any) error {
	data, err := builtinData.ReadFile(name)
	if err != nil {
		return err
	}
	dec := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict(), yaml.DisallowUnknownField())
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("decide: %s: %s", name, yaml.FormatError(err, false, false))
	}
	return nil
}
