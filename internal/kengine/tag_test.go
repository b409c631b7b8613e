package kengine

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

// record is a CVE record about a product, affected below a version.
func record(id, vendor, product, end, cwe string) string {
	return fmt.Sprintf(`{"dataType":"CVE_RECORD","dataVersion":"5.1","cveMetadata":{"cveId":%q,"state":"PUBLISHED","datePublished":"2026-11-01T00:00:00Z"},
"containers":{"cna":{"providerMetadata":{"shortName":"acme"},"title":"Flaw in %s","descriptions":[{"lang":"en","value":"A flaw."}],
"problemTypes":[{"descriptions":[{"type":"CWE","cweId":%q,"lang":"en","description":"x"}]}],
"affected":[{"vendor":%q,"product":%q,"defaultStatus":"unaffected","versions":[{"version":"0","lessThan":%q,"versionType":"semver","status":"affected"}]}]}}}`,
		id, product, cwe, vendor, product, end)
}

func bothWithModel(t *testing.T, f func(t *testing.T, f *fixture)) {
	t.Helper()
	storagetest.Run(t, migrated, func(t *testing.T, db *storage.DB) {
		x := setUp(t, db)
		x.install(t, x.manager, "deployer")
		f(t, x)
	})
}

// decideAll runs what decideAgain asked for.
func (f *fixture) decideAll(tb testing.TB, organisation string) {
	tb.Helper()
	if err := f.DecideAll(tb.Context(), organisation); err != nil {
		tb.Fatal(err)
	}
}

// valueOf returns the current value of a fact of a report as the manager sees it.
func (f *fixture) valueOf(tb testing.TB, key, fact string) Value {
	tb.Helper()
	v, err := f.Report(tb.Context(), f.manager, key)
	if err != nil {
		tb.Fatal(err)
	}
	for _, fv := range v.Facts {
		if strings.HasPrefix(fv.ID, fact+":") {
			return fv.Value
		}
	}
	return Value{}
}

func TestTagsFillFacts(t *testing.T) {
	t.Parallel()
	bothWithModel(t, func(t *testing.T, f *fixture) {
		ctx := t.Context()
		f.loadText(t, record("CVE-2026-0001", "OpenSSL", "OpenSSL", "3.0.7", "CWE-79"))
		id, err := f.CreateTag(ctx, f.manager, TagInput{Vendor: "openssl", Product: "openssl", Release: "3.0.1", Exposure: "open", Active: true})
		if err != nil {
			t.Fatal(err)
		}
		f.decideAll(t, "org1")
		// One that was there, and one that comes later.
		f.loadText(t, record("CVE-2026-0002", "OpenSSL", "OpenSSL", "3.1.0", "CWE-80"))
		f.loadText(t, record("CVE-2026-0003", "OpenSSL", "OpenSSL", "3.0.0", "CWE-80"))
		for key, want := range map[string]string{"CVE-2026-0001": "O", "CVE-2026-0002": "O", "CVE-2026-0003": ""} {
			v := f.valueOf(t, key, "ssvc:EXP")
			if got := strings.Join(v.Values, " "); v.Source == "tag:openssl openssl" != (want != "") || want != "" && got != want {
				t.Errorf("%s: exposure %q of %q, want %q", key, got, v.Source, want)
			}
		}
		tag, err := f.Tag(ctx, f.manager, id)
		if err != nil || tag.Reports != 2 || tag.Name != "openssl openssl" || tag.Version != 1 {
			t.Fatalf("tag = %+v, %v", tag, err)
		}
		page, err := f.TagReports(ctx, f.manager, id, Query{})
		if err != nil || len(page.Items) != 2 || page.Items[0].Why.Range != "<3.1.0" {
			t.Errorf("reports of the tag: %+v, %v", page, err)
		}
		in := tag.TagInput
		in.Release, in.Exposure = "3.0.9", "small"
		if err := f.UpdateTag(ctx, f.manager, id, 1, in); err != nil {
			t.Fatal(err)
		}
		f.decideAll(t, "org1")
		if v := f.valueOf(t, "CVE-2026-0001", "ssvc:EXP"); v.Source == "tag:openssl openssl" {
			t.Error("a fixed release still matches")
		}
		if v := f.valueOf(t, "CVE-2026-0002", "ssvc:EXP"); !slices.Equal(v.Values, []string{"S"}) {
			t.Errorf("after the change: %v", v)
		}
		if err := f.UpdateTag(ctx, f.manager, id, 1, in); !errors.Is(err, fault.Conflict) {
			t.Errorf("an old version: %v", err)
		}
		if err := f.DeleteTag(ctx, f.manager, id, 1); !errors.Is(err, fault.Conflict) {
			t.Errorf("an old version deleted: %v", err)
		}
		in.Active = false
		if err := f.UpdateTag(ctx, f.manager, id, 2, in); err != nil {
			t.Fatal(err)
		}
		in.Active = true
		if err := f.UpdateTag(ctx, f.manager, id, 3, in); err != nil {
			t.Fatal(err)
		}
		f.decideAll(t, "org1")
		if err := f.DeleteTag(ctx, f.manager, id, 4); err != nil {
			t.Fatal(err)
		}
		f.decideAll(t, "org1")
		if v := f.valueOf(t, "CVE-2026-0002", "ssvc:EXP"); v.Source != SourceDefault && v.Source != "" {
			t.Errorf("after deletion: %v", v)
		}
		ops := 0
		for _, e := range f.ledger.entries {
			if strings.HasPrefix(e.Op, "tag.") && e.Object == id {
				ops++
			}
		}
		if ops != 5 {
			t.Errorf("%d audit leaves, want 5", ops)
		}
	})
}

