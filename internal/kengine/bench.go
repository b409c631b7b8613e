package kengine

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"noroshi.dev/internal/core/audit"
	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/id"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/module"
	"noroshi.dev/internal/core/progress"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/kengine/intake"
)

// benchOrganisation is whose lists are measured.
const benchOrganisation = "bench"

// Measure is one measured figure with its floor or ceiling.
type Measure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	Goal  string  `json:"goal,omitempty"`
	Holds *bool   `json:"holds,omitempty"` // nil: there is no goal
}

// Machine says on what was measured.
type Machine struct {
	CPU   string `json:"cpu"`
	Cores int    `json:"cores"`
	Go    string `json:"go"`
	OS    string `json:"os"`
}

func thisMachine() Machine {
	m := Machine{CPU: "unknown", Cores: runtime.GOMAXPROCS(0), Go: runtime.Version(), OS: runtime.GOOS + "/" + runtime.GOARCH}
	data, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return m
	}
	for line := range strings.Lines(string(data)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			m.CPU = strings.TrimSpace(value)
			break
		}
	}
	return m
}

func benchCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "bench", Short: "Measure decoding, import, decision, lists and statistics", Args: cobra.NoArgs,
		Annotations: map[string]string{module.NoHouse: "true"},
		Long: `Measures on a database of its own: a temporary SQLite file, and with --postgres an empty PostgreSQL database as well.
The corpus is a folder or archive of CVE records. Every figure is printed with its goal and the machine.`,
		Example: "  noroshi kengine bench --corpus vulnrichment.tar.zst",
		RunE: func(c *cobra.Command, _ []string) error {
			b := &bench{corpus: textFlag(c, "corpus"), postgres: textFlag(c, "postgres"), bar: progress.New(c.ErrOrStderr(), "bench", 0)}
			defer b.bar.Close()
			err := b.run(c.Context())
			b.bar.Close()
			if module.JSON(c) {
				return errors.Join(err, printJSON(c.OutOrStdout(), map[string]any{"machine": thisMachine(), "measures": b.measures}))
			}
			return errors.Join(err, b.print(c.OutOrStdout()))
		},
	}
	c.Flags().String("corpus", "", "folder or archive of CVE records")
	c.Flags().String("postgres", "", "URL of an empty PostgreSQL database")
	_ = c.MarkFlagRequired("corpus") // the flag was added one line above
	return c
}

// bench is one run of the measurements.
type bench struct {
	corpus, postgres string
	bar              *progress.Bar
	measures         []Measure
}

func (b *bench) atLeast(name string, value float64, unit string, goal float64) {
	b.measures = append(b.measures, Measure{name, value, unit, fmt.Sprintf(">= %g", goal), new(value >= goal)})
}

func (b *bench) below(name string, value float64, unit string, goal float64) {
	b.measures = append(b.measures, Measure{name, value, unit, fmt.Sprintf("< %g", goal), new(value < goal)})
}

// shows adds a figure for which there is no goal.
func (b *bench) shows(name string, value float64, unit string) {
	b.measures = append(b.measures, Measure{Name: name, Value: value, Unit: unit})
}

func (b *bench) print(w io.Writer) error {
	m := thisMachine()
	fmt.Fprintf(w, "%s, %d cores, %s %s\n", m.CPU, m.Cores, m.Go, m.OS)
	rows := make([][]string, len(b.measures))
	for i, x := range b.measures {
		rows[i] = []string{x.Name, fmt.Sprintf("%.2f %s", x.Value, x.Unit), "", ""}
		if x.Holds != nil {
			rows[i][2], rows[i][3] = x.Goal, mark(*x.Holds)
		}
	}
	return table(w, "MEASURE\tVALUE\tGOAL\tHOLDS", rows)
}

// run measures everything, SQLite first.
func (b *bench) run(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "noroshi-bench-")
	if err != nil {
		return fmt.Errorf("kengine: bench: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := b.decode(ctx); err != nil {
		return err
	}
	if err := b.database(ctx, dir, storage.Config{Path: filepath.Join(dir, "bench.db")}); err != nil {
		return err
	}
	if b.postgres == "" {
		return nil
	}
	return b.database(ctx, dir, storage.Config{URL: b.postgres})
}

