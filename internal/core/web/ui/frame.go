package ui

import (
	"context"

	"github.com/a-h/templ"
)

// Page is what a handler says about its page.
type Page struct {
	Title   string          // in the reader's language, without the product's name
	Reading bool            // a public page to read, with larger text; else a console page to work in
	Head    templ.Component // more for <head>, such as a link to an Atom feed
	Modules []string        // more script modules of assets/, for example "explorer.js"
	Styles  []string        // more stylesheets of assets/, for example "vendor/uplot.css"
}

// MenuItem is one entry of the main navigation.
type MenuItem struct {
	Label string
	Path  string // without the language
	Chord string // keys that go there, for example "g w"
	Count int    // shown when above zero
	// Holds are the beginnings of the addresses that belong to the entry. Without
	// them the entry holds everything below Path, with them nothing else below it.
	Holds []string
	Aside bool // goes into a menu of its own where there are several of these
}

// Organisation is an organisation that the reader may switch to.
type Organisation struct {
	ID, Name string
	Current  bool
}

// Flash is the outcome of the deed before, told once on the next page.
type Flash struct {
	Text string
	Kind string // "good", "open" or "bad"
}

// Frame is what web adds around the body of a page.
type Frame struct {
	Page
	Menu          []MenuItem
	Organisations []Organisation
	SwitchPath    string // POST takes organisation and next
	AccountPath   string
	SignInPath    string // empty where nobody can sign in
	GoPath        string // palette page; empty for readers who are not signed in
	KeysPath      string
	Scripts       []string // classic scripts, already as asset paths
	Module        string
	Flash         *Flash
	Demo          bool
	Base          string // "https://host" for links to other languages, may be empty
	HTMX          string // configuration in JSON
}

// title is the text of the title element.
func (f Frame) title(ctx context.Context) string {
	if f.Title == "" {
		return T(ctx, "web.brand")
	}
	return f.Title + " — " + T(ctx, "web.brand")
}

// theme is the data-theme attribute, absent where the system decides.
func theme(ctx context.Context) templ.Attributes {
	r := From(ctx)
	a := templ.Attributes{}
	if r.Theme == "light" || r.Theme == "dark" {
		a["data-theme"] = r.Theme
	}
	if r.NoKeys {
		a["data-no-keys"] = "true"
	}
	return a
}

// mainClass is the class of the main element.
func (f Frame) mainClass() string {
	if f.Reading {
		return "reading"
	}
	return "console"
}
