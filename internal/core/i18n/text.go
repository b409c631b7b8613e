package i18n

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

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
	if i == math.MinInt64 {
		return "other" // it has no opposite
	}
	// The rules are about numbers without a sign.
	if ok && plural.Cardinal.MatchPlural(language.Make(string(l)), int(max(i, -i)%1_000_000), 0, 0, 0, 0) == plural.One {
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