// decode measures the reading of records alone, best of three.
func (b *bench) decode(ctx context.Context) error {
	best := 0.0
	for range 3 {
		var size int64
		begin := time.Now()
		for batch, err := range intake.Read(ctx, intake.Source{Name: b.corpus}, intake.Options{}) {
			if err != nil {
				return fmt.Errorf("kengine: bench: decode: %w", err)
			}
			size += batch.Bytes
			b.bar.Add(int64(len(batch.Records)))
		}
		best = max(best, float64(size)/1e6/time.Since(begin).Seconds())
	}
	b.atLeast("decode", best, "MB/s", 500)
	return nil
}

// database measures import, decision and lists on one database.
func (b *bench) database(ctx context.Context, dir string, c storage.Config) error {
	db, err := storage.Open(ctx, c, clock.Wall{})
	if err != nil {
		return fmt.Errorf("kengine: bench: %w", err)
	}
	defer func() { _ = db.Close() }()
	s, err := benchService(ctx, db, filepath.Join(dir, "audit-"+db.Dialect().String()+".key"))
	if err != nil {
		return err
	}
	name := " (" + db.Dialect().String() + ")"
	if err := b.importing(ctx, s, name); err != nil {
		return err
	}
	if db.Dialect() == storage.SQLite {
		if err := b.deciding(ctx, s); err != nil {
			return err
		}
	}
	if err := b.lists(ctx, s, name); err != nil {
		return err
	}
	return b.statistics(ctx, s, name)
}

// benchService is the room alone over a database that must be empty, with a real audit log.
func benchService(ctx context.Context, db *storage.DB, key string) (*Service, error) {
	if err := errors.Join(db.Migrate(ctx, audit.Room, audit.Migrations), db.Migrate(ctx, Room, Migrations)); err != nil {
		return nil, fmt.Errorf("kengine: bench: %w", err)
	}
	if n, err := storage.Count(ctx, db.Read(), "kengine_report"); err != nil || n > 0 {
		return nil, errors.Join(err, fault.New(fault.Conflict, "kengine.bench.not_empty"))
	}
	signer, err := audit.LoadKey(key)
	if err != nil {
		return nil, fmt.Errorf("kengine: bench: %w", err)
	}
	s := newService(deps{
		DB: db, Audit: audit.New(db, signer), IDs: id.Seeded(rand.Reader, clock.Wall{}.Now), Clock: clock.Wall{},
		Log: slog.New(slog.DiscardHandler),
	})
	_, err = s.Install(ctx, benchActor(), "cisa-coordinator")
	return s, err
}

func benchActor() identity.Actor { return identity.System("bench").In(benchOrganisation) }

// importing measures the whole way into a fresh database, with one organisation's decisions.
func (b *bench) importing(ctx context.Context, s *Service, name string) error {
	file, err := os.Open(b.corpus)
	if err != nil {
		return fmt.Errorf("kengine: bench: %w", err)
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("kengine: bench: %w", err)
	}
	o := ImportOptions{Progress: func(Counts, int64) { b.bar.Add(chunkRecords) }}
	begin := time.Now()
	var v ImportView
	if info.IsDir() {
		v, err = s.ImportFolder(ctx, benchActor(), b.corpus, o)
	} else {
		v, err = s.Import(ctx, benchActor(), b.corpus, file, o)
	}
	if err != nil {
		return err
	}
	b.atLeast("import"+name, float64(v.Records)/time.Since(begin).Seconds(), "records/s", 5000)
	if peak := peakMemory(); peak > 0 {
		b.below("memory at its highest"+name, peak, "MB", 400)
	}
	return nil
}

// peakMemory returns the greatest resident size of the process so far in MB, 0 where the system
// does not tell.
func peakMemory() float64 {
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(data)) {
		var kb float64
		if n, _ := fmt.Sscanf(line, "VmHWM: %f kB", &kb); n == 1 {
			return kb / 1000
		}
	}
	return 0
}

// percentile returns the p-th percentile of times in milliseconds.
func percentile(times []time.Duration, p float64) float64 {
	slices.Sort(times)
	return float64(times[min(len(times)-1, int(float64(len(times))*p))]) / float64(time.Millisecond)
}
