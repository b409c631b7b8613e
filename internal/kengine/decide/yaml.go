package decide

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"

	"noroshi.dev/format/ssvc"
)

// Format of a model file, first line of every file.
const yamlFormat = "noroshi-model/1"

// maxYAML is the largest model file in bytes.
const maxYAML = 4 << 20

// The YAML form of a model. Unknown keys are refused. Rows are one line each,
// value keys of the inputs in their order, an arrow, the key of the outcome:
//
//	format: noroshi-model/1
//	key: patch-priority
//	version: 1
//	status: draft
//	name: {ja: …, en: …}
//	facts:
//	  - id: x_org.example#facts:EXPOSED:1.0.0
//	    name: {ja: …, en: …}
//	    question: {ja: …, en: …}
//	    scale: ordinal            # or nominal
//	    scope: asset              # or world, organisation
//	    default: {values: [N], why: {…}}
//	    values:
//	      - {key: N, name: {…}, definition: {…}}
//	nodes:
//	  - outcome: ID
//	    table:
//	      inputs: [ID, ID]
//	      rows:
//	        - N P -> T
//	  - outcome: ID
//	    tree:
//	      ask: ID
//	      answers:
//	        - values: [Y]
//	          then: {outcome: NOW}
//	        - then: {outcome: NONE}   # all other values
//	decisions:
//	  - key: patch
//	    name: {…}
//	    outcome: ID
//	    role: {…}
//	    actions:
//	      - outcome: NOW
//	        do: {…}
//	        due: 72h              # hours; none, or next upgrade
//	        mark: now             # now, soon, plan, none
type yamlModel struct {
	Format       string         `yaml:"format"`
	Key          string         `yaml:"key"`
	Version      int            `yaml:"version"`
	Organisation string         `yaml:"organisation,omitempty"`
	Status       Status         `yaml:"status"`
	Name         Text           `yaml:"name"`
	Description  Text           `yaml:"description,omitempty"`
	Facts        []yamlFact     `yaml:"facts"`
	Nodes        []yamlNode     `yaml:"nodes"`
	Decisions    []yamlDecision `yaml:"decisions"`
}

type yamlFact struct {
	ID         string      `yaml:"id"`
	Name       Text        `yaml:"name"`
	Definition Text        `yaml:"definition,omitempty"`
	Question   Text        `yaml:"question,omitempty"`
	Scale      Scale       `yaml:"scale"`
	Scope      Scope       `yaml:"scope"`
	Derived    bool        `yaml:"derived,omitempty"`
	Default    *Default    `yaml:"default,omitempty"`
	Values     []FactValue `yaml:"values"`
}

type yamlNode struct {
	Outcome string      `yaml:"outcome"`
	Source  string      `yaml:"source,omitempty"`
	Table   *yamlTable  `yaml:"table,omitempty"`
	Tree    *yamlBranch `yaml:"tree,omitempty"`
}

type yamlTable struct {
	Inputs []string `yaml:"inputs"`
	Rows   []string `yaml:"rows"`
}

type yamlBranch struct {
	Ask     string       `yaml:"ask,omitempty"`
	Answers []yamlAnswer `yaml:"answers,omitempty"`
	Outcome string       `yaml:"outcome,omitempty"`
}

type yamlAnswer struct {
	Values []string   `yaml:"values,omitempty"`
	Then   yamlBranch `yaml:"then"`
}

type yamlDecision struct {
	Key     string       `yaml:"key"`
	Name    Text         `yaml:"name"`
	Outcome string       `yaml:"outcome"`
	Role    Text         `yaml:"role,omitempty"`
	Actions []yamlAction `yaml:"actions"`
}

type yamlAction struct {
	Outcome string `yaml:"outcome"`
	Do      Text   `yaml:"do"`
	Due     string `yaml:"due"`
	Mark    Mark   `yaml:"mark"`
}

// Parse reads a model in our YAML form. It refuses unknown keys, anchors,
// a second document, files above 4 MB and trees deeper than MaxDepth; Check says whether the model makes sense.
func Parse(data []byte) (Model, error) {
	if len(data) > maxYAML {
		return Model{}, fmt.Errorf("decide: model file of %d bytes is larger than %d; split the model", len(data), maxYAML)
	}
	if err := guardYAML(data); err != nil {
		return Model{}, err
	}
	var y yamlModel
	dec := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict(), yaml.DisallowUnknownField())
	if err := dec.Decode(&y); err != nil {
		return Model{}, fmt.Errorf("decide: model file: %s", yaml.FormatError(err, false, false))
	}
	if err := dec.Decode(new(any)); !errors.Is(err, io.EOF) {
		return Model{}, errors.New("decide: model file: a second document follows; write one model per file")
	}
	if y.Format != yamlFormat {
		return Model{}, fmt.Errorf("decide: model file: format is %q; write format: %s", y.Format, yamlFormat)
	}
	return y.model()
}

