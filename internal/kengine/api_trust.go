package kengine

import (
	"context"
	"math"
	"time"

	"noroshi.dev/internal/core/api"
	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/kengine/trust"
)

// finite is a number as JSON; nil: there is none.
func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// apiAccuracy is how recommendations fared.
type apiAccuracy struct {
	Rulings  int      `json:"rulings"`
	Single   int      `json:"single" doc:"Rulings for which the model recommended one outcome"`
	Enough   bool     `json:"enough" doc:"There are at least 20 of them"`
	Exact    *float64 `json:"exact,omitempty" doc:"Share of single that the ruling confirms, 0 to 1; absent: none"`
	Low      float64  `json:"exact_low" doc:"Lower end of its 95 % interval"`
	High     float64  `json:"exact_high" doc:"Upper end"`
	Within   *float64 `json:"within_one,omitempty" doc:"Share of single at most one step from the ruling"`
	Cost     *float64 `json:"cost,omitempty" doc:"Mean cost of a recommendation"`
	Coverage *float64 `json:"coverage,omitempty" doc:"Share of rulings with one recommended outcome"`
	TooLow   int      `json:"too_low" doc:"Recommendations below the ruling"`
	TooHigh  int      `json:"too_high"`
}

func accuracyOf(a trust.Accuracy) apiAccuracy {
	low, high := a.Interval()
	return apiAccuracy{
		Rulings: a.Rulings, Single: a.Single, Enough: a.Enough(), Exact: finite(a.Rate()), Low: low, High: high, Within: finite(a.WithinRate()),
		Cost: finite(a.MeanCost()), Coverage: finite(a.Coverage()), TooLow: a.Low, TooHigh: a.High,
	}
}

// apiTrustRow is the accuracy of a decision.
type apiTrustRow struct {
	Decision string      `json:"decision"`
	Name     apiText     `json:"name"`
	Model    string      `json:"model,omitempty" doc:"Id of the version; absent: all versions"`
	Version  int64       `json:"version,omitempty"`
	Drift    bool        `json:"drift" doc:"Confirmed less often than before"`
	Accuracy apiAccuracy `json:"accuracy"`
}

func trustRowOf(r TrustRow) apiTrustRow {
	return apiTrustRow{Decision: r.Decision, Name: textOf(r.DecisionName), Model: r.Model, Version: r.Version, Drift: r.Drift, Accuracy: accuracyOf(r.Accuracy)}
}

// apiTrust says how far recommendations can be trusted.
type apiTrust struct {
	Decisions []apiTrustRow  `json:"decisions"`
	Proof     *apiTrustProof `json:"proof,omitempty" doc:"Of the decision that is asked for"`
}

// apiTrustProof is everything about one decision.
type apiTrustProof struct {
	apiTrustRow
	Costs       trust.Costs    `json:"costs" doc:"Of each step that the recommendation is below and above the ruling"`
	Course      []apiCourse    `json:"course"`
	Drifting    apiDrift       `json:"drifting"`
	Agreement   apiAgreement   `json:"agreement"`
	Deviations  []apiDeviation `json:"deviations"`
	Calibration apiCalibration `json:"calibration"`
}

// apiCourse is the accuracy of a unit of time.
type apiCourse struct {
	From     time.Time   `json:"from"`
	To       time.Time   `json:"to" doc:"Excluded"`
	Accuracy apiAccuracy `json:"accuracy"`
}

// apiDrift is the test for drift.
type apiDrift struct {
	Active bool        `json:"active"`
	Block  int         `json:"block" doc:"Rulings that are compared with all before"`
	Alpha  float64     `json:"alpha" doc:"Share of blocks with a false alarm, at most"`
	Needed int         `json:"needed" doc:"Rulings that are missing to the first test"`
	P      float64     `json:"p"`
	Before *float64    `json:"before,omitempty" doc:"Share that was confirmed before"`
	Last   *float64    `json:"last,omitempty" doc:"Share in the last block"`
	Onsets []time.Time `json:"onsets" doc:"First rulings of blocks that raised an alarm"`
}

