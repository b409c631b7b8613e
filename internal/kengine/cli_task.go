package kengine

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/module"
	"noroshi.dev/internal/core/web/filter"
)

// listQuery reads filter and flags of a list command.
func listQuery(c *cobra.Command, args []string) (Query, error) {
	e, err := filter.Parse(strings.Join(args, " "))
	if err != nil {
		return Query{}, fmt.Errorf("kengine: filter: %w", err)
	}
	sort, err := c.Flags().GetString("sort")
	if err != nil {
		return Query{}, fmt.Errorf("kengine: %w", err)
	}
	limit, err := c.Flags().GetInt("limit")
	if err != nil {
		return Query{}, fmt.Errorf("kengine: %w", err)
	}
	return Query{Filter: e, Sort: sort, Limit: limit}, nil
}

func listing(c *cobra.Command, sorts []string) *cobra.Command {
	c.Flags().String("sort", sorts[0], "order: "+strings.Join(sorts, ", "))
	c.Flags().Int("limit", DefaultLimit, fmt.Sprintf("rows, at most %d", MaxLimit))
	return forOrganisation(c)
}

func (s *Service) reportCommand() *cobra.Command {
	c := &cobra.Command{Use: "report", Short: "Read vulnerability reports"}
	c.AddCommand(listing(&cobra.Command{
		Use: "list [FILTER]", Short: "List reports", Long: "Lists reports. Fields of the filter: " + strings.Join(ReportFields(), ", ") + ".",
		Example: "  noroshi kengine report list exploitation:active 'cvss:>=9'",
		RunE: func(c *cobra.Command, args []string) error {
			a, err := s.actor(c, false)
			if err != nil {
				return err
			}
			q, err := listQuery(c, args)
			if err != nil {
				return err
			}
			p, err := s.ListReports(c.Context(), a, q)
			if err != nil {
				return err
			}
			if module.JSON(c) {
				return printJSON(c.OutOrStdout(), p.Items)
			}
			rows := make([][]string, len(p.Items))
			for i, r := range p.Items {
				rows[i] = []string{r.Key, scored(r.CVSS), mark(r.KEV), dated(r.Published), r.Title.In("en")}
			}
			return table(c.OutOrStdout(), "KEY\tCVSS\tKEV\tPUBLISHED\tTITLE", rows)
		},
	}, ReportSorts()), forOrganisation(&cobra.Command{
		Use: "show KEY", Short: "Show one report with everything known about it", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			a, err := s.actor(c, false)
			if err != nil {
				return err
			}
			v, err := s.Report(c.Context(), a, args[0])
			if err != nil {
				return err
			}
			if module.JSON(c) {
				return printJSON(c.OutOrStdout(), v)
			}
			return printReport(c, &v)
		},
	}))
	return c
}

func mark(yes bool) string {
	if yes {
		return "yes"
	}
	return "-"
}

func printReport(c *cobra.Command, v *ReportView) error {
	out := c.OutOrStdout()
	fmt.Fprintf(out, "%s  %s\n%s\n\n", v.Key, v.Title.In("en"), v.Summary)
	rows := make([][]string, 0, len(v.Facts))
	for _, f := range v.Facts {
		rows = append(rows, []string{f.ID, strings.Join(f.Value.Values, " "), f.Value.Source, dated(f.Value.Observed), mark(f.Conflict)})
	}
	if err := table(out, "FACT\tVALUE\tSOURCE\tOBSERVED\tCONTRADICTION", rows); err != nil {
		return err
	}
	fmt.Fprintln(out)
	return printTasks(c, v.Tasks)
}

func (s *Service) taskCommand() *cobra.Command {
	c := &cobra.Command{Use: "task", Short: "Read and work the task list"}
	c.AddCommand(listing(&cobra.Command{
		Use: "list [FILTER]", Short: "List tasks", Long: "Lists tasks that are not finished, unless the filter names states. Fields of the filter: " + strings.Join(TaskFields(), ", ") + ".",
		Example: "  noroshi kengine task list is:overdue\n  noroshi kengine task list is:undecided vendor:cisco",
		RunE: func(c *cobra.Command, args []string) error {
			a, err := s.actor(c, true)
			if err != nil {
				return err
			}
			q, err := listQuery(c, args)
			if err != nil {
				return err
			}
			p, err := s.ListTasks(c.Context(), a, q)
			if err != nil {
				return err
			}
			if module.JSON(c) {
				return printJSON(c.OutOrStdout(), p.Items)
			}
			return printTasks(c, p.Items)
		},
	}, TaskSorts()), forOrganisation(&cobra.Command{
		Use: "show ID", Short: "Show one task: the recommendation and why", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			a, err := s.actor(c, true)
			if err != nil {
				return err
			}
			v, err := s.Task(c.Context(), a, args[0])
			if err != nil {
				return err
			}
			if module.JSON(c) {
				v.Compiled = nil // the model itself is exported by its own command
				return printJSON(c.OutOrStdout(), v)
			}
			return printTask(c, &v)
		},
	}))
	for name, do := range map[string]func(*cobra.Command, identity.Actor, Selection) (Result, error){
		"start": func(c *cobra.Command, a identity.Actor, sel Selection) (Result, error) {
			return s.Start(c.Context(), a, sel)
		},
		"finish": func(c *cobra.Command, a identity.Actor, sel Selection) (Result, error) {
			return s.Finish(c.Context(), a, sel)
		},
		"reopen": func(c *cobra.Command, a identity.Actor, sel Selection) (Result, error) {
			return s.Reopen(c.Context(), a, sel)
		},
		"undo": func(c *cobra.Command, a identity.Actor, sel Selection) (Result, error) {
			return s.Undo(c.Context(), a, sel)
		},
	} {
		c.AddCommand(s.actCommand(name, strings.ToUpper(name[:1])+name[1:]+" tasks", do))
	}
	drop := s.actCommand("drop", "Give tasks up", func(c *cobra.Command, a identity.Actor, sel Selection) (Result, error) {
		return s.Drop(c.Context(), a, sel, textFlag(c, "why"))
	})
	drop.Flags().String("why", "", "why, in words")
	assign := s.actCommand("assign", "Give tasks to a person", func(c *cobra.Command, a identity.Actor, sel Selection) (Result, error) {
		return s.Assign(c.Context(), a, sel, textFlag(c, "to"))
	})
	assign.Flags().String("to", "", "id of the person; empty: nobody")
	c.AddCommand(drop, assign)
	return c
}

