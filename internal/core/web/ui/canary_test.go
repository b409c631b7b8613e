package ui

import (
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/web/filter"
)

// components are all that pages are made of, as functions.
func components() map[string]any {
	return map[string]any{
		"Summary": Summary, "Input": Input, "TextArea": TextArea, "SelectField": SelectField, "Radios": Radios, "Checks": Checks,
		"Check": Check, "When": When, "FileDrop": FileDrop, "Hidden": Hidden, "Submit": Submit, "FilterBar": FilterBar, "Chips": Chips,
		"Table": Table, "SelectTable": SelectTable, "Row": Row, "SelectCell": SelectCell, "TitleCell": TitleCell, "BulkBar": BulkBar,
		"Pages": Pages, "Shown": Shown, "Head": Head, "Tabs": Tabs, "Mark": Mark, "State": State, "Fact": Fact, "TLP": TLP, "CopyID": CopyID,
		"TimeTag": TimeTag, "TimeAgo": TimeAgo, "DateTag": DateTag, "Due": Due, "Embargo": Embargo, "Card": Card, "Score": Score, "Pairs": Pairs,
		"Notice": Notice, "History": History, "Diff": Diff, "Steps": Steps, "Empty": Empty, "Dialog": Dialog, "Quote": Quote,
		"Switcher": Switcher, "KeyList": KeyList, "ErrorPage": ErrorPage, "ErrorNotice": ErrorNotice, "GoPage": GoPage, "Ask": Ask,
		"Recommend": Recommend, "Thread": Thread, "Matrix": Matrix, "Mail": Mail, "Text": Text, "Shell": Shell,
	}
}

// filled makes a value of a type all of whose texts are words.
func filled(t reflect.Type, words string, depth int) reflect.Value {
	v := reflect.New(t).Elem()
	switch {
	case t == reflect.TypeFor[templ.Component]():
		return reflect.ValueOf(Text(words)).Convert(t)
	case t == reflect.TypeFor[time.Time]():
		return reflect.ValueOf(now())
	case t == reflect.TypeFor[filter.Expr]():
		return reflect.ValueOf(filter.Expr{Nodes: []filter.Expr{{Kind: filter.Word, Value: words}, {Kind: filter.Term, Field: "is", Value: words}}})
	case t == reflect.TypeFor[Raw]():
		return v
	case t == reflect.TypeFor[i18n.Lang]():
		return reflect.ValueOf(i18n.EN)
	}
	switch t.Kind() {
	case reflect.String:
		v.SetString(words)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(3)
	case reflect.Pointer:
		v.Set(reflect.New(t.Elem()))
		v.Elem().Set(filled(t.Elem(), words, depth+1))
	case reflect.Slice:
		if depth < 4 {
			v.Set(reflect.Append(v, filled(t.Elem(), words, depth+1), filled(t.Elem(), words, depth+1)))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(t))
		v.SetMapIndex(filled(t.Key(), words, depth+1), filled(t.Elem(), words, depth+1))
	case reflect.Struct:
		for i := range t.NumField() {
			if t.Field(i).IsExported() {
				v.Field(i).Set(filled(t.Field(i).Type, words, depth+1))
			}
		}
	default:
	}
	return v
}

// written is a component all of whose texts are words.
func written(t *testing.T, component any, words string) string {
	t.Helper()
	f := reflect.ValueOf(component)
	var args []reflect.Value
	for i := range f.Type().NumIn() {
		args = append(args, filled(f.Type().In(i), words, 0))
	}
	c, ok := f.Call(args)[0].Interface().(templ.Component)
	if !ok {
		t.Fatal("no component")
	}
	ctx := reading(i18n.EN, func(r *Reader) {
		r.Name, r.Request = words, words
		r.Query["q"], r.Query[words] = []string{words}, []string{words}
	})
	return html(ctx, t, c, Text(words))
}

