package intake

import "strings"

// ssvcValue maps a name and a value name of SSVC 1.x and 2.x, as CVE records carry them, to a
// fact and the key of its value. Letter case, spaces, hyphens and underscores do not count:
// "PoC", "poc" and "public poc" are one. why is the reason if there is no such point or value.
func ssvcValue(name, value string) (fact string, keys []string, why string) {
	var pairs []string
	switch fold(name) {
	case "exploitation":
		fact, pairs = FactExploitation, []string{"none", "N", "poc", "P", "publicpoc", "P", "active", "A"}
	case "automatable":
		fact, pairs = FactAutomatable, []string{"no", "N", "yes", "Y"}
	case "technicalimpact":
		fact, pairs = FactTechnicalImpact, []string{"partial", "P", "total", "T"}
	case "valuedensity":
		fact, pairs = FactValueDensity, []string{"diffuse", "D", "concentrated", "C"}
	default:
		return "", nil, ReasonUnknownFact
	}
	folded := fold(value)
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i] == folded {
			return fact, pairs[i+1 : i+2 : i+2], ""
		}
	}
	return "", nil, ReasonUnknownValue
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
