package kengine

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"noroshi.dev/internal/core/fault"
)

func impact(value string) []Claim { return []Claim{{Fact: "ssvc:MI:2.0.0", Values: []string{value}}} }

func TestSetsFillFacts(t *testing.T) {
	t.Parallel()
	bothWithModel(t, func(t *testing.T, f *fixture) {
		ctx := t.Context()
		f.loadText(t, record("CVE-2026-0001", "Acme", "Web Shop", "2.0", "CWE-79"))
		var ids []string
		for _, in := range []SetInput{
			{Name: "scripting", Condition: "cwe:CWE-79 kind:cve", Facts: impact("MEF"), Justification: "seen often"},
			{Name: "shop", Condition: "product:web* -vendor:evil", Facts: impact("MF")},
			{Name: "rest", Facts: impact("D")},
		} {
			id, err := f.CreateSet(ctx, f.manager, in)
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, id)
		}
		f.decideAll(t, "org1")
		f.loadText(t, record("CVE-2026-0002", "Evil", "Web Shop", "2.0", "CWE-1"))
		f.loadText(t, record("CVE-2026-0003", "Acme", "Web Shop", "2.0", "CWE-1"))
		check := func(want map[string]string) {
			t.Helper()
			for key, w := range want {
				if v := f.valueOf(t, key, "ssvc:MI"); strings.Join(v.Values, " ")+" "+v.Source != w {
					t.Errorf("%s: %v of %s, want %s", key, v.Values, v.Source, w)
				}
			}
			for _, row := range f.tasks(t, f.manager, "is:all") {
				if v, err := f.Task(ctx, f.manager, row.ID); err != nil || !strings.Contains(want[v.Report], inputOf(v, "ssvc:MI")) {
					t.Errorf("task of %s: %s, %v", v.Report, inputOf(v, "ssvc:MI"), err)
				}
			}
		}
		check(map[string]string{"CVE-2026-0001": "MEF set:scripting", "CVE-2026-0002": "D set:rest", "CVE-2026-0003": "MF set:shop"})
		slices.Reverse(ids)
		if err := f.OrderSets(ctx, f.manager, ids); err != nil {
			t.Fatal(err)
		}
		f.decideAll(t, "org1")
		check(map[string]string{"CVE-2026-0001": "D set:rest", "CVE-2026-0002": "D set:rest", "CVE-2026-0003": "D set:rest"})
		if err := f.DeleteSet(ctx, f.manager, ids[0], 1); err != nil {
			t.Fatal(err)
		}
		if err := f.UpdateSet(ctx, f.manager, ids[1], 1, SetInput{Name: "shop", Condition: "(vendor:acme OR vendor:evil)", Facts: impact("MSC")}); err != nil {
			t.Fatal(err)
		}
		if err := f.UpdateSet(ctx, f.manager, ids[1], 1, SetInput{Name: "shop", Facts: impact("MSC")}); !errors.Is(err, fault.Conflict) {
			t.Errorf("an old version: %v", err)
		}
		f.decideAll(t, "org1")
		check(map[string]string{"CVE-2026-0001": "MSC set:shop", "CVE-2026-0002": "MSC set:shop", "CVE-2026-0003": "MSC set:shop"})
		sets, err := f.Sets(ctx, f.manager)
		if err != nil || len(sets) != 2 || sets[0].Name != "shop" || sets[0].Version != 2 {
			t.Errorf("sets: %+v, %v", sets, err)
		}
		for _, bad := range []SetInput{
			{Name: "x", Condition: "severity:high", Facts: impact("MEF")},
			{Name: "x", Condition: "word", Facts: impact("MEF")},
			{Name: "x"},
			{Facts: impact("MEF")},
			{Name: "x", Condition: "((", Facts: impact("MEF")},
			{Name: "x", Facts: impact("Q")},
		} {
			if _, err := f.CreateSet(ctx, f.manager, bad); !errors.Is(err, fault.Invalid) {
				t.Errorf("%+v: %v", bad, err)
			}
		}
	})
}

// inputOf is the value of an input of a task, as keys.
func inputOf(v TaskView, fact string) string {
	for _, in := range v.Inputs {
		if family(in.ID) == fact {
			return strings.Join(in.Value.Values, " ")
		}
	}
	return ""
}

func TestSetPolicy(t *testing.T) {
	t.Parallel()
	bothWithModel(t, func(t *testing.T, f *fixture) {
		ctx := t.Context()
		f.loadText(t, record("CVE-2026-0001", "Acme", "Shop", "2.0", "CWE-79"))
		if _, err := f.CreateTag(ctx, f.manager, TagInput{Product: "other", Active: true}); err != nil {
			t.Fatal(err)
		}
		v, err := f.Policy(ctx, f.manager)
		if err != nil || v.Version != 0 || v.Unmatched != UnmatchedList {
			t.Fatalf("policy = %+v, %v", v, err)
		}
		p := v.Policy
		p.Unmatched = UnmatchedClose
		if err := f.SetPolicy(ctx, f.manager, p, 0); err != nil {
			t.Fatal(err)
		}
		f.decideAll(t, "org1")
		if n := count(t, f, `SELECT COUNT(*) FROM kengine_task WHERE state = 'closed' AND cause = 'no_asset'`); n != 1 {
			t.Errorf("%d tasks closed", n)
		}
		if err := f.SetPolicy(ctx, f.manager, p, 0); !errors.Is(err, fault.Conflict) {
			t.Errorf("an old version: %v", err)
		}
		if _, err := f.CreateSet(ctx, f.manager, SetInput{Name: "all", Condition: "vendor:acme", Facts: impact("MEF")}); err != nil {
			t.Fatal(err)
		}
		f.decideAll(t, "org1")
		if n := count(t, f, `SELECT COUNT(*) FROM kengine_task WHERE cause = 'no_asset'`); n != 1 {
			t.Error("a default set counts as an asset")
		}
		p.Unmatched = "nonsense"
		if err := f.SetPolicy(ctx, f.manager, p, 1); !errors.Is(err, fault.Invalid) {
			t.Errorf("nonsense: %v", err)
		}
	})
}
