package kengine

import (
	"context"
	"time"

	"noroshi.dev/internal/core/api"
	"noroshi.dev/internal/kengine/decide"
)

// APIReport is a report in a list.
type APIReport struct {
	Key       string    `json:"key" example:"CVE-2026-40117"`
	Kind      string    `json:"kind"`
	State     string    `json:"state" enum:"published,rejected,reserved"`
	Title     apiText   `json:"title"`
	Products  string    `json:"products,omitempty"`
	CVSS      *float64  `json:"cvss,omitempty" doc:"0.0 to 10.0; absent: no score"`
	Vector    string    `json:"vector,omitempty"`
	KEV       bool      `json:"kev" doc:"Listed as known to be exploited"`
	Conflicts int       `json:"conflicts" doc:"Open contradictions among the sources"`
	Published time.Time `json:"published,omitzero"`
	Modified  time.Time `json:"modified,omitzero"`
	Received  time.Time `json:"received,omitzero"`
	Updated   time.Time `json:"updated,omitzero"`
}

func orNone(v float64) *float64 {
	if v < 0 {
		return nil
	}
	return &v
}

func reportOf(r ReportRow) APIReport {
	return APIReport{
		Key: r.Key, Kind: string(r.Kind), State: r.State, Title: textOf(r.Title), Products: r.Products, CVSS: orNone(r.CVSS),
		Vector: r.Vector, KEV: r.KEV, Conflicts: r.Conflicts, Published: r.Published, Modified: r.Modified,
		Received: r.Received, Updated: r.Updated,
	}
}

// apiReportFull is a report with everything known about it.
type apiReportFull struct {
	APIReport
	Aliases      []string       `json:"aliases"`
	Descriptions []apiQuote     `json:"descriptions"`
	References   []string       `json:"references"`
	CWEs         []string       `json:"cwes"`
	Facts        []apiValue     `json:"facts"`
	Assertions   []apiAssertion `json:"assertions" doc:"Everything that was said, the newest first"`
	Matches      []apiMatch     `json:"matches" doc:"Product tags of the own organisation that match"`
	Tasks        []APITask      `json:"tasks" doc:"Tasks of the own organisation"`
}

// apiQuote is text of a source.
type apiQuote struct {
	Lang string `json:"lang"`
	Text string `json:"text"`
}

// apiAssertion is one thing that was said.
type apiAssertion struct {
	ID       string     `json:"id"`
	Own      bool       `json:"own" doc:"Said by the own organisation, for itself alone"`
	Source   string     `json:"source"`
	Evidence string     `json:"evidence,omitempty"`
	Claims   []apiClaim `json:"claims"`
	Observed time.Time  `json:"observed,omitzero"`
	Recorded time.Time  `json:"recorded,omitzero"`
	Expires  time.Time  `json:"expires,omitzero"`
}

// apiClaim is what is said about one fact.
type apiClaim struct {
	Fact   string   `json:"fact" doc:"Id of the fact, namespace:KEY:version" maxLength:"300" example:"ssvc:E:1.1.0"`
	Values []string `json:"values" doc:"Keys of the values still possible; none takes the own word back" maxItems:"64"`
}

// apiMatch is a product tag that matches a report.
type apiMatch struct {
	Tag    string `json:"tag"`
	Name   string `json:"name"`
	Reason string `json:"reason" doc:"Which pattern matched which product"`
}

func matchOf(m TagMatch) apiMatch { return apiMatch{Tag: m.Tag, Name: m.Name, Reason: m.Reason} }

func assertionOf(a Assertion) apiAssertion {
	return apiAssertion{
		ID: a.ID, Own: a.Organisation != "", Source: a.Source, Evidence: a.Evidence, Observed: a.Observed, Recorded: a.Recorded,
		Expires: a.Expires, Claims: mapped(a.Claims, func(c Claim) apiClaim { return apiClaim{Fact: c.Fact, Values: append([]string{}, c.Values...)} }),
	}
}

func fullReportOf(v ReportView) apiReportFull {
	out := apiReportFull{
		APIReport: reportOf(v.ReportRow), Aliases: append([]string{}, v.Aliases...), CWEs: append([]string{}, v.CWEs...),
		References: []string{}, Descriptions: []apiQuote{},
		Facts: mapped(v.Facts, factValueOf), Assertions: mapped(v.Assertions, assertionOf),
		Matches: mapped(v.Matches, matchOf), Tasks: mapped(v.Tasks, taskOf),
	}
	for _, d := range v.Descriptions {
		out.Descriptions = append(out.Descriptions, apiQuote{Lang: d.Lang, Text: d.Value})
	}
	for _, r := range v.References {
		out.References = append(out.References, r.URL)
	}
	return out
}

