package i18n

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Lang is a language of the interface.
type Lang string

// The languages. Japanese is first: it is the default where nothing else is known.
const (
	JA Lang = "ja"
	EN Lang = "en"
)

// Langs returns the languages, the default first.
func Langs() []Lang { return []Lang{JA, EN} }

// Known reports whether l is a language of the interface.
func (l Lang) Known() bool { return l == JA || l == EN }

// Other returns the language that is not l.
func (l Lang) Other() Lang {
	if l == JA {
		return EN
	}
	return JA
}

// Accept returns the language that an Accept-Language header asks for, the
// default if it asks for none of ours.
func Accept(header string) Lang {
	tags, _, err := language.ParseAcceptLanguage(header)
	if err != nil || len(tags) == 0 {
		return JA
	}
	_, i, confidence := language.NewMatcher([]language.Tag{language.Japanese, language.English}).Match(tags...)
	if confidence == language.No {
		return EN // a reader of neither language is more likely to read English
	}
	return Langs()[i]
}

//go:embed messages
var own embed.FS

// Catalogue is the messages of all rooms. It is filled at start-up and read
// concurrently afterwards.
type Catalogue struct {
	texts map[Lang]map[string]string
}

// New returns a catalogue with the messages of this package: faults, fields and
// times.
func New() *Catalogue {
	c := &Catalogue{texts: map[Lang]map[string]string{JA: {}, EN: {}}}
	if err := c.add(own, "i18n"); err != nil {
		panic(err) // the embedded files are checked by a test
	}
	return c
}

// Add reads messages/ja.yaml and messages/en.yaml of a room. Every key must
// begin with the room's name and be new.
func (c *Catalogue) Add(room string, fsys fs.FS) error { return c.add(fsys, room) }

// add reads the files of one file system whose keys begin with one of prefixes.
func (c *Catalogue) add(fsys fs.FS, prefixes ...string) error {
	var errs []error
	for _, l := range Langs() {
		name := "messages/" + string(l) + ".yaml"
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return fmt.Errorf("i18n: %s: %w", prefixes[0], err)
		}
		var tree map[string]any
		if err := yaml.Unmarshal(data, &tree); err != nil {
			return fmt.Errorf("i18n: %s %s: %w", prefixes[0], name, err)
		}
		flat := map[string]string{}
		if err := flatten(flat, "", tree); err != nil {
			return fmt.Errorf("i18n: %s %s: %w", prefixes[0], name, err)
		}
		for key, text := range flat {
			if room, _, _ := strings.Cut(key, "."); !slices.Contains(prefixes, room) {
				errs = append(errs, fmt.Errorf("i18n: %s %s: key %q does not begin with %q", prefixes[0], name, key, prefixes[0]))
			}
			if _, ok := c.texts[l][key]; ok {
				errs = append(errs, fmt.Errorf("i18n: %s %s: key %q is there already", prefixes[0], name, key))
			}
			c.texts[l][key] = text
		}
	}
	return errors.Join(errs...)
}

// flatten writes the leaves of a tree into out, names joined by dots.
func flatten(out map[string]string, prefix string, node any) error {
	switch v := node.(type) {
	case map[string]any:
		for name, child := range v {
			key := name
			if prefix != "" {
				key = prefix + "." + name
			}
			if err := flatten(out, key, child); err != nil {
				return err
			}
		}
		return nil
	case string:
		if _, ok := out[prefix]; ok {
			return fmt.Errorf("key %q twice", prefix)
		}
		out[prefix] = v
		return nil
	default:
		return fmt.Errorf("key %q: want text, have %T; put quotes around it", prefix, node)
	}
}

// Has reports whether key has a text in l, be it plain or with plural forms.
func (c *Catalogue) Has(l Lang, key string) bool {
	t := c.texts[l]
	_, plain := t[key]
	_, forms := t[key+".other"]
	return plain || forms
}

// Keys returns all keys of a language, sorted.
func (c *Catalogue) Keys(l Lang) []string { return slices.Sorted(maps.Keys(c.texts[l])) }

// Text returns the text of key in l; args are name, value pairs. Whole numbers
// are written with separators, times in UTC. A key without a text is returned
// as it stands, which the page tests look for.
func (c *Catalogue) Text(l Lang, key string, args ...any) string {
	values := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		values[fmt.Sprint(args[i])] = args[i+1]
	}
	return c.text(l, key, values)
}

// text returns the text of key in l with values filled in.
func (c *Catalogue) text(l Lang, key string, values map[string]any) string {
	if !l.Known() {
		l = JA
	}
	text, ok := c.texts[l][key]
	if !ok {
		text, ok = c.texts[l][key+"."+form(l, values["n"])]
	}
	if !ok {
		text, ok = c.texts[l][key+".other"]
	}
	if !ok {
		return key
	}
	if !strings.Contains(text, "{") {
		return text
	}
	return fill(text, func(name string) (string, bool) {
		v, ok := values[name]
		if !ok {
			return "", false
		}
		return written(l, v), true
	})
}

// form returns the plural form of n in l: "one" or "other".
func form(l Lang, n any) string {
	i, ok := whole(n)
	if ok && plural.Cardinal.MatchPlural(language.Make(string(l)), int(i%1_000_000), 0, 0, 0, 0) == plural.One {
		return "one"
	}
	return "other"
}

// written is a value as a text shows it.
func written(l Lang, v any) string {
	if i, ok := whole(v); ok {
		return Number(l, i)
	}
	if t, ok := v.(time.Time); ok {
		return Time(l, t, time.UTC)
	}
	return fmt.Sprint(v)
}

// whole returns v as an int64 if it is a whole number.
func whole(v any) (int64, bool) {
	switch n := v.(type) {
	case int:
		return int64(n), true
	case int64:
		return n, true
	case int32:
		return int64(n), true
	case uint32:
		return int64(n), true
	default:
		return 0, false
	}
}

// fill replaces each {name} in text; a name that value does not know stays.
func fill(text string, value func(string) (string, bool)) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			b.WriteString("{" + rest)
			return b.String()
		}
		if v, known := value(name); known {
			b.WriteString(v)
		} else {
			b.WriteString("{" + name + "}")
		}
		text = after
	}
}

var placeholder = regexp.MustCompile(`\{([^{}]*)\}`)

// Check returns what is wrong between the languages: keys that only one has,
// parameters that differ, empty texts.
func (c *Catalogue) Check() []error {
	var errs []error
	for _, l := range Langs() {
		for _, key := range c.Keys(l) {
			text := c.texts[l][key]
			if strings.TrimSpace(text) == "" {
				errs = append(errs, fmt.Errorf("i18n: %s %s: empty text", l, key))
			}
			base, isOne := strings.CutSuffix(key, ".one")
			if _, hasOther := c.texts[l][base+".other"]; isOne && hasOther {
				continue // a language may have more plural forms than the other
			}
			there, ok := c.texts[l.Other()][key]
			if !ok {
				errs = append(errs, fmt.Errorf("i18n: %s %s: missing, %s has it", l.Other(), key, l))
				continue
			}
			if a, b := parameters(text), parameters(there); l == JA && !slices.Equal(a, b) {
				errs = append(errs, fmt.Errorf("i18n: %s: parameters differ: ja %v, en %v", key, a, b))
			}
		}
	}
	return errs
}

// parameters returns the names in braces, sorted, each once.
func parameters(text string) []string {
	var names []string
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	slices.Sort(names)
	return slices.Compact(names)
}
