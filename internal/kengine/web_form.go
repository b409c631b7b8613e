package kengine

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/web"
	"noroshi.dev/internal/core/web/ui"
)

// answerPrefix begins the names of the fields that answer questions: "fact.ssvc:E:1.1.0".
const answerPrefix = "fact."

// withdrawn is the answer by which a person takes the own word about a fact back.
const withdrawn = "-"

// maxAnswers bounds the fields of one form of questions.
const maxAnswers = 300

// answers are what a person said about facts on a form whose fields depend on the model.
type answers struct {
	values   map[string][]string // by id of the fact
	evidence string
}

// readAnswers reads such a form; a field that is none of its is refused.
func readAnswers(r *http.Request) (answers, error) {
	out := answers{values: map[string][]string{}}
	if err := r.ParseForm(); err != nil {
		return out, fault.New(fault.Invalid, "web.form").Because(err)
	}
	if len(r.PostForm) > maxAnswers {
		return out, fault.New(fault.Invalid, "web.form")
	}
	f := fault.New(fault.Invalid, "kengine.assertion")
	for name, values := range r.PostForm {
		id, isFact := strings.CutPrefix(name, answerPrefix)
		switch {
		case name == "evidence" && len(values) == 1 && len(values[0]) <= 2000:
			out.evidence = strings.TrimSpace(values[0])
		case isFact && len(values) <= 64:
			values = slices.DeleteFunc(values, func(v string) bool { return v == "" })
			if len(values) > 0 {
				out.values[id] = values
			}
			if slices.Equal(values, []string{withdrawn}) {
				out.values[id] = nil
			}
		default:
			f.Field(name, "unknown")
		}
	}
	return out, f.OrNil()
}

// input is the answers as an assertion.
func (a answers) input() AssertionInput {
	in := AssertionInput{Evidence: a.evidence}
	for id, values := range a.values {
		in.Claims = append(in.Claims, Claim{Fact: id, Values: values})
	}
	slices.SortFunc(in.Claims, func(x, y Claim) int { return strings.Compare(x.Fact, y.Fact) })
	return in
}

// renamed gives the fields of a fault the names that they have on the form.
func (a answers) renamed(err error) error {
	f := fault.Of(err)
	if f == nil {
		return err
	}
	for i := range f.Fields {
		if _, ok := a.values[f.Fields[i].Name]; ok {
			f.Fields[i].Name = answerPrefix + f.Fields[i].Name
		}
	}
	return err
}

// chosen reports whether a value was chosen for a fact.
func (a answers) chosen(fact, value string) bool { return slices.Contains(a.values[fact], value) }

// formPage is what the page of the analysis form shows.
type formPage struct {
	*Form
	title   string
	answers answers
	trouble ui.Trouble
}

func reportURL(r *http.Request) string {
	return web.URL(r, pathReports+"/%s", r.PathValue("key"))
}

func (p *pages) form(w http.ResponseWriter, r *http.Request) error {
	return p.showForm(w, r, &formPage{}, nil)
}

func (p *pages) showForm(w http.ResponseWriter, r *http.Request, v *formPage, wrong error) error {
	if wrong != nil {
		var err error
		if v.trouble, err = web.FormError(r, wrong); err != nil {
			return err
		}
	}
	form, err := p.Form(r.Context(), web.Actor(r), r.PathValue("key"))
	if err != nil {
		return err
	}
	report, err := readReport(r.Context(), p.DB.Read(), form.Report)
	if err != nil {
		return err
	}
	v.Form, v.title = form, titleOf(r.Context(), report.Title, report.Key)
	return web.Render(w, r, status(v.trouble), ui.Page{Title: web.T(r, "kengine.form.title") + " " + form.Report}, formBody(v))
}

// answer keeps the answers and asks what is left.
func (p *pages) answer(w http.ResponseWriter, r *http.Request) error {
	v := formPage{}
	var err error
	if v.answers, err = readAnswers(r); err != nil {
		return p.showForm(w, r, &v, err)
	}
	if _, err := p.AddAssertion(r.Context(), web.Actor(r), r.PathValue("key"), v.answers.input()); err != nil {
		return p.showForm(w, r, &v, v.answers.renamed(err))
	}
	return web.SeeOther(w, r, reportURL(r)+"/form", "kengine.form.kept")
}

// listWith is a list page filtered by a text.
func listWith(r *http.Request, path, q string) string {
	return web.URL(r, "%s", ui.Raw(path)) + "?q=" + url.QueryEscape(q)
}
