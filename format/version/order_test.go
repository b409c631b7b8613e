package version

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// Chains from oldest to newest for each ecosystem word, so that the mapping of names is held too.
func TestOrdersByName(t *testing.T) {
	t.Parallel()
	semver := []string{"1.0.0-2", "1.0.0-10", "1.0.0-a", "1.0.0-a.0", "1.0.0-a-b", "1.0.0"}
	rpm := []string{"1.0~rc1", "1.0", "1.0^20260401", "1.0.1", "1:0.9"}
	deb := []string{"1.0~~", "1.0~", "1.0", "1.0a", "1.0+", "1.0.1", "1:0.9"}
	generic := []string{"1.0-dev", "1.0-alpha", "1.0-beta", "1.0-rc", "1.0", "1.0a"}
	for kind, chain := range map[string][]string{
		"semver": semver, "npm": semver, "Cargo": semver, "crates.io": semver, "Go": semver, "golang": semver, "Hex": semver, "SwiftURL": semver, "Pub": semver, "NuGet": semver,
		"rpm": rpm, "RedHat": rpm, "Red Hat": rpm, "SUSE": rpm, "openSUSE": rpm, "AlmaLinux": rpm, "Rocky Linux": rpm, "Mageia": rpm, "openEuler": rpm, "Photon OS": rpm, "Azure Linux": rpm,
		"deb": deb, "Debian": deb, " ubuntu ": deb, "dpkg": deb,
		"": generic, "custom": generic, "PyPI": generic, "Maven": generic, "never heard of": generic,
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			checkChain(t, kind, chain)
		})
	}
}

// The comparisons of rpm's own test suite for rpmvercmp, as pairs with their result.
func TestRPMSegments(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"1.0", "1.0", 0},
		{"1.0", "2.0", -1},
		{"2.0.1", "2.0.1a", -1},
		{"2.0.1a", "2.0.1", 1},
		{"5.5p1", "5.5p2", -1},
		{"5.5p10", "5.5p1", 1},
		{"10xyz", "10.1xyz", -1},
		{"xyz10", "xyz10.1", -1},
		{"xyz.4", "8", -1},
		{"xyz.4", "2", -1},
		{"5.5p2", "5.6p1", -1},
		{"6.0.rc1", "6.0", 1},
		{"10b2", "10a1", 1},
		{"1.0aa", "1.0aa", 0},
		{"1.0a", "1.0aa", -1},
		{"10.0001", "10.0039", -1},
		{"4.999.9", "5.0", -1},
		{"20101121", "20101122", -1},
		{"2_0", "2.0", 0},
		{"a+", "a_", 0},
		{"+a", "_a", 0},
		{"_+", "+_", 0},
		{"1.0~rc1", "1.0", -1},
		{"1.0~rc1", "1.0~rc2", -1},
		{"1.0~rc1~git123", "1.0~rc1", -1},
		{"1.0^", "1.0", 1},
		{"1.0^git1", "1.0", 1},
		{"1.0^git1", "1.0^git2", -1},
		{"1.0^git1", "1.01", -1},
		{"1.0^20160101", "1.0.1", -1},
		{"1.0^20160102", "1.0^20160101^git1", 1},
		{"1.0~rc1^git1", "1.0~rc1", 1},
		{"1.0^git1~pre", "1.0^git1", -1},
	} {
		t.Run(tt.a+" and "+tt.b, func(t *testing.T) {
			t.Parallel()
			if got, back := Compare(RPM, tt.a, tt.b), Compare(RPM, tt.b, tt.a); got != tt.want || back != -tt.want {
				t.Errorf("Compare() = %d and backwards %d, want %d", got, back, tt.want)
			}
		})
	}
}

