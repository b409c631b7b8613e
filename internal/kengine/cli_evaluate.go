package kengine

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"noroshi.dev/format/dtree"
	"noroshi.dev/internal/core/module"
)

// maxHistory is the greatest size of a history in a file, in bytes.
const maxHistory = 256 << 20

// learningFlags adds the flags that say how a tree is learnt.
func learningFlags(c *cobra.Command) *cobra.Command {
	c.Flags().String("csv", "", "history: a header line, the last column is the class, ? is unknown")
	c.Flags().String("rule", "short", "which pruned tree: short, 1se, min, paired or none")
	c.Flags().String("criterion", "gini", "gini or entropy")
	c.Flags().String("missing", "gain", "unknown facts in training: gain, side or branch")
	c.Flags().String("unknown", "learnt", "unknown facts at prediction: learnt or both")
	c.Flags().Uint64("seed", 0, "seed of the assignment to folds")
	c.Flags().Bool("never-abstain", false, "answer even where the tree is not shown to beat the majority")
	c.Flags().Bool("refuse-rare", false, "refuse a fact of more than 64 values instead of grouping the rare ones")
	return c
}

// learningOptions reads the flags of learningFlags.
func learningOptions(c *cobra.Command) (dtree.Options, error) {
	rule, err1 := choice(c, "rule", "short", "1se", "min", "paired", "none")
	criterion, err2 := choice(c, "criterion", "gini", "entropy")
	missing, err3 := choice(c, "missing", "gain", "side", "branch")
	unknown, err4 := choice(c, "unknown", "learnt", "both")
	seed, err5 := c.Flags().GetUint64("seed")
	always, err6 := c.Flags().GetBool("never-abstain")
	rules := []dtree.Rule{dtree.RuleShort, dtree.RuleOneSE, dtree.RuleMin, dtree.RulePaired, dtree.RuleNone}
	return dtree.Options{
		Rule: rules[rule], Criterion: []dtree.Criterion{dtree.Gini, dtree.Entropy}[criterion],
		Missing: []dtree.Missing{dtree.MissingGain, dtree.MissingSide, dtree.MissingBranch}[missing],
		Unknown: []dtree.Unknown{dtree.UnknownLearnt, dtree.UnknownBoth}[unknown], Seed: seed, NeverAbstain: always,
	}, errors.Join(err1, err2, err3, err4, err5, err6)
}

// choice is the place of a flag's value among the ones that are possible.
func choice(c *cobra.Command, flag string, possible ...string) (int, error) {
	at := slices.Index(possible, textFlag(c, flag))
	if at < 0 {
		return 0, fmt.Errorf("kengine: --%s is one of %s, not %q", flag, strings.Join(possible, ", "), textFlag(c, flag))
	}
	return at, nil
}

// readHistory reads the file that --csv names, and says on standard error what it left out or put together.
func readHistory(c *cobra.Command) (*dtree.Table, error) {
	name := textFlag(c, "csv")
	refuse, err := c.Flags().GetBool("refuse-rare")
	if err != nil {
		return nil, fmt.Errorf("kengine: %w", err)
	}
	var t *dtree.Table
	err = withFile(name, func(r io.Reader) error {
		var err error
		t, err = dtree.ReadCSV(r, dtree.CSVOptions{GroupRare: !refuse})
		return err
	})
	if err != nil {
		return nil, err
	}
	if t.Unruled > 0 {
		fmt.Fprintf(c.ErrOrStderr(), "%s: %d of %d rows have no class and are left out\n", name, t.Unruled, t.Total)
	}
	for _, a := range t.Data.Schema.Attributes {
		if n := t.Grouped[a.Name]; n > 0 {
			fmt.Fprintf(c.ErrOrStderr(), "%s: %s has more than %d values: the %d rarest are grouped as %s\n", name, a.Name, dtree.MaxValues, n, dtree.OtherValue)
		}
	}
	return t, nil
}

