package cpe

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func mustParse(tb testing.TB, s string) Name {
	tb.Helper()
	n, err := Parse(s)
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

func TestErrorsNameTheComponent(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ in, want string }{
		"no prefix":                      {"vendor:product", `begins neither with "cpe:/" nor with "cpe:2.3:"`},
		"one component":                  {"cpe:2.3:a", "1 components where 11 are expected"},
		"twelve components":              {"cpe:2.3:a" + strings.Repeat(":x", 11), "12 components where 11 are expected"},
		"eight components of a URI":      {"cpe:/a:v:p:1:2:3:4:5", "8 components where at most 7 are expected"},
		"wildcard inside":                {"cpe:2.3:a:v:p:1*0", `component 4: wildcard * inside "1*0"; escape it by a backslash`},
		"question mark inside":           {"cpe:2.3:a:v:p:1?0", `component 4: wildcard ? inside "1?0"`},
		"three stars":                    {"cpe:2.3:a:v:***", `component 3: wildcard * inside`},
		"backslash at the end":           {`cpe:2.3:a:v:p:1\`, `component 4: backslash at the end`},
		"blank":                          {"cpe:2.3:a:v w:p", `component 2: blank or control character in "v w"`},
		"escaped blank":                  {`cpe:2.3:a:v\ w:p`, "component 2: blank or control character"},
		"escaped control character":      {"cpe:2.3:a:v\\\x01:p", "component 2: blank or control character"},
		"control character as percent":   {"cpe:/a:v:p%00", "component 3: blank or control character"},
		"blank as percent":               {"cpe:/a:v:p%20q", "component 3: blank or control character"},
		"line feed as percent":           {"cpe:/a:v:p%0a", "component 3: blank or control character"},
		"cut percent":                    {"cpe:/a:v:p%2", `component 3: cut percent-encoding in "p%2"`},
		"percent beyond ASCII":           {"cpe:/a:v:%c3%a9", `component 3: wrong percent-encoding "%c3"`},
		"wrong part":                     {"cpe:/x:v:p", `part "x" is none of a, o, h`},
		"packed edition too long":        {"cpe:/a:v:p:::~a~b~c~d~e~f", "packed edition of 6 parts where at most 5 are expected"},
		"fault within a packed edition":  {"cpe:/a:v:p:::~a~b%2", `component 6, packed part 2: cut percent-encoding`},
		"one byte too long":              {"cpe:/a:" + strings.Repeat("x", MaxLength-6), "longer than 4096 bytes"},
		"not UTF-8":                      {"cpe:/a:\xff", "not UTF-8"},
		"a long name is cut in the text": {"cpe:2.4:" + strings.Repeat("x", 200), "…"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, err := Parse(tt.in)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("Parse() = %v, %v, want a text with %q", n, err, tt.want)
			}
			if n != (Name{}) {
				t.Errorf("Parse() = %v with an error, want the zero name", n)
			}
			if len(err.Error()) > 400 {
				t.Errorf("the text has %d bytes", len(err.Error()))
			}
		})
	}
}

func TestParseTakesTheLongestName(t *testing.T) {
	t.Parallel()
	text := "cpe:/a:" + strings.Repeat("x", MaxLength-7)
	if n := mustParse(t, text); len(n.Text(Vendor)) != MaxLength-7 {
		t.Errorf("the vendor has %d characters, want %d", len(n.Text(Vendor)), MaxLength-7)
	}
}

// NISTIR 7696 table 6-2 row by row. The value before a colon is the source.
func TestTableOfRelations(t *testing.T) {
	t.Parallel()
	const i, k, wildcard = "1.0", "2.0", "1.*"
	for name, tt := range map[string]struct {
		source, target string
		want           Relation
	}{
		"1: ANY and ANY are equal":                           {Any, Any, Equal},
		"2: ANY holds NA":                                    {Any, NA, Superset},
		"3: ANY holds a value":                               {Any, i, Superset},
		"4: ANY and a wildcard are undefined":                {Any, wildcard, Undefined},
		"5: NA lies in ANY":                                  {NA, Any, Subset},
		"6: NA and NA are equal":                             {NA, NA, Equal},
		"7: NA and a value are disjoint":                     {NA, i, Disjoint},
		"8: NA and a wildcard are undefined":                 {NA, wildcard, Undefined},
		"9: equal values are equal":                          {i, i, Equal},
		"10: other values are disjoint":                      {i, k, Disjoint},
		"11: a value and a wildcard are undefined":           {i, wildcard, Undefined},
		"12: a value and NA are disjoint":                    {i, NA, Disjoint},
		"13: a value lies in ANY":                            {i, Any, Subset},
		"14: a wildcard holds what it matches":               {wildcard, i, Superset},
		"14: a wildcard is apart from what it does not":      {wildcard, k, Disjoint},
		"15: a wildcard lies in ANY":                         {wildcard, Any, Subset},
		"16: a wildcard and NA are disjoint":                 {wildcard, NA, Disjoint},
		"17: two wildcards are undefined, even equal ones":   {wildcard, wildcard, Undefined},
		"a hyphen is a value, not NA":                        {`\-`, NA, Disjoint},
		"an escaped star is a value":                         {`1.\*`, "1.5", Disjoint},
		"an escaped star is matched by a star":               {"1.*", `1.\*`, Superset},
		"a question mark stands for no character":            {"1.0?", "1.0", Superset},
		"a question mark stands for one character":           {"1.0?", "1.0a", Superset},
		"a question mark does not stand for two":             {"1.0?", "1.0ab", Disjoint},
		"two question marks stand for two":                   {"1.0??", "1.0ab", Superset},
		"wildcards on both sides":                            {"*beta*", "1.0beta2", Superset},
		"a core longer than the value":                       {"*1.0.0.0*", "1.0", Disjoint},
		"a core that stands twice, the first one too early":  {"??a", "aba", Superset},
		"a star at the beginning keeps the end":              {"*.1", "1.1.2", Disjoint},
		"characters beyond ASCII count as one":               {"?版", "初版", Superset},
		"two of them do not fit one question mark":           {"?版", "最初版", Disjoint},
		"an empty attribute is ANY":                          {"", i, Superset},
		"an empty attribute and ANY are equal":               {"", Any, Equal},
		"a star on either side of nothing matches any value": {"**", i, Superset},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var a, b Name
			a[Version], b[Version] = tt.source, tt.target
			if got := Compare(a, b); got != tt.want {
				t.Errorf("Compare(%q, %q) = %v, want %v", tt.source, tt.target, got, tt.want)
			}
		})
	}
}

// Section 6.2: how the relations of the attributes make that of the names.
func TestCompareCombinesAttributes(t *testing.T) {
	t.Parallel()
	base := mustParse(t, "cpe:2.3:a:v:p:1:u:*:*:*:*:*:*")
	change := func(pairs ...any) Name {
		n := base
		for i := 0; i < len(pairs); i += 2 {
			n[pairs[i].(int)] = pairs[i+1].(string)
		}
		return n
	}
	for name, tt := range map[string]struct {
		source, target Name
		want           Relation
	}{
		"all equal":                             {base, base, Equal},
		"one wider, the others equal":           {change(Update, Any), base, Superset},
		"two wider":                             {change(Update, Any, Version, Any), base, Superset},
		"one narrower":                          {base, change(Version, Any), Subset},
		"one wider and one narrower":            {change(Update, Any), change(Version, Any), Undefined},
		"one wider and one undefined":           {change(Update, Any), change(Version, "1*"), Undefined},
		"undefined first, then narrower":        {change(Vendor, "v"), change(Vendor, "v*", Version, Any), Undefined},
		"disjoint wins over undefined":          {change(Vendor, "w"), change(Vendor, "x", Version, "1*"), Disjoint},
		"disjoint in the last attribute wins":   {change(Other, "x"), change(Other, "y", Version, Any), Disjoint},
		"undefined stays after an equal one":    {change(Vendor, "v"), change(Vendor, "?"), Undefined},
		"the zero name holds every other":       {Name{}, base, Superset},
		"every other lies in the zero name":     {base, Name{}, Subset},
		"another part is another thing":         {change(Part, "o"), base, Disjoint},
		"a part that is ANY holds applications": {change(Part, Any), base, Superset},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := Compare(tt.source, tt.target); got != tt.want {
				t.Errorf("Compare(%s, %s) = %v, want %v", tt.source, tt.target, got, tt.want)
			}
			if covers := tt.want == Superset || tt.want == Equal; Covers(tt.source, tt.target) != covers {
				t.Errorf("Covers() = %v, want %v", !covers, covers)
			}
		})
	}
}

func TestRelatedIsSymmetric(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		a, b string
		want bool
	}{
		"a product and its vendor":         {"cpe:/a:v:p", "cpe:/a:v", true},
		"two vendors":                      {"cpe:/a:v", "cpe:/a:w", false},
		"two versions":                     {"cpe:/a:v:p:1", "cpe:/a:v:p:2", false},
		"a wildcard and what it matches":   {"cpe:/a:v:p:1.%02", "cpe:/a:v:p:1.5", true},
		"a wildcard and what it does not":  {"cpe:/a:v:p:1.%02", "cpe:/a:v:p:2.5", false},
		"no update and an update":          {"cpe:/a:v:p:1:-", "cpe:/a:v:p:1:sp1", false},
		"an update and one left open":      {"cpe:/a:v:p:1:sp1", "cpe:/a:v:p:1", true},
		"hardware and an operating system": {"cpe:/h:v:p", "cpe:/o:v:p", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, b := mustParse(t, tt.a), mustParse(t, tt.b)
			if Related(a, b) != tt.want || Related(b, a) != tt.want {
				t.Errorf("Related() = %v and %v, want %v", Related(a, b), Related(b, a), tt.want)
			}
		})
	}
}

func TestNewMakesNamesThatParse(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ product, want string }{
		"blanks become underscores":      {"Web Server 2", "web_server_2"},
		"so do blanks of Japanese":       {"製品　名", "製品_名"},
		"so do tabs and line ends":       {"a\tb\nc", "a_b_c"},
		"control characters fall out":    {"a\x00b\x1fc", "abc"},
		"nothing but control characters": {"\x01", "*"},
		"punctuation is escaped":         {"notepad++ (x86)", `notepad\+\+_\(x86\)`},
		"a colon is escaped":             {"a:b", `a\:b`},
		"a star is no wildcard":          {"*", `\*`},
		"a hyphen is not NA":             {"-", `\-`},
		"a hyphen inside stays":          {"mzk-dp300n", "mzk-dp300n"},
		"a backslash is doubled":         {`a\b`, `a\\b`},
		"empty is ANY":                   {"", "*"},
		"capitals become small":          {"OpenSSL", "openssl"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := New("a", "v", tt.product, "1")
			if n[Product] != tt.want {
				t.Errorf("product %q, want %q", n[Product], tt.want)
			}
			if again := mustParse(t, n.String()); again != n {
				t.Errorf("%s is read as %s", n, again)
			}
			if again := mustParse(t, n.URI()); again != n {
				t.Errorf("%s is read from %s as %s", n, n.URI(), again)
			}
		})
	}
}

func TestTextOfEachAttribute(t *testing.T) {
	t.Parallel()
	n := mustParse(t, `cpe:2.3:a:v\:w:p\+:1.0:-:*:ja:sw:win:x64:o\\o`)
	want := [attributes]string{"a", "v:w", "p+", "1.0", "", "", "ja", "sw", "win", "x64", `o\o`}
	for i, text := range want {
		if got := n.Text(i); got != text {
			t.Errorf("Text(%d) = %q, want %q", i, got, text)
		}
	}
}

func TestWithoutVersionLeavesTheProduct(t *testing.T) {
	t.Parallel()
	n := mustParse(t, "cpe:2.3:o:v:p:1:u:e:l:s:t:h:x").WithoutVersion()
	if want := "cpe:2.3:o:v:p:*:*:*:*:*:*:*:*"; n.String() != want {
		t.Errorf("WithoutVersion() = %s, want %s", n, want)
	}
}

// random returns a well-formed name of few different parts, so that relations other than disjoint occur.
func random(r *rand.Rand) Name {
	values := []string{Any, NA, "1", "2", "12", "1*", "*2", "?1", `\*`, `1\?`, `\-`, "日本"}
	n := Name{}
	for i := range n {
		n[i] = values[r.IntN(len(values))]
		if r.IntN(3) > 0 {
			n[i] = Any
		}
	}
	n[Part] = []string{"a", "o", "h", Any}[r.IntN(4)]
	return n
}

func TestRandomNamesKeepTheirMeaning(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 7))
	mirror := map[Relation]Relation{Equal: Equal, Disjoint: Disjoint, Subset: Superset, Superset: Subset}
	for range 5000 {
		a, b := random(r), random(r)
		if again := mustParse(t, a.String()); again != a {
			t.Fatalf("%s is read as %s", a, again)
		}
		if again := mustParse(t, a.URI()); again != a {
			t.Fatalf("%s is read from %s as %s", a, a.URI(), again)
		}
		ab, ba := Compare(a, b), Compare(b, a)
		// The table says nothing about wildcards of the target; where it speaks both ways, it agrees.
		if ab != Undefined && ba != Undefined && mirror[ab] != ba {
			t.Fatalf("Compare(%s, %s) = %v and backwards %v", a, b, ab, ba)
		}
		if Covers(a, b) && !Related(a, b) {
			t.Fatalf("%s covers %s and is not related", a, b)
		}
		if c := random(r); !strings.ContainsAny(a.String()+b.String()+c.String(), "?") && Covers(a, b) && Covers(b, c) && !Covers(a, c) {
			t.Fatalf("%s covers %s covers %s, but not the last", a, b, c)
		}
	}
}

func ExampleNew() {
	fmt.Println(New("a", "Example", "Web Server (Pro)", "1.0"))
	// Output: cpe:2.3:a:example:web_server_\(pro\):1.0:*:*:*:*:*:*:*
}

func ExampleRelated() {
	range1x := mustName("cpe:/a:example:core:1.%02")
	fmt.Println(Related(range1x, mustName("cpe:/a:example:core:1.4")), Related(range1x, mustName("cpe:/a:example:core:2.0")))
	// Output: true false
}

func mustName(s string) Name {
	n, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return n
}
