package intake

import (
	"fmt"
	"strings"
	"testing"

	"noroshi.dev/format/cve"
	"noroshi.dev/format/ssvc"
)

func TestChoices(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, value, fact, key, why string }{
		{"Exploitation", "none", FactExploitation, "N", ""},
		{"exploitation", "None", FactExploitation, "N", ""},
		{"Exploitation", "PoC", FactExploitation, "P", ""},
		{"Exploitation", "Public PoC", FactExploitation, "P", ""},
		{"EXPLOITATION", "ACTIVE", FactExploitation, "A", ""},
		{"Automatable", "Yes", FactAutomatable, "Y", ""},
		{"Automatable", "no", FactAutomatable, "N", ""},
		{"Technical Impact", "total", FactTechnicalImpact, "T", ""},
		{"technical_impact", "Partial", FactTechnicalImpact, "P", ""},
		{"Technical-Impact", "partial", FactTechnicalImpact, "P", ""},
		{"Value Density", "Diffuse", FactValueDensity, "D", ""},
		{"Automatable", "SLOW", "", "", ReasonUnknownValue},
		{"Automatable", "RAPID", "", "", ReasonUnknownValue},
		{"Automatable", "", "", "", ReasonUnknownValue},
		{"Exploitation", "yes", "", "", ReasonUnknownValue},
		{"Mission Impact", "MEF", "", "", ReasonUnknownFact},
		{"", "none", "", "", ReasonUnknownFact},
	}
	var cache choiceCache
	for _, tt := range tests {
		for range 2 { // the second time from the cache
			got := cache.read(cve.Option{Name: tt.name, Value: tt.value})
			if got.fact != tt.fact || strings.Join(got.keys, ",") != tt.key || got.why != tt.why {
				t.Errorf("read(%q, %q) = %+v, want %+v", tt.name, tt.value, got, tt)
			}
		}
	}
}

// TestChoicesAgreeWithRegistry maps every value name of the known points in every live version as
// the general mapper of the format does.
func TestChoicesAgreeWithRegistry(t *testing.T) {
	t.Parallel()
	registry, err := ssvc.Builtin()
	must(t, err)
	for _, fact := range []string{FactExploitation, FactAutomatable, FactTechnicalImpact, FactValueDensity} {
		id, err := ssvc.ParseID(fact)
		must(t, err)
		mapper, err := ssvc.NewOptionMapper(registry, id)
		must(t, err)
		point, _ := registry.Point(id)
		for _, old := range registry.Versions(id.Namespace, id.Key) {
			for _, v := range old.Values {
				_, at, reason := mapper.Map(old.Name, v.Name)
				got := ssvcChoice(cve.Option{Name: old.Name, Value: v.Name})
				if reason == "" && (got.why != "" || got.keys[0] != point.Values[at].Key) {
					t.Errorf("%s %q = %+v, the mapper says %s", old.ID, v.Name, got, point.Values[at].Key)
				}
				if reason != "" && got.why == "" {
					t.Errorf("%s %q = %+v, the mapper knows it not", old.ID, v.Name, got)
				}
			}
		}
	}
}

func TestChoiceCacheIsBounded(t *testing.T) {
	t.Parallel()
	var c choiceCache
	for i := range 3 * choicesKept {
		c.read(cve.Option{Name: "Automatable", Value: fmt.Sprint(i)})
	}
	if len(c.seen) > choicesKept {
		t.Errorf("%d options kept, want at most %d", len(c.seen), choicesKept)
	}
}
