package kengine

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

// town is two organisations with an analyst each.
type town struct{}

func (town) Tenants(context.Context, storage.Runner) ([]identity.Tenant, error) {
	return []identity.Tenant{{ID: "org1", Name: "あ社"}, {ID: "org2", Name: "B"}}, nil
}

func (town) Members(_ context.Context, _ identity.Actor, organisation string) ([]identity.Member, error) {
	return []identity.Member{{Person: organisation + "-analyst", Roles: []identity.Role{identity.Analyst}}}, nil
}

func TestSeed(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.People = town{}
		if err := f.Seed(t.Context()); err != nil {
			t.Fatal(err)
		}
		first := hash(t, f)
		if first.Reports != demoRecords || first.Rulings < 50 {
			t.Errorf("seeded %+v", first)
		}
		if err := f.Seed(t.Context()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(first, hash(t, f)); diff != "" {
			t.Errorf("seeding again changed the state (-first +again):\n%s", diff)
		}
		for _, organisation := range []string{"org1", "org2"} {
			seeded, err := f.Candidates(t.Context(), member(organisation, identity.Manager))
			if err != nil || len(seeded) == 0 {
				t.Fatalf("%s has learnt %+v, %v", organisation, seeded, err)
			}
			again, err := f.Learn(t.Context(), member(organisation, identity.Manager), "")
			if err != nil || len(again) != len(seeded) {
				t.Fatalf("%s learns again: %+v, %v", organisation, again, err)
			}
			for _, c := range again {
				if !slices.ContainsFunc(seeded, func(s Candidate) bool { return s.ID == c.ID }) {
					t.Errorf("%s: what the jobs learn of %s is not what was seeded", organisation, c.Decision)
				}
			}
			counts, err := f.TaskCounts(t.Context(), member(organisation, identity.Reader))
			if err != nil {
				t.Fatal(err)
			}
			st, err := f.Statistics(t.Context(), member(organisation, identity.Reader), Period{From: f.now.AddDate(0, 0, -100), To: f.now.AddDate(0, 0, 1)})
			if err != nil {
				t.Fatal(err)
			}
			var all, overruled, settled, confirmed int64
			for _, r := range st.Rulings {
				all, overruled, settled, confirmed = all+r.Total, overruled+r.Overruled, settled+r.Settled, confirmed+r.Confirmed
			}
			if rate := float64(overruled) / float64(all); rate < 0.1 || rate > 0.25 || all != confirmed+settled+overruled {
				t.Errorf("%s: %d rulings, %d confirmed, %d settled, %d overruled: no team works so", organisation, all, confirmed, settled, overruled)
			}
			for _, s := range States() {
				if counts[s] == 0 {
					t.Errorf("%s has no task that is %s: %v", organisation, s, counts)
				}
			}
		}
		if n := count(t, f, `SELECT COUNT(*) FROM kengine_task WHERE rest = 0 AND due_sort < ?`, f.now.UnixMicro()); n == 0 {
			t.Error("nothing is overdue")
		}
		if err := f.Check(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// TestPrepare: an organisation without a model gets the default one, once.
func TestPrepare(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.People = town{}
		f.install(t, f.manager, "starter")
		for range 2 {
			if err := f.Prepare(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		got, err := storage.List(t.Context(), db.Read(), storage.Scalar[string], `SELECT organisation || ' ' || key FROM kengine_model`)
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(got)
		if diff := cmp.Diff([]string{"org1 starter", "org2 " + DefaultModel}, got); diff != "" {
			t.Errorf("models (-want +got):\n%s", diff)
		}
	})
}

// TestReindex: the index made again finds the same.
func TestReindex(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f := setUp(t, db)
		f.People = town{}
		if err := f.Seed(t.Context()); err != nil {
			t.Fatal(err)
		}
		a := member("org1", identity.Reader)
		before, err := f.CountReports(t.Context(), a, parse(t, "buffer overflow"))
		if err != nil || before == 0 {
			t.Fatalf("found %d, %v", before, err)
		}
		if err := f.Reindex(t.Context()); err != nil {
			t.Fatal(err)
		}
		after, err := f.CountReports(t.Context(), a, parse(t, "buffer overflow"))
		if err != nil || after != before {
			t.Errorf("found %d after making the index again, %d before, %v", after, before, err)
		}
	})
}
