package kengine

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/module"
	"noroshi.dev/internal/core/progress"
)

// commands are the subcommands of noroshi kengine.
func (s *Service) commands() []*cobra.Command {
	return []*cobra.Command{
		s.importCommand(), s.fingerprintCommand(), conformanceCommand(), s.reportCommand(), s.taskCommand(), s.ruleCommand(),
		s.installCommand(), s.decideCommand(), s.learnCommand(), s.replayCommand(), s.modelCommand(), benchCommand(), evaluateCommand(), curveCommand(),
	}
}

// actor is the server itself, acting for the organisation that the command names by id or name; with
// a single organisation no name is needed, and without any it acts for nobody.
func (s *Service) actor(c *cobra.Command, needed bool) (identity.Actor, error) {
	want, err := c.Flags().GetString("organisation")
	if err != nil {
		return identity.Actor{}, fmt.Errorf("kengine: %w", err)
	}
	a := identity.System("command")
	if s.People == nil {
		return a.In(want), nil
	}
	tenants, err := s.People.Tenants(c.Context(), s.DB.Read())
	if err != nil {
		return a, fmt.Errorf("kengine: organisations: %w", err)
	}
	for _, t := range tenants {
		if t.ID == want || t.Name == want || want == "" && len(tenants) == 1 {
			return a.In(t.ID), nil
		}
	}
	switch {
	case want != "":
		return a, fault.New(fault.NotFound, "kengine.organisation", want)
	case needed:
		return a, errNoOrganisation(len(tenants))
	}
	return a, nil
}

// forOrganisation adds the flag that actor reads.
func forOrganisation(c *cobra.Command) *cobra.Command {
	c.Flags().String("organisation", "", "organisation to act for, by id or name (needed only if there are several)")
	return c
}

func (s *Service) importCommand() *cobra.Command {
	return forOrganisation(&cobra.Command{
		Use: "import FILE|FOLDER|-...", Short: "Import vulnerability records of any kind", Args: cobra.MinimumNArgs(1),
		Long: `Imports CVE records, KEV, EPSS, NVD, MyJVN, VRDA, CSAF and OSV documents from files, folders, tar and zip archives
or standard input (-), told apart by their content. What cannot be read is refused and listed, and the rest goes on.
An import that was interrupted is simply run again: nothing is doubled.`,
		Example: "  noroshi kengine import known_exploited_vulnerabilities.json\n  curl -s https://… | noroshi kengine import -",
		RunE: func(c *cobra.Command, args []string) error {
			if err := errors.Join(s.Interrupted(c.Context()), s.Prepare(c.Context())); err != nil {
				return err
			}
			a, err := s.actor(c, false)
			if err != nil {
				return err
			}
			for _, name := range args {
				if err := s.importOne(c, a, name); err != nil {
					return err
				}
			}
			return nil
		},
	})
}

// importOne imports one argument of the command and prints the counts.
func (s *Service) importOne(c *cobra.Command, a identity.Actor, name string) error {
	begin := time.Now()
	bar := progress.New(c.ErrOrStderr(), name, 0)
	defer bar.Close()
	v, err := s.importNamed(c, a, name, bar)
	bar.Close()
	if v.ID == "" {
		return err
	}
	took := time.Since(begin)
	if module.JSON(c) {
		return errors.Join(err, printJSON(c.OutOrStdout(), map[string]any{"name": name, "id": v.ID, "state": v.State, "counts": v.Counts, "seconds": took.Seconds()}))
	}
	w := tabwriter.NewWriter(c.OutOrStdout(), 0, 4, 2, ' ', 0)
	fmt.Fprintf(w, "%s\t%s\n", name, v.State)
	for _, row := range []struct {
		name string
		n    int64
	}{{"records", v.Records}, {"new", v.Added}, {"changed", v.Changed}, {"same", v.Same}, {"skipped", v.Skipped}, {"refused", v.Refused}} {
		fmt.Fprintf(w, "  %s\t%d\n", row.name, row.n)
	}
	fmt.Fprintf(w, "  time\t%.1f s, %.0f records/s\n", took.Seconds(), float64(v.Records)/took.Seconds())
	return errors.Join(err, w.Flush(), s.printRefusals(c, a, v))
}

func (s *Service) importNamed(c *cobra.Command, a identity.Actor, name string, bar *progress.Bar) (ImportView, error) {
	if name == "-" {
		return s.Import(c.Context(), a, "standard input", bar.Reader(c.InOrStdin()), ImportOptions{})
	}
	file, err := os.Open(name)
	if err != nil {
		return ImportView{}, fmt.Errorf("kengine: import: %w", err)
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return ImportView{}, fmt.Errorf("kengine: import: %w", err)
	}
	if info.IsDir() {
		return s.ImportFolder(c.Context(), a, name, ImportOptions{})
	}
	bar.Total(info.Size())
	return s.Import(c.Context(), a, name, bar.Reader(file), ImportOptions{})
}

// shownRefusals is how many refusals a command prints.
const shownRefusals = 20

func (s *Service) printRefusals(c *cobra.Command, a identity.Actor, v ImportView) error {
	if v.Refused == 0 {
		return nil
	}
	_, refusals, err := s.ImportResult(c.Context(), a, v.ID, shownRefusals)
	if err != nil {
		return err
	}
	for _, r := range refusals {
		fmt.Fprintf(c.OutOrStdout(), "  refused %s at %d: %s %v\n", r.Member, r.Position, r.Reason, r.Args)
	}
	if more := v.Refused - int64(len(refusals)); more > 0 {
		fmt.Fprintf(c.OutOrStdout(), "  and %d more\n", more)
	}
	return nil
}

