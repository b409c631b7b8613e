package kengine

import (
	"errors"
	"strings"
	"testing"
	"time"

	"noroshi.dev/internal/core/clock"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/storage"
	"noroshi.dev/internal/core/storage/storagetest"
)

// TestReopenedAsksAgain: a task that was ruled for no action and is reopened stands in the list by
// what the model says, not at its end by the ruling that is in question.
func TestReopenedAsksAgain(t *testing.T) {
	t.Parallel()
	f, ids := handed(t, fresh(t, storage.SQLite), 1)
	open := f.one(t, ids[0])
	if err := second(f.Overrule(t.Context(), f.manager, These(ids[0]), RuleInput{Outcome: "T", Reason: Exception})); err != nil {
		t.Fatal(err)
	}
	if got := f.one(t, ids[0]); got.State != Closed || got.Rank != 0 || !got.Due.IsZero() {
		t.Fatalf("waived: %s, rank %d, due %v", got.State, got.Rank, got.Due)
	}
	if err := second(f.Reopen(t.Context(), f.manager, These(ids[0]))); err != nil {
		t.Fatal(err)
	}
	if got := f.one(t, ids[0]); got.State != Open || got.Rank != open.Rank || got.Due.IsZero() != open.Due.IsZero() {
		t.Errorf("reopened: %s, rank %d, due %v; want open, %d, %v", got.State, got.Rank, got.Due, open.Rank, open.Due)
	}
}

// TestReopenedStaysOpen: what a person reopened is not closed again by the next document that
// changes nothing; only another recommendation decides anew.
func TestReopenedStaysOpen(t *testing.T) {
	t.Parallel()
	f, ids := handed(t, fresh(t, storage.SQLite), 1)
	key := f.one(t, ids[0]).Report
	f.answer(t, f.manager, key, "ssvc:E:1.1.0=N", "ssvc:A:2.0.0=N", "ssvc:TI:1.0.0=P", "ssvc:MWI:1.0.0=L")
	if got := f.one(t, ids[0]); got.State != Closed || got.Cause != CauseNoAction {
		t.Fatalf("decided for no action: %s, %q", got.State, got.Cause)
	}
	if err := second(f.Reopen(t.Context(), f.manager, These(ids[0]))); err != nil {
		t.Fatal(err)
	}
	if got := f.one(t, ids[0]); got.State != Open || got.Cause != "" {
		t.Errorf("reopened: %s, cause %q shown", got.State, got.Cause)
	}
	if n, err := f.CountTasks(t.Context(), f.manager, parse(t, "cause:no_action")); n != 0 || err != nil {
		t.Errorf("cause:no_action finds %d open tasks, %v", n, err)
	}
	f.answer(t, f.manager, key, "ssvc:TI:1.0.0=P") // says nothing new
	if got := f.one(t, ids[0]); got.State != Open {
		t.Errorf("the same recommendation again made it %s", got.State)
	}
	f.answer(t, f.manager, key, "ssvc:E:1.1.0=A", "ssvc:A:2.0.0=Y", "ssvc:TI:1.0.0=T", "ssvc:MWI:1.0.0=H")
	if got := f.one(t, ids[0]); got.State != Open || keys(got.Possible) != "AC" || got.Rank != 3 {
		t.Errorf("another recommendation: %s, %s, rank %d", got.State, keys(got.Possible), got.Rank)
	}
	f.answer(t, f.manager, key, "ssvc:E:1.1.0=N", "ssvc:A:2.0.0=N", "ssvc:TI:1.0.0=P", "ssvc:MWI:1.0.0=L")
	if got := f.one(t, ids[0]); got.State != Closed {
		t.Errorf("for no action once more: %s, want closed", got.State)
	}
}