// Debian policy 5.6.12 rule by rule.
func TestDebRules(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		a, b string
		want int
	}{
		"no epoch is epoch 0":                   {"0:1.0", "1.0", 0},
		"an epoch wins over any version":        {"1:0.1", "99", 1},
		"epochs are numbers":                    {"10:1", "9:1", 1},
		"a colon without number is no epoch":    {"a:1", "a:1", 0},
		"no revision is revision 0":             {"1.0-0", "1.0", 0},
		"the revision begins at the last minus": {"1.0-a-1", "1.0-a-2", -1},
		"tilde before the end":                  {"1.0~", "1.0", -1},
		"tilde before tilde and letter":         {"1.0~~a", "1.0~", -1},
		"letters before other characters":       {"1.0a", "1.0+", -1},
		"numbers are compared as numbers":       {"1.9", "1.10", -1},
		"leading zeros do not count":            {"1.010", "1.10", 0},
		"an empty number is 0":                  {"1.", "1.0", 0},
		"capitals before small letters":         {"1.0Z", "1.0a", -1},
		"long numbers do not run over":          {"1.18446744073709551616", "1.18446744073709551615", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, back := Compare(Deb, tt.a, tt.b), Compare(Deb, tt.b, tt.a); got != tt.want || back != -tt.want {
				t.Errorf("Compare(%q, %q) = %d and backwards %d, want %d", tt.a, tt.b, got, back, tt.want)
			}
		})
	}
}

func TestGenericRules(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		a, b string
		want int
	}{
		"a leading v does not count":           {"v1.2", "1.2", 0},
		"a capital V neither":                  {"V1.2", "1.2", 0},
		"a v before a word is a word":          {"vx", "x", -1},
		"separators only divide":               {"1-2_3", "1.2.3", 0},
		"words without regard to case":         {"1.0-RC1", "1.0-rc1", 0},
		"zeros at the end do not count":        {"1.0.0", "1", 0},
		"zeros before a word do not count":     {"1.0-rc1", "1-rc1", 0},
		"zeros between numbers count":          {"1.0.1", "1.1", -1},
		"an epoch of Python":                   {"1!0.1", "9", 1},
		"an epoch of others":                   {"1:0.1", "9", 1},
		"an unknown word after the release":    {"1.0-custom", "1.0", 1},
		"an unknown word before a number":      {"1.0-custom", "1.0.1", -1},
		"dev before alpha":                     {"1.0-dev", "1.0-alpha", -1},
		"nightly as dev":                       {"1.0-nightly", "1.0-dev", 0},
		"milestone before candidate":           {"1.0-milestone", "1.0-cr", -1},
		"preview, pre and ea are one":          {"1.0-preview1", "1.0-ea1", 0},
		"snapshot last before the release":     {"1.0-rc9", "1.0-SNAPSHOT", -1},
		"numbers behind a word":                {"1.0-rc9", "1.0-rc10", -1},
		"words of Japanese":                    {"1.0 修正版", "1.0", 1},
		"empty before a number":                {"", "1", -1},
		"empty after a candidate":              {"", "rc1", 1},
		"nothing but separators is empty":      {"-._", "", 0},
		"what is beyond 1024 bytes is cut off": {strings.Repeat("1", 1024) + "2", strings.Repeat("1", 1024) + "3", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, back := Compare(Generic, tt.a, tt.b), Compare(Generic, tt.b, tt.a); got != tt.want || back != -tt.want {
				t.Errorf("Compare(%q, %q) = %d and backwards %d, want %d", tt.a, tt.b, got, back, tt.want)
			}
		})
	}
}

// A random row of versions sorts to the same row whatever order it began in: the order is total.
func TestSortingIsStableUnderShuffles(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 5))
	parts := []string{"1", "0", "02", "10", ".", "-", "~", "^", "+", ":", "rc", "alpha", "a", "v", "Z", "日", "99999999999999999999"}
	for _, kind := range []string{Semver, RPM, Deb, Git, Generic} {
		for range 100 {
			list := make([]string, 30)
			for i := range list {
				for range 1 + r.IntN(6) {
					list[i] += parts[r.IntN(len(parts))]
				}
			}
			order := func() []string {
				r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
				sorted := slices.Clone(list)
				slices.Sort(sorted)
				slices.SortStableFunc(sorted, func(a, b string) int { return Compare(kind, a, b) })
				return sorted
			}
			if a, b := order(), order(); !slices.Equal(a, b) {
				t.Fatalf("%s: %q and %q", kind, a, b)
			}
		}
	}
}

