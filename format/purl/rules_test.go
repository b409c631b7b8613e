package purl

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestErrorsNameTheFault(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ in, want string }{
		"no scheme":                        {"npm/a", `does not begin with "pkg:"`},
		"another scheme":                   {"http://npm/a", `does not begin with "pkg:"`},
		"no type":                          {"pkg:a", `type "a"`},
		"a type that begins with a digit":  {"pkg:3ds/a", `type "3ds"`},
		"a type with a percent sign":       {"pkg:n%70m/a", `type "n%70m"`},
		"no name":                          {"pkg:npm/", "no name"},
		"only slashes":                     {"pkg:npm///", "no name"},
		"a name that is only a version":    {"pkg:npm/ns/%", "invalid URL escape"},
		"a qualifier without equals":       {"pkg:npm/a?b", `qualifier "b"`},
		"a qualifier without key":          {"pkg:npm/a?=1", `qualifier "=1"`},
		"a key that begins with a digit":   {"pkg:npm/a?1a=1", `qualifier "1a=1"`},
		"a key with a percent sign":        {"pkg:npm/a?a%62=1", `qualifier "a%62=1"`},
		"a key twice":                      {"pkg:npm/a?b=1&B=2", "qualifier b occurs twice"},
		"an encoded slash in a namespace":  {"pkg:npm/a%2Fb/c", `encoded slash in segment "a/b"`},
		"an encoded slash in a subpath":    {"pkg:npm/a#b%2Fc", `encoded slash in segment "b/c"`},
		"a NUL in the name":                {"pkg:npm/a%00", "holds control characters or is not UTF-8"},
		"a line feed in the version":       {"pkg:npm/a@1%0A", "holds control characters or is not UTF-8"},
		"a control character as it is":     {"pkg:npm/a\x7fb", "holds control characters or is not UTF-8"},
		"a NUL in a qualifier":             {"pkg:npm/a?b=%00", "holds control characters or is not UTF-8"},
		"bytes of no UTF-8 in a namespace": {"pkg:npm/%ff/a", "holds control characters or is not UTF-8"},
		"bytes of no UTF-8 in a subpath":   {"pkg:npm/a#%ff", "holds control characters or is not UTF-8"},
		"one byte too long":                {"pkg:npm/" + strings.Repeat("a", MaxLength-7), "longer than 4096 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := Parse(tt.in)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("Parse() = %+v, %v, want a text with %q", p, err, tt.want)
			}
			if len(err.Error()) > 400 {
				t.Errorf("the text has %d bytes", len(err.Error()))
			}
		})
	}
}

func TestParseTakesTheLongest(t *testing.T) {
	t.Parallel()
	p, err := Parse("pkg:npm/" + strings.Repeat("a", MaxLength-8))
	if err != nil || len(p.Name) != MaxLength-8 {
		t.Errorf("Parse() = name of %d bytes, %v", len(p.Name), err)
	}
}

