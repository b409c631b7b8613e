package ui

import (
	"context"

	"noroshi.dev/internal/core/i18n"
)

// alternate is the present page in a language, its query kept.
func alternate(ctx context.Context, l i18n.Lang) string {
	r := From(ctx)
	return Path(l, "%s", Raw(r.Path)) + Changed(r.Query)
}

// brandPath is where the mark of the product leads.
func brandPath(f Frame) string {
	if f.GoPath != "" && len(f.Menu) > 0 {
		return f.Menu[0].Path
	}
	return "/"
}

// shortcut is a line of the help on shortcuts.
type shortcut struct {
	keys []string
	text string // message key
}

// shortcuts are those that work on every page; a page's own actions show theirs
// on the buttons.
func shortcuts() []shortcut {
	return []shortcut{
		{[]string{"j", "k"}, "web.keys.move"},
		{[]string{"Enter", "o"}, "web.keys.open"},
		{[]string{"x"}, "web.keys.select"},
		{[]string{"Shift", "x"}, "web.keys.range"},
		{[]string{"/"}, "web.keys.filter"},
		{[]string{"?"}, "web.keys.help"},
		{[]string{"Ctrl", "K"}, "web.keys.go"},
	}
}
