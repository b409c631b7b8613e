package kengine

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"noroshi.dev/format/dtree"
	"noroshi.dev/internal/core/module"
)

// curve is the learning curve of one decision.
type curve struct {
	Decision string             `json:"decision"`
	Rows     int                `json:"rows"`
	Points   []dtree.CurvePoint `json:"points"`
}

func curveCommand() *cobra.Command {
	c := learningFlags(&cobra.Command{
		Use: "curve", Short: "Measure how accuracy grows with the history", Args: cobra.NoArgs,
		Annotations: map[string]string{module.NoHouse: "true"},
		Long: `Draws histories of several sizes, learns a tree from each, and answers rows that were not drawn. The majority is the
accuracy of always giving the commonest answer of the same history. Prints CSV, and draws a picture. The history is a CSV file,
or an archive of CVE records with the decisions of an authorised publisher (CISA Vulnrichment): Technical Impact and Automatable
are learnt from CVSS v3 metrics, the kind of weakness and the KEV mark.`,
		Example: "  noroshi kengine curve --csv rulings.csv --svg curve.svg --out curve.csv\n" +
			"  noroshi kengine curve --archive vulnrichment.tar.zst --svg curve.svg --out curve.csv",
		RunE: func(c *cobra.Command, _ []string) error {
			curves, err := measureCurves(c)
			if err != nil {
				return err
			}
			return writeCurve(c, curves)
		},
	})
	c.Flags().IntSlice("sizes", []int{20, 50, 100, 200, 500, 1000, 5000}, "sizes of the history")
	c.Flags().Int("draws", 20, "histories drawn of each size")
	c.Flags().Int("predict", 5000, "rows answered for each history, at most")
	c.Flags().String("archive", "", "history: file or folder of CVE records with published decisions")
	c.Flags().String("svg", "", "file for the picture")
	c.Flags().String("out", "", "file for the CSV (default: standard output)")
	c.MarkFlagsOneRequired("csv", "archive")
	c.MarkFlagsMutuallyExclusive("csv", "archive")
	return c
}

// measureCurves measures a curve for each history that the flags name.
func measureCurves(c *cobra.Command) ([]curve, error) {
	o, err := learningOptions(c)
	if err != nil {
		return nil, err
	}
	sizes, err1 := c.Flags().GetIntSlice("sizes")
	draws, err2 := c.Flags().GetInt("draws")
	predict, err3 := c.Flags().GetInt("predict")
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	var decisions []pastDecision
	name := textFlag(c, "archive")
	if name != "" {
		decisions, err = readDecisions(c.Context(), name)
	} else {
		name = textFlag(c, "csv")
		decisions = make([]pastDecision, 1)
		decisions[0].history, err = readHistory(c)
	}
	if err != nil {
		return nil, err
	}
	curves := make([]curve, len(decisions))
	for i, d := range decisions {
		points, err := dtree.Curve(d.history.Data, dtree.CurveOptions{Sizes: sizes, Draws: draws, Predict: predict, Seed: o.Seed}, o)
		if err != nil {
			return nil, fmt.Errorf("kengine: curve: %w", err)
		}
		if len(points) == 0 {
			return nil, fmt.Errorf("kengine: curve: %s has %d rows with a class: every size asked for needs more", name, len(d.history.Rows))
		}
		curves[i] = curve{Decision: d.name, Rows: len(d.history.Rows), Points: points}
	}
	return curves, nil
}

// writeCurve writes the curves to the files that the flags name; CSV goes to standard output without --out.
func writeCurve(c *cobra.Command, curves []curve) error {
	if name := textFlag(c, "svg"); name != "" {
		if err := os.WriteFile(name, []byte(curvePicture(curves)), 0o600); err != nil {
			return fmt.Errorf("kengine: curve: %w", err)
		}
	}
	if module.JSON(c) {
		if textFlag(c, "archive") == "" {
			return printJSON(c.OutOrStdout(), curves[0].Points)
		}
		return printJSON(c.OutOrStdout(), curves)
	}
	text := curveCSV(curves)
	name := textFlag(c, "out")
	if name == "" {
		_, err := io.WriteString(c.OutOrStdout(), text)
		return err
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		return fmt.Errorf("kengine: curve: %w", err)
	}
	return nil
}

// curveCSV writes the points; a column names the decision where curves have names.
func curveCSV(curves []curve) string {
	var b strings.Builder
	head := "n,draws,majority,accuracy,lowest,highest,leaves,abstained\n"
	if curves[0].Decision != "" {
		head = "decision," + head
	}
	b.WriteString(head)
	for _, c := range curves {
		for _, p := range c.Points {
			var cells []string
			if c.Decision != "" {
				cells = append(cells, c.Decision)
			}
			cells = append(cells, strconv.Itoa(p.Cases), strconv.Itoa(p.Draws))
			for _, v := range []float64{p.Majority, p.Accuracy, p.Lowest, p.Highest, p.Leaves, p.Abstained} {
				cells = append(cells, strconv.FormatFloat(v, 'f', 4, 64))
			}
			b.WriteString(strings.Join(cells, ",") + "\n")
		}
	}
	return b.String()
}
