package search

import (
	"strings"
	"unicode"

	"noroshi.dev/internal/core/fault"
)

const (
	maxQuery = 1000 // bytes of a query
	maxTerms = 50
)

// Term is one piece of a query: a word or phrase that must, or with Not must
// not, occur. A Prefix term also finds what merely begins so.
type Term struct {
	Text   string
	Phrase bool // it was written in quotes
	Not    bool
	Prefix bool
}

// Query is a parsed query: every group must hold, and a group holds if one of
// its terms does. The empty query holds always.
type Query [][]Term

// Parse reads the query language of this package. A quote that is not closed
// ends with the text. The fault is fault.Invalid "search.query" for more than
// 1,000 bytes or 50 terms.
func Parse(text string) (Query, error) {
	if len(text) > maxQuery {
		return nil, tooLong()
	}
	var q Query
	terms, joined := 0, false
	for rest := text; ; {
		var t Term
		var or bool
		t, or, rest = next(rest)
		if t.Text == "" && !or {
			return q, nil
		}
		if or {
			joined = len(q) > 0 // an OR without a left side says nothing
			continue
		}
		if terms++; terms > maxTerms {
			return nil, tooLong()
		}
		if joined {
			q[len(q)-1] = append(q[len(q)-1], t)
		} else {
			q = append(q, []Term{t})
		}
		joined = false
	}
}

func tooLong() error {
	return fault.New(fault.Invalid, "search.query").Field("q", "search.too_long", "bytes", maxQuery, "terms", maxTerms)
}

// next cuts the first term off text; an empty term means that none is left.
func next(text string) (t Term, or bool, rest string) {
	for {
		text = strings.TrimLeftFunc(text, unicode.IsSpace)
		if text == "" {
			return Term{}, false, ""
		}
		var t Term
		if text[0] == '-' && len(text) > 1 && text[1] != ' ' {
			t.Not, text = true, text[1:]
		}
		if text[0] == '"' {
			t.Phrase = true
			t.Text, text, _ = strings.Cut(text[1:], `"`)
		} else {
			end := strings.IndexFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == '"' })
			if end < 0 {
				end = len(text)
			}
			t.Text, text = text[:end], text[end:]
			if t.Text == "OR" && !t.Not {
				return Term{}, true, text
			}
		}
		if cut, ok := strings.CutSuffix(t.Text, "*"); ok && !t.Phrase {
			t.Text, t.Prefix = cut, true
		}
		if strings.TrimSpace(t.Text) != "" {
			return t, false, text
		}
	}
}

// phrase is a term as tokens; with prefix the last one stands for all tokens
// that begin with it.
type phrase struct {
	tokens []string
	prefix bool
}

func (t Term) phrase() phrase {
	p := phrase{tokens: tokens(t.Text, false), prefix: t.Prefix}
	if n := len(p.tokens); n > 0 {
		// One character of a run is the beginning of a pair, or a run's last character.
		last := []rune(p.tokens[n-1])
		if len(last) == 1 && classOf(last[0]) == run {
			p.prefix = true
		}
	}
	return p
}
