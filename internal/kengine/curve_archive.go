package kengine

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"maps"
	"slices"
	"strings"

	"noroshi.dev/format/dtree"
	"noroshi.dev/internal/kengine/intake"
)

// pastDecision is a decision that published CVE records hold, with what was known of each before it.
type pastDecision struct {
	name, fact string
	history    *dtree.Table
}

// commonCWEs is how many kinds of weakness are told apart; the others are one.
const commonCWEs = 12

// decidedRecord is what an archive says about one vulnerability.
type decidedRecord struct {
	metrics [8]string // of CVSS v3: AV AC PR UI S C I A
	cwe     string
	kev     string
	classes [2]string
}

func publishedDecisions() []pastDecision {
	return []pastDecision{{name: "technical impact", fact: intake.FactTechnicalImpact}, {name: "automatable", fact: intake.FactAutomatable}}
}

// readDecisions reads an archive of CVE records and makes a history of each decision that an authorised publisher
// added to them: the CVSS v3 metrics, the kind of weakness and the KEV mark are the facts. References are left out: the
// publisher adds those that tell what it decided.
func readDecisions(ctx context.Context, name string) ([]pastDecision, error) {
	var records []decidedRecord
	decisions := publishedDecisions()
	for batch, err := range intake.Read(ctx, intake.Source{Name: name}, intake.Options{}) {
		if err != nil {
			return nil, fmt.Errorf("kengine: read %s: %w", name, err)
		}
		for i := range batch.Records {
			if r, ok := decidedIn(&batch.Records[i], decisions); ok {
				records = append(records, r)
			}
		}
	}
	common := commonest(records)
	for k := range decisions {
		var err error
		if decisions[k].history, err = historyOf(records, k, common); err != nil {
			return nil, fmt.Errorf("kengine: read %s: %s: %w", name, decisions[k].name, err)
		}
	}
	return decisions, nil
}

// decidedIn takes facts and decisions from a record, false where no decision is in it.
func decidedIn(r *intake.Record, decisions []pastDecision) (decidedRecord, bool) {
	d := decidedRecord{kev: "no", cwe: "?"}
	found := false
	for _, o := range r.Observations {
		if o.Fact == intake.FactKEV && slices.Equal(o.Values, []string{"Y"}) {
			d.kev = "yes"
		}
		for k := range decisions {
			if o.Fact == decisions[k].fact && len(o.Values) == 1 && o.Rule == "" && strings.HasPrefix(o.Source, intake.SourceADP) {
				d.classes[k], found = o.Values[0], true
			}
		}
	}
	if len(r.CWEs) > 0 {
		d.cwe = r.CWEs[0]
	}
	for i := range d.metrics {
		d.metrics[i] = "?"
	}
	if vector := vectorOf(r.Scores); vector != "" {
		for part := range strings.SplitSeq(vector, "/") {
			metric, value, _ := strings.Cut(part, ":")
			if i := slices.Index(metricNames(), metric); i >= 0 {
				d.metrics[i] = value
			}
		}
	}
	return d, found
}

func metricNames() []string { return []string{"AV", "AC", "PR", "UI", "S", "C", "I", "A"} }

// vectorOf is the vector of CVSS v3 that the publisher of the record gave, else that of anybody.
func vectorOf(scores []intake.Score) string {
	vector := ""
	for _, s := range scores {
		if !strings.HasPrefix(s.Version, "3") || s.Vector == "" {
			continue
		}
		if s.Source == intake.SourceCNA {
			return s.Vector
		}
		vector = cmp.Or(vector, s.Vector)
	}
	return vector
}

// commonest are the kinds of weakness that occur most often; ties go to the lower name.
func commonest(records []decidedRecord) []string {
	count := map[string]int{}
	for i := range records {
		if records[i].cwe != "?" {
			count[records[i].cwe]++
		}
	}
	names := slices.SortedFunc(maps.Keys(count), func(a, b string) int { return cmp.Or(count[b]-count[a], strings.Compare(a, b)) })
	return names[:min(commonCWEs, len(names))]
}

// historyOf is the history of decision k in the form that dtree reads.
func historyOf(records []decidedRecord, k int, common []string) (*dtree.Table, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{append(metricNames(), "cwe", "kev", "class")}
	for i := range records {
		r := &records[i]
		cwe := r.cwe
		if cwe != "?" && !slices.Contains(common, cwe) {
			cwe = dtree.OtherValue
		}
		rows = append(rows, append(slices.Clone(r.metrics[:]), cwe, r.kev, cmp.Or(r.classes[k], "?")))
	}
	if err := w.WriteAll(rows); err != nil {
		return nil, err
	}
	return dtree.ReadCSV(&b, dtree.CSVOptions{})
}
