package purl

import (
	"errors"
	"strings"
)

// MaxLength is the longest package URL that is read, in bytes.
const MaxLength = 4096

// ErrSyntax is wrapped by every error of Parse.
var ErrSyntax = errors.New("not a package URL")

// PURL is a package URL in parts, each decoded.
type PURL struct {
	// Type is the kind of package, as npm, pypi, deb, golang.
	Type string
	// Namespace has segments divided by slashes, as "@scope" or "github.com/owner".
	Namespace string
	Name      string
	Version   string
	// Qualifiers are sorted by key.
	Qualifiers []Qualifier
	// Subpath has segments divided by slashes.
	Subpath string
}

// Qualifier is a key with a value.
type Qualifier struct{ Key, Value string }

// normalize applies the rules of the known types.
func (p *PURL) normalize() {
	switch p.Type {
	case "bitbucket", "github", "gitlab", "composer", "apk", "alpm", "deb", "hex":
		p.Namespace, p.Name = strings.ToLower(p.Namespace), strings.ToLower(p.Name)
	case "golang":
		// Module paths keep the case of their capitals in practice, but the specification
		// lower-cases them and so do the feeds.
		p.Namespace, p.Name = strings.ToLower(p.Namespace), strings.ToLower(p.Name)
	case "pypi":
		p.Name = strings.ReplaceAll(strings.ToLower(p.Name), "_", "-")
	case "rpm", "qpkg":
		p.Namespace = strings.ToLower(p.Namespace)
	case "npm":
		p.Namespace = strings.ToLower(p.Namespace)
	case "huggingface":
		p.Version = strings.ToLower(p.Version)
	}
}

// Qualifier returns the value of a qualifier, empty if it has none.
func (p PURL) Qualifier(key string) string {
	for _, q := range p.Qualifiers {
		if q.Key == key {
			return q.Value
		}
	}
	return ""
}

// Coordinates returns p without version, qualifiers and subpath: what names the package.
func (p PURL) Coordinates() PURL {
	return PURL{Type: p.Type, Namespace: p.Namespace, Name: p.Name}
}

// SamePackage reports whether a and b name the same package, whatever their versions.
func SamePackage(a, b PURL) bool {
	return a.Type == b.Type && a.Namespace == b.Namespace && a.Name == b.Name
}

// Covers reports whether every package that b stands for is one of a: the same package, and the
// version, the qualifiers and the subpath that a has are those of b.
func Covers(a, b PURL) bool {
	if !SamePackage(a, b) || a.Version != "" && a.Version != b.Version || a.Subpath != "" && a.Subpath != b.Subpath {
		return false
	}
	for _, q := range a.Qualifiers {
		if b.Qualifier(q.Key) != q.Value {
			return false
		}
	}
	return true
}
