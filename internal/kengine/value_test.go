package kengine

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func day(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC) }

func said(source, fact, values string, at int) Assertion {
	a := Assertion{Source: source, Observed: day(at), Claims: []Claim{{Fact: fact, Values: strings.Fields(values)}}}
	a.identify()
	return a
}

func TestResolve(t *testing.T) {
	t.Parallel()
	expired := said("analyst", "f", "N", 9)
	expired.Expires = day(10)
	for _, c := range []struct {
		name    string
		said    []Assertion
		values  string // fact=values by source
		clashes string
	}{
		{"nobody", nil, "", ""},
		{"one", []Assertion{said("cna", "f", "N P", 1)}, "f=N P by cna", ""},
		{"trust before age", []Assertion{said("kev", "f", "A", 1), said("adp:CISA-ADP", "f", "N", 9)}, "f=A by kev", "f"},
		{"the newest word of one source", []Assertion{said("cna", "f", "N", 1), said("cna", "f", "P", 2)}, "f=P by cna", ""},
		{"two of one class, the newest", []Assertion{said("adp:X", "f", "N", 1), said("adp:Y", "f", "P", 2)}, "f=P by adp:Y", "f"},
		{"sets that meet are no clash", []Assertion{said("cna", "f", "N P", 1), said("nvd", "f", "P A", 2)}, "f=N P by cna", ""},
		{"expired words count for nothing", []Assertion{expired, said("cna", "f", "P", 1)}, "f=P by cna", ""},
		{"a word taken back", []Assertion{said("analyst", "f", "N", 1), said("analyst", "f", "", 2), said("cna", "f", "P", 1)}, "f=P by cna", ""},
		{"all words taken back", []Assertion{said("analyst", "f", "N", 1), said("analyst", "f", "", 2)}, "", ""},
		{"unknown sources are trusted least", []Assertion{said("somebody", "f", "A", 9), said("epss", "f", "N", 1)}, "f=N by epss", "f"},
		{"facts are apart", []Assertion{said("cna", "g", "X", 1), said("cna", "f", "N", 1)}, "f=N by cna, g=X by cna", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			policy := DefaultPolicy()
			values, clashes := resolve(c.said, &policy, day(20))
			var got, facts []string
			for _, v := range values {
				got = append(got, v.Fact+"="+strings.Join(v.Values, " ")+" by "+v.Source)
			}
			for _, x := range clashes {
				facts = append(facts, x.Fact)
			}
			if g := strings.Join(got, ", "); g != c.values {
				t.Errorf("values = %q, want %q", g, c.values)
			}
			if g := strings.Join(facts, ", "); g != c.clashes {
				t.Errorf("clashes = %q, want %q", g, c.clashes)
			}
		})
	}
}

// TestResolveOrder: in whatever order assertions are read, the result is the same.
func TestResolveOrder(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	var all []Assertion
	for range 40 {
		source := []string{"cna", "kev", "adp:A", "adp:B", "nvd", "analyst"}[random.IntN(6)]
		all = append(all, said(source, []string{"f", "g", "h"}[random.IntN(3)], []string{"N", "P", "A", "N P", ""}[random.IntN(5)], 1+random.IntN(4)))
	}
	policy := DefaultPolicy()
	values, clashes := resolve(all, &policy, day(20))
	for range 200 {
		random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		v, c := resolve(all, &policy, day(20))
		if diff := cmp.Diff(values, v) + cmp.Diff(clashes, c); diff != "" {
			t.Fatalf("another order, another result:\n%s", diff)
		}
	}
}

func TestPolicyOfOneFact(t *testing.T) {
	t.Parallel()
	p := DefaultPolicy()
	p.Facts = map[string][]string{"f": {"nvd"}}
	values, _ := resolve([]Assertion{said("kev", "f", "A", 5), said("nvd", "f", "N", 1), said("kev", "g", "A", 5), said("nvd", "g", "N", 1)}, &p, day(20))
	if values[0].Source != "nvd" || values[1].Source != "kev" || p.isDefault() {
		t.Errorf("values = %+v", values)
	}
	for _, bad := range []Policy{{Unmatched: "x"}, {Unmatched: UnmatchedList, Sources: []string{"kev", "kev"}}, {Unmatched: UnmatchedList, Sources: []string{"rumour"}}} {
		if bad.check() == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
	if p.check() != nil {
		t.Error("the default policy is refused")
	}
}

func TestClaimsRoundTrip(t *testing.T) {
	t.Parallel()
	want := []Claim{{Fact: "ssvc:E:1.1.0", Values: []string{"N", "P"}, Raw: "a \"quoted\" \u2028 raw"}, {Fact: "x:T:1", Values: []string{"T*"}}}
	got, err := parseClaims(claimList(want).append(nil))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, bad := range []string{"", "{}", `[["only"]]`, `[[1,2]]`} {
		if _, err := parseClaims([]byte(bad)); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func FuzzParseClaims(f *testing.F) {
	f.Add([]byte(`[["ssvc:E:1.1.0","N P","none"]]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		claims, err := parseClaims(data)
		if err != nil {
			return
		}
		again, err := parseClaims(claimList(claims).append(nil))
		if err != nil || len(again) != len(claims) {
			t.Fatalf("%q: %v, %v", data, again, err)
		}
	})
}

func TestText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ got, want string }{
		{cut("脆弱性", 2), "脆…"},
		{cut("abc", 3), "abc"},
		{cut("ab  cd", 5), "ab…"},
		{cut("a\x00b\xff", 9), "a\uFFFDb\uFFFD"},
		{oneLine(" a\n b  c "), "a b c"},
		{sentence("One. Two."), "One."},
		{sentence("一つ。二つ。"), "一つ。"},
		{stem("cpe:2.3:a:Vendor:Prod:1.0:*:*:*:*:*:*:*"), "a:vendor:prod"},
		{stem("cpe:/a:vendor:prod:1.0"), "a:vendor:prod"},
		{stem("nonsense"), ""},
		{family("ssvc:E:1.1.0"), "ssvc:E"},
		{string(withoutZero([]byte(`"a\u0000"`))), `"a\ufffd"`},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
