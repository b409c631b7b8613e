package kengine

import (
	"time"

	"noroshi.dev/internal/kengine/trust"
)

// apiReplay says what a version would have recommended, and what work it would make.
type apiReplay struct {
	Model     APIModel            `json:"model"`
	Against   *APIModel           `json:"against,omitempty" doc:"The version in force; absent: compared with what was recommended at the time"`
	Days      int                 `json:"days" doc:"0: all reports"`
	Reports   int                 `json:"reports"`
	Idle      int                 `json:"idle" doc:"Reports about products that are not used"`
	Unseen    []string            `json:"unseen" doc:"Inputs of which no ruling recorded a value"`
	Decisions []apiReplayDecision `json:"decisions"`
	Pace      apiPace             `json:"pace"`
	Before    *apiWork            `json:"before,omitempty"`
	After     apiWork             `json:"after"`
}

// apiPace is the measured work of an organisation.
type apiPace struct {
	Known    bool    `json:"known" doc:"At least 20 tasks were finished"`
	Finished int     `json:"finished"`
	Days     float64 `json:"days"`
	PerDay   float64 `json:"hours_per_day"`
}

// apiWork is the work that reports make.
type apiWork struct {
	Tasks   int     `json:"tasks"`
	Hours   float64 `json:"hours"`
	Overdue *int    `json:"overdue,omitempty" doc:"At the measured pace; absent: not known"`
	Left    float64 `json:"hours_left" doc:"Not done by now"`
}

// apiReplayDecision is the effect on one decision.
type apiReplayDecision struct {
	Decision string         `json:"decision"`
	Name     apiText        `json:"name"`
	Costs    trust.Costs    `json:"costs"`
	Old      apiAccuracy    `json:"old"`
	New      apiAccuracy    `json:"new"`
	Skipped  int            `json:"skipped"`
	Flips    []apiFlip      `json:"flips"`
	Outcomes []apiWorkCount `json:"outcomes"`
}

// apiFlip is a ruling for which the version recommends otherwise.
type apiFlip struct {
	Task    string    `json:"task"`
	Report  string    `json:"report"`
	Analyst string    `json:"analyst"`
	At      time.Time `json:"at"`
	Ruled   string    `json:"ruled"`
	Old     []string  `json:"old"`
	New     []string  `json:"new"`
	Better  int       `json:"better" doc:"1 better, -1 worse, 0 neither"`
}

// apiWorkCount is how many reports have an outcome.
type apiWorkCount struct {
	Outcome     string  `json:"outcome" doc:"Key; empty: several are possible"`
	Before      int     `json:"before"`
	After       int     `json:"after"`
	HoursBefore float64 `json:"hours_before"`
	HoursAfter  float64 `json:"hours_after"`
}

func flipOf(f Flip) apiFlip {
	return apiFlip{
		Task: f.Task, Report: f.Report, Analyst: f.Analyst, At: f.At, Ruled: f.Ruled.Key,
		Old: mapped(f.Old, outcomeKey), New: mapped(f.New, outcomeKey), Better: f.Better,
	}
}

func workAs(w *Workload, p *Pace) apiWork {
	out := apiWork{Tasks: w.Tasks, Hours: w.Hours, Left: w.Load.Left}
	if p.Known() {
		out.Overdue = &w.Load.Overdue
	}
	return out
}

func replayOf(v Replay) apiReplay {
	out := apiReplay{
		Model: modelOf(v.Model), Days: v.Scope.Days, Reports: v.Reports, Idle: v.Idle, Unseen: append([]string{}, v.Unseen...),
		Pace:  apiPace{Known: v.Pace.Known(), Finished: v.Pace.Finished, Days: v.Pace.Days, PerDay: v.Pace.PerDay},
		After: workAs(&v.After, &v.Pace),
		Decisions: mapped(v.Decisions, func(d ReplayDecision) apiReplayDecision {
			return apiReplayDecision{
				Decision: d.Decision, Name: textOf(d.Name), Costs: d.Costs, Old: accuracyOf(d.Old), New: accuracyOf(d.New), Skipped: d.Skipped,
				Flips: mapped(d.Flips, flipOf),
				Outcomes: mapped(d.Outcomes, func(c WorkCount) apiWorkCount {
					return apiWorkCount{Outcome: c.Outcome.Key, Before: c.Before, After: c.After, HoursBefore: c.HoursBefore, HoursAfter: c.HoursAfter}
				}),
			}
		}),
	}
	if v.Against != nil {
		m := modelOf(*v.Against)
		out.Against = &m
	}
	if v.Before != nil {
		w := workAs(v.Before, &v.Pace)
		out.Before = &w
	}
	return out
}
