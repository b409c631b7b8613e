package jvn

import (
	"testing"
	"time"

	"noroshi.dev/format/version"
)

func TestParseVersions(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]version.Range{
		"7.7":           {Exact: "7.7"},
		"バージョン 8.1.2":   {Exact: "8.1.2"},
		"バージョン 1.0.6未満": {End: "1.0.6", EndExcluded: true},
		"ファームウェアバージョン 1.05およびそれ以前":          {End: "1.05"},
		"Ver.1.2.4より前のバージョン（CVE-2025-0354）": {End: "1.2.4", EndExcluded: true},
		"バージョン 2.1.0以上 2.1.3以下":             {Start: "2.1.0", End: "2.1.3"},
		"バージョン 3.1.1a以上 3.1.1d未満":           {Start: "3.1.1a", End: "3.1.1d", EndExcluded: true},
		"2.0 から 2.5 まで":                     {Start: "2.0", End: "2.5"},
		"ｖ１．２ 以下":                           {End: "1.2"},
		"3.0 以降":                            {Start: "3.0"},
		"version 2.5 and earlier":           {End: "2.5"},
		"prior to 2.5":                      {End: "2.5", EndExcluded: true},
		"from 1.0 through 2.0":              {Start: "1.0", End: "2.0"},
		"すべてのバージョン":                         {},
	} {
		got, ok := ParseVersions(text)
		if !ok || got != want {
			t.Errorf("ParseVersions(%q) = %+v, %v, want %+v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "詳しくはベンダ情報を参照", "v6 R4 およびそれ以前のバージョン", "1.0, 2.0, 3.0", "9.1 SP2", "5.0 系列"} {
		if got, ok := ParseVersions(text); ok {
			t.Errorf("ParseVersions(%q) = %+v, want not understood", text, got)
		}
	}
}

func TestVersionNumberRange(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		v    VersionNumber
		want string
		ok   bool
	}{
		{VersionNumber{Begin: &Bound{Operator: "ge", Value: "1"}, End: &Bound{Operator: "lt", Value: "2"}}, ">=1|<2", true},
		{VersionNumber{End: &Bound{Operator: "le", Value: "2"}}, "<=2", true},
		{VersionNumber{Operator: "lt", Text: "3"}, "<3", true},
		{VersionNumber{Operator: "ge", Text: "3"}, ">=3", true},
		{VersionNumber{Operator: "ne", Text: "3"}, "*", false},
		{VersionNumber{Text: "3 以下"}, "<=3", true},
	} {
		got, ok := tt.v.Range()
		if got.String() != tt.want || ok != tt.ok {
			t.Errorf("%+v.Range() = %v, %v, want %v, %v", tt.v, got, ok, tt.want, tt.ok)
		}
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	want := time.Date(2025, 4, 4, 5, 45, 0, 0, time.UTC)
	for _, text := range []string{"2025-04-04T14:45:00+09:00", " 2025-04-04T05:45:00Z ", "2025-04-04T14:45:00", "2025-04-04T14:45+09:00"} {
		if got := parseDate(text); !got.Time.Equal(want) {
			t.Errorf("parseDate(%q) = %v, want %v", text, got.Time, want)
		}
	}
	if got := NewDate(want).Text; got != "2025-04-04T14:45:00+09:00" {
		t.Errorf("NewDate writes %q", got)
	}
	if got := NewDate(time.Time{}); got != (Date{}) {
		t.Errorf("NewDate of the zero time = %+v", got)
	}
}

func TestPlainText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a":                                     "a",
		"x <ul><li>one</li><li>two</li></ul> y": "x \n\n- one\n- two\n y",
		`[2021]\n掲載`:                            "[2021]\n掲載",
		"1 < 2 &amp; 3 > 2":                     "1 < 2 & 3 > 2",
		"a<br/>b<script>x</script>":             "a\nbx",
		"<a":                                    "<a",
	} {
		if got := PlainText(in); got != want {
			t.Errorf("PlainText(%q) = %q, want %q", in, got, want)
		}
	}
}