// apiAgreement says how alike analysts rule on equal facts.
type apiAgreement struct {
	Units     int               `json:"units" doc:"Combinations of facts on which at least two analysts ruled"`
	Values    int               `json:"values"`
	Analysts  int               `json:"analysts"`
	Pairs     int               `json:"pairs"`
	Same      int               `json:"same"`
	Enough    bool              `json:"enough"`
	Alpha     *float64          `json:"alpha,omitempty" doc:"Krippendorff's alpha for ordinal outcomes; absent: not defined"`
	Conflicts []apiDisagreement `json:"conflicts"`
}

// apiDisagreement is equal facts with different rulings.
type apiDisagreement struct {
	Facts    string           `json:"facts"`
	Analysts int              `json:"analysts"`
	Rulings  []apiTrustRuling `json:"rulings"`
}

// apiTrustRuling is a ruling.
type apiTrustRuling struct {
	ID          string    `json:"id"`
	Task        string    `json:"task"`
	Report      string    `json:"report"`
	Analyst     string    `json:"analyst"`
	At          time.Time `json:"at"`
	Recommended []string  `json:"recommended"`
	Ruled       string    `json:"ruled"`
	Reason      string    `json:"reason"`
}

func trustRulingOf(r TrustRuling) apiTrustRuling {
	return apiTrustRuling{
		ID: r.ID, Task: r.Task, Report: r.Report, Analyst: r.Analyst, At: r.At, Recommended: mapped(r.Recommended, outcomeKey), Ruled: r.Ruled.Key, Reason: string(r.Reason),
	}
}

func outcomeKey(o Outcome) string { return o.Key }

// apiDeviation is a ruling that deviates, and why.
type apiDeviation struct {
	apiTrustRuling
	Stated string `json:"stated,omitempty" doc:"Cause by the reason given: data, analyst, logic or exception"`
	Shown  string `json:"shown" doc:"Cause by the record: data, analyst or logic"`
}

// apiCalibration compares shown confidence with what came of it.
type apiCalibration struct {
	Cases  int      `json:"cases"`
	Enough bool     `json:"enough"`
	Brier  *float64 `json:"brier,omitempty" doc:"Mean squared difference, 0 best"`
	Chance *float64 `json:"brier_chance,omitempty" doc:"Score of always saying the share of confirmations"`
	Error  *float64 `json:"error,omitempty" doc:"Mean difference over the bins"`
	Bins   []apiBin `json:"bins"`
}

// apiBin is a row of the reliability table.
type apiBin struct {
	From  float64  `json:"from"`
	To    float64  `json:"to"`
	Cases int      `json:"cases"`
	Mean  *float64 `json:"confidence,omitempty"`
	Rate  *float64 `json:"confirmed,omitempty"`
}

func trustOf(t Trust) apiTrust {
	out := apiTrust{Decisions: mapped(t.Rows, trustRowOf)}
	if p := t.Of; p != nil {
		v := proofOf(p)
		out.Proof = &v
	}
	return out
}

