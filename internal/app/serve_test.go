package app

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"noroshi.dev/internal/core/config"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

// freeAddr returns a loopback address that nobody listens on.
func freeAddr(tb testing.TB) string {
	tb.Helper()
	l, err := (&net.ListenConfig{}).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// localhost returns the site at an address of this machine.
func localhost(at string) string {
	return "http://localhost:" + at[strings.LastIndexByte(at, ':')+1:]
}

// settingsFor returns the settings of a house in a folder of its own.
func settingsFor(tb testing.TB, d storage.Dialect) config.Config {
	tb.Helper()
	at := freeAddr(tb)
	environ := []string{"NOROSHI_DATA=" + tb.TempDir(), "NOROSHI_ADDR=" + at, "NOROSHI_BASE_URL=" + localhost(at)}
	if d == storage.Postgres {
		environ = append(environ, "NOROSHI_DATABASE_URL="+storagetest.Config(tb, d).URL)
	}
	c, err := config.Load("", environ)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// openHouse returns an open house that is closed at the end of the test.
func openHouse(tb testing.TB, c Config) *House {
	tb.Helper()
	h, err := Open(context.Background(), c)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := h.Close(context.Background()); err != nil {
			tb.Errorf("close: %v", err)
		}
	})
	return h
}

// bothDialects runs f on both databases.
func bothDialects(t *testing.T, f func(t *testing.T, d storage.Dialect)) {
	t.Helper()
	for _, d := range []storage.Dialect{storage.SQLite, storage.Postgres} {
		t.Run(d.String(), func(t *testing.T) {
			t.Parallel()
			f(t, d)
		})
	}
}

// get asks a URL and returns status and body.
func get(tb testing.TB, client *http.Client, url string) (int, string) {
	tb.Helper()
	r, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, url, nil)
	if err != nil {
		tb.Fatal(err)
	}
	res, err := client.Do(r)
	if err != nil {
		tb.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return res.StatusCode, string(body)
}

func TestServeAnswersAndStopsInOrder(t *testing.T) {
	t.Parallel()
	bothDialects(t, func(t *testing.T, d storage.Dialect) {
		h := openHouse(t, Config{Config: settingsFor(t, d)})
		ctx, stop := context.WithCancel(t.Context())
		ready := make(chan net.Addr, 1)
		done := make(chan error, 1)
		go func() { done <- h.Serve(ctx, func(a net.Addr) { ready <- a }) }()
		select {
		case <-ready:
		case err := <-done:
			t.Fatal(err)
		}
		client := &http.Client{Timeout: 30 * time.Second}
		base := h.config.BaseURL
		for path, want := range map[string]string{
			"/healthz": "ok", "/readyz": `"ready":true`, "/metrics": "noroshi_build_info", "/api/openapi.json": `"openapi": "3.1`, "/assets/missing.css": "",
		} {
			status, body := get(t, client, base+path)
			if !strings.Contains(body, want) || want != "" && status != http.StatusOK {
				t.Errorf("%s: %d %.300s, want %q", path, status, body, want)
			}
		}
		if second := openSecond(t, h); !errors.Is(second.Serve(t.Context(), func(net.Addr) {}), fault.Conflict) {
			t.Error("a second house served the same folder")
		}
		stop()
		if err := <-done; err != nil {
			t.Errorf("Serve() = %v", err)
		}
		if s, err := h.audit.State(t.Context(), h.db.Read()); err != nil || s.Signed != s.Size {
			t.Errorf("audit state after the stop = %+v, %v, want a checkpoint of all", s, err)
		}
		if _, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", h.config.Addr); err == nil {
			t.Error("the address still answers after the stop")
		}
	})
}

// openSecond opens the same house once more, as a second process would.
func openSecond(t *testing.T, h *House) *House {
	t.Helper()
	return openHouse(t, Config{Config: h.config.Config})
}

func TestReadyzTellsTroubleButNotItsDetails(t *testing.T) {
	t.Parallel()
	h := openHouse(t, Config{Config: settingsFor(t, storage.SQLite)})
	handler, err := h.Handler()
	if err != nil {
		t.Fatal(err)
	}
	err = h.db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM audit_schema WHERE version_id > 0")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	w := ask(handler, "/readyz")
	var answer struct {
		Ready  bool
		Checks map[string]string
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	if w.Code != http.StatusServiceUnavailable || answer.Ready || answer.Checks["migrations"] != "failed" || answer.Checks["database"] != "ok" {
		t.Errorf("/readyz = %d %s", w.Code, w.Body.String())
	}
	if strings.Contains(w.Body.String(), "older") {
		t.Errorf("/readyz tells strangers what is wrong: %s", w.Body.String())
	}
	bad := 0
	for _, f := range h.Doctor(t.Context()) {
		if !f.OK {
			bad++
		}
	}
	if bad == 0 {
		t.Error("doctor finds nothing")
	}
}

func TestTablesOfAnotherVersionAreRefused(t *testing.T) {
	t.Parallel()
	c := Config{Config: settingsFor(t, storage.SQLite)}
	h := openHouse(t, c)
	err := h.db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		for _, query := range []string{"DROP TABLE event_delivery", "DROP TABLE event_outbox", "DELETE FROM event_schema WHERE version_id > 0"} {
			if _, err := tx.ExecContext(ctx, query); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), c); !errors.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "app.pending") {
		t.Errorf("Open() of old tables = %v", err)
	}
	c.Migrate = true
	openHouse(t, c)
	err = h.db.InTx(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE event_schema SET version_id = 9999 WHERE version_id = (SELECT MAX(version_id) FROM event_schema)")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), c); !errors.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "app.newer") {
		t.Errorf("Open() of newer tables = %v", err)
	}
}

