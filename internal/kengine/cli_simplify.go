package kengine

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/core/module"
	"noroshi.dev/internal/kengine/decide"
)

// simplifyCommand turns tables into trees and back, of a stored model, a file or a folder of published tables.
func (s *Service) simplifyCommand() *cobra.Command {
	c := forOrganisation(&cobra.Command{
		Use: "simplify MODEL|FILE|FOLDER", Short: "Turn a table into the smallest equal tree, or a tree into a table", Args: cobra.ExactArgs(1),
		Annotations: map[string]string{module.FileNoHouse: "true"},
		Long: `Both forms are asked for every combination and must agree. With the size before and after it prints how much each fact
means, and what is never reached. FILE is a model (YAML), an SSVC 2.0.0 decision table or a tree of the older SSVC calculator
(JSON). FOLDER holds SSVC objects as their project publishes them: each table becomes a tree and a table again, and is compared
row by row. ` + versionHelp + `
Nothing goes into force by itself: --draft makes a draft.`,
		Example: "  noroshi kengine model simplify deployer --draft\n  noroshi kengine model simplify table.json --out tree.yaml\n  noroshi kengine model simplify FOLDER",
		RunE: func(c *cobra.Command, args []string) error {
			to, err := choice(c, "to", string(decide.AsTree), string(decide.AsTable))
			if err != nil {
				return err
			}
			form := []decide.Form{decide.AsTree, decide.AsTable}[to]
			info, err := os.Stat(args[0])
			switch {
			case err != nil:
				return s.simplifyStored(c, args[0], form)
			case info.IsDir():
				return simplifyFolder(c, args[0])
			}
			return simplifyFile(c, args[0], form)
		},
	})
	c.Flags().String("to", string(decide.AsTree), "tree or table")
	c.Flags().String("node", "", "id of the decided fact (default: every table or tree of the model)")
	c.Flags().String("missing", "", "outcome of combinations that a tree of the older calculator leaves out")
	c.Flags().String("out", "", "file for the whole model in the new form, as YAML")
	c.Flags().Bool("draft", false, "make a draft of the stored model")
	return c
}

// simplifyStored simplifies a version of a model of the house.
func (s *Service) simplifyStored(c *cobra.Command, name string, to decide.Form) error {
	if s.DB == nil {
		return fmt.Errorf("kengine: simplify: there is no file %s", name)
	}
	a, err := s.actor(c, true)
	if err != nil {
		return err
	}
	id, err := s.version(c, a, name)
	if err != nil {
		return err
	}
	draft, err := c.Flags().GetBool("draft")
	if err != nil {
		return fmt.Errorf("kengine: %w", err)
	}
	if draft {
		made, list, err := s.SimplifyDraft(c.Context(), a, id, textFlag(c, "node"), to)
		if err != nil {
			return err
		}
		return printSimplified(c, list, made)
	}
	v, err := s.Model(c.Context(), a, id)
	if err != nil {
		return err
	}
	return simplifyView(c, v, to)
}

// simplifyFile simplifies a model in a file.
func simplifyFile(c *cobra.Command, name string, to decide.Form) error {
	draft, err := c.Flags().GetBool("draft")
	if err != nil {
		return fmt.Errorf("kengine: %w", err)
	}
	if draft {
		return errors.New("kengine: simplify: --draft is for a stored model; --out writes a file")
	}
	var m decide.Model
	err = withFile(name, func(r io.Reader) error {
		data, err := io.ReadAll(io.LimitReader(r, maxModelFile+1))
		if err == nil {
			m, err = readModelFile(NewDraft{Source: data, File: filepath.Base(name), Missing: textFlag(c, "missing")})
		}
		return err
	})
	if err != nil {
		return err
	}
	compiled, err := decide.Compile(m)
	if err != nil {
		return err
	}
	return simplifyView(c, &ModelView{Model: m, Compiled: compiled}, to)
}

// simplifyView prints what becomes of the nodes of a model and writes the file that was asked for.
func simplifyView(c *cobra.Command, v *ModelView, to decide.Form) error {
	if v.Compiled == nil {
		return &decide.Invalid{Findings: v.Findings}
	}
	list, err := simplifyAll(c.Context(), v, textFlag(c, "node"), to)
	if err != nil {
		return err
	}
	if name := textFlag(c, "out"); name != "" {
		m := v.Model
		for i := range list {
			m = m.With(list[i].Node)
		}
		source, err := decide.Format(m)
		if err == nil {
			err = os.WriteFile(name, source, 0o600)
		}
		if err != nil {
			return fmt.Errorf("kengine: simplify: %w", err)
		}
	}
	return printSimplified(c, list, "")
}

func printSimplified(c *cobra.Command, list []Simplified, draft string) error {
	out := c.OutOrStdout()
	if module.JSON(c) {
		answer := map[string]any{"nodes": mapped(list, simplifiedOf)}
		if draft != "" {
			answer["draft"] = draft
		}
		return printJSON(out, answer)
	}
	rows := make([][]string, len(list))
	for i := range list {
		v := &list[i]
		rows[i] = []string{v.Outcome.String(), shapeText(v.Before), shapeText(v.After), strconv.Itoa(v.After.Depth), strconv.Itoa(v.Compared), yes(v.Proven)}
	}
	if err := table(out, "NODE\tBEFORE\tAFTER\tDEPTH\tCOMPARED, ALL EQUAL\tSMALLEST", rows); err != nil {
		return err
	}
	for i := range list {
		printTold(out, &list[i])
	}
	if draft != "" {
		fmt.Fprintf(out, "\ndraft %s\n", draft)
	}
	return nil
}