func TestRangeBounds(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		r    Range
		v    string
		want bool
	}{
		"0 as the first version holds what is before 0": {Range{Start: "0"}, "0-alpha", true},
		"a 0 that is left out is left out":              {Range{Start: "0", StartExcluded: true}, "0", false},
		"and what is after it is in":                    {Range{Start: "0", StartExcluded: true}, "0.0.1", true},
		"0 as the last version is a bound":              {Range{End: "0"}, "0.0.1", false},
		"a star as the first version is open":           {Range{Start: "*", End: "2"}, "1", true},
		"no version is in a range without bounds":       {Range{}, "", true},
		"no version is in no range with a start":        {Range{Start: "1"}, "", false},
		"no version is in no range with an end":         {Range{End: "1"}, " ", false},
		"no version is no exact one":                    {Range{Exact: "1"}, "", false},
		"the exact one in another spelling":             {Range{Exact: "v1.0"}, "1", true},
		"bounds are not read beside an exact one":       {Range{Exact: "5", Start: "1", End: "2"}, "1.5", false},
		"blanks around a version do not count":          {Range{Start: "1", End: "2"}, " 1.5 ", true},
		"a start after the end holds nothing":           {Range{Start: "3", End: "1"}, "2", false},
		"a commit that is the included end":             {Range{Kind: Git, Start: "a", End: "b"}, "b", true},
		"a commit with blanks in the record":            {Range{Kind: Git, Start: " a ", End: "b"}, "a", true},
		"a commit between by text":                      {Range{Kind: Git, Start: "a", End: "c"}, "b", false},
		"a commit that is left out":                     {Range{Kind: Git, Start: "a", StartExcluded: true, End: "b"}, "a", false},
		"an exact commit":                               {Range{Kind: Git, Exact: "abc"}, "abc", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tt.r.Contains(tt.v); got != tt.want {
				t.Errorf("%v.Contains(%q) = %v, want %v", tt.r, tt.v, got, tt.want)
			}
		})
	}
}

func TestParseVersTells(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ in, want string }{
		"no scheme":              {"vers:", `no scheme; write "vers:<scheme>/<constraints>"`},
		"an empty scheme":        {"vers:/1", "no scheme"},
		"an empty constraint":    {"vers:npm/1||2", `constraint ""`},
		"a sign without version": {"vers:npm/>=", `constraint ""`},
		"two signs":              {"vers:npm/>=<1", `constraint "<1"`},
		"a star with a bound":    {"vers:npm/>*", `constraint "*"`},
		"a star beside others":   {"vers:npm/*|1", `"*" stands beside others or twice`},
		"the same version twice": {"vers:npm/1.0|1", "stands beside others or twice"},
		"a wrong escape":         {"vers:npm/%zz", "invalid URL escape"},
		"too many":               {strings.Repeat("1|", 1001) + "2", "more than 1000 constraints"},
		"too long":               {strings.Repeat("1", 64<<10+1), "longer than 64 KiB"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if list, err := ParseVers(tt.in); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("ParseVers() = %v, %v, want a text with %q", list, err, tt.want)
			}
		})
	}
}