// process is the real command, started by a test.
type process struct {
	cmd  *exec.Cmd
	base string
	mu   sync.Mutex
	text strings.Builder
	line chan string
}

// start runs the command with a data folder of its own and settings.
func start(tb testing.TB, data string, args ...string) *process {
	tb.Helper()
	self, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	at := freeAddr(tb)
	p := &process{cmd: exec.Command(self, args...), base: localhost(at), line: make(chan string, 64)}
	p.cmd.Args[0] = "noroshi" // what testscript.Main looks at
	p.cmd.Env = append(os.Environ(), "NOROSHI_DATA="+data, "NOROSHI_ADDR="+at, "NOROSHI_BASE_URL="+p.base, "LANG=C", "PATH="+filepath.Dir(self))
	pipe, err := p.cmd.StderrPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		_, _ = p.cmd.Process.Wait()
	})
	go func() {
		for s := bufio.NewScanner(pipe); s.Scan(); {
			p.mu.Lock()
			fmt.Fprintln(&p.text, s.Text())
			p.mu.Unlock()
			select {
			case p.line <- s.Text():
			default:
			}
		}
		close(p.line)
	}()
	return p
}

// wait returns the rest of the first line of standard error that begins with prefix.
func (p *process) wait(tb testing.TB, prefix string) string {
	tb.Helper()
	deadline := time.After(60 * time.Second)
	for {
		select {
		case line, ok := <-p.line:
			if !ok {
				p.mu.Lock()
				defer p.mu.Unlock()
				tb.Fatalf("the command ended without %q:\n%s", prefix, p.text.String())
			}
			if rest, ok := strings.CutPrefix(line, prefix); ok {
				return rest
			}
		case <-deadline:
			tb.Fatalf("no line %q within a minute", prefix)
		}
	}
}

// stop ends the command as an operator does and returns its exit status.
func (p *process) stop(tb testing.TB) int {
	tb.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		tb.Fatal(err)
	}
	state, err := p.cmd.Process.Wait()
	if err != nil {
		tb.Fatal(err)
	}
	return state.ExitCode()
}

func TestDemoSignsInByThePrintedLinkAndKeepsItsData(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	for round := range 2 {
		p := start(t, data, "demo")
		link := p.wait(t, "sign in: ")
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		client := &http.Client{Jar: jar, Timeout: 30 * time.Second}
		if !strings.HasPrefix(link, p.base+"/ja/link/") {
			t.Errorf("link = %q, want one below %s", link, p.base)
		}
		if status, body := get(t, client, p.base+"/readyz"); status != http.StatusOK {
			t.Errorf("round %d: /readyz = %d %s", round, status, body)
		}
		if code := p.stop(t); code != exitDone {
			t.Errorf("round %d: exit status %d after SIGTERM", round, code)
		}
	}
	var out strings.Builder
	status := run(t.Context(), []string{"admin", "list"}, IO{Out: &out, Err: &out, Environ: []string{"NOROSHI_DATA=" + data}})
	if status != exitDone || strings.Count(out.String(), "\n") != 1+len(demoPeople()) {
		t.Errorf("admin list after two starts = %d:\n%s", status, out.String())
	}
	var refused strings.Builder
	if err := os.Remove(filepath.Join(data, demoMark)); err != nil {
		t.Fatal(err)
	}
	if status := run(t.Context(), []string{"demo"}, IO{Out: &refused, Err: &refused, Environ: []string{"NOROSHI_DATA=" + data}}); status != exitFailed || !strings.Contains(refused.String(), "not a demo's") {
		t.Errorf("demo over other data = %d:\n%s", status, refused.String())
	}
}

func TestServePrintsTheFirstLinkUntilThereIsAnAdministrator(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	p := start(t, data, "serve")
	if link := p.wait(t, "sign in: "); !strings.Contains(link, "/link/") {
		t.Errorf("link = %q", link)
	}
	if code := p.stop(t); code != exitDone {
		t.Errorf("exit status %d", code)
	}
}
