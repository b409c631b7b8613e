package i18n

import (
	"fmt"
	"slices"
	"strings"
)

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