func proofOf(p *TrustProof) apiTrustProof {
	return apiTrustProof{
		apiTrustRow: trustRowOf(p.TrustRow), Costs: p.Costs,
		Course: mapped(p.Course, func(c trust.Point) apiCourse {
			return apiCourse{From: c.From, To: c.To, Accuracy: accuracyOf(c.Accuracy)}
		}),
		Drifting: apiDrift{
			Active: p.Drifting.Active, Block: p.Drifting.Block, Alpha: p.Drifting.Alpha, Needed: p.Drifting.Needed, P: p.Drifting.P,
			Before: finite(p.Drifting.Before.Rate()), Last: finite(p.Drifting.Last.Rate()),
			Onsets: mapped(p.Drifting.Onsets, func(o trust.Onset) time.Time { return o.Block.From }),
		},
		Agreement: apiAgreement{
			Units: p.Agreement.Units, Values: p.Agreement.Values, Analysts: p.Agreement.Analysts, Pairs: p.Agreement.Pairs, Same: p.Agreement.Same,
			Enough: p.Agreement.Enough(), Alpha: finite(p.Agreement.Alpha),
			Conflicts: mapped(p.Agreement.Conflicts, func(c trust.Conflict) apiDisagreement {
				return apiDisagreement{
					Facts: factsText(p.Rulings[c.Cases[0]].Facts), Analysts: c.Analysts,
					Rulings: mapped(c.Cases, func(i int) apiTrustRuling { return trustRulingOf(p.Rulings[i]) }),
				}
			}),
		},
		Deviations: mapped(p.Deviations, func(d trust.Deviation) apiDeviation {
			return apiDeviation{apiTrustRuling: trustRulingOf(p.Rulings[d.Case]), Stated: string(d.Stated), Shown: string(d.Shown)}
		}),
		Calibration: apiCalibration{
			Cases: p.Calibration.Cases, Enough: p.Calibration.Enough(), Brier: finite(p.Calibration.Brier), Chance: finite(p.Calibration.Chance), Error: finite(p.Calibration.Error),
			Bins: mapped(p.Calibration.Bins, func(b trust.Bin) apiBin {
				return apiBin{From: b.From, To: b.To, Cases: b.Cases, Mean: finite(b.Mean()), Rate: finite(b.Rate())}
			}),
		},
	}
}

// apiWeights are the weights of an organisation.
type apiWeights struct {
	Weights
	Version int64 `json:"version" doc:"Of the policy; 0: none was set, the default holds"`
}

// trustOperations declares the proof of recommendations, replays and weights.
func (s *Service) trustOperations(a *api.API) {
	type asked struct {
		Decision string `query:"decision" maxLength:"200" doc:"MODEL/DECISION; absent: the one with most rulings"`
		Model    string `query:"model" maxLength:"64" doc:"Id of a version; absent: all versions"`
		Unit     string `query:"unit" enum:"week,month" default:"week"`
		Zone     string `query:"zone" maxLength:"64" default:"UTC" doc:"In which units begin, such as Asia/Tokyo"`
	}
	apiRead(a, "kengine-trust", "/trust", "How far recommendations can be trusted, by the rulings that hold", PermStatisticsRead(),
		func(ctx context.Context, in *asked) (*answer[apiTrust], error) {
			zone, err := time.LoadLocation(in.Zone)
			if err != nil {
				return nil, fault.New(fault.Invalid, "kengine.proof").Field("zone", "not_choice")
			}
			v, err := s.Trust(ctx, api.Actor(ctx), TrustQuery{Decision: in.Decision, Model: in.Model, Unit: trust.Unit(in.Unit), Zone: zone})
			return answered(trustOf(v), err)
		})
	type replayed struct {
		ModelPath
		Days int `query:"days" minimum:"0" maximum:"3660" doc:"Work of the reports that came in within so many days; 0: all"`
	}
	apiRead(a, "kengine-model-replay", "/models/{id}/replay", "Replay a version over the rulings made and the reports that came in", PermModelRead(),
		func(ctx context.Context, in *replayed) (*answer[apiReplay], error) {
			v, err := s.Replay(ctx, api.Actor(ctx), in.ID, ReplayScope{Days: in.Days})
			return answered(replayOf(v), err)
		})
	now := func(ctx context.Context) (*answer[apiWeights], error) {
		v, err := s.Policy(ctx, api.Actor(ctx))
		out := apiWeights{Version: v.Version}
		if v.Weights != nil {
			out.Weights = *v.Weights
		}
		return answered(out, err)
	}
	apiRead(a, "kengine-weights", "/policy/weights", "What wrong recommendations and work cost", PermModelRead(),
		func(ctx context.Context, _ *struct{}) (*answer[apiWeights], error) { return now(ctx) })
	type weightsSet struct{ Body apiWeights }
	apiDeed(a, "kengine-weights-set", "/policy/weights", "Change what wrong recommendations and work cost", PermModelActivate(),
		func(ctx context.Context, in *weightsSet) (*answer[apiWeights], error) {
			if err := s.SetWeights(ctx, api.Actor(ctx), in.Body.Weights, in.Body.Version); err != nil {
				return nil, err
			}
			return now(ctx)
		})
}