// script finds an address that runs, in an attribute that leads somewhere.
var script = regexp.MustCompile(`(?i)\s(href|src|action|formaction|hx-[a-z]+)="\s*(javascript|data|vbscript):`)

// TestPeer_CVE_2023_30615 fills every text of every component with markup: it is never markup.
func TestPeer_CVE_2023_30615(t *testing.T) {
	t.Parallel()
	const canary = `"'><svg/onload=alert(1)>{{7*7}}</script><!--`
	for name, c := range components() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := written(t, c, canary)
			for _, bad := range []string{"<svg/", `"'>`, "'><", "<!--"} {
				if strings.Contains(got, bad) {
					t.Errorf("%q is not escaped:\n%s", bad, got)
				}
			}
			if opened, closed := strings.Count(got, "<script"), strings.Count(got, "</script"); opened != closed {
				t.Errorf("%d scripts open, %d close", opened, closed)
			}
		})
	}
}

// TestPeer_CVE_2025_30087 fills every text with an address that runs script.
func TestPeer_CVE_2025_30087(t *testing.T) {
	t.Parallel()
	for name, c := range components() {
		if name == "Shell" {
			continue // the addresses of its scripts are those of our own files
		}
		for _, words := range []string{"javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x"} {
			t.Run(name+"/"+words, func(t *testing.T) {
				t.Parallel()
				if found := script.FindString(written(t, c, words)); found != "" {
					t.Errorf("leads to %q", found)
				}
			})
		}
	}
}

// TestNoInlineStyleOrHandler: the policy forbids them, so no component writes one.
func TestNoInlineStyleOrHandler(t *testing.T) {
	t.Parallel()
	inline := regexp.MustCompile(`(?i)\s(style|on[a-z]+)=`)
	for name, c := range components() {
		if found := inline.FindString(written(t, c, "x")); found != "" {
			t.Errorf("%s writes %q", name, found)
		}
	}
}

// TestIDsAreUniqueInAComponent: labels and descriptions point to one element each.
func TestIDsAreUniqueInAComponent(t *testing.T) {
	t.Parallel()
	id := regexp.MustCompile(`\sid="([^"]*)"`)
	for _, name := range []string{"Input", "TextArea", "SelectField", "FileDrop", "When", "FilterBar", "Dialog"} {
		seen := map[string]bool{}
		for _, m := range id.FindAllStringSubmatch(written(t, components()[name], "x"), -1) {
			if seen[m[1]] {
				t.Errorf("%s has two elements of the id %q", name, m[1])
			}
			seen[m[1]] = true
		}
	}
}

func TestTLPLabels(t *testing.T) {
	t.Parallel()
	for label, want := range map[string][2]string{
		"red": {"tlp-red", "TLP:RED"}, "TLP:AMBER": {"tlp-amber", "TLP:AMBER"}, "tlp:amber+strict": {"tlp-amber", "TLP:AMBER+STRICT"},
		"green": {"tlp-green", "TLP:GREEN"}, "clear": {"tlp-clear", "TLP:CLEAR"}, "TLP:WHITE": {"tlp-clear", "TLP:WHITE"}, "x y": {"tlp-clear", "TLP:X Y"},
	} {
		if got := [2]string{tlpClass(label), tlpText(label)}; got != want {
			t.Errorf("%q: %v, want %v", label, got, want)
		}
	}
}

