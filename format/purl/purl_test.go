package purl

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]PURL{
		"pkg:npm/foobar@12.3.1":                                                               {Type: "npm", Name: "foobar", Version: "12.3.1"},
		"pkg:npm/%40angular/animation@12.3.1":                                                 {Type: "npm", Namespace: "@angular", Name: "animation", Version: "12.3.1"},
		"pkg:npm/@angular/animation":                                                          {Type: "npm", Namespace: "@angular", Name: "animation"},
		"pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie":                                {Type: "deb", Namespace: "debian", Name: "curl", Version: "7.50.3-1", Qualifiers: []Qualifier{{"arch", "i386"}, {"distro", "jessie"}}},
		"pkg:golang/google.golang.org/genproto#googleapis/api/annotations":                    {Type: "golang", Namespace: "google.golang.org", Name: "genproto", Subpath: "googleapis/api/annotations"},
		"pkg:maven/org.apache.commons/io@1.3.4":                                               {Type: "maven", Namespace: "org.apache.commons", Name: "io", Version: "1.3.4"},
		"pkg:docker/customer/dockerimage@sha256:244fd47e07d1004f0aed9c?repository_url=gcr.io": {Type: "docker", Namespace: "customer", Name: "dockerimage", Version: "sha256:244fd47e07d1004f0aed9c", Qualifiers: []Qualifier{{"repository_url", "gcr.io"}}},
		"pkg:rpm/opensuse/curl@7.56.1-1.1.?arch=i386&distro=opensuse-tumbleweed":              {Type: "rpm", Namespace: "opensuse", Name: "curl", Version: "7.56.1-1.1.", Qualifiers: []Qualifier{{"arch", "i386"}, {"distro", "opensuse-tumbleweed"}}},
		"PKG://GitHub/Package-URL/Purl-Spec@244fd47e07d1004f0aed9c":                           {Type: "github", Namespace: "package-url", Name: "purl-spec", Version: "244fd47e07d1004f0aed9c"},
		"pkg:pypi/Django_x@1.11":                                                              {Type: "pypi", Name: "django-x", Version: "1.11"},
		"pkg:gem/a?B=2&a=1&c=":                                                                {Type: "gem", Name: "a", Qualifiers: []Qualifier{{"a", "1"}, {"b", "2"}}},
		"pkg:generic/a//b/c@1%2B2#./x/../y/":                                                  {Type: "generic", Namespace: "a/b", Name: "c", Version: "1+2", Subpath: "x/y"},
	} {
		got, err := Parse(in)
		if err != nil {
			t.Error(err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Parse(%q): %s", in, diff)
		}
	}
}

func TestString(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"pkg:npm/@angular/animation@1":              "pkg:npm/%40angular/animation@1",
		"pkg:gem/a?z=b c&y=x/y@1":                   "pkg:gem/a?y=x%2Fy%401&z=b%20c",
		"pkg:docker/a@sha256:00":                    "pkg:docker/a@sha256:00",
		"pkg:generic/日本@1":                          "pkg:generic/%E6%97%A5%E6%9C%AC@1",
		"pkg:golang/example.org/a/b@v1.0.0#sub/dir": "pkg:golang/example.org/a/b@v1.0.0#sub/dir",
	} {
		p, err := Parse(in)
		if err != nil || p.String() != want {
			t.Errorf("Parse(%q) = %s, %v, want %s", in, p, err, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"", "pkg", "pkg:", "pkg:npm", "pkg:npm/", "pkg:npm/@1", "npm/a", "http://npm/a", "pkg:n&m/a", "pkg:3ds/a", "pkg:npm/a?=1", "pkg:npm/a?b", "pkg:npm/a?b=1&B=2", "pkg:npm/%zz", "pkg:npm/a%2Fb/c", "pkg:npm/a@%z", "pkg:npm/a#%", "pkg:npm/" + strings.Repeat("a", MaxLength)} {
		p, err := Parse(in)
		if in == "pkg:npm/@1" {
			// An at sign at the beginning of the name is part of it.
			if err != nil || p.Name != "@1" {
				t.Errorf("Parse(%q) = %+v, %v", in, p, err)
			}
			continue
		}
		if !errors.Is(err, ErrSyntax) {
			t.Errorf("Parse(%.60q) = %+v, %v, want ErrSyntax", in, p, err)
		}
	}
}

func TestCovers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"pkg:npm/a", "pkg:npm/a@1", true},
		{"pkg:npm/a@1", "pkg:npm/a", false},
		{"pkg:npm/a@1", "pkg:npm/a@1?arch=x", true},
		{"pkg:npm/a?arch=x", "pkg:npm/a@1?arch=y", false},
		{"pkg:npm/a?arch=x", "pkg:npm/a@1?arch=x&os=y", true},
		{"pkg:npm/a", "pkg:npm/b", false},
		{"pkg:npm/a", "pkg:pypi/a", false},
		{"pkg:npm/a#x", "pkg:npm/a", false},
	} {
		a, errA := Parse(tt.a)
		b, errB := Parse(tt.b)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if got := Covers(a, b); got != tt.want {
			t.Errorf("Covers(%s, %s) = %v, want %v", tt.a, tt.b, got, tt.want)
		}
		if !SamePackage(a, a.Coordinates()) {
			t.Errorf("%s is not the package of its coordinates", a)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie#x/y")
	f.Add("pkg:npm/%40a/b@1%2F2?c=%26")
	f.Fuzz(func(t *testing.T, s string) {
		p, err := Parse(s)
		if err != nil {
			return
		}
		again, err := Parse(p.String())
		if err != nil {
			t.Fatalf("%q: %s cannot be read: %v", s, p, err)
		}
		if diff := cmp.Diff(p, again); diff != "" {
			t.Fatalf("%q: %s", s, diff)
		}
	})
}
