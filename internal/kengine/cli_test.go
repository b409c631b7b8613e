package kengine

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/event"
	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/jobs"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
	"noroshi.dev/internal/testkit"
)

// TestCommands walks through the command line as an operator does.
func TestCommands(t *testing.T) {
	t.Parallel()
	f := setUp(t, fresh(t, storage.SQLite))
	f.People = town{}
	records, err := demoFiles.ReadFile("demo/records.tar.gz")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "records.tar.gz"), records, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "broken.json"), []byte(`{"dataType":`), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := command(t, f.Service, "import", folder)
	if err != nil || !prints(out, "new", "320") || !prints(out, "refused", "1") || !strings.Contains(out, "broken.json") {
		t.Fatalf("import: %v\n%s", err, out)
	}
	out, err = command(t, f.Service, "fingerprint", "--json")
	var p Fingerprint
	if err != nil || json.Unmarshal([]byte(out), &p) != nil || p.Reports != 320 || p.Tasks != 640 {
		t.Errorf("fingerprint: %v\n%s", err, out)
	}
	if out, err = command(t, f.Service, "task", "list"); err == nil {
		t.Errorf("two organisations and none named:\n%s", out)
	}
	out, err = command(t, f.Service, "task", "list", "--organisation", "あ社", "--json", "is:undecided", "exploitation:active")
	var tasks []TaskRow
	if err != nil || json.Unmarshal([]byte(out), &tasks) != nil || len(tasks) == 0 {
		t.Fatalf("task list: %v\n%s", err, out)
	}
	past := filepath.Join(folder, "past.csv")
	if err := os.WriteFile(past, []byte("ssvc:E:1.1.0,A,outcome\nN,Y,AC\nX,Y,AC\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	id := tasks[0].ID
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"task", "show", id}, "ssvc:MWI:1.0.0"},
		{[]string{"rule", "overrule", id, "--outcome", "AC", "--reason", "judgement"}, "1 changed"},
		{[]string{"task", "start", id}, "1 changed"},
		{[]string{"task", "undo", id}, "1 changed"},
		{[]string{"rule", "undo", id}, "1 changed"},
		{[]string{"rule", "confirm", "--matching", "is:decided is:open"}, "changed"},
		{[]string{"report", "show", tasks[0].Report}, "ssvc:E:1.1.0"},
		{[]string{"learn"}, "not enough history (n=0)"},
		{[]string{"learn", "--decision", "response", "--history", past}, "1 added, 0 there already, 1 refused"},
		{[]string{"learn", "--decision", "response", "--json"}, `"too_little"`},
		{[]string{"learn", "--decision", "response", "--forget"}, "not enough history (n=0)"},
		{[]string{"install", "cisa-bod-26-04"}, "320 reports decided"},
		{[]string{"decide"}, "320 reports decided"},
		{[]string{"report", "list", "is:kev"}, "CVE-"},
	} {
		out, err := command(t, f.Service, append(c.args, "--organisation", "org1")...)
		if err != nil || !strings.Contains(out, c.want) {
			t.Errorf("%v: %v, want %q in\n%s", c.args, err, c.want, out)
		}
	}
	if _, err := command(t, f.Service, "task", "assign", id, "--to", "nobody-here", "--organisation", "org1"); err == nil {
		t.Error("a task is given to somebody who is no member")
	}
}

// prints reports whether a line of a table says value of name.
func prints(out, name, value string) bool {
	for line := range strings.Lines(out) {
		if f := strings.Fields(line); len(f) == 2 && f[0] == name && f[1] == value {
			return true
		}
	}
	return false
}

func TestConformanceCommand(t *testing.T) {
	t.Parallel()
	out, err := command(t, newService(deps{}), "conformance", testkit.Shared(t, "data/ssvc"))
	if err != nil || !strings.Contains(out, "1574/1574 rows agree") || !strings.Contains(out, "255/255 rows agree") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestTold: a changed outcome is told through the outbox, an unchanged one is not.
func TestTold(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		if err := db.Migrate(t.Context(), "event", event.Migrations); err != nil {
			t.Fatal(err)
		}
		f := setUp(t, db)
		registry := jobs.NewRegistry()
		queue, err := jobs.New(db, registry, f.Log)
		if err != nil {
			t.Fatal(err)
		}
		f.demo(t, "cisa-coordinator")
		f.Events = event.New(db, registry, queue, f.IDs)
		row := f.tasks(t, f.manager, "is:undecided exploitation:active automatable:yes impact:total")[0]
		f.answer(t, f.manager, row.Report, "ssvc:MWI:1.0.0=H")
		f.answer(t, f.manager, row.Report, "ssvc:MWI:1.0.0=M H")
		f.answer(t, f.manager, row.Report, "ssvc:TI:1.0.0=T")
		bodies, err := storage.List(t.Context(), db.Read(), storage.Scalar[storage.JSON[OutcomeChanged]],
			`SELECT body FROM event_outbox WHERE name = 'kengine.outcome_changed' ORDER BY id`)
		if err != nil || len(bodies) != 1 {
			t.Fatalf("%d news, %v; want 1", len(bodies), err)
		}
		if e := bodies[0].V; e.Task != row.ID || e.Report != row.Report || strings.Join(e.From, " ") != "AT AC" || strings.Join(e.To, " ") != "AC" {
			t.Errorf("news = %+v", e)
		}
	})
}

// TestMessages: the texts are there in both languages with the same parameters.
func TestMessages(t *testing.T) {
	t.Parallel()
	c := i18n.New()
	if err := c.Add(Room, Messages); err != nil {
		t.Fatal(err)
	}
	for _, err := range c.Check() {
		t.Error(err)
	}
}

// TestPermissions: each is declared once, with a scope.
func TestPermissions(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, p := range Permissions() {
		if seen[p.Name] || !p.Declared() || !strings.HasPrefix(p.Name, Room+".") {
			t.Errorf("permission %+v", p)
		}
		seen[p.Name] = true
	}
	if newService(deps{Clock: clock.Wall{}}).may(identity.Actor{}, PermFeed()) != nil {
		t.Error("the public feed is not public")
	}
}
