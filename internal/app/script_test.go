package app

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the scripts, and the tests that kill it, start this test binary
// as the command itself.
func TestMain(m *testing.M) {
	testscript.Main(tidy{m}, map[string]func(){
		"noroshi-drive": drive,
		"noroshi": func() {
			os.Exit(Main(os.Args[1:], IO{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Environ: os.Environ()}))
		},
	})
}

// TestScripts runs the command as a person types it; each script has a folder
// and an address of its own.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return err
			}
			at := l.Addr().String()
			e.Setenv("NOROSHI_ADDR", at)
			e.Setenv("NOROSHI_BASE_URL", "http://localhost:"+at[strings.LastIndex(at, ":")+1:])
			e.Setenv("LANG", "C")
			return l.Close()
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"exits": exits, "replace": replace, "flip": flip},
	})
}

// exits runs a command and compares its exit status: exits 2 noroshi frob.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want := args[0]
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		got = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if got != want {
		ts.Fatalf("exit status %s, want %s", got, want)
	}
}

// replace changes bytes of a file: replace FILE OLD NEW.
func replace(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	data, err := os.ReadFile(path)
	ts.Check(err)
	changed := strings.Replace(string(data), args[1], args[2], 1)
	if changed == string(data) {
		ts.Fatalf("%s does not hold %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(path, []byte(changed), 0o600))
}

// flip changes one bit in the middle of a file: flip FILE.
func flip(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	data, err := os.ReadFile(path)
	ts.Check(err)
	data[len(data)/2] ^= 1
	ts.Check(os.WriteFile(path, data, 0o600))
}

func TestManualPagesCoverEveryCommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var out strings.Builder
	if status := run(t.Context(), []string{"man", dir}, IO{Out: &out, Err: &out}); status != exitDone {
		t.Fatalf("man: %d: %s", status, out.String())
	}
	for _, name := range []string{"noroshi", "noroshi-serve", "noroshi-backup", "noroshi-audit-verify", "noroshi-config-check"} {
		data, err := os.ReadFile(filepath.Join(dir, name+".1"))
		if err != nil || !strings.Contains(string(data), ".TH") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
