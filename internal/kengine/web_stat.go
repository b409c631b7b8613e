package kengine

import (
	"context"
	"iter"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/chart"
	"noroshi.dev/internal/core/web/ui"
	"noroshi.dev/internal/kengine/decide"
)

// pathStatistics is the path of the statistics, without its language.
const pathStatistics = "/console/kengine/statistic"

func (p *pages) statRoutes(rs *web.Routes) {
	rs.Get(pathStatistics, PermStatisticsRead(), p.statistics)
	rs.Get(pathStatistics+"/export", PermStatisticsRead(), p.statisticsExport)
}

// statForm is the period that the page asks for: its last days, or from and to, both days included.
type statForm struct {
	Days int64     `form:"days,min=0,max=1000"`
	From time.Time `form:"from"`
	To   time.Time `form:"to"`
	// The export has these besides.
	Table  string `form:"table,max=20"`
	Format string `form:"format,max=10"`
	Bom    string `form:"bom,max=1"`
}

// defaultDays is the period of an address that names none.
const defaultDays = 30

// period is the period in the reader's zone.
func (f *statForm) period(now time.Time, zone *time.Location) Period {
	if zone == nil {
		zone = time.UTC
	}
	now = now.In(zone)
	tomorrow := time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, zone)
	p := Period{From: f.From, To: tomorrow, Zone: zone}
	if !f.To.IsZero() {
		p.To = f.To.In(zone).AddDate(0, 0, 1)
	}
	if f.From.IsZero() {
		if f.Days <= 0 {
			f.Days = defaultDays
		}
		p.From = p.To.AddDate(0, 0, -int(f.Days))
	}
	return p
}

// statPage is the page of statistics.
type statPage struct {
	Statistics
	form    statForm
	trouble ui.Trouble
}

func (p *pages) statistics(w http.ResponseWriter, r *http.Request) error {
	v := &statPage{trouble: ui.Trouble{Status: http.StatusOK}}
	err := web.Decode(r, &v.form)
	period := v.form.period(p.Clock.Now(), ui.From(r.Context()).Zone)
	if err == nil {
		v.Statistics, err = p.Statistics(r.Context(), web.Actor(r), period)
	}
	if err != nil {
		if v.trouble, err = web.FormError(r, err); err != nil {
			return err
		}
		v.Period = period
	}
	return web.Render(w, r, v.trouble.Status, ui.Page{Title: web.T(r, "kengine.statistics.title")}, statisticsBody(v))
}

// statRow is a row of the data behind the page: what is counted, of what, and how often.
type statRow struct {
	What  string `json:"what"`
	Of    string `json:"of"`
	Key   string `json:"key"`
	Value string `json:"value"`
	Rows  string `json:"rows"` // filter of the list that shows them
}

func (p *pages) statisticsExport(w http.ResponseWriter, r *http.Request) error {
	var f statForm
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	s, err := p.Statistics(r.Context(), web.Actor(r), f.period(p.Clock.Now(), ui.From(r.Context()).Zone))
	if err != nil {
		return err
	}
	rows, ok := map[string]func() []statRow{"days": s.dayRows, "outcomes": s.outcomeRows, "rulings": s.rulingRows, "ages": s.ageRows}[f.Table]
	if !ok {
		return fault.New(fault.Invalid, "kengine.statistics").Field("table", "not_choice")
	}
	columns := []web.Column[statRow]{
		{Name: "what", Value: func(v statRow) string { return v.What }},
		{Name: "of", Value: func(v statRow) string { return v.Of }},
		{Name: "key", Value: func(v statRow) string { return v.Key }},
		{Name: "value", Value: func(v statRow) string { return v.Value }},
		{Name: "rows", Value: func(v statRow) string { return v.Rows }},
	}
	return web.Export(w, r, "statistics-"+f.Table, columns, without(rows()))
}

