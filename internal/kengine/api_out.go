package kengine

import (
	"context"
	"encoding/json"
	"time"

	"noroshi.dev/internal/core/api"
	"noroshi.dev/internal/core/fault"
)

// SourceBody is what a program says about a source of documents.
type SourceBody struct {
	Name    string `json:"name" minLength:"1" maxLength:"200"`
	URL     string `json:"url" maxLength:"2000" doc:"http or https, without a password"`
	Minutes int64  `json:"minutes" minimum:"5" maximum:"44640" doc:"Between two fetches"`
	Active  bool   `json:"active" doc:"false: paused"`
}

func (b *SourceBody) input() SourceInput {
	return SourceInput{Name: b.Name, URL: b.URL, Period: time.Duration(b.Minutes) * time.Minute, Active: b.Active}
}

// apiSource is a source of documents.
type apiSource struct {
	SourceBody
	ID       string    `json:"id"`
	Next     time.Time `json:"next,omitzero" doc:"When it is fetched next"`
	Last     time.Time `json:"last,omitzero" doc:"When it was fetched last"`
	Failures int       `json:"failures" doc:"In a row, since the last success"`
	Failure  string    `json:"failure,omitempty" doc:"Key of the last failure"`
	Import   string    `json:"import,omitempty" doc:"Id of the last import"`
	Created  time.Time `json:"created"`
	Version  int64     `json:"version"`
}

func sourceOf(v Source) apiSource {
	return apiSource{
		SourceBody: SourceBody{Name: v.Name, URL: v.URL, Minutes: int64(v.Period / time.Minute), Active: v.Active},
		ID:         v.ID, Next: v.Next, Last: v.Last, Failures: v.Failures, Failure: v.Failure, Import: v.Import, Created: v.Created, Version: v.Version,
	}
}

// SourcePath names a source of documents.
type SourcePath struct {
	ID string `path:"id" maxLength:"64"`
}

func (s *Service) sourceAfter(ctx context.Context, id string, err error) (*answer[apiSource], error) {
	if err != nil {
		return nil, err
	}
	v, err := s.Source(ctx, api.Actor(ctx), id)
	return answered(sourceOf(v), err)
}

// sourceOperations declares the addresses that documents are fetched from.
func (s *Service) sourceOperations(a *api.API) {
	apiRead(a, "kengine-sources", "/sources", "List the sources of documents of the own organisation", PermImport(),
		func(ctx context.Context, _ *struct{}) (*answer[wholeList[apiSource]], error) {
			rows, err := s.Sources(ctx, api.Actor(ctx))
			return answered(wholeList[apiSource]{Items: mapped(rows, sourceOf)}, err)
		})
	apiRead(a, "kengine-source", "/sources/{id}", "One source of documents", PermImport(),
		func(ctx context.Context, in *SourcePath) (*answer[apiSource], error) {
			return s.sourceAfter(ctx, in.ID, nil)
		})
	type sourceCreate struct{ Body SourceBody }
	apiDeed(a, "kengine-source-create", "/sources", "Add a source of documents", PermSourceEdit(), func(ctx context.Context, in *sourceCreate) (*answer[apiSource], error) {
		id, err := s.CreateSource(ctx, api.Actor(ctx), in.Body.input())
		return s.sourceAfter(ctx, id, err)
	})
	type sourceUpdate struct {
		SourcePath
		Body struct {
			SourceBody
			Versioned
		}
	}
	apiDeed(a, "kengine-source-update", "/sources/{id}", "Change a source of documents", PermSourceEdit(), func(ctx context.Context, in *sourceUpdate) (*answer[apiSource], error) {
		return s.sourceAfter(ctx, in.ID, s.UpdateSource(ctx, api.Actor(ctx), in.ID, in.Body.Version, in.Body.input()))
	})
	type sourceRemove struct {
		SourcePath
		Body Versioned
	}
	apiDeed(a, "kengine-source-delete", "/sources/{id}/delete", "Remove a source of documents", PermSourceEdit(), func(ctx context.Context, in *sourceRemove) (*struct{}, error) {
		return nothing(s.DeleteSource(ctx, api.Actor(ctx), in.ID, in.Body.Version))
	})
	apiDeed(a, "kengine-source-run", "/sources/{id}/run", "Fetch a source of documents now", PermSourceEdit(), func(ctx context.Context, in *SourcePath) (*answer[apiSource], error) {
		return s.sourceAfter(ctx, in.ID, s.RunSource(ctx, api.Actor(ctx), in.ID))
	})
}

// apiSelections is what is known about one decision, in the exchange format of SSVC.
type apiSelections struct {
	Decision string          `json:"decision"`
	Name     apiText         `json:"name"`
	List     json.RawMessage `json:"list" doc:"SSVC SelectionList 2.0.0"`
}

// apiStatistics are the figures of a period; each comes with the filter that lists its rows.
type apiStatistics struct {
	From     time.Time        `json:"from"`
	To       time.Time        `json:"to" doc:"Excluded"`
	Days     []apiDay         `json:"days" doc:"Every day of the period"`
	Outcomes []apiOutcomeTold `json:"outcomes" doc:"Tasks that came up in the period"`
	Rulings  []apiRulingsTold `json:"rulings" doc:"Rulings that were made in the period"`
	Ages     []apiAge         `json:"ages" doc:"Tasks that await a ruling now"`
}

// apiDay is how many reports came on a day.
type apiDay struct {
	Day             time.Time `json:"day"`
	Received        int64     `json:"received"`
	Published       int64     `json:"published"`
	ReceivedFilter  string    `json:"received_filter"`
	PublishedFilter string    `json:"published_filter"`
}

