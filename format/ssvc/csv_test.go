package ssvc_test

import (
	"strings"
	"testing"

	"noroshi.dev/format/ssvc"
)

// TestCSVRoundTrip: every table survives CSV, also those with commas in names.
func TestCSVRoundTrip(t *testing.T) {
	t.Parallel()
	reg := builtin(t)
	for _, table := range reg.Tables {
		data, err := table.CSV()
		if err != nil {
			t.Fatal(err)
		}
		back, err := ssvc.ReadCSV(data, table.ID, reg)
		if err != nil {
			t.Fatalf("%s: %v", table.ID, err)
		}
		back.Name, back.Definition = table.Name, table.Definition
		if !ssvc.SemanticallyEqual(table, back) {
			t.Errorf("%s changed", table.ID)
		}
	}
}

// TestCSVPublished: 15 of the 16 written files have the published bytes; that
// of BOD 26-04 has another column order there.
func TestCSVPublished(t *testing.T) {
	t.Parallel()
	reg := builtin(t)
	same := 0
	for name, id := range map[string]string{
		"cisa/cisa_bod_26_04_1_0_0": "cisa:DT_BOD2604:1.0.0", "cisa/cisa_coordinator_2_0_3": "cisa:DT_CO:2.0.3",
		"ssvc/coordinator_publish_decision_table_1_0_0": "ssvc:DT_COORD_PUBLISH:1.0.0", "ssvc/coordinator_triage_1_0_0": "ssvc:DT_COORD_TRIAGE:1.0.0",
	} {
		want := shared(t, "csv/"+name+".csv")
		table := mustTable(t, id)
		got, err := table.CSV()
		if err != nil {
			t.Fatal(err)
		}
		if string(got) == string(want) {
			same++
		}
		read, err := ssvc.ReadCSV(want, table.ID, reg)
		if err != nil {
			t.Fatal(err)
		}
		read.Name, read.Definition = table.Name, table.Definition
		if !ssvc.SemanticallyEqual(table, read) {
			t.Errorf("%s: CSV and JSON differ", id)
		}
	}
	if same != 3 {
		t.Errorf("%d of 4 files have the published bytes, want 3", same)
	}
}

func TestCSVRefuses(t *testing.T) {
	t.Parallel()
	const head = "row,Automatable v2.0.0,Value Density v1.0.0,Utility v1.0.1\n"
	id := mustID(t, "ssvc:DT_U:1.0.0")
	for _, tc := range []struct{ name, in, want string }{
		{"empty", "", "header"},
		{"no_row_column", strings.Replace(head, "row", "line", 1), "row"},
		{"unknown_header", strings.Replace(head, "Utility", "Futility", 1), "column 4"},
		{"no_version", strings.Replace(head, " v1.0.1", "", 1), "column 4"},
		{"same_column_twice", strings.Replace(head, "Value Density v1.0.0", "Automatable v2.0.0", 1), "twice"},
		{"unknown_value", head + "0,no,diffuse,laborious\n1,perhaps,diffuse,laborious\n", "line 3"},
		{"short_line", head + "0,no,diffuse\n", "fields"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if _, err := ssvc.ReadCSV([]byte(tc.in), id, builtin(t)); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("ReadCSV() = %v, want an error about %q", err, tc.want)
			}
		})
	}
}

// FuzzReadCSV: no input makes the reader panic, and what it reads is valid.
func FuzzReadCSV(f *testing.F) {
	f.Add([]byte("row,Automatable v2.0.0,Value Density v1.0.0,Utility v1.0.1\n0,no,diffuse,laborious\n"))
	f.Add([]byte("row,In KEV v1.0.0 (cisa),\"Publish, Do Not Publish v1.0.0\"\n0,No,publish\n"))
	reg := builtin(f)
	id := mustID(f, "ssvc:DT_X:1.0.0")
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := ssvc.ReadCSV(data, id, reg)
		if err != nil {
			return
		}
		if err := table.Validate(); err != nil {
			t.Error(err)
		}
	})
}
