package kengine

import (
	"bytes"
	"context"
	"encoding/json"
	"path"
	"regexp"
	"strconv"
	"strings"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/kengine/decide"
)

// maxModelFile is the largest file of a model in bytes.
const maxModelFile = 8 << 20

// readModelFile reads a model from a file, by its content: our YAML, an SSVC 2.0.0 decision
// table, or a tree of the older SSVC calculator.
func readModelFile(n NewDraft) (decide.Model, error) {
	if len(n.Source) > maxModelFile {
		return decide.Model{}, fault.New(fault.Invalid, "kengine.model").Field("file", "kengine.model.file_large", "max", maxModelFile>>20)
	}
	m, err := parseModelFile(n)
	if err != nil {
		return m, fault.New(fault.Invalid, "kengine.model").Field("file", "kengine.model.unreadable", "reason", err.Error())
	}
	return m, nil
}

func parseModelFile(n NewDraft) (decide.Model, error) {
	text := bytes.TrimSpace(bytes.TrimPrefix(n.Source, []byte("\ufeff")))
	if !bytes.HasPrefix(text, []byte("{")) {
		return decide.Parse(text)
	}
	var shape struct {
		Mapping json.RawMessage `json:"mapping"`
		Table   json.RawMessage `json:"decisions_table"`
	}
	if err := json.Unmarshal(text, &shape); err != nil {
		return decide.Model{}, err
	}
	switch {
	case shape.Table != nil:
		tree, err := ssvc.ParseLegacyTree(text)
		if err != nil {
			return decide.Model{}, err
		}
		key := modelKey(n)
		return decide.FromLegacy(key, tree, ssvc.LegacyConversion{Namespace: "x_dev.noroshi#" + key, Key: "DT_IMPORTED", Missing: n.Missing})
	case shape.Mapping != nil:
		table, err := ssvc.ParseDecisionTable(text)
		if err != nil {
			return decide.Model{}, err
		}
		return decide.FromTables(modelKey(n), decide.Text{EN: table.Name}, []ssvc.DecisionTable{table})
	}
	return decide.Model{}, errNoModel
}

// modelKey makes the key of a model from what the person gave or the name of the file.
func modelKey(n NewDraft) string {
	name := n.Key
	if name == "" {
		name = strings.TrimSuffix(path.Base(strings.ReplaceAll(n.File, `\`, "/")), path.Ext(n.File))
	}
	key := strings.Trim(notKey().ReplaceAllString(strings.ToLower(name), "-"), "-")
	if key == "" {
		return "imported"
	}
	return key
}

func notKey() *regexp.Regexp { return regexp.MustCompile(`[^a-z0-9]+`) }

// The formats in which a model leaves the house.
const (
	ExportYAML = "yaml" // the whole model, byte for byte what is stored
	ExportSSVC = "ssvc" // the table of a decision as an SSVC 2.0.0 decision table
	ExportCSV  = "csv"  // the same by value names
)

// ModelFile is a model, or a part of it, as a file.
type ModelFile struct {
	Name string
	Type string // media type
	Data []byte
}

// ExportModel writes a version of a model. Decision names one for ExportSSVC and ExportCSV; empty
// means the first. It needs PermModelRead.
func (s *Service) ExportModel(ctx context.Context, a identity.Actor, id, format, decision string) (ModelFile, error) {
	v, err := s.Model(ctx, a, id)
	if err != nil {
		return ModelFile{}, err
	}
	name := v.Key + "-" + strconv.FormatInt(v.Version, 10)
	if format == ExportYAML {
		return ModelFile{Name: name + ".yaml", Type: "application/yaml", Data: []byte(v.Source)}, nil
	}
	table, err := decisionTable(v, decision)
	if err != nil {
		return ModelFile{}, err
	}
	switch format {
	case ExportSSVC:
		data, err := table.JSON()
		return ModelFile{Name: name + ".json", Type: "application/json", Data: data}, err
	case ExportCSV:
		data, err := table.CSV()
		return ModelFile{Name: name + ".csv", Type: "text/csv; charset=utf-8", Data: data}, err
	}
	return ModelFile{}, fault.New(fault.Invalid, "kengine.model").Field("format", "kengine.model.format_unknown")
}

// decisionTable returns the node of a decision as an SSVC table.
func decisionTable(v *ModelView, key string) (ssvc.DecisionTable, error) {
	d := 0
	if key != "" {
		d = v.Model.Decision(key)
	}
	if d < 0 || d >= len(v.Model.Decisions) {
		return ssvc.DecisionTable{}, fault.New(fault.NotFound, "kengine.decision", key)
	}
	outcome := v.Model.Decisions[d].Outcome
	id := ssvc.ID{Namespace: "x_dev.noroshi#" + v.Key, Key: "DT_" + outcome.Key, Version: strconv.FormatInt(v.Version, 10) + ".0.0"}
	if n := v.Model.Nodes[v.Model.Node(outcome)]; n.Source != "" {
		if published, err := ssvc.ParseID(n.Source); err == nil {
			id = published
		}
	}
	return v.Model.Table(outcome, id)
}
