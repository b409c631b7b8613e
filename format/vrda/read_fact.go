package vrda

import (
	"strings"
)

// facts reads the children of FactAnalysis. Elements of our profile have a key and Value children.
// Of any other element each leaf is a fact: its key is an attribute that names it or the name of
// the element, its value an attribute or the text.
func facts(e Element) []Fact {
	var list []Fact
	for _, c := range e.Children {
		switch {
		case c.Name.Local == "Fact" && c.Attr("key") != "":
			list = append(list, profileFact(c))
		case len(c.Children) > 0:
			list = append(list, facts(c)...)
		default:
			list = append(list, leafFact(c))
		}
	}
	return list
}

func profileFact(e Element) Fact {
	f := Fact{
		Namespace: e.Attr("namespace"), Key: e.Attr("key"), Version: e.Attr("version"),
		Source: e.Attr("source"), Evidence: e.Attr("evidence"), Observed: instant(e.Attr("observed")),
	}
	for _, c := range e.Children {
		if text := strings.TrimSpace(c.Text); c.Name.Local == "Value" && text != "" {
			f.Values = append(f.Values, Value{Key: text, Label: c.Attr("label")})
		}
	}
	if text := strings.TrimSpace(e.Text); len(f.Values) == 0 && text != "" {
		f.Values = []Value{{Key: text}}
	}
	return f
}

func leafFact(e Element) Fact {
	f := Fact{Key: first(e.Attr("key"), e.Attr("name"), e.Attr("id"), e.Attr("fact"), e.Name.Local)}
	if v := first(e.Attr("value"), strings.TrimSpace(e.Text)); v != "" {
		f.Values = []Value{{Key: v, Label: e.Attr("label")}}
	}
	return f
}
