package purl

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
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

// Parse reads a package URL.
func Parse(s string) (PURL, error) {
	p, err := parse(strings.TrimSpace(s))
	if err != nil {
		if len(s) > 100 {
			s = strings.ToValidUTF8(s[:100], "") + "…"
		}
		return PURL{}, fmt.Errorf("purl: %q: %w: %w", s, ErrSyntax, err)
	}
	return p, nil
}

// parse takes the parts from the right, as the specification tells, because a colon, an at sign
// and a slash may stand in more than one part.
func parse(s string) (PURL, error) {
	var p PURL
	if len(s) > MaxLength {
		return p, fmt.Errorf("longer than %d bytes", MaxLength)
	}
	scheme, rest, found := strings.Cut(s, ":")
	if !found || !strings.EqualFold(scheme, "pkg") {
		return p, errors.New(`does not begin with "pkg:"`)
	}
	rest = strings.TrimLeft(rest, "/")
	var err error
	if rest, err = p.takeSubpath(rest); err != nil {
		return p, err
	}
	if rest, err = p.takeQualifiers(rest); err != nil {
		return p, err
	}
	kind, rest, found := strings.Cut(rest, "/")
	if !found || !validType(kind) {
		return p, fmt.Errorf("type %q", kind)
	}
	p.Type = strings.ToLower(kind)
	rest = strings.Trim(rest, "/")
	// An at sign at the head of a segment belongs to it, as in npm's "@scope/name".
	if i := strings.LastIndexByte(rest, '@'); i > 0 && rest[i-1] != '/' {
		if p.Version, err = url.PathUnescape(rest[i+1:]); err != nil {
			return p, err
		}
		rest = rest[:i]
	}
	if err := p.takeName(strings.TrimRight(rest, "/")); err != nil {
		return p, err
	}
	if err := p.checkText(); err != nil {
		return p, err
	}
	p.normalize()
	return p, nil
}

// checkText refuses what percent-encoding can hide: bytes that are no UTF-8, which the
// specification demands, and control characters, which no database keeps and no log wants.
func (p *PURL) checkText() error {
	texts := []string{p.Namespace, p.Name, p.Version, p.Subpath}
	for _, q := range p.Qualifiers {
		texts = append(texts, q.Value)
	}
	for _, text := range texts {
		if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
			return fmt.Errorf("part %q holds control characters or is not UTF-8", text)
		}
	}
	return nil
}

func (p *PURL) takeSubpath(s string) (string, error) {
	i := strings.LastIndexByte(s, '#')
	if i < 0 {
		return s, nil
	}
	path, err := segments(s[i+1:], func(seg string) bool { return seg != "." && seg != ".." })
	p.Subpath = path
	return s[:i], err
}

func (p *PURL) takeQualifiers(s string) (string, error) {
	i := strings.LastIndexByte(s, '?')
	if i < 0 {
		return s, nil
	}
	for pair := range strings.SplitSeq(s[i+1:], "&") {
		if pair == "" {
			continue
		}
		key, value, found := strings.Cut(pair, "=")
		key = strings.ToLower(key)
		if !found || !validKey(key) {
			return s, fmt.Errorf("qualifier %q", pair)
		}
		value, err := url.PathUnescape(value)
		if err != nil {
			return s, err
		}
		if value == "" {
			continue
		}
		if p.Qualifier(key) != "" {
			return s, fmt.Errorf("qualifier %s occurs twice", key)
		}
		p.Qualifiers = append(p.Qualifiers, Qualifier{key, value})
	}
	slices.SortFunc(p.Qualifiers, func(a, b Qualifier) int { return strings.Compare(a.Key, b.Key) })
	return s[:i], nil
}

func (p *PURL) takeName(s string) error {
	i := strings.LastIndexByte(s, '/')
	name, err := url.PathUnescape(s[i+1:])
	if err != nil {
		return err
	}
	if name == "" {
		return errors.New("no name")
	}
	p.Name = name
	if i >= 0 {
		p.Namespace, err = segments(s[:i], func(string) bool { return true })
	}
	return err
}

// segments decodes a path part by part; empty parts and those that keep refuses fall out.
func segments(s string, keep func(string) bool) (string, error) {
	var list []string
	for seg := range strings.SplitSeq(s, "/") {
		seg, err := url.PathUnescape(seg)
		if err != nil {
			return "", err
		}
		if strings.Contains(seg, "/") {
			return "", fmt.Errorf("encoded slash in segment %q", seg)
		}
		if seg != "" && keep(seg) {
			list = append(list, seg)
		}
	}
	return strings.Join(list, "/"), nil
}

// validType accepts letters, digits, dot, plus and minus, not beginning with a digit.
func validType(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		switch {
		case c >= 'a' && c <= 'z':
		case i > 0 && (s[i] >= '0' && s[i] <= '9' || s[i] == '.' || s[i] == '-' || s[i] == '+'):
		default:
			return false
		}
	}
	return s != ""
}

func validKey(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z':
		case i > 0 && (c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_'):
		default:
			return false
		}
	}
	return s != ""
}

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

// String returns the canonical form.
func (p PURL) String() string {
	var b strings.Builder
	b.WriteString("pkg:" + p.Type + "/")
	if p.Namespace != "" {
		b.WriteString(encodePath(p.Namespace) + "/")
	}
	b.WriteString(encode(p.Name))
	if p.Version != "" {
		b.WriteString("@" + encode(p.Version))
	}
	for i, q := range p.Qualifiers {
		b.WriteString(map[bool]string{true: "?", false: "&"}[i == 0])
		b.WriteString(q.Key + "=" + encode(q.Value))
	}
	if p.Subpath != "" {
		b.WriteString("#" + encodePath(p.Subpath))
	}
	return b.String()
}

func encodePath(s string) string {
	list := strings.Split(s, "/")
	for i := range list {
		list[i] = encode(list[i])
	}
	return strings.Join(list, "/")
}

// encode percent-encodes all but letters, digits, and the marks . - _ ~ and the colon.
func encode(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if l := c | 0x20; l >= 'a' && l <= 'z' || c >= '0' && c <= '9' || strings.IndexByte(".-_~:", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
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
