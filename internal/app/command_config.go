package app

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"noroshi.dev/internal/core/module"
)

// configCommand checks and prints the settings.
func (p *program) configCommand() *cobra.Command {
	group := &cobra.Command{Use: "config", Short: "Check and print the settings"}
	group.AddCommand(
		&cobra.Command{
			Use: "check", Short: "Check the settings and name every problem",
			Args: cobra.NoArgs,
			RunE: func(c *cobra.Command, _ []string) error {
				s, err := p.settings()
				if err != nil {
					return err
				}
				for _, w := range s.Warnings() {
					fmt.Fprintln(c.ErrOrStderr(), "warning: "+w)
				}
				where := s.File()
				if where == "" {
					where = "no file, the defaults"
				}
				if module.JSON(c) {
					return printJSON(c.OutOrStdout(), map[string]any{"file": s.File(), "warnings": s.Warnings()})
				}
				fmt.Fprintf(c.OutOrStdout(), "settings are good (%s)\n", where)
				return nil
			},
		},
		&cobra.Command{
			Use: "print", Short: "Print the settings in force, secrets covered",
			Args: cobra.NoArgs,
			RunE: func(c *cobra.Command, _ []string) error {
				s, err := p.settings()
				if err != nil {
					return err
				}
				if module.JSON(c) {
					return s.WriteJSON(c.OutOrStdout())
				}
				return s.WriteYAML(c.OutOrStdout())
			},
		},
	)
	return group
}

// printJSON prints a value as indented JSON.
func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
