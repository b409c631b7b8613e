package i18n

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

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
