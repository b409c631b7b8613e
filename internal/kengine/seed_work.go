package kengine

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/web/filter"
)

// seedDays is how far back the reports of the demo came in.
const seedDays = 35

// demoTag is a product that an organisation of the demo uses.
type demoTag struct {
	name, vendor, product, cpe, criticality, exposure string
	facts                                             map[string]string
}

// demoModels are the models of the variants.
func demoModels(i int) []string {
	if i == 0 {
		return []string{"cisa-coordinator", "starter"}
	}
	return []string{"deployer"}
}

// demoTags are the product tags of the variants.
func demoTags(i int) []demoTag {
	critical := map[string]string{"ssvc:MWI:1.0.0": "H", "ssvc:EXP:1.0.1": "O", "ssvc:HI:2.0.2": "H", "cisa:PE:1.0.0": "Y"}
	inside := map[string]string{"ssvc:MWI:1.0.0": "M", "ssvc:EXP:1.0.1": "C", "ssvc:HI:2.0.2": "M", "cisa:PE:1.0.0": "N"}
	minor := map[string]string{"ssvc:MWI:1.0.0": "L", "ssvc:EXP:1.0.1": "S", "ssvc:HI:2.0.2": "L", "cisa:PE:1.0.0": "N"}
	if i == 0 {
		return []demoTag{
			{"業務端末 (Windows)", "Microsoft", "", "", "high", "controlled", inside},
			{"社外向けVPN装置", "Fortinet", "", "", "high", "open", critical},
			{"基幹ネットワーク (Cisco)", "Cisco", "", "", "high", "controlled", critical},
			{"端末管理 (Ivanti)", "Ivanti", "", "", "high", "open", critical},
			{"計算サーバーのGPU (NVIDIA)", "NVIDIA", "", "", "medium", "controlled", inside},
			{"拠点の無線機器 (D-Link)", "D-Link", "", "", "low", "controlled", minor},
		}
	}
	return []demoTag{
		{"Ward terminals (Windows)", "Microsoft", "", "", "high", "controlled", critical},
		{"Record system (Oracle)", "Oracle Corporation", "", "", "high", "controlled", critical},
		{"Tablets (Google)", "Google", "", "", "medium", "open", inside},
		{"Storage (Dell)", "Dell", "", "", "medium", "controlled", inside},
		{"Office network (Cisco)", "Cisco", "", "", "medium", "controlled", minor},
	}
}

// seedModels puts models and product tags of an organisation into force.
func (s *Service) seedModels(ctx context.Context, organisation string, i int) error {
	a := identity.System("demo").In(organisation)
	for _, key := range demoModels(i) {
		if _, err := s.Install(ctx, a, key); err != nil {
			return err
		}
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		now := storage.At(tx.Now())
		for _, t := range demoTags(i) {
			_, err := tx.ExecContext(ctx, `INSERT INTO kengine_tag (id, organisation, name, vendor, product, cpe, criticality, exposure, facts, origin, created, updated)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'demo', ?, ?)`,
				s.IDs.UUID(), organisation, t.name, t.vendor, t.product, t.cpe, t.criticality, t.exposure,
				storage.JSON[map[string]string]{V: t.facts}, now, now)
			if err != nil {
				return fmt.Errorf("product tag %s: %w", t.name, err)
			}
		}
		if err := touch(ctx, tx, organisation); err != nil {
			return err
		}
		return s.record(ctx, tx, a, "tag.seed", organisation)
	})
}

// spread dates the reports of the demo and their tasks back over the last weeks, the longest
// published first, so that lists have something overdue and statistics a course.
func (s *Service) spread(ctx context.Context) error {
	return s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error {
		ids, err := storage.List(ctx, tx, storage.Scalar[string], `SELECT id FROM kengine_report ORDER BY published, key`)
		if err != nil {
			return err
		}
		span := seedDays * 24 * time.Hour
		for i, id := range ids {
			ago := span - span*time.Duration(i+1)/time.Duration(len(ids))
			at := storage.At(tx.Now().Add(-ago))
			if _, err := tx.ExecContext(ctx, `UPDATE kengine_report SET received = ?, updated = ? WHERE id = ?`, at, at, id); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, `UPDATE kengine_task SET created = ?, updated = ?, due = due - ?,
				due_sort = CASE WHEN due IS NULL THEN due_sort ELSE due_sort - ? END WHERE report = ?`,
				at, at, ago.Microseconds(), ago.Microseconds(), id)
			if err != nil {
				return err
			}
		}
		return s.record(ctx, tx, identity.System("demo"), "seed", "reports")
	})
}

