package app

import (
	"go/ast"
	"regexp"
	"strings"
	"testing"

	"noroshi.dev/internal/core/i18n"
	"noroshi.dev/internal/core/module"
)

// TestMessagesAreCompleteInBothLanguages checks that ja and en say the same
// things with the same parameters.
func TestMessagesAreCompleteInBothLanguages(t *testing.T) {
	t.Parallel()
	_, all := build(module.Deps{})
	c, err := catalogue(all)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range c.Check() {
		t.Error(err)
	}
	if n := len(c.Keys(i18n.JA)); n < 200 {
		t.Errorf("%d messages: the catalogue is not that of the house", n)
	}
	for _, m := range all {
		if m.Commands != nil && !c.Has(i18n.EN, m.Name+".command") {
			t.Errorf("%s has commands and no message %s.command that says what they do", m.Name, m.Name)
		}
		for _, item := range m.Menu {
			if !c.Has(i18n.JA, item.Key) {
				t.Errorf("%s: no message %s for the menu", m.Name, item.Key)
			}
		}
		for _, f := range m.Finders {
			if !c.Has(i18n.JA, f.Key) {
				t.Errorf("%s: no message %s for the palette", m.Name, f.Key)
			}
		}
	}
}

var messageKey = regexp.MustCompile(`^[a-z0-9_]+(\.[a-z0-9_]+)+$`)

// keyAt says which argument of a call is a message key.
var keyAt = map[string]int{"T": 1, "Text": 1, "Hinted": 0, "SeeOther": 3}

// TestEveryMessageThatCodeNamesExists looks through the syntax trees for keys
// that stand in the code as they are.
func TestEveryMessageThatCodeNamesExists(t *testing.T) {
	t.Parallel()
	_, all := build(module.Deps{})
	c, err := catalogue(all)
	if err != nil {
		t.Fatal(err)
	}
	every, err := read()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, s := range every {
		if s.test() || !strings.HasPrefix(s.path, "internal/") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			key, suffix := named(call)
			if !messageKey.MatchString(key) {
				return true
			}
			seen++
			if !c.Has(i18n.JA, key) && !c.Has(i18n.JA, key+suffix) {
				t.Errorf("%s: there is no message %s%s", s.at(call), key, suffix)
			}
			return true
		})
	}
	if seen < 100 {
		t.Errorf("only %d keys were found: the test looks at the wrong calls", seen)
	}
}

// named returns the message key of a call, and the ending that stands for the
// kind of a fault; empty if the call names none.
func named(call *ast.CallExpr) (key, suffix string) {
	name := ""
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		name = f.Sel.Name
		if x, ok := f.X.(*ast.Ident); ok && x.Name == "fault" && name == "New" && len(call.Args) > 1 {
			kind := ""
			if k, ok := call.Args[0].(*ast.SelectorExpr); ok {
				kind = k.Sel.Name
			}
			key, _ = constant(call.Args[1])
			return key, kinds[kind]
		}
	case *ast.Ident:
		name = f.Name
	}
	at, ok := keyAt[name]
	if !ok || len(call.Args) <= at {
		return "", ""
	}
	key, _ = constant(call.Args[at])
	return key, ""
}

// kinds is how messages name the kinds of faults.
var kinds = map[string]string{
	"NotFound": ".not_found", "Invalid": ".invalid", "Conflict": ".conflict", "Denied": ".denied", "Unavailable": ".unavailable", "Limit": ".limit",
}

// TestFaultsAreToldInWords shows a fault of each room as a reader meets it.
func TestFaultsAreToldInWords(t *testing.T) {
	t.Parallel()
	p := &program{IO: IO{Environ: []string{"LANG=ja_JP.UTF-8"}}}
	if p.lang() != i18n.JA {
		t.Errorf("lang() = %s", p.lang())
	}
	p.Environ = []string{"LC_ALL=en_GB", "LANG=ja_JP"}
	if p.lang() != i18n.EN {
		t.Errorf("lang() = %s", p.lang())
	}
}
