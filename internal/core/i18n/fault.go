package i18n

import (
	"maps"
	"strings"

	"noroshi.dev/internal/core/fault"
)

// Fault returns what a reader is told about err: the title, the text of each
// broken field by its name, and a hint what to do. An error that is not a fault
// is told as an internal error without its text.
func (c *Catalogue) Fault(l Lang, err error) (title string, fields map[string]string, hint string) {
	f := fault.Of(err)
	if f == nil {
		return c.Text(l, "i18n.fault.internal.title"), nil, c.Text(l, "i18n.fault.internal.hint")
	}
	kind := KindName(f.Kind)
	values := map[string]any{"id": f.ID}
	maps.Copy(values, f.Args)
	title = c.text(l, c.first(l, f.Key+"."+kind, f.Key, "i18n.fault."+kind+".title"), values)
	hint = c.text(l, c.first(l, f.Hint, f.Key+"."+kind+"_hint", "i18n.fault."+kind+".hint"), values)
	if len(f.Fields) > 0 {
		fields = make(map[string]string, len(f.Fields))
	}
	for _, field := range f.Fields {
		if _, ok := fields[field.Name]; ok {
			continue // the first fault of a field is the one to mend first
		}
		fields[field.Name] = c.text(l, c.first(l, field.Key, f.Key+"."+field.Key, "i18n.field."+field.Key, "i18n.field.invalid"), field.Args)
	}
	return title, fields, hint
}

// first returns the first of keys that has a text, the last one if none has.
func (c *Catalogue) first(l Lang, keys ...string) string {
	for _, key := range keys {
		if key != "" && c.Has(l, key) {
			return key
		}
	}
	return keys[len(keys)-1]
}

// KindName returns the name of a kind as message keys write it: "not_found".
func KindName(k fault.Kind) string { return strings.ReplaceAll(k.Error(), " ", "_") }
