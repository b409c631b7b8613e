package app

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"noroshi.dev/internal/core/config"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/web/filter"
	"noroshi.dev/internal/kengine"
	"noroshi.dev/internal/testkit"
)

// readyWithin is the promise for a start after a crash.
const readyWithin = 2 * time.Second

// drive is the child of the kill test: it serves the house, imports an archive
// again and again and confirms tasks, and prints one line for each thing that
// was acknowledged. It never ends by itself.
func drive() {
	c, err := config.Load("", os.Environ())
	if err != nil {
		panic(err)
	}
	ctx := context.Background()
	h, err := Open(ctx, Config{Config: c})
	if err != nil {
		panic(err)
	}
	tenants, err := h.identity.Tenants(ctx, h.db.Read())
	if err != nil || len(tenants) == 0 {
		panic(fmt.Sprint("no organisation: ", err))
	}
	who := identity.System("drive").In(tenants[0].ID)
	lines := make(chan string, 1024)
	go func() {
		for line := range lines {
			_, _ = os.Stdout.WriteString(line + "\n") // unbuffered: what is printed is out
		}
	}()
	go driveImports(ctx, h, who, os.Getenv("NOROSHI_TEST_ARCHIVE"), lines)
	go driveRulings(ctx, h, who, lines)
	panic(h.Serve(ctx, func(net.Addr) { lines <- "listening" }))
}

// driveImports prints "added N" whenever N reports of this run are durable.
func driveImports(ctx context.Context, h *House, who identity.Actor, archive string, lines chan<- string) {
	for {
		f, err := os.Open(archive)
		if err != nil {
			panic(err)
		}
		_, err = h.rooms.kengine.Import(ctx, who, filepath.Base(archive), f, kengine.ImportOptions{
			Progress: func(c kengine.Counts, _ int64) { lines <- "added " + strconv.FormatInt(c.Added, 10) },
		})
		_ = f.Close()
		if err != nil {
			panic(err)
		}
		lines <- "imported"
	}
}

// driveRuling rules one task: as recommended where that is clear, else as the
// first outcome that is possible.
func driveRuling(ctx context.Context, h *House, who identity.Actor, task kengine.TaskRow) (kengine.Result, error) {
	one := kengine.Selection{IDs: []string{task.ID}}
	if len(task.Possible) == 1 {
		return h.rooms.kengine.Confirm(ctx, who, one)
	}
	if len(task.Possible) == 0 {
		return kengine.Result{}, nil
	}
	return h.rooms.kengine.Overrule(ctx, who, one, kengine.RuleInput{Outcome: task.Possible[0].Key, Reason: kengine.Judgement})
}

// driveRulings prints "ruled TASK" whenever a ruling is durable.
func driveRulings(ctx context.Context, h *House, who identity.Actor, lines chan<- string) {
	open, err := filter.Parse("is:unruled")
	if err != nil {
		panic(err)
	}
	for {
		page, err := h.rooms.kengine.ListTasks(ctx, who, kengine.Query{Text: "is:unruled", Filter: open, Limit: 20})
		if err != nil {
			panic(err)
		}
		for _, task := range page.Items {
			res, err := driveRuling(ctx, h, who, task)
			if err != nil {
				panic(err)
			}
			if res.Changed == 1 {
				lines <- "ruled " + task.ID
			}
		}
	}
}

// life is one life of the child, from its start to its violent death.
type life struct {
	ready time.Duration
	added int64
	ruled []string
}

// live starts the child, waits until it is ready and kills it after a while.
func live(t *testing.T, environ []string, base string, after time.Duration) life {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Args[0] = "noroshi-drive"
	cmd.Env = append(os.Environ(), environ...)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var out life
	done := make(chan struct{})
	go func() {
		defer close(done)
		for s := bufio.NewScanner(pipe); s.Scan(); {
			what, rest, _ := strings.Cut(s.Text(), " ")
			switch what {
			case "added":
				n, _ := strconv.ParseInt(rest, 10, 64)
				out.added = max(out.added, n)
			case "ruled":
				out.ruled = append(out.ruled, rest)
			}
		}
	}()
	ready := time.Duration(0)
	for client := (&http.Client{Timeout: time.Second}); ready == 0; {
		if time.Since(began) > time.Minute {
			t.Errorf("not ready within a minute: %s", complaint.String())
			break
		}
		if res, err := client.Get(base + "/readyz"); err == nil {
			if res.StatusCode == http.StatusOK {
				ready = time.Since(began)
			}
			_ = res.Body.Close()
		}
	}
	<-time.After(after)
	if err := cmd.Process.Kill(); err != nil {
		t.Errorf("the child had ended by itself: %v\n%s", err, complaint.String())
	}
	<-done
	_ = cmd.Wait() // "signal: killed"
	if text := complaint.String(); strings.Contains(text, "panic") {
		t.Fatalf("the child failed:\n%s", text)
	}
	out.ready = ready
	return out
}

