package kengine

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/module"
	"noroshi.dev/internal/kengine/learn"
)

// learnCommand learns from what was ruled.
func (s *Service) learnCommand() *cobra.Command {
	c := forOrganisation(&cobra.Command{
		Use: "learn", Short: "Learn decision models from past rulings", Args: cobra.NoArgs,
		Long: `Makes a candidate of the rulings for each decision of the models in force: a draft with what speaks for it. Nothing
goes into force by itself. A history is a CSV file whose columns are facts by id or key and whose last column is the outcome
("?" is unknown; columns id, analyst and at may tell more), or SSVC SelectionLists that hold the outcome. What was imported
before adds nothing.`,
		Example: "  noroshi kengine learn\n  noroshi kengine learn --decision response --history rulings.csv",
		RunE: func(c *cobra.Command, _ []string) error {
			a, err := s.actor(c, true)
			if err != nil {
				return err
			}
			decision, err := c.Flags().GetString("decision")
			if err != nil {
				return fmt.Errorf("kengine: learn: %w", err)
			}
			file, err := c.Flags().GetString("history")
			if err != nil {
				return fmt.Errorf("kengine: learn: %w", err)
			}
			forget, err := c.Flags().GetBool("forget")
			if err != nil {
				return fmt.Errorf("kengine: learn: %w", err)
			}
			if forget {
				n, err := s.ForgetHistory(c.Context(), a, decision)
				if err != nil {
					return err
				}
				fmt.Fprintf(c.ErrOrStderr(), "%d imported rulings removed\n", n)
			}
			var in *HistoryImport
			if file != "" {
				if in, err = s.importHistoryFile(c, a, decision, file); err != nil {
					return err
				}
			}
			list, err := s.Learn(c.Context(), a, decision)
			if err != nil {
				return err
			}
			return printLearnt(c, in, list)
		},
	})
	c.Flags().String("decision", "", "key of the decision, alone or as MODEL/DECISION (all if not given)")
	c.Flags().Bool("forget", false, "remove the imported rulings of the decision first")
	c.Flags().String("history", "", "file of past rulings to import first; - is standard input")
	return c
}

func (s *Service) importHistoryFile(c *cobra.Command, a identity.Actor, decision, name string) (*HistoryImport, error) {
	if name == "-" {
		out, err := s.ImportHistory(c.Context(), a, decision, "standard input", c.InOrStdin())
		return &out, err
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("kengine: learn: %w", err)
	}
	defer func() { _ = file.Close() }()
	out, err := s.ImportHistory(c.Context(), a, decision, filepath.Base(name), file)
	return &out, err
}

func printLearnt(c *cobra.Command, in *HistoryImport, list []Candidate) error {
	w := c.OutOrStdout()
	if module.JSON(c) {
		return printJSON(w, map[string]any{"import": in, "candidates": mapped(list, candidateOf)})
	}
	if in != nil {
		fmt.Fprintf(w, "%s: %d added, %d there already, %d refused\n", in.Decision, in.Added, in.Same, in.Refused)
		for _, r := range in.Refusals[:min(shownRefusals, len(in.Refusals))] {
			fmt.Fprintf(w, "  refused line %d: %s %s\n", r.Line, r.Reason, r.Text)
		}
		if len(in.Ignored) > 0 {
			fmt.Fprintf(w, "  not in the model: %s\n", strings.Join(in.Ignored, ", "))
		}
	}
	rows := make([][]string, len(list))
	for i := range list {
		v := &list[i]
		e := &v.Evidence
		rows[i] = []string{
			v.Decision, strconv.FormatInt(v.Cases, 10), learntWord(v), percent(e.Before.Accuracy), "-", "-", strconv.Itoa(e.LeavesBefore), "-", "-", "-",
		}
		if v.Model != "" {
			copy(rows[i][4:], []string{
				percent(e.After.Accuracy), percent(e.Unseen.Accuracy), strconv.Itoa(e.LeavesBefore), strconv.Itoa(e.LeavesAfter),
				strconv.Itoa(e.Flips), v.Model,
			})
		}
	}
	return table(w, "DECISION\tRULINGS\tRESULT\tACCURACY\tAFTER\tUNSEEN\tLEAVES\tAFTER\tFLIPS\tDRAFT", rows)
}

// learntWord says what came of learning.
func learntWord(c *Candidate) string {
	switch {
	case c.Model != "":
		return string(c.Evidence.Way)
	case c.Evidence.Reason == learn.Agrees:
		return "the rulings agree with the model"
	}
	return fmt.Sprintf("not enough history (n=%d)", c.Cases)
}
