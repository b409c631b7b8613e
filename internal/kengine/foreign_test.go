package kengine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

// canary stands in every field of the first organisation that takes words.
const canary = `CANARY<script>alert("org1")</script>`

// secrets is what an organisation has, with the ids that a stranger may have guessed.
type secrets struct {
	ids     []string // of tasks, models, imports, tags and reports
	private []string // texts and ids that a stranger must never be given
}

// fillSecrets gives the first organisation words of its own in every table.
func fillSecrets(tb testing.TB, f *fixture) secrets {
	tb.Helper()
	tasks := f.tasks(tb, f.manager, "is:all")
	var s secrets
	for i, t := range tasks {
		s.ids, s.private = append(s.ids, t.ID), append(s.private, t.ID)
		must(tb, second(f.AddNote(tb.Context(), f.manager, t.ID, canary)))
		must(tb, second(f.Overrule(tb.Context(), f.manager, These(t.ID), RuleInput{Outcome: "AT", Reason: Judgement, Note: canary})))
		if i > 0 {
			must(tb, second(f.Drop(tb.Context(), f.manager, These(t.ID), canary)))
		}
		in := AssertionInput{Evidence: canary, Claims: []Claim{{Fact: "ssvc:E:1.1.0", Values: []string{"N"}}}}
		must(tb, second(f.AddAssertion(tb.Context(), f.manager, t.Report, in)))
	}
	id, err := f.CreateDraft(tb.Context(), f.manager, NewDraft{Builtin: "starter", Key: "canary-model"})
	must(tb, err)
	v, err := f.Model(tb.Context(), f.manager, id)
	must(tb, err)
	must(tb, f.EditDraft(tb.Context(), f.manager, id, v.Edit, ModelEdit{Kind: EditName, Text: v.Model.Name, Description: v.Model.Description}))
	im, err := f.Import(tb.Context(), f.manager, canary, strings.NewReader("{}"), ImportOptions{})
	must(tb, err)
	models, err := f.Models(tb.Context(), f.manager)
	must(tb, err)
	for _, m := range models {
		s.ids, s.private = append(s.ids, m.ID), append(s.private, m.ID)
	}
	s.ids, s.private = append(s.ids, im.ID), append(s.private, im.ID, "CANARY", "canary-model")
	must(tb, f.DB.InTx(tb.Context(), func(ctx context.Context, tx *storage.Tx) error {
		now := storage.At(tx.Now())
		_, err := tx.ExecContext(ctx, `INSERT INTO kengine_tag (id, organisation, name, vendor, product, cpe, criticality, exposure, facts, origin, created, updated)
			VALUES ('tag-of-org1', 'org1', ?, 'v', 'p', '', 'high', 'internet', '{}', 'test', ?, ?)`, canary, now, now)
		return err
	}))
	s.ids, s.private = append(s.ids, "tag-of-org1"), append(s.private, "tag-of-org1")
	return s
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// holdings is every row that belongs to an organisation, as one text.
func (f *fixture) holdings(tb testing.TB, organisation string) string {
	tb.Helper()
	var b strings.Builder
	for _, query := range []string{
		`SELECT * FROM kengine_task WHERE organisation = ? ORDER BY id`, `SELECT * FROM kengine_ruling WHERE organisation = ? ORDER BY id`,
		`SELECT * FROM kengine_model WHERE organisation = ? ORDER BY id`, `SELECT * FROM kengine_policy WHERE organisation = ?`,
		`SELECT * FROM kengine_tag WHERE organisation = ? ORDER BY id`, `SELECT * FROM kengine_set WHERE organisation = ? ORDER BY id`,
		`SELECT * FROM kengine_import WHERE organisation = ? ORDER BY id`, `SELECT * FROM kengine_redecide WHERE organisation = ?`,
		`SELECT * FROM kengine_assertion WHERE organisation = ? ORDER BY report, id`, `SELECT * FROM kengine_conflict WHERE organisation = ? ORDER BY report, fact`,
		`SELECT h.* FROM kengine_history h JOIN kengine_task t ON t.id = h.task WHERE t.organisation = ? ORDER BY h.id`,
		`SELECT n.* FROM kengine_note n JOIN kengine_task t ON t.id = n.task WHERE t.organisation = ? ORDER BY n.id`,
	} {
		rows, err := f.DB.Read().QueryContext(tb.Context(), query, organisation)
		must(tb, err)
		names, err := rows.Columns()
		must(tb, err)
		values, to := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			to[i] = &values[i]
		}
		for rows.Next() {
			must(tb, rows.Scan(to...))
			for _, v := range values {
				b.Write(canonical(nil, v))
				b.WriteByte('|')
			}
			b.WriteByte('\n')
		}
		must(tb, errors.Join(rows.Err(), rows.Close()))
	}
	return b.String()
}

// argument makes a value of a type for a call by a stranger who knows an id.
func argument(t reflect.Type, id string) reflect.Value {
	switch t {
	case reflect.TypeFor[Selection]():
		return reflect.ValueOf(One(id, 0))
	case reflect.TypeFor[io.Reader]():
		return reflect.ValueOf(strings.NewReader("{}")).Convert(t)
	case reflect.TypeFor[time.Time]():
		return reflect.ValueOf(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC))
	}
	v := reflect.New(t).Elem()
	switch t.Kind() {
	case reflect.String:
		v.SetString(id)
	case reflect.Slice:
		if t.Elem().Kind() == reflect.String {
			return reflect.ValueOf([]string{id}).Convert(t)
		}
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Struct:
		if t == reflect.TypeFor[Query]() || t.PkgPath() != reflect.TypeFor[Service]().PkgPath() {
			return v
		}
		for i := range t.NumField() {
			if t.Field(i).IsExported() && t.Field(i).Type.Kind() == reflect.String {
				v.Field(i).SetString(id)
			}
		}
	default:
	}
	return v
}

