package i18n

import (
	"math"
	"strings"
	"testing"
	"time"
)

// TestNumbersAtTheEdges: signs, roundings and units at the places where they change.
func TestNumbersAtTheEdges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, got, want string }{
		{"three digits below zero", Number(EN, -100), "-100"},
		{"four digits below zero", Number(EN, -1000), "-1,000"},
		{"the smallest", Number(EN, int64(math.MinInt64)), "-9,223,372,036,854,775,808"},
		{"the largest", Number(EN, int64(math.MaxInt64)), "9,223,372,036,854,775,807"},
		{"without a sign", Number(EN, uint32(math.MaxUint32)), "4,294,967,295"},
		{"rounded up over a separator", Decimal(EN, 999.96, 1), "1,000.0"},
		{"nothing below zero", Decimal(EN, -0.04, 1), "0.0"},
		{"a little below zero", Decimal(EN, -0.06, 1), "-0.1"},
		{"no number", Decimal(EN, math.NaN(), 1), "NaN"},
		{"a whole share", Percent(JA, 1), "100.0%"},
		{"no bytes", Bytes(EN, 0), "0 B"},
		{"one kilobyte", Bytes(EN, 1000), "1.0 kB"},
		{"a byte below a megabyte", Bytes(EN, 999_999), "1.0 MB"},
		{"nearly a kilobyte more", Bytes(EN, 999_949), "999.9 kB"},
		{"more than a thousand terabytes", Bytes(EN, 1_500_000_000_000_000), "1,500.0 TB"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.name, c.got, c.want)
		}
	}
}

// TestAgoAtTheEdges: the length is cut at each unit, in both directions and both languages.
func TestAgoAtTheEdges(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	day := 24 * time.Hour
	for _, c := range []struct {
		ago    time.Duration
		en, ja string
	}{
		{0, "just now", "たった今"},
		{59 * time.Second, "just now", "たった今"},
		{-59 * time.Second, "just now", "たった今"},
		{time.Minute, "1 minute ago", "1 分前"},
		{119 * time.Second, "1 minute ago", "1 分前"},
		{59 * time.Minute, "59 minutes ago", "59 分前"},
		{time.Hour, "1 hour ago", "1 時間前"},
		{day - 1, "23 hours ago", "23 時間前"},
		{day, "1 day ago", "1 日前"},
		{30*day - 1, "29 days ago", "29 日前"},
		{30 * day, "1 month ago", "1 か月前"},
		{365*day - 1, "12 months ago", "12 か月前"},
		{365 * day, "1 year ago", "1 年前"},
		{3650 * day, "10 years ago", "10 年前"},
		{-time.Minute, "in 1 minute", "あと 1 分"},
		{-2 * day, "in 2 days", "あと 2 日"},
		{-800 * day, "in 2 years", "あと 2 年"},
	} {
		if got := Ago(EN, now.Add(-c.ago), now); got != c.en {
			t.Errorf("%v: %q, want %q", c.ago, got, c.en)
		}
		if got := Ago(JA, now.Add(-c.ago), now); got != c.ja {
			t.Errorf("%v: %q, want %q", c.ago, got, c.ja)
		}
	}
	if got := Ago(EN, time.Time{}, now); got != "—" {
		t.Errorf("no time: %q", got)
	}
}

// TestZones: names where there are names, else the distance from UTC.
func TestZones(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		zone *time.Location
		want string
	}{
		{nil, "UTC"},
		{time.UTC, "UTC"},
		{time.FixedZone("JST", 9*3600), "JST"},
		{time.FixedZone("", 5*3600+45*60), "UTC+05:45"},
		{time.FixedZone("-03", -3*3600), "UTC-03:00"},
		{time.FixedZone("", -(9*3600 + 30*60)), "UTC-09:30"},
		{time.FixedZone("+00", 0), "UTC+00:00"},
	} {
		if got := Zone(at, c.zone); got != c.want {
			t.Errorf("Zone(%v) = %q, want %q", c.zone, got, c.want)
		}
	}
}

// TestValuesInTexts: what a person typed is never read as a placeholder, and broken braces stay.
func TestValuesInTexts(t *testing.T) {
	t.Parallel()
	values := map[string]string{"a": "{b}", "b": "B", "": "empty"}
	for text, want := range map[string]string{
		"": "", "x": "x", "{a}": "{b}", "{a}{b}": "{b}B", "{c}": "{c}", "{": "{", "}": "}", "{a": "{a", "a}": "a}", "{}": "empty", "{{a}}": "{{a}}", "x{b}y{b}z": "xByBz",
	} {
		got := fill(text, func(name string) (string, bool) { v, ok := values[name]; return v, ok })
		if got != want {
			t.Errorf("fill(%q) = %q, want %q", text, got, want)
		}
	}
}

// TestWrittenValues: numbers get separators, times their zone, everything else its own form.
func TestWrittenValues(t *testing.T) {
	t.Parallel()
	c := New()
	if err := c.Add("room", messages("room: {v: '{v}'}", "room: {v: '{v}'}")); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		value any
		want  string
	}{
		{1234, "1,234"},
		{int64(-1234), "-1,234"},
		{int32(5), "5"},
		{uint32(5), "5"},
		{1.5, "1.5"},
		{"x", "x"},
		{true, "true"},
		{nil, "<nil>"},
		{time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC), "2026-01-02 03:04 UTC"},
		{"1234", "1234"},
	} {
		if got := c.Text(EN, "room.v", "v", tt.value); got != tt.want {
			t.Errorf("%T %v: %q, want %q", tt.value, tt.value, got, tt.want)
		}
	}
	if got := c.Text(EN, "room.v", "v"); got != "{v}" {
		t.Errorf("a name without a value: %q", got)
	}
	if got := c.Text("xx", "room.v", "v", 1); got != "1" {
		t.Errorf("an unknown language: %q", got)
	}
}

func TestLanguages(t *testing.T) {
	t.Parallel()
	if JA.Other() != EN || EN.Other() != JA || Lang("").Known() || Lang("JA").Known() || !JA.Known() {
		t.Error("Other or Known is wrong")
	}
	if l := Langs(); len(l) != 2 || l[0] != JA {
		t.Errorf("Langs() = %v, want Japanese first", l)
	}
	for header, want := range map[string]Lang{
		"en-US": EN, "ja;q=0.1,en;q=0.2": EN, "zh-CN": EN, strings.Repeat("x,", 5000): JA, "\x00": JA, "JA": JA,
	} {
		if got := Accept(header); got != want {
			t.Errorf("Accept(%.20q) = %s, want %s", header, got, want)
		}
	}
}

// TestPlurals: the form of a number is that of the language; 1 is one in English and nothing special in Japanese.
func TestPlurals(t *testing.T) {
	t.Parallel()
	for n, want := range map[any]string{0: "other", 1: "one", 2: "other", int64(1): "one", int64(math.MinInt64): "other", "1": "other", nil: "other", -1: "one"} {
		if got := form(EN, n); got != want {
			t.Errorf("form(en, %v) = %s, want %s", n, got, want)
		}
		if got := form(JA, n); got != "other" {
			t.Errorf("form(ja, %v) = %s", n, got)
		}
	}
}
