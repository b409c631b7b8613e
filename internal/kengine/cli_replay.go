package kengine

import (
	"encoding/csv"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/module"
	"noroshi.dev/internal/kengine/decide"
	"noroshi.dev/internal/kengine/trust"
)

// version finds a version of a model by its id, by KEY@VERSION, or by KEY: the one in force, else the newest.
func (s *Service) version(c *cobra.Command, a identity.Actor, name string) (string, error) {
	rows, err := s.Models(c.Context(), a)
	if err != nil {
		return "", err
	}
	key, number, exact := strings.Cut(name, "@")
	found := ""
	for _, m := range rows {
		switch {
		case m.ID == name, exact && m.Key == key && strconv.FormatInt(m.Version, 10) == number:
			return m.ID, nil
		case !exact && m.Key == key && (found == "" || m.Status == decide.Active):
			found = m.ID
		}
	}
	if found == "" {
		return name, nil // the use case says that there is none
	}
	return found, nil
}

const versionHelp = "MODEL is the id of a version, KEY@VERSION, or KEY: the version in force, else the newest."

func (s *Service) replayCommand() *cobra.Command {
	c := forOrganisation(&cobra.Command{
		Use: "replay MODEL", Short: "Replay a model over the rulings made and the reports that came in", Args: cobra.ExactArgs(1),
		Long:    "Decides past rulings, on what was known when they were made, and stored reports by a version of a model and compares it with the version in force.\n" + versionHelp,
		Example: "  noroshi kengine replay deployer@2 --days 30\n  noroshi kengine replay deployer@2 --csv > flips.csv",
		RunE: func(c *cobra.Command, args []string) error {
			a, err := s.actor(c, true)
			if err != nil {
				return err
			}
			days, err := c.Flags().GetInt("days")
			if err != nil {
				return fmt.Errorf("kengine: %w", err)
			}
			id, err := s.version(c, a, args[0])
			if err != nil {
				return err
			}
			v, err := s.Replay(c.Context(), a, id, ReplayScope{Days: days})
			if err != nil {
				return err
			}
			if module.JSON(c) {
				return printJSON(c.OutOrStdout(), replayOf(v))
			}
			flips, err := c.Flags().GetBool("csv")
			if err != nil {
				return fmt.Errorf("kengine: %w", err)
			}
			if flips {
				return printFlips(c, &v)
			}
			return printReplay(c, &v)
		},
	})
	c.Flags().Int("days", 0, "work of the reports that came in within so many days; 0: all")
	c.Flags().Bool("csv", false, "print the rulings for which the version recommends otherwise, as CSV")
	return c
}

// printFlips prints the flips as CSV.
func printFlips(c *cobra.Command, v *Replay) error {
	w := csv.NewWriter(c.OutOrStdout())
	columns := flipColumns()
	header := make([]string, len(columns))
	for i, col := range columns {
		header[i] = col.Name
	}
	rows := [][]string{header}
	for _, f := range flipRows(v) {
		row := make([]string, len(columns))
		for i, col := range columns {
			row[i] = col.Value(f)
		}
		rows = append(rows, row)
	}
	return w.WriteAll(rows)
}

// shareText writes a share for a table.
func shareText(v float64) string {
	if math.IsNaN(v) {
		return "-"
	}
	return percent(v)
}