// withFile reads a file of bounded size; its errors name the file.
func withFile(name string, read func(io.Reader) error) error {
	file, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("kengine: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("kengine: %w", err)
	}
	if info.Size() > maxHistory {
		return fmt.Errorf("kengine: %s: %d bytes, at most %d are read", name, info.Size(), maxHistory)
	}
	if err := read(io.LimitReader(file, maxHistory)); err != nil {
		return fmt.Errorf("kengine: %s: %w", name, err)
	}
	return nil
}

func evaluateCommand() *cobra.Command {
	c := learningFlags(&cobra.Command{
		Use: "evaluate", Short: "Measure how well a tree learnt from a history answers", Args: cobra.NoArgs,
		Annotations: map[string]string{module.NoHouse: "true"},
		Long: `Learns a tree from all folds but one, answers that one, and does so for each fold. The history is a CSV file with
a header line; its last column is the class, ? is unknown. The folds are one number from 0 to 9 a line, a line for each
row; without --folds the rows are dealt to ten folds of equal size and classes, the same ones each time.`,
		Example: "  noroshi kengine evaluate --csv rulings.csv --folds rulings.folds\n  noroshi kengine evaluate --csv rulings.csv --rule min --json",
		RunE: func(c *cobra.Command, _ []string) error {
			o, err := learningOptions(c)
			if err != nil {
				return err
			}
			t, err := readHistory(c)
			if err != nil {
				return err
			}
			folds, err := foldsOf(c, t, o.Seed)
			if err != nil {
				return err
			}
			e, err := dtree.Evaluate(t.Data, folds, o, stopwatch)
			if err != nil {
				return fmt.Errorf("kengine: evaluate: %w", err)
			}
			return printEvaluation(c, t, e)
		},
	})
	_ = c.MarkFlagRequired("csv") // learningFlags added it
	c.Flags().String("folds", "", "fold of each row, 0 to 9, one a line (default: dealt by the command)")
	return c
}

func stopwatch(f func()) time.Duration {
	begin := time.Now()
	f()
	return time.Since(begin)
}

// foldsOf are the folds of the rows that have a class.
func foldsOf(c *cobra.Command, t *dtree.Table, seed uint64) ([]uint8, error) {
	name := textFlag(c, "folds")
	if name == "" {
		fmt.Fprintln(c.ErrOrStderr(), "no --folds: the rows are dealt to ten stratified folds")
		return dtree.Stratified(t.Data.Class, seed), nil
	}
	var all []uint8
	err := withFile(name, func(r io.Reader) error {
		var err error
		all, err = dtree.ReadFolds(r, t.Total)
		return err
	})
	if err != nil {
		return nil, err
	}
	folds := make([]uint8, len(t.Rows))
	for i, row := range t.Rows {
		folds[i] = all[row]
	}
	return folds, nil
}

func printEvaluation(c *cobra.Command, t *dtree.Table, e *dtree.Evaluation) error {
	ms := float64(e.Train.Microseconds()) / 1000
	if module.JSON(c) {
		accuracy, abstained := make([]float64, len(e.Folds)), 0
		for i, f := range e.Folds {
			accuracy[i] = f.Accuracy
			if f.Abstained {
				abstained++
			}
		}
		return printJSON(c.OutOrStdout(), map[string]any{
			"accuracy": e.Accuracy, "folds": accuracy, "leaves": e.Leaves, "train_ms": ms,
			"rows": len(t.Rows), "unruled": t.Unruled, "abstained": abstained, "grouped": t.Grouped,
		})
	}
	w := tabwriter.NewWriter(c.OutOrStdout(), 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "fold\trows\taccuracy\tleaves\ttraining")
	for _, f := range e.Folds {
		note := ""
		if f.Abstained {
			note = "\tabstained"
		}
		fmt.Fprintf(w, "%d\t%d\t%.2f %%\t%d\t%.1f ms%s\n", f.Fold, f.Rows, 100*f.Accuracy, f.Leaves, float64(f.Train.Microseconds())/1000, note)
	}
	fmt.Fprintf(w, "mean\t%d\t%.2f %%\t%.1f\t%.1f ms\n", len(t.Rows), 100*e.Accuracy, e.Leaves, ms)
	return w.Flush()
}
