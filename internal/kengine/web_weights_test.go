package kengine

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/kengine/trust"
)

// TestWeightsPage changes the weights by the page: wrong numbers, right ones, and after somebody else's change.
func TestWeightsPage(t *testing.T) {
	t.Parallel()
	demoSite(t, "cisa-coordinator", func(s *site) {
		const path = "/en/console/kengine/weights"
		key := s.onlyDecision(s.t)
		little, much, hours := littlePrefix+key, muchPrefix+key, hoursPrefix+key
		s.walk([]step{
			{"the defaults", "manager", false, path, nil, 200, []string{`placeholder="2"`, `placeholder="8"`, "All other decisions", `name="` + little + `"`, `name="version" value="0"`}, ""},
			{"a reader", "reader", false, "/ja/console/kengine/weights", nil, 200, []string{"誤った推奨", "モデルを適用できる人が変更できます", "!<input id=\"f-little"}, ""},
			{"an analyst saves", "analyst", true, path, []string{"hours.now", "3"}, 403, nil, ""},
			{"half and nonsense", "manager", true, path, []string{"version", "0", little, "4", much, "", "hours.now", "much"}, 422, []string{
				"Give both numbers or none", "A number from 0 to", `aria-invalid="true"`, `value="4"`, `value="much"`,
			}, ""},
			{"an unknown field", "manager", true, path, []string{"version", "0", "other", "4"}, 422, nil, ""},
			{"save", "manager", true, path, []string{"version", "0", little, "4", much, "0.5", "hours.now", "12", hours + "/T", "1"}, 200, []string{"The weights were saved", `value="0.5"`, `value="12"`}, "weights.set"},
			{"an old page", "manager", true, path, []string{"version", "0", little, "9", much, "9", "hours.now", "12", hours + "/T", ""}, 409, []string{
				"Saved meanwhile: 4", "Saved meanwhile: 0.5", "Saved meanwhile: 1<", "!Saved meanwhile: 12", `value="9"`, `name="version" value="1"`,
			}, ""},
			{"in Japanese", "manager", false, "/ja/console/kengine/weights", nil, 200, []string{"一段階低すぎる", `value="0.5"`, "結果ごと"}, ""},
			{"give the defaults back", "manager", true, path, []string{"version", "1", little, "", much, "", "hours.now", "12", hours + "/T", ""}, 200, []string{"The weights were saved", "!0.5"}, "weights.set"},
			{"another organisation", "stranger", false, path, nil, 200, []string{`name="version" value="0"`, `!value="12"`}, ""},
		})
		v, err := s.Policy(s.t.Context(), s.manager)
		if err != nil || v.Version != 2 {
			s.t.Fatalf("version %d, %v; want 2", v.Version, err)
		}
		if diff := cmp.Diff(&Weights{Hours: map[string]float64{"now": 12}}, v.Weights); diff != "" {
			s.t.Error(diff)
		}
	})
}

// TestTypedWeights: what the page does not show stays as it is.
func TestTypedWeights(t *testing.T) {
	t.Parallel()
	there := &Weights{Costs: map[string]trust.Costs{"old/d": {Little: 3, Much: 1}, "m/d": {Little: 1, Much: 1}}, Hours: map[string]float64{"old/d/A": 5}}
	got, err := typedWeights(there, map[string]string{"little.m/d": "", "much.m/d": "", "little.*": "1e1", "much.*": "0", "hours.soon": "2.5"})
	want := Weights{Costs: map[string]trust.Costs{"old/d": {Little: 3, Much: 1}, "*": {Little: 10}}, Hours: map[string]float64{"old/d/A": 5, "soon": 2.5}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if _, ok := there.Costs["m/d"]; !ok {
		t.Error("the weights there were changed")
	}
	for _, bad := range []string{"-1", "NaN", "Inf", "10001", "1,5", "x"} {
		if _, err := typedWeights(nil, map[string]string{"hours.now": bad}); !errors.Is(err, fault.Invalid) {
			t.Errorf("typedWeights(%q) = %v, want Invalid", bad, err)
		}
	}
}