// TestPreviewTag compares previews with what really matches afterwards.
func TestPreviewTag(t *testing.T) {
	t.Parallel()
	bothWithModel(t, func(t *testing.T, f *fixture) {
		for i, product := range []string{"OpenSSL", "Open SSL", "open_ssl", "LibreSSL", "curl"} {
			f.loadText(t, record(fmt.Sprintf("CVE-2026-%04d", i+1), "Vendor", product, "2.0", "CWE-1"))
		}
		for _, in := range []TagInput{
			{Product: "openssl"},
			{Product: "open ssl"},
			{Product: "*ssl"},
			{Vendor: "vendor"},
			{Vendor: "other", Product: "curl"},
			{Product: "curl", Release: "2.1"},
			{Product: "curl", Release: "1.9"},
			{CPE: "cpe:/a:vendor:open_ssl"},
			{CPE: "cpe:2.3:a:vendor:*:*:*:*:*:*:*:*:*"},
		} {
			in.Active = true
			p, err := f.PreviewTag(t.Context(), f.manager, in)
			if err != nil {
				t.Fatal(err)
			}
			id, err := f.CreateTag(t.Context(), f.manager, in)
			if err != nil {
				t.Fatal(err)
			}
			f.decideAll(t, "org1")
			tag, err := f.Tag(t.Context(), f.manager, id)
			if err != nil || tag.Reports != int64(p.Total) || len(p.Reports) != p.Total || p.More {
				t.Errorf("%+v: preview %d, then %d, %v", in, p.Total, tag.Reports, err)
			}
		}
	})
}

func TestTagsRefuse(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t, storage.SQLite, clock.Wall{})
	if err := migrated(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	f := setUp(t, db)
	for field, in := range map[string]TagInput{
		"product": {Name: "x", Product: "*"}, "cpe": {Product: "x", CPE: "cpe:nonsense"}, "purl": {Product: "x", PURL: "nonsense"},
		"release": {Vendor: "x", Release: "1"}, "criticality": {Product: "x", Criticality: "very"}, "exposure": {Product: "x", Exposure: "far"},
		"no:such:1.0.0": {Product: "x", Facts: []Claim{{Fact: "no:such:1.0.0", Values: []string{"Y"}}}},
		"ssvc:E:1.1.0":  {Product: "x", Facts: []Claim{{Fact: "ssvc:E:1.1.0", Values: []string{"Q"}}}},
	} {
		_, err := f.CreateTag(t.Context(), f.manager, in)
		if v := fault.Of(err); v == nil || !slices.ContainsFunc(v.Fields, func(x fault.Field) bool { return x.Name == field }) {
			t.Errorf("%+v: %v", in, err)
		}
	}
	if _, err := f.CreateTag(t.Context(), member("org1", identity.Reader), TagInput{Product: "x"}); !errors.Is(err, fault.Denied) && !errors.Is(err, fault.NotFound) {
		t.Errorf("a reader makes a tag: %v", err)
	}
}

// TestTagsNeedToKnow has another organisation try everything with a tag that is not its own.
func TestTagsNeedToKnow(t *testing.T) {
	t.Parallel()
	bothWithModel(t, func(t *testing.T, f *fixture) {
		ctx, other := t.Context(), member("org2", identity.Manager)
		f.install(t, other, "deployer")
		f.loadText(t, record("CVE-2026-0001", "CanaryVendor", "Canary", "2.0", "CWE-1"))
		id, err := f.CreateTag(ctx, f.manager, TagInput{Name: "CANARY", Product: "canary", Exposure: "open", Active: true})
		if err != nil {
			t.Fatal(err)
		}
		set, err := f.CreateSet(ctx, f.manager, SetInput{Name: "CANARY", Condition: "product:canary", Facts: []Claim{{Fact: "ssvc:MI:2.0.0", Values: []string{"MF"}}}})
		if err != nil {
			t.Fatal(err)
		}
		f.decideAll(t, "org1")
		f.decideAll(t, "org2")
		page, err := f.Tags(ctx, other, Query{})
		if err != nil || len(page.Items) != 0 {
			t.Errorf("tags of another organisation: %v, %v", page, err)
		}
		for name, err := range map[string]error{
			"tag": second(f.Tag(ctx, other, id)), "reports": second(f.TagReports(ctx, other, id, Query{})),
			"update": f.UpdateTag(ctx, other, id, 1, TagInput{Product: "x"}), "delete": f.DeleteTag(ctx, other, id, 1),
			"set": second(f.Set(ctx, other, set)), "set update": f.UpdateSet(ctx, other, set, 1, SetInput{Name: "x", Facts: []Claim{{Fact: "ssvc:MI:2.0.0", Values: []string{"D"}}}}),
			"set delete": f.DeleteSet(ctx, other, set, 1),
		} {
			if !errors.Is(err, fault.NotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := f.OrderSets(ctx, other, []string{set}); !errors.Is(err, fault.Conflict) {
			t.Errorf("order: %v", err)
		}
		v, err := f.Report(ctx, other, "CVE-2026-0001")
		if err != nil {
			t.Fatal(err)
		}
		if text := fmt.Sprintf("%+v", v); strings.Contains(text, "CANARY") || len(v.Matches) != 0 {
			t.Error("what one organisation uses is seen by another")
		}
	})
}
