package kengine

import (
	"context"
	"maps"
	"math"
	"net/http"
	"strconv"
	"strings"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/ui"
	"noroshi.dev/internal/kengine/decide"
	"noroshi.dev/internal/kengine/trust"
)

// pathWeights is the path of what errors and work cost, without its language.
const pathWeights = "/console/kengine/weights"

// Beginnings of the names of fields; what follows is a key of Weights.
const (
	littlePrefix = "little."
	muchPrefix   = "much."
	hoursPrefix  = "hours."
)

// allOthers is the key of the costs of every decision that has none of its own.
const allOthers = "*"

// weightsRoutes declares the page of the weights.
func (p *pages) weightsRoutes(rs *web.Routes) {
	rs.Get(pathWeights, PermModelRead(), p.weights)
	rs.Post(pathWeights, PermModelActivate(), p.weightsSave)
}

// weighed is a decision with its outcomes.
type weighed struct {
	key      string // MODEL/DECISION
	name     decide.Text
	outcomes []Outcome // the most urgent first
}

// weightsPage is the page of what errors and work cost.
type weightsPage struct {
	texts     map[string]string // of the fields; not there: the default holds
	version   int64
	saved     *Weights // those in force
	clash     bool     // somebody changed them since the page was opened
	decisions []weighed
	mayEdit   bool
	trouble   ui.Trouble
}

func (p *pages) weights(w http.ResponseWriter, r *http.Request) error {
	return p.showWeights(w, r, &weightsPage{}, nil)
}

// showWeights shows what holds, or what was typed with what is wrong with it. After somebody else's change both
// are shown, and sending the form once more puts what was typed into their place.
func (p *pages) showWeights(w http.ResponseWriter, r *http.Request, v *weightsPage, wrong error) error {
	ctx, a := r.Context(), web.Actor(r)
	if wrong != nil {
		var err error
		if v.trouble, err = web.FormError(r, wrong); err != nil {
			return err
		}
	}
	now, err := p.Policy(ctx, a)
	if err != nil {
		return err
	}
	if v.decisions, err = p.weighed(ctx, a.Organisation); err != nil {
		return err
	}
	v.saved, v.mayEdit = now.Weights, a.May(PermModelActivate())
	v.clash = v.trouble.Status == http.StatusConflict
	if v.texts == nil {
		v.texts = weightTexts(now.Weights)
	}
	if v.clash || wrong == nil {
		v.version = now.Version
	}
	return web.Render(w, r, status(v.trouble), ui.Page{Title: web.T(r, "kengine.weights.title")}, weightsBody(v))
}

// weighed lists the decisions in force.
func (p *pages) weighed(ctx context.Context, organisation string) ([]weighed, error) {
	models, err := p.ActiveModels(ctx, p.DB.Read(), organisation)
	if err != nil {
		return nil, err
	}
	var out []weighed
	for i := range models {
		for d, decision := range models[i].Model.Decisions {
			v := weighed{key: models[i].decisionKey(d), name: decision.Name}
			fact := models[i].OutcomeFact(d)
			for _, value := range reversed(fact.Values) {
				v.outcomes = append(v.outcomes, models[i].outcome(d, value))
			}
			out = append(out, v)
		}
	}
	return out, nil
}

func (p *pages) weightsSave(w http.ResponseWriter, r *http.Request) error {
	v := &weightsPage{texts: map[string]string{}}
	err := v.read(r)
	if err == nil {
		err = p.setWeights(r, v)
	}
	if err != nil {
		return p.showWeights(w, r, v, err)
	}
	return web.SeeOther(w, r, web.URL(r, pathWeights), "kengine.weights.saved")
}