// guardYAML bounds nesting and refuses anchors and aliases, which let a small
// file grow without limit, before the decoder recurses into it.
func guardYAML(data []byte) error {
	const most = 4*MaxDepth + 16
	flow, line, dashes := 0, 0, 0
	for _, t := range lexer.Tokenize(string(data)) {
		at := t.Position.Line
		if at != line {
			line, dashes = at, 0
			if t.Position.Column > 4*most {
				return fmt.Errorf("decide: model file line %d: indented deeper than %d; flatten the tree", at, 4*most)
			}
		}
		switch t.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType, token.TagType:
			return fmt.Errorf("decide: model file line %d: anchors, aliases and tags are not allowed; write the value out", at)
		case token.SequenceStartType, token.MappingStartType:
			flow++
		case token.SequenceEndType, token.MappingEndType:
			flow--
		case token.SequenceEntryType:
			dashes++
		default:
		}
		if flow > most || dashes > most {
			return fmt.Errorf("decide: model file line %d: nested deeper than %d; flatten the tree", at, most)
		}
	}
	return nil
}

func (y yamlModel) model() (Model, error) {
	m := Model{
		Key: y.Key, Version: y.Version, Organisation: y.Organisation, Status: y.Status, Name: y.Name, Description: y.Description,
	}
	if m.Key == "" || m.Version < 1 {
		return Model{}, fmt.Errorf("decide: model file: key %q, version %d; give a key and a version from 1", m.Key, m.Version)
	}
	if m.Status != Draft && m.Status != Active && m.Status != Retired {
		return Model{}, fmt.Errorf("decide: model file: status is %q; use draft, active or retired", m.Status)
	}
	for _, f := range y.Facts {
		id, err := ssvc.ParseID(f.ID)
		if err != nil {
			return Model{}, fmt.Errorf("decide: model file: fact: %w", err)
		}
		m.Facts = append(m.Facts, Fact{
			ID: id, Name: f.Name, Definition: f.Definition, Question: f.Question, Scale: f.Scale, Scope: f.Scope,
			Derived: f.Derived, Default: f.Default, Values: f.Values,
		})
	}
	for _, n := range y.Nodes {
		node, err := n.node()
		if err != nil {
			return Model{}, err
		}
		m.Nodes = append(m.Nodes, node)
	}
	for _, d := range y.Decisions {
		decision, err := d.decision()
		if err != nil {
			return Model{}, err
		}
		m.Decisions = append(m.Decisions, decision)
	}
	return m, nil
}

func (y yamlNode) node() (Node, error) {
	id, err := ssvc.ParseID(y.Outcome)
	if err != nil {
		return Node{}, fmt.Errorf("decide: model file: node: %w", err)
	}
	n := Node{Outcome: id, Source: y.Source}
	if y.Tree != nil {
		b, err := y.Tree.branch(0)
		if err != nil {
			return Node{}, fmt.Errorf("decide: model file: node %s: %w", id, err)
		}
		n.Tree = &b
	}
	if y.Table != nil {
		t, err := y.Table.table()
		if err != nil {
			return Node{}, fmt.Errorf("decide: model file: node %s: %w", id, err)
		}
		n.Table = &t
	}
	return n, nil
}

func (y yamlTable) table() (Table, error) {
	var t Table
	for _, s := range y.Inputs {
		id, err := ssvc.ParseID(s)
		if err != nil {
			return t, err
		}
		t.Inputs = append(t.Inputs, id)
	}
	if len(y.Rows) > MaxCells {
		return t, fmt.Errorf("%d rows are more than %d; split the table", len(y.Rows), MaxCells)
	}
	for i, line := range y.Rows {
		when, then, ok := strings.Cut(line, "->")
		keys := strings.Fields(when)
		then = strings.TrimSpace(then)
		if !ok || then == "" || len(strings.Fields(then)) != 1 {
			return t, fmt.Errorf("row %d %q has no outcome; write N P -> T", i+1, line)
		}
		t.Rows = append(t.Rows, Row{When: keys, Then: then})
	}
	return t, nil
}

func (y yamlBranch) branch(depth int) (Branch, error) {
	if depth > MaxDepth {
		return Branch{}, fmt.Errorf("the tree is deeper than %d; flatten it", MaxDepth)
	}
	if (y.Ask == "") == (y.Outcome == "") {
		return Branch{}, fmt.Errorf("a branch needs either ask or outcome (ask %q, outcome %q)", y.Ask, y.Outcome)
	}
	if y.Ask == "" {
		if len(y.Answers) > 0 {
			return Branch{}, fmt.Errorf("the leaf %q has answers; give it a question in ask", y.Outcome)
		}
		return Branch{Outcome: y.Outcome}, nil
	}
	id, err := ssvc.ParseID(y.Ask)
	if err != nil {
		return Branch{}, err
	}
	b := Branch{Ask: id}
	for _, a := range y.Answers {
		then, err := a.Then.branch(depth + 1)
		if err != nil {
			return Branch{}, err
		}
		b.Answers = append(b.Answers, Answer{Values: a.Values, Then: then})
	}
	return b, nil
}

func (y yamlDecision) decision() (Decision, error) {
	id, err := ssvc.ParseID(y.Outcome)
	if err != nil {
		return Decision{}, fmt.Errorf("decide: model file: decision %q: %w", y.Key, err)
	}
	d := Decision{Key: y.Key, Name: y.Name, Outcome: id, Role: y.Role}
	for _, a := range y.Actions {
		due, err := ParseDue(a.Due)
		if err != nil {
			return Decision{}, fmt.Errorf("decide: model file: decision %q: %w", y.Key, err)
		}
		d.Actions = append(d.Actions, Action{Outcome: a.Outcome, Do: a.Do, Due: due, Mark: a.Mark})
	}
	return d, nil
}
