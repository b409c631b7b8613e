package kengine

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"noroshi.dev/internal/testkit"
)

// command runs a subcommand of the room and returns what it prints.
func command(tb testing.TB, s *Service, args ...string) (string, error) {
	tb.Helper()
	root := &cobra.Command{Use: "kengine", SilenceErrors: true, SilenceUsage: true}
	root.PersistentFlags().Bool("json", false, "")
	root.AddCommand(s.commands()...)
	var out bytes.Buffer
	root.SetOut(&out)
	root.SetErr(&out)
	root.SetArgs(args)
	root.SetContext(tb.Context())
	err := root.Execute()
	return out.String(), err
}

// BenchmarkAll prints the figures of `noroshi kengine bench` over the whole archive.
func BenchmarkAll(b *testing.B) {
	corpus := testkit.Shared(b, archive)
	for b.Loop() {
		out, err := command(b, newService(deps{}), "bench", "--corpus", corpus)
		if err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		b.Log("\n" + out)
		if strings.Contains(out, "  -\n") {
			b.Log("some figures miss their goal")
		}
	}
}
