package app

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"runtime/debug"
	"syscall"
	"time"
)

// Finding is what one check of the house found.
type Finding struct {
	Check  string `json:"check"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail,omitempty"` // what is wrong, or a figure
	Hint   string `json:"hint,omitempty"`
}

func found(check string, err error, hint string) Finding {
	if err != nil {
		return Finding{Check: check, Detail: err.Error(), Hint: hint}
	}
	return Finding{Check: check, OK: true}
}

// alive answers /healthz: the process runs.
func alive(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	fmt.Fprintln(w, "ok")
}

// readyTime bounds one answer of /readyz.
const readyTime = 2 * time.Second

// ready answers /readyz: 200 if the house can do its work, else 503. It names
// the checks and not what is wrong with them, which is for the log.
func (h *House) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyTime)
	defer cancel()
	status := http.StatusOK
	checks := map[string]string{}
	for _, f := range h.check(ctx) {
		checks[f.Check] = "ok"
		if !f.OK {
			status, checks[f.Check] = http.StatusServiceUnavailable, "failed"
			h.config.Log.WarnContext(ctx, "not ready", "op", f.Check, "err", f.Detail)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"ready": status == http.StatusOK, "checks": checks}) // a reader who left needs no answer
}

// check asks the database and every room whether they can work.
func (h *House) check(ctx context.Context) []Finding {
	out := []Finding{found("database", h.db.Ping(ctx), "is the database running and its address right?"), h.versions(ctx)}
	for _, m := range h.modules {
		if m.Check != nil {
			out = append(out, found(m.Name, m.Check(ctx), ""))
		}
	}
	return out
}

// versions compares the tables with this program.
func (h *House) versions(ctx context.Context) Finding {
	for _, p := range parts(h.modules) {
		pending, err := h.db.Pending(ctx, p.name, p.files)
		if err == nil && pending {
			err = fmt.Errorf("the tables of %s are of an older version", p.name)
		}
		if err != nil {
			return found("migrations", err, "run: noroshi migrate")
		}
	}
	return found("migrations", nil, "")
}

// leastSpace is the free space below which doctor complains, in bytes.
const leastSpace = 1 << 30

// Doctor looks at everything that can be looked at without changing it.
func (h *House) Doctor(ctx context.Context) []Finding {
	out := h.check(ctx)
	out = append(out, h.integrity(ctx), h.space(), h.clock(ctx), driver(), h.folder())
	for _, w := range h.config.Warnings() {
		out = append(out, Finding{Check: "configuration", Detail: w})
	}
	return out
}

// integrity looks for damage in the database.
func (h *House) integrity(ctx context.Context) Finding {
	damage, err := h.db.Integrity(ctx)
	if err == nil && len(damage) > 0 {
		err = fmt.Errorf("%d findings, the first: %s", len(damage), damage[0])
	}
	return found("integrity", err, "restore the newest backup, and look at the disk")
}

// space looks at the disk of the data folder.
func (h *House) space() Finding {
	var st syscall.Statfs_t
	if err := syscall.Statfs(h.config.Data, &st); err != nil {
		return found("disk", err, "")
	}
	free := st.Bavail * uint64(st.Bsize)
	f := Finding{Check: "disk", OK: free >= leastSpace, Detail: fmt.Sprintf("%d MiB free", free>>20)}
	if !f.OK {
		f.Hint = "make room: the house refuses work rather than lose it"
	}
	return f
}

// clock compares the machine's clock with the newest time in the audit record:
// a clock that went back would write history in the wrong order.
func (h *House) clock(ctx context.Context) Finding {
	s, err := h.audit.State(ctx, h.db.Read())
	if err == nil && s.SignedAt.After(h.config.Clock.Now().Add(time.Minute)) {
		err = fmt.Errorf("the newest checkpoint is of %s, which is in the future", s.SignedAt.Format(time.RFC3339))
	}
	return found("clock", err, "set the clock of the machine; use NTP")
}

// driver checks that the SQLite driver runs on the C library port that it was
// tested with: another one corrupts silently.
func driver() Finding {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return Finding{Check: "driver", OK: true, Detail: "no build information"}
	}
	have := ""
	for _, d := range info.Deps {
		if d.Path == "modernc.org/libc" {
			have = d.Version
		}
	}
	if have != "" && have != testedLibc {
		return Finding{Check: "driver", Detail: "built with modernc.org/libc " + have + ", not " + testedLibc, Hint: "build with the versions of go.mod"}
	}
	return Finding{Check: "driver", OK: true, Detail: have}
}

// testedLibc is the version that the pinned SQLite driver's go.mod names; a test
// compares the two.
const testedLibc = "v1.79.0"

// folder checks that others cannot enter the data folder, where the keys are.
func (h *House) folder() Finding {
	info, err := os.Stat(h.config.Data)
	if err == nil && info.Mode().Perm()&0o007 != 0 {
		err = fmt.Errorf("%s can be entered by everybody", h.config.Data)
	}
	return found("folder", err, "run: chmod o= "+h.config.Data)
}