// seedWork lets the analysts of an organisation work on the older half of its tasks, always in
// the same way.
func (s *Service) seedWork(ctx context.Context, organisation string, i int) error {
	analysts, err := s.analysts(ctx, organisation)
	if err != nil || len(analysts) == 0 {
		return err
	}
	random := rand.New(rand.NewPCG(2008, uint64(i))) //nolint:gosec // made-up work, no secret
	open, err := filter.Parse("is:open")
	if err != nil {
		return err
	}
	system := identity.System("demo").In(organisation)
	page, err := s.ListTasks(ctx, system, Query{Filter: open, Sort: "updated", Limit: MaxLimit})
	if err != nil {
		return err
	}
	slices.Reverse(page.Items)
	models, err := s.ActiveModels(ctx, s.DB.Read(), organisation)
	if err != nil {
		return err
	}
	for n := range page.Items[:len(page.Items)/2] {
		a := analysts[random.IntN(len(analysts))]
		if err := s.seedTask(ctx, a, &page.Items[n], ruledOut(models, &page.Items[n]), random); err != nil {
			return err
		}
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *storage.Tx) error { return s.dateWork(ctx, tx, organisation, random) })
}

// analysts returns the people of an organisation who may rule, as they act in it.
func (s *Service) analysts(ctx context.Context, organisation string) ([]identity.Actor, error) {
	members, err := s.People.Members(ctx, identity.System("demo").In(organisation), organisation)
	if err != nil {
		return nil, fmt.Errorf("members: %w", err)
	}
	var out []identity.Actor
	for _, m := range members {
		if slices.Contains(m.Roles, identity.Analyst) {
			out = append(out, identity.Actor{
				Kind: identity.KindPerson, ID: m.Person, Name: m.Name, Organisation: organisation,
				Memberships: []identity.Membership{{Organisation: organisation, Roles: m.Roles}},
			})
		}
	}
	return out, nil
}

// ruledOut returns the outcomes of a task's decision that its model does not leave.
func ruledOut(models []Active, t *TaskRow) []string {
	_, m, d := (&namer{models: models}).decision(t.Decision)
	if m == nil {
		return nil
	}
	var out []string
	left := outcomeKeys(t.Possible)
	for _, v := range m.OutcomeFact(d).Values {
		if !slices.Contains(left, v.Key) {
			out = append(out, v.Key)
		}
	}
	return out
}

// seedTask rules one task and works on it: most as the model leaves it, about one in six otherwise,
// some get a note alone.
func (s *Service) seedTask(ctx context.Context, a identity.Actor, t *TaskRow, others []string, random *rand.Rand) error {
	one := These(t.ID)
	var err error
	reasons := Reasons()
	switch draw := random.IntN(20); {
	case t.Decided() && draw < 15:
		_, err = s.Confirm(ctx, a, one)
	case draw < 15 && len(t.Possible) > 0:
		outcome := t.Possible[random.IntN(len(t.Possible))].Key
		_, err = s.Overrule(ctx, a, one, RuleInput{Outcome: outcome, Reason: Judgement, Note: demoNote(random)})
	case draw < 18 && len(others) > 0:
		outcome := others[random.IntN(len(others))]
		_, err = s.Overrule(ctx, a, one, RuleInput{Outcome: outcome, Reason: reasons[random.IntN(len(reasons))], Note: demoNote(random)})
	default:
		_, err = s.AddNote(ctx, a, t.ID, demoNote(random))
		return err
	}
	if err != nil {
		return err
	}
	steps := random.IntN(4)
	for i, step := range []func(context.Context, identity.Actor, Selection) (Result, error){s.Start, s.Finish} {
		if steps <= i+1 {
			break
		}
		if _, err := step(ctx, a, one); err != nil {
			return nil //nolint:nilerr // ruled for no action: there is nothing to start
		}
	}
	return nil
}

func demoNote(random *rand.Rand) string {
	notes := []string{
		"担当部署に使用状況を確認した。", "次の定期保守で更新する。", "回避策を適用済み。更新版の公開を待つ。",
		"Confirmed with the system owner.", "Workaround is in place; the update follows in the next window.",
	}
	return notes[random.IntN(len(notes))]
}

// dateWork dates rulings and histories back to the days after their tasks came up.
func (s *Service) dateWork(ctx context.Context, tx *storage.Tx, organisation string, random *rand.Rand) error {
	type touched struct {
		id      string
		created storage.Time
	}
	tasks, err := storage.List(ctx, tx, func(scan func(...any) error) (touched, error) {
		var t touched
		err := scan(&t.id, &t.created)
		return t, err
	}, `SELECT id, created FROM kengine_task WHERE organisation = ? AND ruled <> '' ORDER BY created, id`, organisation)
	if err != nil {
		return err
	}
	for _, t := range tasks {
		at := t.created.Add(time.Duration(2+random.IntN(70)) * time.Hour)
		if limit := tx.Now().Add(-time.Hour); at.After(limit) {
			at = limit
		}
		back := tx.Now().Sub(at).Microseconds()
		for _, query := range []string{
			`UPDATE kengine_ruling SET at = at - ? WHERE task = ?`,
			`UPDATE kengine_history SET at = at - ? WHERE task = ?`,
			`UPDATE kengine_task SET updated = updated - ? WHERE id = ?`,
		} {
			if _, err := tx.ExecContext(ctx, query, back, t.id); err != nil {
				return err
			}
		}
	}
	return s.record(ctx, tx, identity.System("demo").In(organisation), "seed", "rulings")
}