// methods are the use cases: every method of the service that is told who asks.
func methods(s *Service) map[string]reflect.Value {
	out := map[string]reflect.Value{}
	v := reflect.ValueOf(s)
	for i := range v.NumMethod() {
		t := v.Method(i).Type()
		if t.NumIn() >= 2 && t.In(0) == reflect.TypeFor[context.Context]() && t.In(1) == reflect.TypeFor[identity.Actor]() {
			out[v.Type().Method(i).Name] = v.Method(i)
		}
	}
	return out
}

// call calls a method as an actor who names an id wherever a text is asked for.
func call(ctx context.Context, m reflect.Value, a identity.Actor, id string) (results string, err error) {
	args := []reflect.Value{reflect.ValueOf(ctx), reflect.ValueOf(a)}
	for i := 2; i < m.Type().NumIn(); i++ {
		if m.Type().IsVariadic() && i == m.Type().NumIn()-1 {
			break
		}
		args = append(args, argument(m.Type().In(i), id))
	}
	for _, out := range m.Call(args) {
		if out.Kind() == reflect.Func && out.Type().CanSeq2() { // rows that are streamed
			for row, fault := range out.Seq2() {
				if e, ok := fault.Interface().(error); ok {
					err = e
					continue
				}
				results += fmt.Sprintf("%+v", row.Interface())
			}
			continue
		}
		if e, ok := out.Interface().(error); ok {
			err = e
			continue
		}
		if out.Kind() == reflect.Func && out.Type().CanSeq2() {
			for row, e := range out.Seq2() { // a list that is read as it is written
				results += fmt.Sprintf("%+v", row.Interface())
				if fail, ok := e.Interface().(error); ok {
					err = fail
				}
			}
			continue
		}
		text, jerr := json.Marshal(out.Interface())
		if jerr != nil {
			text = fmt.Appendf(nil, "%+v", out.Interface())
		}
		results += string(text)
	}
	return results, err
}

// TestNobodyIsToldAnything calls every use case as nobody and as a member without a role.
func TestNobodyIsToldAnything(t *testing.T) {
	t.Parallel()
	f, _ := handed(t, fresh(t, storage.SQLite), 2)
	s := fillSecrets(t, f)
	for name, m := range methods(f.Service) {
		for who, a := range map[string]identity.Actor{
			"nobody":      {Organisation: "org1"},
			"a stranger":  member("org2", identity.Manager).In("org1"),
			"an auditor":  {Kind: identity.KindPerson, ID: "x", Organisation: "org1", InstanceRoles: []identity.Role{identity.Auditor}},
			"a bad token": {Kind: identity.KindToken, ID: "x", Organisation: "org1", Memberships: member("org1", identity.Manager).Memberships},
		} {
			t.Run(name+"/"+who, func(t *testing.T) {
				results, err := call(t.Context(), m, a, s.ids[0])
				if f := fault.Of(err); f == nil || f.Kind != fault.Denied && f.Kind != fault.NotFound && f.Kind != fault.Invalid {
					t.Errorf("err = %v, want Denied", err)
				}
				for _, secret := range s.private {
					if strings.Contains(results, secret) && secret != s.ids[0] {
						t.Errorf("was told %q", secret)
					}
				}
			})
		}
	}
}

// TestPeer_CVE_2026_56424 calls every use case as a manager of another organisation with every id
// of the first: nothing of the first is told, and none of its rows changes.
func TestPeer_CVE_2026_56424(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		f, _ := handed(t, db, 2)
		s := fillSecrets(t, f)
		other := member("org2", identity.Manager)
		f.install(t, other, "cisa-coordinator")
		before := f.holdings(t, "org1")
		if !strings.Contains(before, "CANARY") {
			t.Fatal("the canary is not in the rows")
		}
		all := methods(f.Service)
		for _, ids := range [][]string{{"x-1"}, s.ids} { // before and after the stranger wrote the ids somewhere
			for _, name := range slices.Sorted(maps.Keys(all)) {
				for _, id := range ids {
					results, err := call(t.Context(), all[name], other, id)
					if err != nil && fault.Of(err) == nil && !strings.Contains(err.Error(), "no such file") {
						t.Errorf("%s(%s) = %v, not a fault", name, id, err)
					}
					for _, secret := range s.private {
						// What the stranger asked by may come back, as the name of an import does.
						if strings.Contains(results, secret) && (id == "x-1" || !slices.Contains(s.ids, secret)) {
							t.Errorf("%s(%s) tells %q: %.200s, %v", name, id, secret, results, err)
						}
					}
				}
				if after := f.holdings(t, "org1"); name == "AddReport" {
					before = after // reports are for everybody, and so everybody's tasks
				} else if after != before {
					t.Fatalf("%s by another organisation changed rows of the first", name)
				}
			}
		}
	})
}
