package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"time"

	"github.com/spf13/cobra"

	"noroshi.dev/internal/core/config"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/module"
	"noroshi.dev/internal/core/telemetry"
)

// log returns the log that the settings ask for, on standard error.
func (p *program) log(c config.Config) (*slog.Logger, error) {
	return telemetry.NewLog(p.Err, c.Log.Format, c.Log.Level)
}

// serveCommand runs the house.
func (p *program) serveCommand() *cobra.Command {
	return &cobra.Command{
		Use: "serve", Short: "Run the house", Args: cobra.NoArgs,
		Long: `Runs the house on the embedded database below ./data, or on the PostgreSQL that NOROSHI_DATABASE_URL names.

While there is no administrator, it prints a link for the first one on standard error; the link works once and
expires. There is no default password. SIGTERM stops it in order.`,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.inHouse(c.Context(), func(ctx context.Context, h *House) error { return p.serve(ctx, h, "", identity.FirstLife) })
		},
	}
}

// serve runs an open house and says where it is, with a sign-in link and how
// long it works; without one, the link for the first administrator if there is none.
func (p *program) serve(ctx context.Context, h *House, link string, life time.Duration) error {
	var firstErr error
	err := h.Serve(ctx, func(at net.Addr) {
		fmt.Fprintf(p.Err, "noroshi %s serves %s (listening on %s)\n", Version(), h.config.BaseURL, at)
		if link == "" {
			link, firstErr = h.firstLink(ctx)
		}
		switch {
		case firstErr != nil:
			fmt.Fprintln(p.Err, "noroshi: no link for the first administrator:", firstErr)
		case link != "":
			fmt.Fprintf(p.Err, "sign in: %s\n(the link works once, until %s)\n", link, h.config.Clock.Now().Add(life).In(h.zone).Format("2006-01-02 15:04 MST"))
		}
	})
	return errors.Join(err, firstErr)
}

// migrateCommand brings the tables to this version.
func (p *program) migrateCommand() *cobra.Command {
	return &cobra.Command{
		Use: "migrate", Short: "Bring the tables to this version", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			s, err := p.settings()
			if err != nil {
				return err
			}
			h, err := Open(c.Context(), Config{Config: s, Migrate: true})
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, h.Close(c.Context())) }()
			versions := map[string]int64{}
			for _, part := range parts(h.modules) {
				if versions[part.name], err = h.db.Version(c.Context(), part.name); err != nil {
					return err
				}
				if !module.JSON(c) {
					fmt.Fprintf(c.OutOrStdout(), "%-12s version %d\n", part.name, versions[part.name])
				}
			}
			if module.JSON(c) {
				return printJSON(c.OutOrStdout(), versions)
			}
			return nil
		},
	}
}

// doctorCommand looks for trouble.
func (p *program) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "Look for trouble: database, tables, disk, clock, every room", Args: cobra.NoArgs,
		Long: "Looks for trouble and changes nothing. Exit status 0: all is well; 1: something is not.",
		RunE: func(c *cobra.Command, _ []string) error {
			return p.inHouse(c.Context(), func(ctx context.Context, h *House) error {
				findings := h.Doctor(ctx)
				bad := 0
				for _, f := range findings {
					mark := "ok  "
					if !f.OK {
						mark, bad = "BAD ", bad+1
					}
					if module.JSON(c) {
						continue
					}
					fmt.Fprintf(c.OutOrStdout(), "%s %-14s %s\n", mark, f.Check, f.Detail)
					if f.Hint != "" && !f.OK {
						fmt.Fprintf(c.OutOrStdout(), "     hint: %s\n", f.Hint)
					}
				}
				if module.JSON(c) {
					if err := printJSON(c.OutOrStdout(), findings); err != nil {
						return err
					}
				}
				if bad > 0 {
					return fmt.Errorf("doctor: %d of %d checks failed", bad, len(findings))
				}
				return nil
			})
		},
	}
}

// openFile opens a file that the command line names; without it the exit status is 3.
func openFile(path string) (*os.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, withStatus(err, exitMissing)
	}
	return f, nil
}