// without is a list as a sequence that meets no error.
func without[T any](rows []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

func figure(n int64) string { return strconv.FormatInt(n, 10) }

func (s *Statistics) dayRows() []statRow {
	var out []statRow
	for _, d := range s.Days {
		day := d.Day.Format(time.DateOnly)
		out = append(out, statRow{"received", "", day, figure(d.Received), d.ReceivedFilter}, statRow{"published", "", day, figure(d.Published), d.PublishedFilter})
	}
	return out
}

func (s *Statistics) outcomeRows() []statRow {
	var out []statRow
	for _, o := range s.Outcomes {
		out = append(out, statRow{"ruled", o.Decision, o.Outcome.Key, figure(o.Ruled), o.Filter}, statRow{"recommended", o.Decision, o.Outcome.Key, figure(o.Recommended), o.Filter})
	}
	return out
}

func (s *Statistics) rulingRows() []statRow {
	var out []statRow
	for _, r := range s.Rulings {
		out = append(out, statRow{"rulings", r.Decision, "", figure(r.Total), r.Filter}, statRow{"confirmed", r.Decision, "", figure(r.Confirmed), r.ConfirmedFilter},
			statRow{"settled", r.Decision, "", figure(r.Settled), r.SettledFilter}, statRow{"overruled", r.Decision, "", figure(r.Overruled), r.OverruledFilter},
			statRow{"median_seconds", r.Decision, "", figure(int64(r.Median.Seconds())), ""}, statRow{"p90_seconds", r.Decision, "", figure(int64(r.P90.Seconds())), ""})
		for _, reason := range r.Reasons {
			out = append(out, statRow{"overruled", r.Decision, string(reason.Reason), figure(reason.Count), reason.Filter})
		}
	}
	return out
}

func (s *Statistics) ageRows() []statRow {
	var out []statRow
	for _, a := range s.Ages {
		out = append(out, statRow{"open", "", strconv.Itoa(int(a.From.Hours()/24)) + "d", figure(a.Count), a.Filter})
	}
	return out
}

// statTabs are the periods to choose from.
func statTabs(ctx context.Context, v *statPage) []ui.Tab {
	var out []ui.Tab
	for _, days := range []int64{7, 30, 90, 365} {
		current := v.form.From.IsZero() && v.form.To.IsZero() && v.form.Days == days
		out = append(out, ui.Tab{Label: ui.T(ctx, "kengine.statistics.last", "n", days), Href: ui.URL(ctx, pathStatistics) + "?days=" + strconv.FormatInt(days, 10), Current: current})
	}
	return out
}

// dataLink is the address of the data of a table of the page.
func (v *statPage) dataLink(ctx context.Context, table string) string {
	q := url.Values{"table": {table}, "format": {"csv"}, "from": {v.Period.From.In(v.Period.Zone).Format(time.DateOnly)}, "to": {v.lastDay().Format(time.DateOnly)}}
	return ui.URL(ctx, pathStatistics+"/export") + "?" + q.Encode()
}

// lastDay is the last day of the period.
func (v *statPage) lastDay() time.Time { return v.Period.To.In(v.Period.Zone).AddDate(0, 0, -1) }

func tasksLink(ctx context.Context, filter string) string {
	return ui.URL(ctx, pathTasks) + "?q=" + url.QueryEscape(filter)
}

func reportsLink(ctx context.Context, filter string) string {
	return ui.URL(ctx, pathReports) + "?q=" + url.QueryEscape(filter)
}

// received are the reports of each day.
func (v *statPage) received(ctx context.Context) chart.Columns {
	c := chart.Columns{Title: ui.T(ctx, "kengine.statistics.days.title"), Span: chart.Span{Step: 24 * time.Hour}}
	for _, d := range v.Days {
		c.Values = append(c.Values, float64(d.Received))
	}
	if len(v.Days) > 0 {
		c.Span.Start = v.Days[0].Day
	}
	return c
}

// busy are the days on which something came or was published, the newest first.
func (v *statPage) busy() []DayCount {
	var out []DayCount
	for _, d := range slices.Backward(v.Days) {
		if d.Received+d.Published > 0 {
			out = append(out, d)
		}
	}
	return out
}

// decisionPart are the outcomes of one decision.
type decisionPart struct {
	name decide.Text
	rows []DecisionCount
}

// byDecision are the outcomes, by decision.
func (v *statPage) byDecision() []decisionPart {
	var out []decisionPart
	for _, o := range v.Outcomes {
		if n := len(out); n == 0 || out[n-1].rows[0].Decision != o.Decision {
			out = append(out, decisionPart{name: o.DecisionName})
		}
		last := &out[len(out)-1]
		last.rows = append(last.rows, o)
	}
	return out
}

func outcomeLabel(ctx context.Context, o Outcome) string {
	if o.Key == "" {
		return ui.T(ctx, "kengine.statistics.outcomes.undecided")
	}
	return orDefault(say(ctx, o.Name), o.Key)
}

func (d *decisionPart) bars(ctx context.Context) []chart.Bar {
	var out []chart.Bar
	for _, o := range d.rows {
		out = append(out, chart.Bar{Label: outcomeLabel(ctx, o.Outcome), Value: float64(o.Ruled + o.Recommended), Href: tasksLink(ctx, o.Filter)})
	}
	return out
}

func (v *statPage) ageBars(ctx context.Context) []chart.Bar {
	var out []chart.Bar
	for _, a := range v.Ages {
		out = append(out, chart.Bar{Label: ageWords(ctx, a), Value: float64(a.Count), Href: tasksLink(ctx, a.Filter)})
	}
	return out
}

func (v *statPage) open() int64 {
	var n int64
	for _, a := range v.Ages {
		n += a.Count
	}
	return n
}

func ageWords(ctx context.Context, a AgeCount) string {
	from, to := int(a.From.Hours()/24), int(a.To.Hours()/24)
	switch {
	case a.From == 0:
		return ui.T(ctx, "kengine.statistics.ages.below", "n", to)
	case a.To == 0:
		return ui.T(ctx, "kengine.statistics.ages.above", "n", from)
	}
	return ui.T(ctx, "kengine.statistics.ages.between", "from", from, "to", to)
}

// lasting says a length of time in its largest unit.
func lasting(ctx context.Context, d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return ui.T(ctx, "kengine.statistics.time.days", "n", int(math.Round(d.Hours()/24)))
	case d >= 2*time.Hour:
		return ui.T(ctx, "kengine.statistics.time.hours", "n", int(math.Round(d.Hours())))
	}
	return ui.T(ctx, "kengine.statistics.time.minutes", "n", int(math.Round(d.Minutes())))
}

func percent(rate float64) string { return strconv.FormatFloat(rate*100, 'f', 1, 64) + "%" }

// dayValue is a day as a date control takes it.
func dayValue(t time.Time, zone *time.Location) string { return t.In(zone).Format(time.DateOnly) }
