package i18n

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/internal/core/fault"
)

// messages is a file system with one message file for each language.
func messages(ja, en string) fs.FS {
	return fstest.MapFS{"messages/ja.yaml": {Data: []byte(ja)}, "messages/en.yaml": {Data: []byte(en)}}
}

// room is a catalogue with a small room of its own.
func room(t *testing.T) *Catalogue {
	t.Helper()
	c := New()
	err := c.Add("room", messages(
		"room:\n  thing: {not_found: '{id} はありません。', taken: '{by} が使用中'}\n  found: {other: '{n} 件'}\n  do: やり直す\n",
		"room:\n  thing: {not_found: 'No {id}.', taken: 'taken by {by}'}\n  found: {one: '{n} thing', other: '{n} things'}\n  do: again\n"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestOwnMessagesAgree(t *testing.T) {
	t.Parallel()
	for _, err := range New().Check() {
		t.Error(err)
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	c := room(t)
	for _, tt := range []struct {
		lang Lang
		key  string
		args []any
		want string
	}{
		{EN, "room.found", []any{"n", 1}, "1 thing"},
		{EN, "room.found", []any{"n", 0}, "0 things"},
		{EN, "room.found", []any{"n", 12345}, "12,345 things"},
		{JA, "room.found", []any{"n", 1}, "1 件"},
		{"", "room.do", nil, "やり直す"},
		{EN, "room.thing.not_found", []any{"id", "7"}, "No 7."},
		{EN, "room.thing.not_found", nil, "No {id}."},
		{EN, "room.absent", nil, "room.absent"},
		{EN, "room.thing.not_found", []any{"id", "{by}"}, "No {by}."}, // a value is never filled again
	} {
		if got := c.Text(tt.lang, tt.key, tt.args...); got != tt.want {
			t.Errorf("Text(%s, %s, %v) = %q, want %q", tt.lang, tt.key, tt.args, got, tt.want)
		}
	}
}

func TestAddRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, ja, en, want string }{
		{"a key of another room", "other: {a: x}", "other: {a: x}", `does not begin with "room"`},
		{"a number", "room: {a: 1}", "room: {a: x}", "put quotes"},
		{"no yaml", "room: {", "room: {a: x}", "ja.yaml"},
		{"a key twice", "room: {a: {b: x}, a.b: y}", "room: {a: {b: x}}", "twice"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := New().Add("room", messages(tt.ja, tt.en))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Add() = %v, want %q", err, tt.want)
			}
		})
	}
	if err := New().Add("room", fstest.MapFS{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Add() without files = %v, want not exist", err)
	}
}

func TestCheckFindsDifferences(t *testing.T) {
	t.Parallel()
	c := New()
	if err := c.Add("room", messages("room: {a: '{x}', b: only, d: ''}", "room: {a: '{y}', c: only, d: x}")); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, err := range c.Check() {
		got = append(got, err.Error())
	}
	want := []string{
		"i18n: room.a: parameters differ: ja [x], en [y]",
		"i18n: en room.b: missing, ja has it",
		"i18n: ja room.d: empty text",
		"i18n: ja room.c: missing, en has it",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Check() (-want +got):\n%s", diff)
	}
}

func TestFault(t *testing.T) {
	t.Parallel()
	c := room(t)
	title, fields, hint := c.Fault(EN, fmt.Errorf("x: %w", fault.New(fault.NotFound, "room.thing", "7").Hinted("room.do")))
	if title != "No 7." || hint != "again" || fields != nil {
		t.Errorf("Fault() = %q, %v, %q", title, fields, hint)
	}
	f := fault.New(fault.Invalid, "room.thing").Field("a", "too_long", "max", 1200).Field("a", "required").
		Field("b", "taken", "by", "Sato").Field("c", "strange")
	title, fields, _ = c.Fault(EN, f)
	want := map[string]string{"a": "At most 1,200 characters.", "b": "taken by Sato", "c": "This value is not right."}
	if diff := cmp.Diff(want, fields); diff != "" || !strings.Contains(title, "mending") {
		t.Errorf("Fault() = %q, fields (-want +got):\n%s", title, diff)
	}
	title, _, _ = c.Fault(JA, errors.New("secret text"))
	if strings.Contains(title, "secret") || !strings.Contains(title, "内部エラー") {
		t.Errorf("Fault(other error) = %q", title)
	}
	for kind := fault.NotFound; kind <= fault.Limit; kind++ {
		for _, l := range Langs() {
			title, _, hint := c.Fault(l, fault.New(kind, "room.unknown"))
			if strings.Contains(title+hint, "i18n.") {
				t.Errorf("Fault(%s, %v) = %q, %q: no text", l, kind, title, hint)
			}
		}
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	dubai, err := time.LoadLocation("Asia/Dubai")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 18, 5, 0, 0, 0, time.UTC)
	for _, tt := range []struct{ got, want string }{
		{Time(JA, at, tokyo), "2026-11-18 14:00 JST"},
		{Time(EN, at, nil), "2026-11-18 05:00 UTC"},
		{Time(EN, at, dubai), "2026-11-18 09:00 UTC+04:00"},
		{Time(EN, time.Time{}, nil), "—"},
		{Date(JA, at.Add(12*time.Hour), tokyo), "2026-11-19"},
		{LongDate(JA, at, tokyo), "2026年11月18日"},
		{LongDate(EN, at, tokyo), "18 November 2026"},
		{Ago(EN, at.Add(-49*time.Hour), at), "2 days ago"},
		{Ago(EN, at.Add(time.Hour), at), "in 1 hour"},
		{Ago(JA, at.Add(-49*time.Hour), at), "2 日前"},
		{Ago(JA, at.Add(8*24*time.Hour), at), "あと 8 日"},
		{Ago(JA, at, at), "たった今"},
		{Ago(EN, at, at.Add(30*time.Second)), "just now"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ got, want string }{
		{Number(JA, 0), "0"},
		{Number(JA, 999), "999"},
		{Number(JA, 1000), "1,000"},
		{Number(JA, -1234567), "-1,234,567"},
		{Decimal(EN, 1234567.84, 1), "1,234,567.8"},
		{Decimal(EN, -0.5, 1), "-0.5"},
		{Decimal(EN, 3, 0), "3"},
		{Percent(EN, 0.1234), "12.3%"},
		{Bytes(EN, 999), "999 B"},
		{Bytes(EN, 1_250_000), "1.2 MB"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

func TestAccept(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]Lang{
		"": JA, "ja": JA, "en-GB,en;q=0.9,ja;q=0.1": EN, "ja-JP,en;q=0.5": JA, "fr": EN, "fr,ja;q=0.3": JA, ";;;": JA,
	} {
		if got := Accept(header); got != want {
			t.Errorf("Accept(%q) = %s, want %s", header, got, want)
		}
	}
}