// printTold prints what a table tells beside its form.
func printTold(out io.Writer, v *Simplified) {
	fmt.Fprintf(out, "\n%s\n", v.Outcome)
	for _, i := range v.Importance {
		note := ""
		if i.Changes == 0 {
			note = "  never matters"
		}
		fmt.Fprintf(out, "  %-40s changes %5.1f %%  %.3f bit%s\n", i.Fact, 100*i.Changes, i.Gain, note)
	}
	u := v.Unreachable
	if u == nil {
		fmt.Fprintln(out, "  never reached: too many combinations to tell")
		return
	}
	fmt.Fprintf(out, "  never reached: %d of %d combinations", u.Combinations, u.Of)
	if len(u.Examples) > 0 {
		fmt.Fprintf(out, ", such as %s", u.Examples[0])
	}
	if len(u.Outcomes) > 0 {
		fmt.Fprintf(out, "; outcomes never given: %s", strings.Join(u.Outcomes, ", "))
	}
	fmt.Fprintln(out)
}

func shapeText(s decide.Shape) string {
	if s.Form == decide.AsTree {
		return fmt.Sprintf("%d leaves", s.Leaves)
	}
	return fmt.Sprintf("%d rows", s.Rows)
}

// simplifyFolder turns every published table into a tree and back.
func simplifyFolder(c *cobra.Command, folder string) error {
	list, err := tablesThereAndBack(os.DirFS(folder))
	if err != nil {
		return fmt.Errorf("kengine: simplify %s: %w", folder, err)
	}
	rows, leaves, exact := 0, 0, 0
	cells := make([][]string, len(list))
	for i, r := range list {
		rows, leaves = rows+r.Rows, leaves+r.Leaves
		if r.Exact {
			exact++
		}
		cells[i] = []string{r.ID.String(), strconv.Itoa(r.Rows), strconv.Itoa(r.Leaves), strconv.Itoa(r.Depth), yes(r.Exact), yes(r.Proven), strings.Join(append(r.Idle, r.Never...), " ")}
	}
	if module.JSON(c) {
		err = printJSON(c.OutOrStdout(), map[string]any{
			"tables": mapped(list, thereAndBackOf), "rows": rows, "leaves": leaves, "exact": exact, "ok": exact == len(list),
		})
	} else {
		cells = append(cells, []string{
			fmt.Sprintf("%d tables", len(list)), strconv.Itoa(rows), strconv.Itoa(leaves), "", fmt.Sprintf("%d/%d", exact, len(list)), "", "",
		})
		err = table(c.OutOrStdout(), "TABLE\tROWS\tLEAVES\tDEPTH\tEXACT\tSMALLEST\tNEVER MATTERS OR GIVEN", cells)
	}
	if err == nil && exact < len(list) {
		err = errors.New("kengine: simplify: not every table came back as it was")
	}
	return err
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// apiThereAndBack is a published table as a tree and back.
type apiThereAndBack struct {
	Table  string   `json:"table"`
	Rows   int      `json:"rows"`
	Leaves int      `json:"leaves"`
	Depth  int      `json:"depth"`
	Proven bool     `json:"proven"`
	Exact  bool     `json:"exact"`
	Idle   []string `json:"idle"`
	Never  []string `json:"never"`
}

func thereAndBackOf(r decide.RoundTrip) apiThereAndBack {
	return apiThereAndBack{
		Table: r.ID.String(), Rows: r.Rows, Leaves: r.Leaves, Depth: r.Depth, Proven: r.Proven, Exact: r.Exact,
		Idle: append([]string{}, r.Idle...), Never: append([]string{}, r.Never...),
	}
}

// maxTables is how many published tables are read of a folder.
const maxTables = 1000

// tablesThereAndBack reads json/decision_tables/NAMESPACE/NAME.json of a folder, or its own *.json files.
func tablesThereAndBack(folder fs.FS) ([]decide.RoundTrip, error) {
	names, err := fs.Glob(folder, "json/decision_tables/*/*.json")
	if err == nil && len(names) == 0 {
		names, err = fs.Glob(folder, "*.json")
	}
	switch {
	case err != nil:
		return nil, err
	case len(names) == 0:
		return nil, errors.New("no json/decision_tables/*/*.json and no *.json")
	case len(names) > maxTables:
		return nil, fmt.Errorf("%d files, at most %d are read", len(names), maxTables)
	}
	var list []decide.RoundTrip
	for _, name := range names {
		info, err := fs.Stat(folder, name)
		if err != nil {
			return nil, err
		}
		if info.Size() > ssvc.MaxBytes {
			return nil, fmt.Errorf("%s: more than %d bytes", name, ssvc.MaxBytes)
		}
		data, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, err
		}
		t, err := ssvc.ParseDecisionTable(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		r, err := decide.TableTreeTable(t)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		list = append(list, r)
	}
	return list, nil
}