// TestOpenTaskIsRankedByWhatIsPossible: a ruled task that new facts reopened keeps the rank of the
// newest facts, not of those that reopened it.
func TestOpenTaskIsRankedByWhatIsPossible(t *testing.T) {
	t.Parallel()
	f, ids := handed(t, fresh(t, storage.SQLite), 1)
	key := f.one(t, ids[0]).Report
	f.answer(t, f.manager, key, "ssvc:MWI:1.0.0=L")
	if err := second(f.Confirm(t.Context(), f.manager, These(ids[0]))); err != nil { // AT
		t.Fatal(err)
	}
	f.answer(t, f.manager, key, "ssvc:MWI:1.0.0=H") // AC: reopened
	up := f.one(t, ids[0])
	f.answer(t, f.manager, key, "ssvc:MWI:1.0.0=L") // AT again
	down := f.one(t, ids[0])
	if up.State != Open || !up.Changed || up.Rank != 3 || down.State != Open || down.Deviates || down.Rank >= up.Rank {
		t.Errorf("AC: %s rank %d; back at AT: %s rank %d, deviates %v", up.State, up.Rank, down.State, down.Rank, down.Deviates)
	}
	if err := second(f.SetDue(t.Context(), f.manager, These(ids[0]), f.now)); err != nil {
		t.Fatal(err)
	}
	if err := second(f.SetDue(t.Context(), f.manager, These(ids[0]), time.Time{})); err != nil {
		t.Fatal(err)
	}
	if got := f.one(t, ids[0]); got.DueSet || got.Due.IsZero() != down.Due.IsZero() {
		t.Errorf("due given back: %v, want as the model says: %v", got.Due, down.Due)
	}
}

// TestExpireAfterAnOutage: words that expired while the house was closed for days are found.
func TestExpireAfterAnOutage(t *testing.T) {
	t.Parallel()
	for _, days := range []int{1, 3, 400} {
		now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
		clk := clock.Func(func() time.Time { return now })
		db := storagetest.Open(t, storage.SQLite, clk)
		if err := migrated(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		f, ids := handed(t, db, 1)
		f.Clock = clk
		key := f.one(t, ids[0]).Report
		in := AssertionInput{Claims: []Claim{{Fact: "ssvc:MWI:1.0.0", Values: []string{"L"}}}, Expires: now.Add(2 * time.Hour)}
		if err := second(f.AddAssertion(t.Context(), f.manager, key, in)); err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			on   time.Duration
			want string
		}{{time.Hour, "AT"}, {time.Duration(days) * 24 * time.Hour, "AC"}, {time.Minute, "AC"}} {
			now = now.Add(step.on)
			if err := f.Expire(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := keys(f.one(t, ids[0]).Possible); got != step.want {
				t.Errorf("closed for %d days: possible = %s, want %s", days, got, step.want)
			}
		}
		if n := count(t, f, `SELECT n FROM kengine_stamp WHERE organisation = ''`); n <= 0 {
			t.Errorf("the last look is not noted: %d", n)
		}
	}
}

// TestAnswersThatAreRefused: each wrong input is told by its field and writes nothing.
func TestAnswersThatAreRefused(t *testing.T) {
	t.Parallel()
	f, ids := handed(t, fresh(t, storage.SQLite), 1)
	key := f.one(t, ids[0]).Report
	before := count(t, f, `SELECT COUNT(*) FROM kengine_assertion`)
	mwi := func(values ...string) Claim { return Claim{Fact: "ssvc:MWI:1.0.0", Values: values} }
	for name, c := range map[string]struct {
		in    AssertionInput
		field string
		key   string
	}{
		"nothing":                  {AssertionInput{}, "claims", "required"},
		"an unknown fact":          {AssertionInput{Claims: []Claim{{Fact: "ssvc:XX:1.0.0", Values: []string{"H"}}}}, "ssvc:XX:1.0.0", "kengine.assertion.fact"},
		"no fact":                  {AssertionInput{Claims: []Claim{{Fact: "'; --", Values: []string{"H"}}}}, "'; --", "kengine.assertion.fact"},
		"an unknown value":         {AssertionInput{Claims: []Claim{mwi("Q")}}, "ssvc:MWI:1.0.0", "kengine.assertion.value"},
		"a value beside a wrong":   {AssertionInput{Claims: []Claim{mwi("H", "Q")}}, "ssvc:MWI:1.0.0", "kengine.assertion.value"},
		"the same fact twice":      {AssertionInput{Claims: []Claim{mwi("H"), mwi("L")}}, "ssvc:MWI:1.0.0", "repeated"},
		"what has expired already": {AssertionInput{Claims: []Claim{mwi("H")}, Expires: time.Now().Add(-time.Minute)}, "expires", "past"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := f.AddAssertion(t.Context(), f.manager, key, c.in)
			fl := fault.Of(err)
			if !errors.Is(err, fault.Invalid) || len(fl.Fields) == 0 || fl.Fields[0].Name != c.field || fl.Fields[0].Key != c.key {
				t.Errorf("err = %v, want %s: %s", err, c.field, c.key)
			}
		})
	}
	if after := count(t, f, `SELECT COUNT(*) FROM kengine_assertion`); after != before {
		t.Errorf("%d assertions were written", after-before)
	}
	if _, err := f.AddAssertion(t.Context(), f.manager.In(""), key, AssertionInput{Claims: []Claim{mwi("H")}}); err == nil {
		t.Error("words without an organisation would count for everybody; they were taken")
	}
}

