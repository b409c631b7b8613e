package kengine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"noroshi.dev/format/feed"
	"noroshi.dev/format/ssvc"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/web"
)

// canaries puts words of an organisation in every place that there is.
func canaries(t *testing.T, f *fixture) {
	t.Helper()
	ctx := t.Context()
	for i := range 3 {
		f.loadText(t, record(fmt.Sprintf("CVE-2026-%04d", i+1), "Acme", "Shop", "2.0", "CWE-79"))
	}
	_, err := f.CreateTag(ctx, f.manager, TagInput{Name: "CANARY tag", Product: "shop", Exposure: "open", Owner: "CANARY", Active: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.CreateSet(ctx, f.manager, SetInput{Name: "CANARY set", Facts: impact("MF"), Justification: "CANARY"}); err != nil {
		t.Fatal(err)
	}
	f.decideAll(t, "org1")
	in := AssertionInput{Claims: []Claim{{Fact: "ssvc:E:1.1.0", Values: []string{"A"}, Raw: "CANARY"}}, Evidence: "https://canary.example/CANARY"}
	if _, err := f.AddAssertion(ctx, f.manager, "CVE-2026-0001", in); err != nil {
		t.Fatal(err)
	}
	if _, err := f.AddReport(ctx, f.manager, ReportInput{Key: "OWN-CANARY", Title: "CANARY", Description: "CANARY", Lang: "en"}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.AddReport(ctx, f.manager, ReportInput{Key: "CVE-2026-0009", Title: "CANARY", Description: "CANARY", Lang: "en"}); err != nil {
		t.Fatal(err)
	}
	f.loadText(t, record("CVE-2026-0009", "Acme", "Shop", "2.0", "CWE-79"))
}

func TestFeedHoldsNothingOfOrganisations(t *testing.T) {
	t.Parallel()
	bothWithModel(t, func(t *testing.T, f *fixture) {
		ctx := t.Context()
		canaries(t, f)
		var keys []string
		var after web.Cursor
		for {
			page, err := f.Feed(ctx, time.Time{}, after, 2)
			if err != nil {
				t.Fatal(err)
			}
			again, err := f.Feed(ctx, time.Time{}, after, 2)
			if err != nil || page.ETag() != again.ETag() {
				t.Errorf("the same page has another ETag: %v", err)
			}
			text, err := json.Marshal(page)
			if err != nil {
				t.Fatal(err)
			}
			atom, err := page.Atom(FeedHead{
				Authority: "csirt.example", Since: f.now, Name: "CSIRT", URL: "https://csirt.example/", Self: "https://csirt.example/feed", Title: "Facts", Lang: "en",
				Report: func(key string) string { return "https://csirt.example/" + key },
			})
			if err != nil {
				t.Fatal(err)
			}
			var xml bytes.Buffer
			if err := feed.Write(&xml, atom); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(strings.ToUpper(string(text)+xml.String()), "CANARY") || strings.Contains(string(text), `"ssvc:EXP`) {
				t.Errorf("the feed tells what an organisation said:\n%s\n%s", text, xml.String())
			}
			for _, r := range page.Reports {
				keys = append(keys, r.Key)
			}
			if after = page.Older; after == nil {
				break
			}
		}
		slices.Sort(keys)
		if !slices.Equal(keys, []string{"CVE-2026-0001", "CVE-2026-0002", "CVE-2026-0003"}) {
			t.Errorf("feed of %v", keys)
		}
		if page, err := f.Feed(ctx, time.Now().Add(time.Hour), nil, 0); err != nil || len(page.Reports) != 0 {
			t.Errorf("since tomorrow: %v, %v", page, err)
		}
		list, err := f.WorldSelectionList(ctx, "CVE-2026-0001")
		if err != nil {
			t.Fatal(err)
		}
		if text := fmt.Sprintf("%+v", list); strings.Contains(text, "CANARY") || strings.Contains(text, "EXP") || strings.Contains(text, "Key:E ") {
			t.Errorf("world selections: %s", text)
		}
		if _, err := f.WorldSelectionList(ctx, "OWN-CANARY"); !errors.Is(err, fault.NotFound) {
			t.Errorf("a report by hand: %v", err)
		}
	})
}

func TestSelectionLists(t *testing.T) {
	t.Parallel()
	bothWithModel(t, func(t *testing.T, f *fixture) {
		canaries(t, f)
		lists, err := f.SelectionLists(t.Context(), f.manager, "CVE-2026-0001")
		if err != nil || len(lists) != 1 {
			t.Fatalf("%v, %v", lists, err)
		}
		text, err := lists[0].List.JSON()
		if err != nil {
			t.Fatal(err)
		}
		reg, err := ssvc.Builtin()
		if err != nil {
			t.Fatal(err)
		}
		back, err := ssvc.ParseSelectionList(text, reg)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		got := map[string]string{}
		for _, sel := range back.Selections {
			for _, v := range sel.Values {
				got[sel.ID.Key] += v.Key
			}
		}
		if got["E"] != "A" || got["EXP"] != "O" || got["MI"] != "MF" || got["DSOI"] == "" || !slices.Equal(back.TargetIDs, []string{"CVE-2026-0001"}) {
			t.Errorf("selections %v of %v", got, back.TargetIDs)
		}
		if _, err := f.SelectionLists(t.Context(), identity.Actor{}, "CVE-2026-0001"); err == nil {
			t.Error("nobody reads the facts of an organisation")
		}
	})
}

// club is the one who knows the members of org1.
type club struct{ members []identity.Member }

func (club) Tenants(context.Context, storage.Runner) ([]identity.Tenant, error) { return nil, nil }

func (c *club) Members(context.Context, identity.Actor, string) ([]identity.Member, error) {
	return c.members, nil
}

func TestCalendar(t *testing.T) {
	t.Parallel()
	bothWithModel(t, func(t *testing.T, f *fixture) {
		ctx := t.Context()
		people := &club{members: []identity.Member{{Person: f.manager.ID, Roles: []identity.Role{identity.Manager}}}}
		f.People = people
		f.loadText(t, record("CVE-2026-0001", "Acme", "Shop", "2.0", "CWE-79"))
		f.loadText(t, record("CVE-2026-0002", "Acme", "Shop", "2.0", "CWE-79"))
		rows := f.tasks(t, f.manager, "is:all")
		if _, err := f.SetDue(ctx, f.manager, These(rows[0].ID, rows[1].ID), f.now.Add(48*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Assign(ctx, f.manager, These(rows[0].ID), f.manager.ID); err != nil {
			t.Fatal(err)
		}
		style := CalendarStyle{Host: "csirt.example", URL: func(lang, id string) string { return "https://csirt.example/" + lang + "/" + id }, Name: func(string) string { return "KENGINE" }}
		for scope, want := range map[string]int{CalendarMine: 1, CalendarOrganisation: 2} {
			c, err := f.CreateCalendar(ctx, f.manager, scope, "ja")
			if err != nil {
				t.Fatal(err)
			}
			if n := count(t, f, `SELECT COUNT(*) FROM kengine_calendar WHERE digest = '`+c.Token+`'`); n != 0 || len(c.Token) < 20 {
				t.Error("the token is kept")
			}
			var b bytes.Buffer
			if err := f.WriteCalendar(ctx, c.Token, style, &b); err != nil {
				t.Fatal(err)
			}
			if got := strings.Count(b.String(), "BEGIN:VTODO"); got != want {
				t.Errorf("%s: %d tasks, want %d\n%s", scope, got, want, b.String())
			}
			own, err := f.Calendars(ctx, f.manager)
			if err != nil || own[0].Token != "" || own[len(own)-1].Used.IsZero() {
				t.Errorf("%+v, %v", own, err)
			}
			if err := f.DeleteCalendar(ctx, member("org1", identity.Analyst), c.ID); !errors.Is(err, fault.NotFound) {
				t.Errorf("somebody else deletes it: %v", err)
			}
			kept := people.members
			people.members = nil
			if err := f.WriteCalendar(ctx, c.Token, style, &b); !errors.Is(err, fault.NotFound) {
				t.Errorf("after leaving: %v", err)
			}
			people.members = kept
			if err := f.DeleteCalendar(ctx, f.manager, c.ID); err != nil {
				t.Fatal(err)
			}
			if err := f.WriteCalendar(ctx, c.Token, style, &b); !errors.Is(err, fault.NotFound) {
				t.Errorf("after deletion: %v", err)
			}
		}
	})
}

func TestRowsOut(t *testing.T) {
	t.Parallel()
	bothWithModel(t, func(t *testing.T, f *fixture) {
		canaries(t, f)
		n := 0
		for row, err := range f.EachTask(t.Context(), f.manager, Query{Filter: parse(t, "is:all")}) {
			if err != nil || len(row.Cells("ja")) != len(TaskColumns()) {
				t.Fatalf("%v, %v", row, err)
			}
			n++
		}
		reports := 0
		for row, err := range f.EachReport(t.Context(), f.manager, Query{}) {
			if err != nil || len(row.Cells("en")) != len(ReportColumns()) {
				t.Fatalf("%v, %v", row, err)
			}
			reports++
		}
		if n != 5 || reports != 5 {
			t.Errorf("%d tasks, %d reports", n, reports)
		}
		for _, list := range []string{"task", "report"} {
			rows, err := f.ViewRows(t.Context(), f.manager, list, Query{}, "en")
			if err != nil || len(rows) == 0 || rows[0].Path == "" || rows[0].Title == "" {
				t.Errorf("%s: %+v, %v", list, rows, err)
			}
		}
		if rows, err := f.ViewRows(t.Context(), member("org2", identity.Reader), "task", Query{}, "en"); err != nil || len(rows) != 0 {
			t.Errorf("another organisation: %v, %v", rows, err)
		}
	})
}
