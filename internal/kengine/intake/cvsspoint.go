package intake

import (
	"strings"

	"noroshi.dev/format/cvss"
)

// metricPoint is the decision point of SSVC's registry for a metric of one version of CVSS.
type metricPoint struct {
	fact   string
	values string // keys of the point in the order of the point, separated by spaces
	rename string // "vector>key" where the point has another key, separated by spaces
}

// value returns the key for a vector's value; false for "not defined" and for what the point does
// not know (CDP:L of CVSS 2.0 has no key).
func (p *metricPoint) value(v string) (string, bool) {
	if v == "X" || v == "ND" {
		return "", false
	}
	for pair := range strings.FieldsSeq(p.rename) {
		if from, to, _ := strings.Cut(pair, ">"); from == v {
			return to, true
		}
	}
	for key := range strings.FieldsSeq(p.values) {
		if key == v {
			return key, true
		}
	}
	return "", false
}

// metricPoints maps version and metric to the points of the registry (SSVC v2026.6.1). The
// versions of the points follow the wording of each version of CVSS.
func metricPoints() map[cvss.Version]map[string]*metricPoint {
	return map[cvss.Version]map[string]*metricPoint{
		cvss.V2: points2(), cvss.V30: points3(), cvss.V31: points3(), cvss.V4: points4(),
	}
}

func points2() map[string]*metricPoint {
	return map[string]*metricPoint{
		"AV":  {"cvss:AV:2.0.0", "L A N", ""},
		"AC":  {"cvss:AC:2.0.0", "H M L", ""},
		"Au":  {"cvss:Au:2.0.0", "M S N", ""},
		"C":   {"cvss:C:1.0.0", "N P C", ""},
		"I":   {"cvss:I:1.0.0", "N P C", ""},
		"A":   {"cvss:A:1.0.0", "N P C", ""},
		"E":   {"cvss:E:1.1.0", "U P F H", "POC>P"},
		"RL":  {"cvss:RL:1.1.0", "OF TF W U", ""},
		"RC":  {"cvss:RC:1.1.0", "UC UR C", ""},
		"CDP": {"cvss:CDP:2.0.0", "N LM MH H", ""},
		"TD":  {"cvss:TD:1.1.0", "N L M H", ""},
		"CR":  {"cvss:CR:1.0.0", "L M H", ""},
		"IR":  {"cvss:IR:1.0.0", "L M H", ""},
		"AR":  {"cvss:AR:1.0.0", "L M H", ""},
	}
}

func points3() map[string]*metricPoint {
	return map[string]*metricPoint{
		"AV":  {"cvss:AV:3.0.0", "P L A N", ""},
		"AC":  {"cvss:AC:3.0.0", "H L", ""},
		"PR":  {"cvss:PR:1.0.0", "H L N", ""},
		"UI":  {"cvss:UI:1.0.0", "R N", ""},
		"S":   {"cvss:S:1.0.0", "U C", ""},
		"C":   {"cvss:C:2.0.0", "N L H", ""},
		"I":   {"cvss:I:2.0.0", "N L H", ""},
		"A":   {"cvss:A:2.0.0", "N L H", ""},
		"E":   {"cvss:E:1.2.0", "U POC F H", "P>POC"},
		"RL":  {"cvss:RL:1.1.0", "OF TF W U", "O>OF T>TF"},
		"RC":  {"cvss:RC:2.0.0", "U R C", ""},
		"CR":  {"cvss:CR:1.1.0", "L M H", ""},
		"IR":  {"cvss:IR:1.1.0", "L M H", ""},
		"AR":  {"cvss:AR:1.1.0", "L M H", ""},
		"MAV": {"cvss:MAV:3.0.0", "P L A N", ""},
		"MAC": {"cvss:MAC:3.0.0", "H L", ""},
		"MPR": {"cvss:MPR:1.0.0", "H L N", ""},
		"MUI": {"cvss:MUI:1.0.0", "R N", ""},
		"MS":  {"cvss:MS:1.0.0", "U C", ""},
		"MC":  {"cvss:MC:2.0.0", "N L H", ""},
		"MI":  {"cvss:MI:2.0.0", "N L H", ""},
		"MA":  {"cvss:MA:2.0.0", "N L H", ""},
	}
}

func points4() map[string]*metricPoint {
	return map[string]*metricPoint{
		"AV":  {"cvss:AV:3.0.1", "P L A N", ""},
		"AC":  {"cvss:AC:3.0.1", "H L", ""},
		"AT":  {"cvss:AT:1.0.0", "P N", ""},
		"PR":  {"cvss:PR:1.0.1", "H L N", ""},
		"UI":  {"cvss:UI:2.0.0", "A P N", ""},
		"VC":  {"cvss:VC:3.0.0", "N L H", ""},
		"VI":  {"cvss:VI:3.0.0", "N L H", ""},
		"VA":  {"cvss:VA:3.0.0", "N L H", ""},
		"SC":  {"cvss:SC:1.0.0", "N L H", ""},
		"SI":  {"cvss:SI:1.0.0", "N L H", ""},
		"SA":  {"cvss:SA:1.0.0", "N L H", ""},
		"E":   {"cvss:E:2.0.0", "U P A", ""},
		"CR":  {"cvss:CR:1.1.1", "L M H", ""},
		"IR":  {"cvss:IR:1.1.1", "L M H", ""},
		"AR":  {"cvss:AR:1.1.1", "L M H", ""},
		"MAV": {"cvss:MAV:3.0.1", "P L A N", ""},
		"MAC": {"cvss:MAC:3.0.1", "H L", ""},
		"MAT": {"cvss:MAT:1.0.0", "P N", ""},
		"MPR": {"cvss:MPR:1.0.1", "H L N", ""},
		"MUI": {"cvss:MUI:2.0.0", "A P N", ""},
		"MVC": {"cvss:MVC:3.0.0", "N L H", ""},
		"MVI": {"cvss:MVI:3.0.0", "N L H", ""},
		"MVA": {"cvss:MVA:3.0.0", "N L H", ""},
		"MSC": {"cvss:MSC:1.0.1", "N L H", ""},
		"MSI": {"cvss:MSI:1.0.1", "N L H S", ""},
		"MSA": {"cvss:MSA:1.0.1", "N L H S", ""},
		"S":   {"cvss:SF:1.0.0", "P N", ""},
		"AU":  {"cvss:AU:1.0.0", "N Y", ""},
		"R":   {"cvss:R:1.0.0", "A U I", ""},
		"V":   {"cvss:V:1.0.0", "D C", ""},
		"RE":  {"cvss:RE:1.0.0", "L M H", ""},
		"U":   {"cvss:U:1.0.0", "C G A R", "Clear>C Green>G Amber>A Red>R"},
	}
}