// TestReportsByHandThatAreRefused: keys, languages and addresses that pages could not show safely.
func TestReportsByHandThatAreRefused(t *testing.T) {
	t.Parallel()
	f := setUp(t, fresh(t, storage.SQLite))
	for name, c := range map[string]struct {
		in    ReportInput
		field string
	}{
		"a short key":           {ReportInput{Key: "AB", Title: "t"}, "key"},
		"a long key":            {ReportInput{Key: strings.Repeat("A", 65), Title: "t"}, "key"},
		"a key with a slash":    {ReportInput{Key: "CVE/1", Title: "t"}, "key"},
		"a key with markup":     {ReportInput{Key: "<B>CVE", Title: "t"}, "key"},
		"a key in full width":   {ReportInput{Key: "ＣＶＥ－１", Title: "t"}, "key"},
		"no title":              {ReportInput{Key: "CVE-2026-1", Title: " \n\t"}, "title"},
		"another language":      {ReportInput{Key: "CVE-2026-1", Title: "t", Lang: "x\x00"}, "lang"},
		"an address of script":  {ReportInput{Key: "CVE-2026-1", Title: "t", URL: "javascript:alert(1)"}, "url"},
		"an address of data":    {ReportInput{Key: "CVE-2026-1", Title: "t", URL: "data:text/html,x"}, "url"},
		"an address of nowhere": {ReportInput{Key: "CVE-2026-1", Title: "t", URL: "https:///x"}, "url"},
		"an address of a file":  {ReportInput{Key: "CVE-2026-1", Title: "t", URL: "file:///etc/passwd"}, "url"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := f.AddReport(t.Context(), f.manager, c.in)
			if fl := fault.Of(err); !errors.Is(err, fault.Invalid) || len(fl.Fields) != 1 || fl.Fields[0].Name != c.field {
				t.Errorf("err = %v, want the field %s refused", err, c.field)
			}
		})
	}
	if n := count(t, f, `SELECT COUNT(*) FROM kengine_report`); n != 0 {
		t.Errorf("%d reports were written", n)
	}
}

// TestNotesAndReasonsAreWords: blanks are no note and no reason.
func TestNotesAndReasonsAreWords(t *testing.T) {
	t.Parallel()
	f, ids := handed(t, fresh(t, storage.SQLite), 1)
	for _, blank := range []string{"", " ", "\n\t", "\u3000"} {
		if err := second(f.AddNote(t.Context(), f.manager, ids[0], blank)); !errors.Is(err, fault.Invalid) {
			t.Errorf("AddNote(%q) = %v, want Invalid", blank, err)
		}
		if err := second(f.Drop(t.Context(), f.manager, These(ids[0]), blank)); !errors.Is(err, fault.Invalid) {
			t.Errorf("Drop(%q) = %v, want Invalid", blank, err)
		}
	}
	n, err := f.AddNote(t.Context(), f.manager, ids[0], strings.Repeat("長", maxNote+1)+"\x00")
	if err != nil || len([]rune(n.Text)) != maxNote || !strings.HasSuffix(n.Text, "…") {
		t.Errorf("a long note: %d characters, %v", len([]rune(n.Text)), err)
	}
}