func decimal(v float64) string {
	if math.IsNaN(v) {
		return "-"
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

func printReplay(c *cobra.Command, v *Replay) error {
	out := c.OutOrStdout()
	against := "what was recommended at the time"
	if v.Against != nil {
		against = fmt.Sprintf("version %d in force", v.Against.Version)
	}
	fmt.Fprintf(out, "%s version %d against %s\n\n", v.Model.Key, v.Model.Version, against)
	var rulings, work [][]string
	for _, d := range v.Decisions {
		for _, x := range []struct {
			what string
			of   trust.Accuracy
		}{{"old", d.Old}, {"new", d.New}} {
			rulings = append(rulings, []string{d.Decision, x.what, strconv.Itoa(x.of.Rulings), shareText(x.of.Coverage()), shareText(x.of.Rate()), shareText(x.of.WithinRate()), decimal(x.of.MeanCost()), strconv.Itoa(len(d.Flips))})
		}
		for _, o := range d.Outcomes {
			key := o.Outcome.Key
			if key == "" {
				key = "(several)"
			}
			work = append(work, []string{d.Decision, key, strconv.Itoa(o.Before), strconv.Itoa(o.After), fmt.Sprintf("%+d", o.After-o.Before), decimal(o.HoursBefore), decimal(o.HoursAfter)})
		}
	}
	if err := table(out, "DECISION\tBY\tRULINGS\tCOVERAGE\tEXACT\tWITHIN ONE\tCOST\tFLIPS", rulings); err != nil {
		return err
	}
	fmt.Fprintln(out)
	if err := table(out, "DECISION\tOUTCOME\tBEFORE\tAFTER\tCHANGE\tHOURS BEFORE\tHOURS AFTER", work); err != nil {
		return err
	}
	fmt.Fprintf(out, "\n%d reports, %d of them about products that are not used\n", v.Reports, v.Idle)
	if !v.Pace.Known() {
		fmt.Fprintf(out, "overdue: not enough finished tasks to foretell (%d, at least %d)\n", v.Pace.Finished, trust.Enough)
		return nil
	}
	if v.Before != nil {
		fmt.Fprintf(out, "overdue before: %d\n", v.Before.Load.Overdue)
	}
	fmt.Fprintf(out, "overdue after: %d (at %.1f hours a day, measured on %d finished tasks of %.0f days; most urgent first, nothing waiting at the start)\n",
		v.After.Load.Overdue, v.Pace.PerDay, v.Pace.Finished, v.Pace.Days)
	return nil
}

func (s *Service) modelCommand() *cobra.Command {
	c := &cobra.Command{Use: "model", Short: "Read decision models"}
	c.AddCommand(forOrganisation(&cobra.Command{
		Use: "diff A B", Short: "Print what differs between two versions of a model", Args: cobra.ExactArgs(2), Long: versionHelp,
		Example: "  noroshi kengine model diff deployer@1 deployer@2",
		RunE: func(c *cobra.Command, args []string) error {
			a, err := s.actor(c, true)
			if err != nil {
				return err
			}
			var ids [2]string
			for i, name := range args {
				if ids[i], err = s.version(c, a, name); err != nil {
					return err
				}
			}
			d, err := s.DiffModels(c.Context(), a, ids[0], ids[1])
			if err != nil {
				return err
			}
			if module.JSON(c) {
				return printJSON(c.OutOrStdout(), diffOf(d))
			}
			printDiff(c, d)
			return nil
		},
	}), s.simplifyCommand())
	return c
}

func printDiff(c *cobra.Command, d decide.Diff) {
	out := c.OutOrStdout()
	x := diffOf(d)
	lines := 0
	say := func(format string, args ...any) {
		lines++
		fmt.Fprintf(out, format+"\n", args...)
	}
	for _, l := range []struct {
		what string
		of   []string
	}{
		{"fact added", x.FactsAdded},
		{"fact removed", x.FactsRemoved},
		{"fact changed", x.FactsChanged},
		{"decision added", x.DecisionsAdded},
		{"decision removed", x.DecisionsRemoved},
		{"decision changed", x.DecisionsChanged},
	} {
		for _, id := range l.of {
			say("%s %s", l.what, id)
		}
	}
	for _, n := range x.Nodes {
		say("%s %s (%d combinations)", n.Outcome, n.Kind, n.Count)
		for _, r := range n.Rows {
			say("  %s: %s -> %s", strings.Join(r.When, " "), r.From, r.To)
		}
	}
	for _, ch := range x.Actions {
		say("%s/%s: %s %s -> %s %s", ch.Decision, ch.Outcome, ch.From.Mark, ch.From.Due, ch.To.Mark, ch.To.Due)
	}
	if lines == 0 {
		say("no difference")
	}
}