// reportOperations declares what can be read and said about reports.
func (s *Service) reportOperations(a *api.API) {
	type sorted struct {
		api.PageInput
		Sort string `query:"sort" enum:"updated,published,cvss" default:"updated" doc:"Order, the greatest first"`
	}
	type keyed struct {
		Key string `path:"key" maxLength:"64" doc:"Id of the report or one of its aliases" example:"CVE-2026-40117"`
	}
	apiRead(a, "kengine-reports", "/reports", "List reports", PermReportRead(), func(ctx context.Context, in *sorted) (*api.PageOutput[APIReport], error) {
		q, err := in.Query()
		if err != nil {
			return nil, err
		}
		q.Sort = in.Sort
		rows, err := s.ListReports(ctx, api.Actor(ctx), q)
		if err != nil {
			return nil, err
		}
		return api.PageOf(rows, reportOf), nil
	})
	apiRead(a, "kengine-report", "/reports/{key}", "One report with everything known about it", PermReportRead(),
		func(ctx context.Context, in *keyed) (*answer[apiReportFull], error) {
			v, err := s.Report(ctx, api.Actor(ctx), in.Key)
			return answered(fullReportOf(v), err)
		})
	type said struct {
		Key  string `path:"key" maxLength:"64"`
		Body struct {
			Claims   []apiClaim `json:"claims" minItems:"1" maxItems:"100"`
			Evidence string     `json:"evidence,omitempty" maxLength:"2000" doc:"URL or words"`
			Expires  time.Time  `json:"expires,omitempty" doc:"When it counts no more; absent: never"`
		}
	}
	apiDeed(a, "kengine-report-assert", "/reports/{key}/assertions", "Say something about a report for the own organisation", PermReportWrite(),
		func(ctx context.Context, in *said) (*answer[wholeList[APITask]], error) {
			claims := mapped(in.Body.Claims, func(c apiClaim) Claim { return Claim{Fact: c.Fact, Values: c.Values} })
			rows, err := s.AddAssertion(ctx, api.Actor(ctx), in.Key, AssertionInput{Claims: claims, Evidence: in.Body.Evidence, Expires: in.Body.Expires})
			return answered(wholeList[APITask]{Items: mapped(rows, taskOf)}, err)
		})
	apiRead(a, "kengine-report-form", "/reports/{key}/form", "The questions about a report that can still change a decision", PermReportRead(),
		func(ctx context.Context, in *keyed) (*answer[apiForm], error) {
			f, err := s.Form(ctx, api.Actor(ctx), in.Key)
			if err != nil {
				return nil, err
			}
			return answered(formOf(f), nil)
		})
}

// apiForm is what is still worth asking about a report.
type apiForm struct {
	Report    string        `json:"report"`
	Done      bool          `json:"done" doc:"Every completion gives the same outcomes"`
	Questions []apiQuestion `json:"questions" doc:"The most informative first"`
	Known     []apiValue    `json:"known"`
	Decisions []apiDecision `json:"decisions"`
}

// apiQuestion is a fact that can still change a decision.
type apiQuestion struct {
	Fact      string      `json:"fact"`
	Question  apiText     `json:"question"`
	Options   []apiOption `json:"options"`
	Gain      float64     `json:"gain" doc:"Expected information in bits"`
	Decisions []apiText   `json:"decisions" doc:"The decisions that the answer can change"`
}

// apiOption is a value of a fact.
type apiOption struct {
	Key        string  `json:"key"`
	Name       apiText `json:"name"`
	Definition apiText `json:"definition"`
	Possible   bool    `json:"possible" doc:"Not ruled out by what is known"`
}

// apiDecision is a decision with the outcomes that are still possible.
type apiDecision struct {
	Decision string       `json:"decision"`
	Name     apiText      `json:"name"`
	Possible []apiOutcome `json:"possible"`
}

func formOf(f *Form) apiForm {
	return apiForm{
		Report: f.Report, Done: f.Done(), Known: mapped(f.Known, factValueOf),
		Questions: mapped(f.Questions, questionOf),
		Decisions: mapped(f.Decisions, func(d FormDecision) apiDecision {
			return apiDecision{Decision: d.Decision, Name: textOf(d.Name), Possible: mapped(d.Possible, outcomeOf)}
		}),
	}
}

func questionOf(q FormQuestion) apiQuestion {
	ask := q.Fact.Question
	if ask == (decide.Text{}) {
		ask = q.Fact.Name
	}
	out := apiQuestion{Fact: q.Fact.ID.String(), Question: textOf(ask), Gain: q.Gain, Decisions: mapped(q.Decisions, textOf), Options: []apiOption{}}
	for i, v := range q.Fact.Values {
		out.Options = append(out.Options, apiOption{Key: v.Key, Name: textOf(v.Name), Definition: textOf(v.Definition), Possible: q.Possible.Has(i)})
	}
	return out
}