// The canonical form of each input; the rules are those of the specification and of its types.
func TestCanonicalForms(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ in, want string }{
		"scheme in capitals":                   {"PKG:npm/a", "pkg:npm/a"},
		"slashes behind the scheme":            {"pkg:///npm/a", "pkg:npm/a"},
		"type in capitals":                     {"pkg:NPM/a", "pkg:npm/a"},
		"slashes around the name":              {"pkg:npm//a/", "pkg:npm/a"},
		"empty segments of a namespace":        {"pkg:golang/a//b///c", "pkg:golang/a/b/c"},
		"empty version":                        {"pkg:npm/a@", "pkg:npm/a"},
		"empty qualifiers":                     {"pkg:npm/a?", "pkg:npm/a"},
		"empty qualifier values":               {"pkg:npm/a?x=&y=1&", "pkg:npm/a?y=1"},
		"an empty value does not count twice":  {"pkg:npm/a?x=&x=1", "pkg:npm/a?x=1"},
		"qualifiers sorted by key":             {"pkg:npm/a?z=1&a=2&m=3", "pkg:npm/a?a=2&m=3&z=1"},
		"empty subpath":                        {"pkg:npm/a#", "pkg:npm/a"},
		"dots in a subpath":                    {"pkg:npm/a#/./x/../y/./", "pkg:npm/a#x/y"},
		"encoded dots in a subpath":            {"pkg:npm/a#%2E/x", "pkg:npm/a#x"},
		"a version with an encoded slash":      {"pkg:npm/a@1%2F2", "pkg:npm/a@1%2F2"},
		"a version with a bare slash":          {"pkg:github/o/r@feature/x", "pkg:github/o/r@feature%2Fx"},
		"a version with a plus":                {"pkg:npm/a@1+b", "pkg:npm/a@1%2Bb"},
		"a version with a colon":               {"pkg:oci/a@sha256:00", "pkg:oci/a@sha256:00"},
		"an at sign in the version":            {"pkg:npm/a@1%402", "pkg:npm/a@1%402"},
		"a scope as it is":                     {"pkg:npm/@scope/a@1", "pkg:npm/%40scope/a@1"},
		"an at sign at the head of a name":     {"pkg:generic/ns/@a", "pkg:generic/ns/%40a"},
		"a scope in capitals":                  {"pkg:npm/@Scope/a", "pkg:npm/%40scope/a"},
		"a name of two words":                  {"pkg:generic/a b", "pkg:generic/a%20b"},
		"a plus in a name is a plus":           {"pkg:generic/a+b", "pkg:generic/a%2Bb"},
		"a tilde stays":                        {"pkg:deb/debian/a@1~b", "pkg:deb/debian/a@1~b"},
		"a name with an encoded slash":         {"pkg:generic/a%2Fb", "pkg:generic/a%2Fb"},
		"small hexadecimal digits":             {"pkg:generic/%e6%97%a5", "pkg:generic/%E6%97%A5"},
		"PyPI: capitals and underscores":       {"pkg:pypi/Zope_Interface", "pkg:pypi/zope-interface"},
		"GitHub: capitals":                     {"pkg:github/Owner/Repo", "pkg:github/owner/repo"},
		"Debian: capitals":                     {"pkg:deb/Debian/Curl", "pkg:deb/debian/curl"},
		"RPM: capitals of the namespace only":  {"pkg:rpm/Fedora/Curl", "pkg:rpm/fedora/Curl"},
		"Maven: capitals stay":                 {"pkg:maven/Org.A/B", "pkg:maven/Org.A/B"},
		"NuGet: capitals stay":                 {"pkg:nuget/Newtonsoft.Json", "pkg:nuget/Newtonsoft.Json"},
		"Hugging Face: capitals of a revision": {"pkg:huggingface/o/M@ABC", "pkg:huggingface/o/M@abc"},
		"Composer: capitals":                   {"pkg:composer/Laravel/Laravel", "pkg:composer/laravel/laravel"},
		"blanks around":                        {"  pkg:npm/a\n", "pkg:npm/a"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := Parse(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if p.String() != tt.want {
				t.Errorf("String() = %s, want %s", p, tt.want)
			}
			again, err := Parse(p.String())
			if diff := cmp.Diff(p, again); err != nil || diff != "" {
				t.Errorf("read again: %v %s", err, diff)
			}
		})
	}
}

func TestQualifierReturnsTheValue(t *testing.T) {
	t.Parallel()
	p, err := Parse("pkg:deb/debian/curl@7?arch=i386&Vcs_URL=git%2Bhttps:%2F%2Fx")
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"arch": "i386", "vcs_url": "git+https://x", "distro": "", "Arch": ""} {
		if got := p.Qualifier(key); got != want {
			t.Errorf("Qualifier(%q) = %q, want %q", key, got, want)
		}
	}
}

func TestSamePackageAndCoordinates(t *testing.T) {
	t.Parallel()
	p, err := Parse("pkg:deb/debian/curl@7?arch=i386#x")
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Coordinates().String(); got != "pkg:deb/debian/curl" {
		t.Errorf("Coordinates() = %s", got)
	}
	if !SamePackage(p, p.Coordinates()) {
		t.Error("a package is not the one of its coordinates")
	}
	for name, other := range map[string]PURL{
		"type":      {Type: "rpm", Namespace: "debian", Name: "curl"},
		"namespace": {Type: "deb", Namespace: "ubuntu", Name: "curl"},
		"name":      {Type: "deb", Namespace: "debian", Name: "wget"},
	} {
		if SamePackage(p, other) {
			t.Errorf("another %s is the same package", name)
		}
	}
}

// Any parts that a caller puts together survive writing and reading, in the canonical form.
func TestRandomPackagesComeBack(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 9))
	pieces := []string{"a", "b1", "x.y", "-", "_", "~", "@", "?", "#", "%", "=", "&", "+", ":", "日本", "é", " "}
	text := func(extra ...string) string {
		var b strings.Builder
		for range 1 + r.IntN(4) {
			all := append(pieces[:len(pieces):len(pieces)], extra...)
			b.WriteString(all[r.IntN(len(all))])
		}
		return b.String()
	}
	for range 5000 {
		want := PURL{Type: []string{"maven", "generic", "nuget"}[r.IntN(3)], Name: text("/")}
		if r.IntN(2) == 0 {
			want.Namespace = text() + "/" + text()
		}
		if r.IntN(2) == 0 {
			want.Version = text("/")
		}
		if r.IntN(2) == 0 {
			want.Qualifiers = []Qualifier{{"arch", text("/")}, {"os", text("/")}}
		}
		if r.IntN(2) == 0 {
			want.Subpath = text() + "/" + text()
		}
		got, err := Parse(want.String())
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Fatalf("%s: %v %s", want, err, diff)
		}
		if !Covers(want.Coordinates(), want) || !Covers(want, want) {
			t.Fatalf("%s is not covered by itself and its coordinates", want)
		}
	}
}

func ExamplePURL_Coordinates() {
	p, err := Parse("pkg:deb/debian/curl@7.50.3-1?arch=i386")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Coordinates(), p.Qualifier("arch"))
	// Output: pkg:deb/debian/curl i386
}
