package kengine

import (
	"context"
	"iter"
	"strconv"
	"time"

	"noroshi.dev/internal/core/identity"
)

// EachTask streams all tasks that a query finds, in its order, from its place on and without its
// limit. It needs PermTaskRead.
func (s *Service) EachTask(ctx context.Context, a identity.Actor, q Query) iter.Seq2[TaskRow, error] {
	return eachOf(ctx, a, q, s.ListTasks)
}

// EachReport streams all reports that a query finds, like EachTask. It needs PermReportRead.
func (s *Service) EachReport(ctx context.Context, a identity.Actor, q Query) iter.Seq2[ReportRow, error] {
	return eachOf(ctx, a, q, s.ListReports)
}

// eachOf reads a list page by page: each is a short query, so that a slow reader holds nothing up.
func eachOf[T any](ctx context.Context, a identity.Actor, q Query, list func(context.Context, identity.Actor, Query) (Page[T], error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		q.Limit, q.Before = MaxLimit, nil
		for {
			page, err := list(ctx, a, q)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, row := range page.Items {
				if !yield(row, nil) {
					return
				}
			}
			if q.After = page.Older; q.After == nil {
				return
			}
		}
	}
}

// TaskColumns returns the columns of tasks in CSV.
func TaskColumns() []string {
	return []string{
		"id", "report", "title", "products", "cvss", "kev", "decision", "possible", "ruled", "deviates", "changed", "priority", "state", "cause",
		"owner", "due", "overdue", "created", "updated",
	}
}

// Cells returns the task in the order of TaskColumns: keys of outcomes, times as RFC 3339 in UTC.
func (t *TaskRow) Cells(lang string) []string {
	possible, ruled := "", ""
	for i := range t.Possible {
		if i > 0 {
			possible += " "
		}
		possible += t.Possible[i].Key
	}
	if t.Ruled != nil {
		ruled = t.Ruled.Key
	}
	return []string{
		t.ID, t.Report, t.Title.In(lang), t.Products, scoreCell(t.CVSS), strconv.FormatBool(t.KEV), t.Decision, possible, ruled,
		strconv.FormatBool(t.Deviates), strconv.FormatBool(t.Changed), strconv.Itoa(t.Weight()), string(t.State), t.Cause,
		t.Owner, timeCell(t.Due), strconv.FormatBool(t.Overdue), timeCell(t.Created), timeCell(t.Updated),
	}
}

// ReportColumns returns the columns of reports in CSV.
func ReportColumns() []string {
	return []string{"key", "kind", "state", "title", "summary", "products", "cvss", "vector", "kev", "conflicts", "published", "modified", "received", "updated"}
}

// Cells returns the report in the order of ReportColumns, times as RFC 3339 in UTC.
func (r *ReportRow) Cells(lang string) []string {
	return []string{
		r.Key, string(r.Kind), r.State, r.Title.In(lang), r.Summary, r.Products, scoreCell(r.CVSS), r.Vector, strconv.FormatBool(r.KEV),
		strconv.Itoa(r.Conflicts), timeCell(r.Published), timeCell(r.Modified), timeCell(r.Received), timeCell(r.Updated),
	}
}

func scoreCell(v float64) string {
	if v < 0 {
		return ""
	}
	return strconv.FormatFloat(v, 'f', 1, 64)
}

func timeCell(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// Notice is one row of a saved view as a subscription tells it: as an entry of a feed or to a webhook.
type Notice struct {
	ID      string    `json:"id"`
	Title   string    `json:"title"`
	Text    string    `json:"text"`
	Path    string    `json:"path"` // of the page, without host and language
	Updated time.Time `json:"updated"`
}

// ViewRows answers for a saved view of a list of this room: the rows that its filter finds, the last
// changed first. list is "task" or "report"; the actor is the one who subscribed, with the rights of
// now.
func (s *Service) ViewRows(ctx context.Context, a identity.Actor, list string, q Query, lang string) ([]Notice, error) {
	q.Sort, q.After, q.Before = "updated", nil, nil
	var out []Notice
	if list == "report" {
		page, err := s.ListReports(ctx, a, q)
		for i := range page.Items {
			r := &page.Items[i]
			out = append(out, Notice{ID: r.ID, Title: r.Key + " " + r.Title.In(lang), Text: r.Summary, Path: "/console/kengine/report/" + r.Key, Updated: r.Updated})
		}
		return out, err
	}
	page, err := s.ListTasks(ctx, a, q)
	for i := range page.Items {
		t := &page.Items[i]
		out = append(out, Notice{
			ID: t.ID, Title: t.Report + " " + t.answer(lang), Text: t.Title.In(lang), Path: "/console/kengine/task/" + t.ID, Updated: t.Updated,
		})
	}
	return out, err
}
