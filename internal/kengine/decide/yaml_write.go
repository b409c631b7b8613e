package decide

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
)

// Format gives the model in our YAML form; the same model always gives the
// same bytes, and Parse reads them back to the same model.
func Format(m Model) ([]byte, error) {
	y := yamlModel{
		Format: yamlFormat, Key: m.Key, Version: m.Version, Organisation: m.Organisation, Status: m.Status,
		Name: m.Name, Description: m.Description,
	}
	for _, f := range m.Facts {
		y.Facts = append(y.Facts, yamlFact{
			ID: f.ID.String(), Name: f.Name, Definition: f.Definition, Question: f.Question, Scale: f.Scale, Scope: f.Scope,
			Derived: f.Derived, Default: f.Default, Values: f.Values,
		})
	}
	for _, n := range m.Nodes {
		y.Nodes = append(y.Nodes, yamlOfNode(n))
	}
	for _, d := range m.Decisions {
		yd := yamlDecision{Key: d.Key, Name: d.Name, Outcome: d.Outcome.String(), Role: d.Role}
		for _, a := range d.Actions {
			yd.Actions = append(yd.Actions, yamlAction{Outcome: a.Outcome, Do: a.Do, Due: a.Due.String(), Mark: a.Mark})
		}
		y.Decisions = append(y.Decisions, yd)
	}
	options := []yaml.EncodeOption{yaml.Indent(2), yaml.IndentSequence(true)}
	if odd(reflect.ValueOf(y)) {
		options = append(options, yaml.CustomMarshaler(quotedText))
	}
	out, err := yaml.MarshalWithOptions(y, options...)
	if err != nil {
		return nil, fmt.Errorf("decide: write model %s: %w", m.Key, err)
	}
	return out, nil
}

// odd reports whether a text is somewhere below v that the encoder writes in a
// form which its own decoder reads as another text or not at all, or that comes
// near one: with tabs or carriage returns, with space at a line's beginning or
// end, beginning with a question mark or a point.
func odd(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String:
		s := v.String()
		return strings.ContainsAny(s, "\t\r") || strings.HasPrefix(s, "?") || strings.HasPrefix(s, ".") || strings.HasPrefix(s, "\n") ||
			strings.TrimSpace(s) != s && s != strings.TrimSpace(s)+"\n" || strings.Contains(s, " \n") || strings.Contains(s, "\n ")
	case reflect.Pointer:
		return !v.IsNil() && odd(v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			if odd(v.Index(i)) {
				return true
			}
		}
	case reflect.Struct:
		for _, f := range v.Fields() {
			if odd(f) {
				return true
			}
		}
	default: // numbers and truth values are written as they are
	}
	return false
}

// quotedText writes a text as a JSON string, which YAML reads without any
// further rule.
func quotedText(s string) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(s)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

func yamlOfNode(n Node) yamlNode {
	y := yamlNode{Outcome: n.Outcome.String(), Source: n.Source}
	if n.Table != nil {
		t := yamlTable{}
		for _, id := range n.Table.Inputs {
			t.Inputs = append(t.Inputs, id.String())
		}
		for _, r := range n.Table.Rows {
			t.Rows = append(t.Rows, strings.Join(r.When, " ")+" -> "+r.Then)
		}
		y.Table = &t
	}
	if n.Tree != nil {
		b := yamlOfBranch(*n.Tree)
		y.Tree = &b
	}
	return y
}

func yamlOfBranch(b Branch) yamlBranch {
	if b.Leaf() {
		return yamlBranch{Outcome: b.Outcome}
	}
	y := yamlBranch{Ask: b.Ask.String()}
	for _, a := range b.Answers {
		y.Answers = append(y.Answers, yamlAnswer{Values: a.Values, Then: yamlOfBranch(a.Then)})
	}
	return y
}

// ParseDue reads a due rule: none, next upgrade, or hours or days like 72h, 3d.
func ParseDue(s string) (Due, error) {
	switch s {
	case string(DueNone), "":
		return Due{Kind: DueNone}, nil
	case string(DueNextUpgrade):
		return Due{Kind: DueNextUpgrade}, nil
	}
	factor := 0
	switch {
	case strings.HasSuffix(s, "h"):
		factor = 1
	case strings.HasSuffix(s, "d"):
		factor = 24
	}
	n, err := strconv.Atoi(s[:len(s)-1])
	d := Due{Kind: DueWithin, Hours: n * factor}
	if err != nil || n < 1 || n > 1_000_000 || factor == 0 || !d.valid() {
		return Due{}, fmt.Errorf("decide: due %q; write none, next upgrade, hours like 72h or days like 3d", s)
	}
	return d, nil
}

// String gives the rule as ParseDue reads it; whole days are written as days.
func (d Due) String() string {
	switch {
	case d.Kind != DueWithin:
		return string(d.Kind)
	case d.Hours%24 == 0:
		return strconv.Itoa(d.Hours/24) + "d"
	}
	return strconv.Itoa(d.Hours) + "h"
}
