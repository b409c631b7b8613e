package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"noroshi.dev/internal/core/audit"
	"noroshi.dev/internal/core/module"
	"noroshi.dev/internal/core/storage"
)

// auditCommand verifies and shows the record of who did what.
func (p *program) auditCommand() *cobra.Command {
	group := &cobra.Command{Use: "audit", Short: "Verify, prove and show the audit record"}
	group.AddCommand(p.auditVerify(), p.auditCheckpoint(), p.auditProve(), p.auditList())
	return group
}

func (p *program) auditVerify() *cobra.Command {
	var checkpoint, key string
	var since int64
	c := &cobra.Command{
		Use: "verify", Short: "Look for edited, deleted, reordered or cut-off entries", Args: cobra.NoArgs,
		Long: `Makes every entry's hash again and compares it with the stored tree and every signed checkpoint. With a
checkpoint kept elsewhere it also finds a record that was rolled back or made anew.

Exit status 0: intact; 1: broken, the first entry that differs is named; 2: cannot tell.`,
		RunE: func(c *cobra.Command, _ []string) error {
			err := p.inHouse(c.Context(), func(ctx context.Context, h *House) error {
				o := audit.Options{Since: since, Key: h.audit.PublicKey()}
				var err error
				if checkpoint != "" {
					if o.Checkpoint, err = os.ReadFile(checkpoint); err != nil {
						return withStatus(err, int(audit.Unknown))
					}
				}
				if key != "" {
					text, err := os.ReadFile(key)
					if err != nil {
						return withStatus(err, int(audit.Unknown))
					}
					o.Key = string(text)
				}
				var report audit.Report
				err = h.db.InRead(ctx, func(ctx context.Context, r storage.Runner) error {
					var err error
					report, err = audit.Verify(ctx, r, o)
					return err
				})
				return verdict(c, report, err)
			})
			if f, ok := errors.AsType[failure](err); err != nil && (!ok || f.status == 0) {
				return withStatus(err, int(audit.Unknown)) // status 1 says broken and nothing else
			}
			return err
		},
	}
	c.Flags().StringVar(&checkpoint, "checkpoint", "", "a checkpoint `file` kept elsewhere")
	c.Flags().StringVar(&key, "key", "", "`file` with the public key; default: the house's own")
	c.Flags().Int64Var(&since, "since", 0, "first entry to make again")
	return c
}

// verdict prints a report and returns it as the error with its exit status.
func verdict(c *cobra.Command, r audit.Report, err error) error {
	if err != nil {
		return withStatus(err, int(audit.Unknown))
	}
	if module.JSON(c) {
		if err := printJSON(c.OutOrStdout(), map[string]any{
			"verdict": r.Verdict.String(), "entries": r.Size, "checked": r.Checked, "checkpoints": r.Checkpoints, "outside": r.Outside,
			"first": map[string]any{"entry": r.First.N, "kind": r.First.Kind, "note": r.First.Note},
		}); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(c.OutOrStdout(), "%s: %d entries, %d checked, %d checkpoints\n", r.Verdict, r.Size, r.Checked, r.Checkpoints)
		if r.Outside >= 0 {
			fmt.Fprintf(c.OutOrStdout(), "the checkpoint kept elsewhere covers %d entries\n", r.Outside)
		}
	}
	if r.Verdict != audit.Intact {
		return withStatus(fmt.Errorf("audit: entry %d: %s: %s", r.First.N, r.First.Kind, r.First.Note), int(r.Verdict))
	}
	return nil
}

func (p *program) auditCheckpoint() *cobra.Command {
	return &cobra.Command{
		Use: "checkpoint", Short: "Sign the present state and print it, to be kept elsewhere", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.inHouse(c.Context(), func(ctx context.Context, h *House) error {
				msg, err := h.audit.Checkpoint(ctx)
				if err != nil {
					return err
				}
				if module.JSON(c) {
					return printJSON(c.OutOrStdout(), map[string]string{"checkpoint": string(msg), "key": h.audit.PublicKey()})
				}
				_, err = c.OutOrStdout().Write(msg)
				return err
			})
		},
	}
}

func (p *program) auditProve() *cobra.Command {
	return &cobra.Command{
		Use: "prove N", Short: "Print entry N with its proof, for anyone with the public key", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			n, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil || n < 0 {
				return misuse(fmt.Errorf("audit: %q is not the number of an entry", args[0]))
			}
			return p.inHouse(c.Context(), func(ctx context.Context, h *House) error {
				proof, err := h.audit.Prove(ctx, n)
				if err != nil {
					return err
				}
				if module.JSON(c) {
					return printJSON(c.OutOrStdout(), map[string]string{"proof": string(proof), "key": h.audit.PublicKey()})
				}
				_, err = c.OutOrStdout().Write(proof)
				return err
			})
		},
	}
}

func (p *program) auditList() *cobra.Command {
	var f audit.Filter
	c := &cobra.Command{
		Use: "list", Short: "Show the newest entries", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.inHouse(c.Context(), func(ctx context.Context, h *House) error {
				records, err := h.audit.List(ctx, h.db.Read(), f)
				if err != nil {
					return err
				}
				if module.JSON(c) {
					return printJSON(c.OutOrStdout(), leaves(records))
				}
				return printRecords(c.OutOrStdout(), records, h.zone)
			})
		},
	}
	c.Flags().StringVar(&f.Room, "room", "", "only of this `room`")
	c.Flags().StringVar(&f.Op, "op", "", "only this `operation`")
	c.Flags().StringVar(&f.Object, "object", "", "only of this `object`")
	c.Flags().IntVar(&f.Limit, "limit", 50, "at most this many `entries`")
	return c
}

// leaves returns the entries as the tree commits to them.
func leaves(records []audit.Record) []json.RawMessage {
	out := make([]json.RawMessage, len(records))
	for i, r := range records {
		out[i] = json.RawMessage(r.Leaf)
	}
	return out
}

func printRecords(w io.Writer, records []audit.Record, zone *time.Location) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "NUMBER\tTIME\tACTOR\tROOM\tOPERATION\tOBJECT\tOUTCOME")
	for _, r := range records {
		fmt.Fprintf(t, "%d\t%s\t%s %s\t%s\t%s\t%s\t%s\n", r.N, r.At.In(zone).Format(time.DateTime), r.Entry.Actor.Kind, r.Entry.Actor.ID, r.Entry.Room, r.Entry.Op, r.Entry.Object, r.Entry.Outcome)
	}
	return t.Flush()
}
