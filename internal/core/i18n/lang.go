package i18n

import (
	"golang.org/x/text/language"
)

// Lang is a language of the interface.
type Lang string

// The languages. Japanese is first: it is the default where nothing else is known.
const (
	JA Lang = "ja"
	EN Lang = "en"
)

// Langs returns the languages, the default first.
func Langs() []Lang { return []Lang{JA, EN} }

// Known reports whether l is a language of the interface.
func (l Lang) Known() bool { return l == JA || l == EN }

// Other returns the language that is not l.
func (l Lang) Other() Lang {
	if l == JA {
		return EN
	}
	return JA
}

// Accept returns the language that an Accept-Language header asks for, the
// default if it asks for none of ours.
func Accept(header string) Lang {
	tags, _, err := language.ParseAcceptLanguage(header)
	if err != nil || len(tags) == 0 {
		return JA
	}
	_, i, confidence := language.NewMatcher([]language.Tag{language.Japanese, language.English}).Match(tags...)
	if confidence == language.No {
		return EN // a reader of neither language is more likely to read English
	}
	return Langs()[i]
}
