package intake

import (
	"strings"

	"noroshi.dev/format/cve"
)

// choice is what an option of SSVC means: a fact with the key of its value, or why it means
// nothing to us.
type choice struct {
	fact string
	keys []string
	why  string
}

// choiceCache keeps the options that came before; there are about a dozen of them.
type choiceCache struct{ seen map[cve.Option]choice }

const choicesKept = 1 << 10

func (c *choiceCache) read(o cve.Option) choice {
	if known, ok := c.seen[o]; ok {
		return known
	}
	if c.seen == nil || len(c.seen) >= choicesKept {
		c.seen = map[cve.Option]choice{}
	}
	means := ssvcChoice(o)
	if len(o.Name)+len(o.Value) <= MaxRaw { // a longer one is no choice, and may be of any length
		c.seen[o] = means
	}
	return means
}

// ssvcChoice maps a name and a value name of SSVC 1.x and 2.x, as CVE records carry them, to a
// fact and the key of its value. Letter case, spaces, hyphens and underscores do not count:
// "PoC", "poc" and "public poc" are one.
func ssvcChoice(o cve.Option) choice {
	fact, pairs := "", []string(nil)
	switch fold(o.Name) {
	case "exploitation":
		fact, pairs = FactExploitation, []string{"none", "N", "poc", "P", "publicpoc", "P", "active", "A"}
	case "automatable":
		fact, pairs = FactAutomatable, []string{"no", "N", "yes", "Y"}
	case "technicalimpact":
		fact, pairs = FactTechnicalImpact, []string{"partial", "P", "total", "T"}
	case "valuedensity":
		fact, pairs = FactValueDensity, []string{"diffuse", "D", "concentrated", "C"}
	default:
		return choice{why: ReasonUnknownFact}
	}
	folded := fold(o.Value)
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i] == folded {
			return choice{fact: fact, keys: pairs[i+1 : i+2 : i+2]}
		}
	}
	return choice{why: ReasonUnknownValue}
}

// fold removes what writers of SSVC disagree about.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '_' || r == '-':
			return -1
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return r
	}, s)
}