// setWeights lays what was typed over what holds: keys that the page does not show stay as they are.
func (p *pages) setWeights(r *http.Request, v *weightsPage) error {
	now, err := p.Policy(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	weights, err := typedWeights(now.Weights, v.texts)
	if err != nil {
		return err
	}
	return p.SetWeights(r.Context(), web.Actor(r), weights, v.version)
}

// read takes the fields of the form, whose names are made of keys.
func (v *weightsPage) read(r *http.Request) error {
	var f struct {
		Version int64 `form:"version"`
	}
	if err := r.ParseForm(); err != nil {
		return web.Decode(r, &f) // says what is wrong
	}
	for name, values := range r.PostForm {
		if weightField(name) && len(v.texts) < 3*maxWeights {
			delete(r.PostForm, name)
			v.texts[name] = strings.TrimSpace(values[0])
		}
	}
	err := web.Decode(r, &f)
	v.version = f.Version
	return err
}

func weightField(name string) bool {
	return strings.HasPrefix(name, littlePrefix) || strings.HasPrefix(name, muchPrefix) || strings.HasPrefix(name, hoursPrefix)
}

// typedWeights are the weights there with what was typed in their place; an empty field gives its default back.
func typedWeights(there *Weights, texts map[string]string) (Weights, error) {
	out := Weights{Costs: map[string]trust.Costs{}, Hours: map[string]float64{}}
	if there != nil {
		maps.Copy(out.Costs, there.Costs)
		maps.Copy(out.Hours, there.Hours)
	}
	f := fault.New(fault.Invalid, "kengine.weights")
	number := func(name, text string) float64 {
		n, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(n) || n < 0 || n > maxWeight {
			f.Field(name, "kengine.weights.number", "most", maxWeight)
		}
		return n
	}
	for name, text := range texts {
		if key, ok := strings.CutPrefix(name, hoursPrefix); ok {
			delete(out.Hours, key)
			if text != "" {
				out.Hours[key] = number(name, text)
			}
		}
		if key, ok := strings.CutPrefix(name, littlePrefix); ok {
			little, much := text, texts[muchPrefix+key]
			delete(out.Costs, key)
			switch {
			case little != "" && much != "":
				out.Costs[key] = trust.Costs{Little: number(name, little), Much: number(muchPrefix+key, much)}
			case little != "":
				f.Field(muchPrefix+key, "kengine.weights.both")
			case much != "":
				f.Field(name, "kengine.weights.both")
			}
		}
	}
	return out, f.OrNil()
}

// weightTexts writes weights as the form shows them.
func weightTexts(w *Weights) map[string]string {
	out := map[string]string{}
	if w == nil {
		return out
	}
	for key, c := range w.Costs {
		out[littlePrefix+key], out[muchPrefix+key] = weightText(c.Little), weightText(c.Much)
	}
	for key, h := range w.Hours {
		out[hoursPrefix+key] = weightText(h)
	}
	return out
}

func weightText(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// weightCell is one number of the page.
type weightCell struct {
	field ui.Field
	empty string // what holds where nothing is typed
	saved string // what somebody else saved meanwhile; empty: the same
}

func (v *weightsPage) cell(ctx context.Context, name, label, empty string) weightCell {
	c := weightCell{field: ui.Field{Name: name, Label: label, Value: v.texts[name], Trouble: v.trouble}, empty: empty}
	if saved := weightTexts(v.saved)[name]; v.clash && saved != v.texts[name] {
		c.saved = ui.T(ctx, "kengine.weights.meanwhile", "value", orDefault(saved, empty))
	}
	return c
}

// costs are the two numbers of a decision; allOthers is the key of all that have none of their own.
func (v *weightsPage) costs(ctx context.Context, key, name string) (little, much weightCell) {
	inherited := trust.DefaultCosts()
	if key != allOthers && v.saved != nil {
		if c, ok := v.saved.Costs[allOthers]; ok {
			inherited = c
		}
	}
	label := func(what string) string { return colon(ctx, name, ui.T(ctx, "kengine.weights."+what)) }
	return v.cell(ctx, littlePrefix+key, label("little"), weightText(inherited.Little)), v.cell(ctx, muchPrefix+key, label("much"), weightText(inherited.Much))
}

// priority is the hours of a task of a priority.
func (v *weightsPage) priority(ctx context.Context, m decide.Mark) weightCell {
	return v.cell(ctx, hoursPrefix+string(m), colon(ctx, markWord(ctx, m), ui.T(ctx, "kengine.weights.hours")), weightText(DefaultHours(m)))
}

// outcome is the hours of a task with an outcome of a decision.
func (v *weightsPage) outcome(ctx context.Context, d *weighed, o Outcome) weightCell {
	priorities := &Weights{Hours: map[string]float64{}}
	if v.saved != nil {
		maps.Copy(priorities.Hours, v.saved.Hours)
		delete(priorities.Hours, d.key+"/"+o.Key)
	}
	return v.cell(ctx, hoursPrefix+d.key+"/"+o.Key, colon(ctx, outcomeLabel(ctx, o), ui.T(ctx, "kengine.weights.hours")), weightText(priorities.HoursOf(d.key, o)))
}

// opened reports whether the hours of the outcomes of a decision are shown at once: some are set or wrong.
func (v *weightsPage) opened(d *weighed) bool {
	for _, o := range d.outcomes {
		name := hoursPrefix + d.key + "/" + o.Key
		if v.texts[name] != "" || v.trouble.Of(name) != "" {
			return true
		}
	}
	return false
}

// labels name the fields that are wrong for the summary.
func (v *weightsPage) labels(ctx context.Context) []ui.Label {
	cells := []weightCell{}
	costs := func(key, name string) {
		little, much := v.costs(ctx, key, name)
		cells = append(cells, little, much)
	}
	costs(allOthers, ui.T(ctx, "kengine.weights.others"))
	for i := range v.decisions {
		d := &v.decisions[i]
		costs(d.key, orDefault(say(ctx, d.name), d.key))
		for _, o := range d.outcomes {
			cells = append(cells, v.outcome(ctx, d, o))
		}
	}
	for _, m := range marks() {
		cells = append(cells, v.priority(ctx, m))
	}
	out := make([]ui.Label, len(cells))
	for i, c := range cells {
		out[i] = ui.Label{Name: c.field.Name, Label: c.field.Label}
	}
	return out
}

// marks are the priorities, the most urgent first.
func marks() []decide.Mark { return []decide.Mark{decide.Now, decide.Soon, decide.Plan, decide.None} }