// killed opens the house as the crash left it and returns what is in it.
func killed(t *testing.T, c config.Config) (reports int64, ruled []string) {
	t.Helper()
	h, err := Open(t.Context(), Config{Config: c})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close(t.Context())
	if damage, err := h.db.Integrity(t.Context()); err != nil || len(damage) > 0 {
		t.Errorf("integrity after a kill: %v, %v", damage, err)
	}
	if reports, err = storage.Count(t.Context(), h.db.Read(), "kengine_report"); err != nil {
		t.Fatal(err)
	}
	ruled, err = storage.List(t.Context(), h.db.Read(), storage.Scalar[string], "SELECT task FROM kengine_ruling")
	if err != nil {
		t.Fatal(err)
	}
	return reports, ruled
}

// TestKillLosesNothingAcknowledged kills the real process at random points of
// importing and ruling. Whatever was acknowledged before is there afterwards, the
// database is whole, the next start is ready in time, and the audit record is
// intact. The short form has a few kills; NOROSHI_TEST_TORTURE=1 makes it 100.
func TestKillLosesNothingAcknowledged(t *testing.T) {
	points := 6
	if os.Getenv("NOROSHI_TEST_TORTURE") != "" {
		points = 100
	}
	archive := filepath.Join(testkit.Root(t), "internal", "kengine", "demo", "records.tar.gz")
	if points > 6 {
		archive = testkit.Shared(t, "data/vulnrichment.tar.zst")
	}
	c := settingsFor(t, storage.SQLite)
	if err := driveGround(t, c); err != nil {
		t.Fatal(err)
	}
	environ := []string{"NOROSHI_DATA=" + c.Data, "NOROSHI_ADDR=" + c.Addr, "NOROSHI_BASE_URL=" + c.BaseURL, "NOROSHI_TEST_ARCHIVE=" + archive}
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	before := int64(0)
	var acknowledged []string
	var starts []time.Duration
	for point := range points {
		l := live(t, environ, c.BaseURL, time.Duration(5+random.IntN(495))*time.Millisecond)
		acknowledged = append(acknowledged, l.ruled...)
		starts = append(starts, l.ready)
		reports, ruled := killed(t, c)
		if reports < before+l.added {
			t.Errorf("kill %d: %d reports, %d were acknowledged", point, reports, before+l.added)
		}
		for _, task := range acknowledged {
			if !slices.Contains(ruled, task) {
				t.Errorf("kill %d: the ruling of task %s was acknowledged and is lost", point, task)
			}
		}
		before = reports
	}
	slices.Sort(starts)
	t.Logf("%d kills, %d reports, %d rulings acknowledged, ready after %v (median) to %v", points, before, len(acknowledged), starts[len(starts)/2], starts[len(starts)-1])
	if len(acknowledged) == 0 || before == 0 {
		t.Error("nothing was acknowledged: the test shows nothing")
	}
	if worst := starts[len(starts)*99/100]; worst > readyWithin && !slow {
		t.Errorf("ready after %v, want within %v", worst, readyWithin)
	}
	var out strings.Builder
	if status := run(t.Context(), []string{"audit", "verify"}, IO{Out: &out, Err: &out, Environ: environ}); status != exitDone {
		t.Errorf("audit verify = %d: %s", status, out.String())
	}
}

// driveGround makes an organisation with models in force and decided tasks.
func driveGround(t *testing.T, c config.Config) error {
	t.Helper()
	h, err := Open(t.Context(), Config{Config: c})
	if err != nil {
		return err
	}
	defer h.Close(t.Context())
	tenant, err := h.identity.CreateOrganisation(t.Context(), commandLine(), "Test CSIRT")
	if err != nil {
		return err
	}
	_, err = h.rooms.kengine.Install(t.Context(), identity.System("test").In(tenant.ID), kengine.DefaultModel)
	return err
}