// apiOutcomeTold is how many tasks have an outcome.
type apiOutcomeTold struct {
	Decision    string  `json:"decision"`
	Name        apiText `json:"name"`
	Outcome     string  `json:"outcome" doc:"Key; empty: several are still possible"`
	Ruled       int64   `json:"ruled"`
	Recommended int64   `json:"recommended"`
	Filter      string  `json:"filter"`
}

// apiRulingsTold is how often people ruled as the model said.
type apiRulingsTold struct {
	Decision        string           `json:"decision"`
	Name            apiText          `json:"name"`
	Total           int64            `json:"total"`
	Confirmed       int64            `json:"confirmed" doc:"The only outcome that the model left"`
	Settled         int64            `json:"settled" doc:"One of several outcomes that the model left"`
	Overruled       int64            `json:"overruled"`
	Rate            float64          `json:"rate" doc:"Part that was overruled, 0 to 1"`
	Reasons         map[string]int64 `json:"reasons"`
	MedianSeconds   int64            `json:"median_seconds" doc:"From the task to its ruling"`
	P90Seconds      int64            `json:"p90_seconds"`
	Filter          string           `json:"filter"`
	OverruledFilter string           `json:"overruled_filter"`
}

// apiAge is how many tasks have awaited a ruling for so long.
type apiAge struct {
	FromSeconds int64  `json:"from_seconds"`
	ToSeconds   int64  `json:"to_seconds,omitempty" doc:"Excluded; absent: no end"`
	Count       int64  `json:"count"`
	Filter      string `json:"filter"`
}

func statisticsOf(v Statistics) apiStatistics {
	return apiStatistics{
		From: v.Period.From, To: v.Period.To,
		Days: mapped(v.Days, func(d DayCount) apiDay { return apiDay(d) }),
		Outcomes: mapped(v.Outcomes, func(o DecisionCount) apiOutcomeTold {
			return apiOutcomeTold{Decision: o.Decision, Name: textOf(o.DecisionName), Outcome: o.Outcome.Key, Ruled: o.Ruled, Recommended: o.Recommended, Filter: o.Filter}
		}),
		Rulings: mapped(v.Rulings, func(r RulingCount) apiRulingsTold {
			out := apiRulingsTold{
				Decision: r.Decision, Name: textOf(r.DecisionName), Total: r.Total, Confirmed: r.Confirmed, Settled: r.Settled, Overruled: r.Overruled, Rate: r.Rate(), Reasons: map[string]int64{},
				MedianSeconds: int64(r.Median.Seconds()), P90Seconds: int64(r.P90.Seconds()), Filter: r.Filter, OverruledFilter: r.OverruledFilter,
			}
			for _, reason := range r.Reasons {
				out.Reasons[string(reason.Reason)] = reason.Count
			}
			return out
		}),
		Ages: mapped(v.Ages, func(g AgeCount) apiAge {
			return apiAge{FromSeconds: int64(g.From.Seconds()), ToSeconds: int64(g.To.Seconds()), Count: g.Count, Filter: g.Filter}
		}),
	}
}

// outOperations declares what leaves the house: statistics, selections, public facts.
func (s *Service) outOperations(a *api.API) {
	type period struct {
		From time.Time `query:"from" doc:"Absent: 30 days before to"`
		To   time.Time `query:"to" doc:"Excluded; absent: now"`
		Zone string    `query:"zone" maxLength:"64" default:"UTC" doc:"In which days begin, such as Asia/Tokyo"`
	}
	apiRead(a, "kengine-statistics", "/statistics", "How the work of the own organisation goes", PermStatisticsRead(),
		func(ctx context.Context, in *period) (*answer[apiStatistics], error) {
			zone, err := time.LoadLocation(in.Zone)
			if err != nil {
				return nil, fault.New(fault.Invalid, "kengine.statistics").Field("zone", "not_choice")
			}
			p := Period{From: in.From, To: in.To, Zone: zone}
			if p.To.IsZero() {
				p.To = s.Clock.Now()
			}
			if p.From.IsZero() {
				p.From = p.To.AddDate(0, 0, -defaultDays)
			}
			v, err := s.Statistics(ctx, api.Actor(ctx), p)
			return answered(statisticsOf(v), err)
		})
	type keyed struct {
		Key string `path:"key" maxLength:"64" doc:"Id of the report or one of its aliases"`
	}
	apiRead(a, "kengine-report-selections", "/reports/{key}/selections", "What is known about each decision, as SSVC SelectionLists", PermTaskRead(),
		func(ctx context.Context, in *keyed) (*answer[wholeList[apiSelections]], error) {
			rows, err := s.SelectionLists(ctx, api.Actor(ctx), in.Key)
			if err != nil {
				return nil, err
			}
			out := wholeList[apiSelections]{Items: make([]apiSelections, len(rows))}
			for i, row := range rows {
				data, err := row.List.JSON()
				if err != nil {
					return nil, err
				}
				out.Items[i] = apiSelections{Decision: row.Decision, Name: textOf(row.DecisionName), List: data}
			}
			return answered(out, nil)
		})
	type since struct {
		Since time.Time `query:"since" doc:"What changed then or later; absent: all"`
		After string    `query:"after" maxLength:"1000" doc:"The next of the page before"`
		Limit int       `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Rows of a page"`
	}
	apiRead(a, "kengine-facts", "/facts", "What public sources say about reports, the last changed first", PermFeed(),
		func(ctx context.Context, in *since) (*api.PageOutput[WorldReport], error) {
			after, err := api.PageInput{After: in.After}.Query()
			if err != nil {
				return nil, err
			}
			page, err := s.Feed(ctx, in.Since, after.After, in.Limit)
			if err != nil {
				return nil, err
			}
			return &api.PageOutput[WorldReport]{Body: api.Page[WorldReport]{Items: append([]WorldReport{}, page.Reports...), Next: page.Older.String()}}, nil
		})
}