func TestParseVersEdges(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ in, want string }{
		"not 0":                            {"vers:npm/!=0", "<0 >0"},
		"after 0":                          {"vers:npm/>0", ">0"},
		"an encoded sign in a version":     {"vers:generic/1%3C2", "=1<2"},
		"an encoded bar in a version":      {"vers:generic/>=a%7Cb", ">=a|b"},
		"an upper bound before words":      {"vers:generic/<beta|rc", "<beta =rc"},
		"a hole at the included start":     {"vers:npm/>=1|!=1.0.1|<=2", ">=1|<1.0.1 >1.0.1|<=2"},
		"a hole outside all ranges":        {"vers:npm/>=1|<2|!=3", ">=1|<2"},
		"a hole before all ranges":         {"vers:npm/!=0.5|>=1|<2", ">=1|<2"},
		"two holes in one range":           {"vers:npm/>1|!=2|!=3|<4", ">1|<2 >2|<3 >3|<4"},
		"holes in two ranges":              {"vers:npm/>1|!=2|<3|>4|!=5|<6", ">1|<2 >2|<3 >4|<5 >5|<6"},
		"exact before, in and behind":      {"vers:npm/0.5|>=1|1.5|<2|3", "=0.5 >=1|<2 =3"},
		"bars at the ends":                 {"vers:npm/|1|", "=1"},
		"blanks anywhere":                  {" vers:npm / >= 1 | < 2 ", ">=1|<2"},
		"equals written out":               {"vers:npm/=1", "=1"},
		"a scheme that nobody knows":       {"vers:brandnew/>=1", ">=1"},
		"upper bounds only, the last wins": {"vers:npm/<1|<2", "<2"},
		"lower bounds only, the first":     {"vers:npm/>1|>2", ">1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list, err := ParseVers(tt.in)
			var texts []string
			for _, r := range list {
				texts = append(texts, r.String())
			}
			if got := strings.Join(texts, " "); err != nil || got != tt.want {
				t.Errorf("ParseVers() = %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

// Membership in random specifiers agrees with the rule of the specification read by itself: listed,
// not excluded, or between the bounds next to it.
func TestRandomSpecifiersAgreeWithTheRule(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(11, 4))
	signs := []string{"", "!=", "<", "<=", ">", ">="}
	for range 2000 {
		used := r.Perm(9)[:1+r.IntN(6)]
		slices.Sort(used)
		var parts []string
		var list []constraint
		for _, n := range used {
			sign := signs[r.IntN(len(signs))]
			parts = append(parts, fmt.Sprintf("%s%d.0.0", sign, n+1))
			list = append(list, constraint{sign, fmt.Sprintf("%d.0.0", n+1)})
		}
		text := "vers:semver/" + strings.Join(parts, "|")
		ranges, err := ParseVers(text)
		if err != nil {
			t.Fatal(err)
		}
		for n := range 22 {
			v := fmt.Sprintf("%d.%d.0", n/2, n%2*5)
			got := slices.ContainsFunc(ranges, func(r Range) bool { return r.Contains(v) })
			if want := within(v, list); got != want {
				t.Fatalf("%s in %s (%v) = %v, want %v", v, text, ranges, got, want)
			}
		}
	}
}

// within is the rule written down plainly.
func within(v string, list []constraint) bool {
	bounds, exact := false, false
	for _, c := range list {
		same := Compare(Semver, v, c.version) == 0
		switch {
		case c.sign == "!=" && same:
			return false
		case c.sign == "" && same:
			return true
		case c.sign == "":
			exact = true
		case c.sign != "!=":
			bounds = true
		}
	}
	if !bounds {
		return !exact
	}
	in := false
	for _, one := range intervals(Semver, slices.DeleteFunc(slices.Clone(list), func(c constraint) bool { return c.sign == "" || c.sign == "!=" })) {
		in = in || one.Contains(v)
	}
	return in
}

// Specifiers at the limits took seconds, because each hole was looked for in every range.
func TestLargeSpecifiersAreReadQuickly(t *testing.T) {
	t.Parallel()
	for name, form := range map[string]string{"holes": "!=1.%d.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "exact": "1.%d.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			parts := make([]string, maxConstraints)
			for i := range parts {
				parts[i] = fmt.Sprintf(form, i)
			}
			began := time.Now()
			list, err := ParseVers("vers:generic/" + strings.Join(parts, "|"))
			if err != nil || len(list) < maxConstraints {
				t.Fatalf("%d ranges, %v", len(list), err)
			}
			if took := time.Since(began); took > time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}