func (s *Service) fingerprintCommand() *cobra.Command {
	return &cobra.Command{
		Use: "fingerprint", Short: "Print the hash of what the room holds", Args: cobra.NoArgs,
		Long: `Two rooms with the same reports, words, contradictions, tasks and rulings have the same fingerprint: after an
interrupted import that was run again, and after a restored backup. Ids and times of recording do not count.`,
		RunE: func(c *cobra.Command, _ []string) error {
			f, err := s.FingerprintNow(c.Context())
			if err != nil {
				return err
			}
			if module.JSON(c) {
				return printJSON(c.OutOrStdout(), f)
			}
			fmt.Fprintf(c.OutOrStdout(), "%s  reports %d  assertions %d  conflicts %d  tasks %d  rulings %d\n",
				f.Hash, f.Reports, f.Assertions, f.Conflicts, f.Tasks, f.Rulings)
			return nil
		},
	}
}

func conformanceCommand() *cobra.Command {
	return &cobra.Command{
		Use: "conformance FOLDER", Short: "Compare the built-in decision tables with published SSVC objects", Args: cobra.ExactArgs(1),
		Annotations: map[string]string{module.NoHouse: "true"},
		Long: `FOLDER holds SSVC objects as their project publishes them (json/, csv/, and if present legacy-calculator/). Every row
of every table is asked of the built-in table; every object is written again and compared.`,
		RunE: func(c *cobra.Command, args []string) error {
			r, err := ssvc.Conformance(os.DirFS(args[0]))
			if err != nil {
				return fmt.Errorf("kengine: conformance: %w", err)
			}
			if err := printConformance(c, r); err != nil {
				return err
			}
			if !r.OK() {
				return errors.New("kengine: conformance: not everything agrees")
			}
			return nil
		},
	}
}

func printConformance(c *cobra.Command, r ssvc.Report) error {
	agree, total := r.Rows()
	legacyAgree, legacyTotal := r.LegacyRows()
	if module.JSON(c) {
		return printJSON(c.OutOrStdout(), map[string]any{
			"agree": agree, "rows": total, "tables": len(r.Tables), "legacy_agree": legacyAgree, "legacy_rows": legacyTotal, "ok": r.OK(), "report": r,
		})
	}
	w := tabwriter.NewWriter(c.OutOrStdout(), 0, 4, 2, ' ', 0)
	for _, t := range r.Tables {
		fmt.Fprintf(w, "%s\t%d/%d\n", t.ID, t.Agree, t.Rows)
	}
	for _, t := range r.Legacy {
		fmt.Fprintf(w, "%s\t%d/%d\n", t.Name, t.Agree, t.Rows)
	}
	fmt.Fprintf(w, "%d tables\t%d/%d rows agree\n", len(r.Tables), agree, total)
	fmt.Fprintf(w, "%d legacy trees\t%d/%d rows agree\n", len(r.Legacy), legacyAgree, legacyTotal)
	fmt.Fprintf(w, "written again\t%t\n", r.OK())
	return w.Flush()
}

func (s *Service) installCommand() *cobra.Command {
	return forOrganisation(&cobra.Command{
		Use: "install MODEL", Short: "Put a built-in decision model into force", Args: cobra.ExactArgs(1),
		Example: "  noroshi kengine install cisa-bod-26-04",
		RunE: func(c *cobra.Command, args []string) error {
			a, err := s.actor(c, true)
			if err != nil {
				return err
			}
			id, err := s.Install(c.Context(), a, args[0])
			if err != nil {
				return err
			}
			fmt.Fprintf(c.OutOrStdout(), "%s %s\n", args[0], id)
			return s.decideNow(c, a.Organisation)
		},
	})
}

func (s *Service) decideCommand() *cobra.Command {
	return forOrganisation(&cobra.Command{
		Use: "decide", Short: "Decide all reports again for an organisation", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			a, err := s.actor(c, true)
			if err != nil {
				return err
			}
			if err := s.Redecide(c.Context(), a); err != nil {
				return err
			}
			return s.decideNow(c, a.Organisation)
		},
	})
}

// decideNow decides without waiting for the background job, which then finds nothing left to do.
func (s *Service) decideNow(c *cobra.Command, organisation string) error {
	if err := s.DecideAll(c.Context(), organisation); err != nil {
		return err
	}
	r, err := s.Redecision(c.Context(), identity.System("command").In(organisation))
	if err != nil {
		return err
	}
	if module.JSON(c) {
		return printJSON(c.OutOrStdout(), r)
	}
	fmt.Fprintf(c.OutOrStdout(), "%d reports decided, %d tasks changed\n", r.Done, r.Changed)
	return nil
}

// printJSON writes v for programs.
func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("kengine: print: %w", err)
	}
	return nil
}

// table prints rows of columns.
func table(w io.Writer, head string, rows [][]string) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, head)
	for _, row := range rows {
		for i, cell := range row {
			if i > 0 {
				fmt.Fprint(t, "\t")
			}
			fmt.Fprint(t, cell)
		}
		fmt.Fprintln(t)
	}
	return t.Flush()
}

// dated writes a date for a table.
func dated(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format(time.DateOnly)
}

func scored(v float64) string {
	if v < 0 {
		return "-"
	}
	return strconv.FormatFloat(v, 'f', 1, 64)
}