func (s *Service) ruleCommand() *cobra.Command {
	c := &cobra.Command{Use: "rule", Short: "Confirm or overrule recommendations"}
	overrule := s.actCommand("overrule", "Rule tasks otherwise than recommended", func(c *cobra.Command, a identity.Actor, sel Selection) (Result, error) {
		return s.Overrule(c.Context(), a, sel, RuleInput{Outcome: textFlag(c, "outcome"), Reason: Reason(textFlag(c, "reason")), Note: textFlag(c, "note")})
	})
	overrule.Flags().String("outcome", "", "key of the outcome")
	overrule.Flags().String("reason", "", "data_missing, logic_wrong, judgement or exception")
	overrule.Flags().String("note", "", "why, in words")
	c.AddCommand(overrule,
		s.actCommand("confirm", "Rule tasks as recommended", func(c *cobra.Command, a identity.Actor, sel Selection) (Result, error) {
			return s.Confirm(c.Context(), a, sel)
		}),
		s.actCommand("undo", "Take rulings back", func(c *cobra.Command, a identity.Actor, sel Selection) (Result, error) {
			return s.UndoRuling(c.Context(), a, sel)
		}))
	return c
}

// textFlag returns a text flag of a command that has it.
func textFlag(c *cobra.Command, name string) string {
	v, err := c.Flags().GetString(name)
	if err != nil {
		return ""
	}
	return v
}

// actCommand is a command that does something to tasks named by ids or by a filter.
func (s *Service) actCommand(name, short string, do func(*cobra.Command, identity.Actor, Selection) (Result, error)) *cobra.Command {
	c := &cobra.Command{
		Use: name + " ID...", Short: short,
		RunE: func(c *cobra.Command, args []string) error {
			a, err := s.actor(c, true)
			if err != nil {
				return err
			}
			sel := These(args...)
			if text := textFlag(c, "matching"); text != "" {
				e, err := filter.Parse(text)
				if err != nil {
					return fmt.Errorf("kengine: filter: %w", err)
				}
				sel = Matching(e)
			}
			res, err := do(c, a, sel)
			if err != nil {
				return err
			}
			if module.JSON(c) {
				return printJSON(c.OutOrStdout(), res)
			}
			fmt.Fprintf(c.OutOrStdout(), "%d changed, %d refused\n", res.Changed, len(res.Refused)+res.More)
			for _, r := range res.Refused {
				fmt.Fprintf(c.OutOrStdout(), "  %s: %s\n", r.ID, r.Fault.Key)
			}
			return nil
		},
	}
	c.Flags().String("matching", "", "filter of the task list instead of ids")
	return forOrganisation(c)
}

func printTasks(c *cobra.Command, tasks []TaskRow) error {
	rows := make([][]string, len(tasks))
	for i := range tasks {
		t := &tasks[i]
		possible := make([]string, len(t.Possible))
		for j, o := range t.Possible {
			possible[j] = o.Name.In("en")
		}
		ruled := "-"
		if t.Ruled != nil {
			ruled = t.Ruled.Name.In("en")
		}
		rows[i] = []string{t.ID, t.Report, strconv.Itoa(t.Weight()), string(t.State), strings.Join(possible, " / "), ruled, dated(t.Due), cut(t.Title.In("en"), 60)}
	}
	return table(c.OutOrStdout(), "ID\tREPORT\tPRIORITY\tSTATE\tPOSSIBLE\tRULED\tDUE\tTITLE", rows)
}

func printTask(c *cobra.Command, v *TaskView) error {
	out := c.OutOrStdout()
	if err := printTasks(c, []TaskRow{v.TaskRow}); err != nil {
		return err
	}
	if v.Compiled == nil {
		return nil
	}
	fmt.Fprintln(out)
	for _, line := range v.Compiled.Lines(v.Explanation, "en") {
		fmt.Fprintln(out, line)
	}
	fmt.Fprintln(out)
	rows := make([][]string, len(v.Inputs))
	for i, f := range v.Inputs {
		rows[i] = []string{f.ID, f.Fact.Words(f.Possible, "en"), f.Value.Source, dated(f.Value.Observed), mark(f.Matters)}
	}
	return table(out, "FACT\tPOSSIBLE\tSOURCE\tOBSERVED\tOPEN QUESTION", rows)
}
