package kengine

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"noroshi.dev/internal/kengine/intake"
	"noroshi.dev/internal/testkit"
)

// TestCurveOfAnArchive draws both published decisions of the demo records by one command.
func TestCurveOfAnArchive(t *testing.T) {
	t.Parallel()
	records, err := demoFiles.ReadFile("demo/records.tar.gz")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	archive, svg := filepath.Join(dir, "records.tar.gz"), filepath.Join(dir, "curve.svg")
	if err := os.WriteFile(archive, records, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := command(t, newService(deps{}), "curve", "--archive", archive, "--sizes", "20,100", "--draws", "3", "--svg", svg)
	if err != nil || !strings.HasPrefix(out, "decision,n,draws,majority,accuracy,") || strings.Count(out, "\ntechnical impact,") != 2 || strings.Count(out, "\nautomatable,") != 2 {
		t.Errorf("%v\n%s", err, out)
	}
	picture, err := os.ReadFile(svg)
	if err != nil || strings.Count(string(picture), "多数 / majority") != 2 || !strings.Contains(string(picture), ": automatable") {
		t.Errorf("%v\n%s", err, picture)
	}
	for _, args := range [][]string{{"curve"}, {"curve", "--archive", archive, "--csv", "x.csv"}, {"curve", "--archive", filepath.Join(dir, "none")}, {"curve", "--archive", svg}} {
		if out, err := command(t, newService(deps{}), args...); err == nil {
			t.Errorf("%v:\n%s", args, out)
		}
	}
}

// TestCurveNeverBelowMajority draws the learning curve of the whole archive.
func TestCurveNeverBelowMajority(t *testing.T) {
	t.Parallel()
	out, err := command(t, newService(deps{}), "curve", "--archive", testkit.Shared(t, archive), "--sizes", "20,50,100,200,1000,5000", "--json")
	var curves []curve
	if err != nil || json.Unmarshal([]byte(out), &curves) != nil || len(curves) != 2 {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, c := range curves {
		if c.Rows != 32070 || len(c.Points) != 6 {
			t.Errorf("%s: %d rows, %d points", c.Decision, c.Rows, len(c.Points))
		}
		for _, p := range c.Points {
			if p.Draws != 20 || p.Accuracy < p.Majority {
				t.Errorf("%s from %d cases: %.4f, the majority gives %.4f (%d draws)", c.Decision, p.Cases, p.Accuracy, p.Majority, p.Draws)
			}
		}
	}
}

func TestDecidedIn(t *testing.T) {
	t.Parallel()
	said := func(source, fact string, values ...string) intake.Observation {
		return intake.Observation{Source: source, Fact: fact, Values: values}
	}
	r := intake.Record{
		CWEs:   []string{"CWE-79", "CWE-20"},
		Scores: []intake.Score{{Source: "adp:CISA-ADP", Version: "3.1", Vector: "CVSS:3.1/AV:L"}, {Source: "cna", Version: "3.0", Vector: "CVSS:3.0/AV:N/AC:H"}},
		Observations: []intake.Observation{
			said("adp:CISA-ADP", intake.FactAutomatable, "Y"), said("cna", intake.FactTechnicalImpact, "T"), said("kev", intake.FactKEV, "Y"),
		},
	}
	got, ok := decidedIn(&r, publishedDecisions())
	want := decidedRecord{metrics: [8]string{"N", "H", "?", "?", "?", "?", "?", "?"}, cwe: "CWE-79", kev: "yes", classes: [2]string{"", "Y"}}
	if !ok || got != want {
		t.Errorf("%+v, %t; want %+v", got, ok, want)
	}
	if _, ok := decidedIn(&intake.Record{}, publishedDecisions()); ok {
		t.Error("a record without a decision was taken")
	}
}