func TestFields(t *testing.T) {
	t.Parallel()
	bad := Trouble{Title: "t", Fields: map[string]string{"a.b": "wrong"}}
	for name, c := range map[string]struct {
		field Field
		want  templ.Attributes
	}{
		"nothing":      {Field{Name: "x"}, templ.Attributes{}},
		"a hint":       {Field{Name: "x", Hint: "h"}, templ.Attributes{"aria-describedby": "f-x-hint"}},
		"an error":     {Field{Name: "a.b", Trouble: bad}, templ.Attributes{"aria-describedby": "f-a-b-error", "aria-invalid": "true"}},
		"other errors": {Field{Name: "x", Trouble: bad}, templ.Attributes{}},
		"must be":      {Field{Name: "x", Required: true}, templ.Attributes{"required": true}},
		"a length":     {Field{Name: "x", Max: 1200}, templ.Attributes{"maxlength": "1200"}},
		"completion":   {Field{Name: "x", Complete: "username"}, templ.Attributes{"autocomplete": "username"}},
		"the focus":    {Field{Name: "x", Focus: true}, templ.Attributes{"autofocus": true}},
		"a key":        {Field{Name: "x", Key: "e"}, templ.Attributes{"data-key": "e"}},
	} {
		if got := c.field.attributes(); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	if (Field{}).kind() != "text" || (Field{Type: "email"}).kind() != "email" {
		t.Error("the type of an input is wrong")
	}
	if got := label([]Label{{"a", "A"}}, "a") + label(nil, "b"); got != "Ab" {
		t.Errorf("labels = %q", got)
	}
}

func TestLocal(t *testing.T) {
	t.Parallel()
	tokyo := time.FixedZone("JST", 9*3600)
	for _, c := range []struct {
		at   time.Time
		zone *time.Location
		want string
	}{{time.Time{}, nil, ""}, {now(), nil, "2026-11-23T03:00"}, {now(), tokyo, "2026-11-23T12:00"}} {
		if got := Local(c.at, c.zone); got != c.want {
			t.Errorf("Local(%v, %v) = %q, want %q", c.at, c.zone, got, c.want)
		}
	}
}

func TestPresentPages(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{
		"/console/list": true, "/console": true, "/console/": true, "/console/lis": false, "/console/list/7": false, "/": false, "": false,
	} {
		if got := current(reading(i18n.EN, nil), path); got != want && path != "" {
			t.Errorf("current(%q) = %v, want %v", path, got, want)
		}
	}
}

func TestFramesNameThemselves(t *testing.T) {
	t.Parallel()
	ctx := reading(i18n.EN, nil)
	brand := T(ctx, "web.brand")
	if got := (Frame{}).title(ctx); got != brand {
		t.Errorf("title = %q, want %q", got, brand)
	}
	if got := (Frame{Page: Page{Title: "T"}}).title(ctx); got != "T — "+brand {
		t.Errorf("title = %q", got)
	}
	menu := []MenuItem{{Path: "/console/kengine"}}
	for want, f := range map[string]Frame{"/": {Menu: menu}, "/console/kengine": {Menu: menu, GoPath: "/console/go"}} {
		if got := brandPath(f); got != want {
			t.Errorf("brandPath() = %q, want %q", got, want)
		}
	}
	if got := (Frame{Page: Page{Reading: true}}).mainClass() + (Frame{}).mainClass(); got != "readingconsole" {
		t.Errorf("classes = %q", got)
	}
	for name, want := range map[string]templ.Attributes{"light": {"data-theme": "light"}, "dark": {"data-theme": "dark"}, "": {}, `x" y`: {}} {
		if got := theme(reading(i18n.EN, func(r *Reader) { r.Theme = name })); !reflect.DeepEqual(got, want) {
			t.Errorf("theme %q: %v, want %v", name, got, want)
		}
	}
}

func TestTroubleInOrder(t *testing.T) {
	t.Parallel()
	tr := Trouble{Title: "t", Fields: map[string]string{"b": "2", "a": "1"}}
	if got := tr.names(); len(got) != 2 || got[0] != "a" || !tr.Any() || (Trouble{}).Any() || tr.Of("b") != "2" || tr.Of("c") != "" {
		t.Errorf("names = %v", got)
	}
	found := Found{Groups: []HitGroup{{}, {Hits: []Hit{{}}}}}
	if found.none() || !(Found{Groups: []HitGroup{{}}}).none() {
		t.Error("none() is wrong")
	}
	if got := (Filters{}).target() + (Filters{Fragment: "x"}).target(); got != "#list#x" {
		t.Errorf("targets = %q", got)
	}
}
