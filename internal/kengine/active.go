package kengine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/decide"
)

// loaded is a model ready to decide reports: the compiled model and how the claims about facts
// become its inputs.
type loaded struct {
	*decide.Compiled
	inputs []input
	exact  map[string]int // id of a fact -> column
	near   map[string]int // namespace:KEY -> column: other versions of the same fact
}

// input is one input of a model.
type input struct {
	id      string
	fact    decide.Fact
	sets    map[string]decide.Set // by key of the value
	full    decide.Set
	assumed decide.Set // the default of the fact; full when there is none
}

// load compiles the source of a model.
func load(source string) (*loaded, error) {
	m, err := decide.Parse([]byte(source))
	if err != nil {
		return nil, fmt.Errorf("kengine: read model: %w", err)
	}
	return newLoaded(m)
}

// newLoaded compiles a model.
func newLoaded(m decide.Model) (*loaded, error) {
	c, err := decide.Compile(m)
	if err != nil {
		return nil, fmt.Errorf("kengine: compile model %s: %w", m.Key, err)
	}
	facts := c.Inputs()
	l := &loaded{Compiled: c, exact: map[string]int{}, near: map[string]int{}}
	for i, f := range facts {
		in := input{id: f.ID.String(), fact: f, full: f.All(), assumed: f.Assumed(), sets: map[string]decide.Set{}}
		for p, v := range f.Values {
			in.sets[v.Key] = decide.Of(p)
		}
		l.inputs = append(l.inputs, in)
		l.exact[in.id] = i
		l.near[family(in.id)] = i
	}
	return l, nil
}

// family returns the id of a fact without its version. Versions of one fact share their meaning,
// so a claim about another version counts where the keys of its values are known.
func family(id string) string {
	if i := strings.LastIndexByte(id, ':'); i > 0 {
		return id[:i]
	}
	return id
}

// column returns the input that a fact feeds, and whether it is that very version.
func (l *loaded) column(fact string) (column int, exact, ok bool) {
	if i, ok := l.exact[fact]; ok {
		return i, true, true
	}
	i, ok := l.near[family(fact)]
	return i, false, ok
}

// known is what is known of the inputs of a model for one report.
type known struct {
	sets   []decide.Set // 0: nothing is said
	values []*Value     // whose word it is, nil: nobody's
}

// know turns current values into inputs. A value of the very version wins over another version;
// keys that the fact does not have say nothing, for nothing is guessed.
func (l *loaded) know(values []Value) known {
	k := known{sets: make([]decide.Set, len(l.inputs)), values: make([]*Value, len(l.inputs))}
	said := make([]bool, len(l.inputs))
	for i := range values {
		col, exact, ok := l.column(values[i].Fact)
		if !ok || k.sets[col] != 0 && (said[col] || !exact) {
			continue
		}
		if set, ok := l.inputs[col].set(values[i].Values); ok {
			k.sets[col], k.values[col], said[col] = set, &values[i], exact
		}
	}
	return k
}

func (in *input) set(keys []string) (decide.Set, bool) {
	var s decide.Set
	for _, key := range keys {
		bit, ok := in.sets[key]
		if !ok {
			return 0, false
		}
		s |= bit
	}
	return s, s != 0
}

// fill adds what product tags and default sets give, in the order of the list, and then the
// defaults of the facts, each only where nobody has said anything.
func (l *loaded) fill(k *known, filled []Value) {
	for i := range filled {
		col, _, ok := l.column(filled[i].Fact)
		if !ok || k.sets[col] != 0 {
			continue
		}
		if set, ok := l.inputs[col].set(filled[i].Values); ok {
			k.sets[col], k.values[col] = set, &filled[i]
		}
	}
	for i := range l.inputs {
		in := &l.inputs[i]
		if k.sets[i] == 0 && in.assumed != in.full {
			k.sets[i] = in.assumed
			k.values[i] = &Value{Fact: in.id, Values: in.fact.Keys(in.assumed), Source: SourceDefault}
		}
	}
}

// SourceDefault is the source of a value that is the stated default of a fact.
const SourceDefault = "default"

// Active is a model in force of one organisation.
type Active struct {
	ID      string
	Key     string
	Version int64
	*loaded
}

// decisionKey names a decision among all models of an organisation.
func (a *Active) decisionKey(d int) string { return a.Key + "/" + a.Model.Decisions[d].Key }

// ActiveModels returns the models in force of an organisation, by key. Compiled models are shared
// and must not be changed.
func (s *Service) ActiveModels(ctx context.Context, r storage.Runner, organisation string) ([]Active, error) {
	rows, err := storage.List(ctx, r, scanActive,
		`SELECT id, key, version, digest, source FROM kengine_model WHERE organisation = ? AND status = 'active'`, organisation)
	if err != nil {
		return nil, fmt.Errorf("kengine: active models: %w", err)
	}
	slices.SortFunc(rows, func(a, b activeRow) int { return strings.Compare(a.key, b.key) })
	out := make([]Active, len(rows))
	for i, row := range rows {
		l, err := s.compile(row.digest, row.source)
		if err != nil {
			return nil, err
		}
		out[i] = Active{ID: row.id, Key: row.key, Version: row.version, loaded: l}
	}
	return out, nil
}

// compile returns the compiled form of a model's source, kept by its digest.
func (s *Service) compile(digest, source string) (*loaded, error) {
	s.mu.Lock()
	l := s.compiled[digest]
	s.mu.Unlock()
	if l != nil {
		return l, nil
	}
	l, err := load(source)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.compiled) >= maxCompiled {
		clear(s.compiled)
	}
	s.compiled[digest] = l
	return l, nil
}

// maxCompiled bounds the compiled models that are kept; one takes some hundred kilobytes.
const maxCompiled = 256

type activeRow struct {
	id, key, digest, source string
	version                 int64
}

func scanActive(scan func(...any) error) (activeRow, error) {
	var r activeRow
	err := scan(&r.id, &r.key, &r.version, &r.digest, &r.source)
	return r, err
}

// due returns the date that a due rule gives at a moment; zero: none.
func due(d decide.Due, at time.Time) time.Time {
	if d.Kind != decide.DueWithin {
		return time.Time{}
	}
	return at.Add(time.Duration(d.Hours) * time.Hour)
}

// outcomesOf describes the outcomes in a set, low to high.
func (l *loaded) outcomesOf(d int, set decide.Set) []Outcome {
	fact := l.OutcomeFact(d)
	out := make([]Outcome, 0, set.Len())
	for _, p := range (set & fact.All()).Positions() {
		out = append(out, l.outcome(d, fact.Values[p]))
	}
	return out
}

func (l *loaded) outcome(d int, v decide.FactValue) Outcome {
	a, _ := l.Model.Decisions[d].Action(v.Key)
	return Outcome{Key: v.Key, Name: v.Name, Do: a.Do, Mark: a.Mark, Due: a.Due}
}

// factID reads the id of a fact; the zero ID for a text that is none.
func factID(s string) ssvc.ID {
	id, err := ssvc.ParseID(s)
	if err != nil {
		return ssvc.ID{}
	}
	return id
}
