package filter

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"noroshi.dev/internal/core/fault"
)

// The limits of a filter text.
const (
	MaxLength = 1000 // characters, before and after folding
	MaxTerms  = 64
	MaxDepth  = 8 // levels of parentheses
)

// Parse reads a filter text. An empty text matches everything.
func Parse(text string) (Expr, error) {
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) { // no database looks for a zero
		return Expr{}, wrong("not_text", 1)
	}
	if utf8.RuneCountInString(text) > MaxLength {
		return Expr{}, wrong("too_long", MaxLength)
	}
	folded := norm.NFKC.String(text)
	p := &parser{in: []rune(folded)}
	if len(p.in) > MaxLength {
		return Expr{}, wrong("too_long", MaxLength)
	}
	e, err := p.or(0)
	if err != nil {
		return Expr{}, err
	}
	if p.at < len(p.in) {
		return Expr{}, wrong("parenthesis", p.at+1)
	}
	if e.Kind != All || e.Not {
		e = Expr{Nodes: []Expr{e}}
	}
	return e, nil
}

// wrong is the fault of a filter text at a place (1 is the first character).
func wrong(what string, at int) error {
	return fault.New(fault.Invalid, "web.filter").Field("q", "web.filter."+what, "at", at)
}

// parser walks over the characters of a filter text.
type parser struct {
	in    []rune
	at    int
	terms int
}

// or reads alternatives joined by OR.
func (p *parser) or(depth int) (Expr, error) {
	var sides []Expr
	for {
		side, err := p.all(depth)
		if err != nil {
			return Expr{}, err
		}
		sides = append(sides, side)
		if !p.word("OR") {
			break
		}
	}
	if len(sides) == 1 {
		return sides[0], nil
	}
	for i, s := range sides {
		if s.Empty() {
			return Expr{}, wrong("or", p.at+1)
		}
		if s.Kind == All && !s.Not && len(s.Nodes) == 1 {
			sides[i] = s.Nodes[0]
		}
	}
	return Expr{Kind: Any, Nodes: sides}, nil
}

// all reads terms that must hold together, up to OR, a parenthesis or the end.
func (p *parser) all(depth int) (Expr, error) {
	e := Expr{}
	for {
		p.skip()
		if p.at == len(p.in) || p.in[p.at] == ')' || p.ahead("OR") {
			return e, nil
		}
		t, err := p.term(depth)
		if err != nil {
			return Expr{}, err
		}
		e.Nodes = append(e.Nodes, t)
	}
}

// term reads one term, which may be negated or a group.
func (p *parser) term(depth int) (Expr, error) {
	if p.terms++; p.terms > MaxTerms {
		return Expr{}, wrong("too_many", p.at+1)
	}
	start := p.at // on its own: which of the two is evaluated first is not said
	not := p.take('-')
	if not && (p.at == len(p.in) || space(p.in[p.at]) || p.in[p.at] == ')' || p.in[p.at] == '-') {
		return Expr{}, wrong("minus", start+1)
	}
	var e Expr
	var err error
	if p.take('(') {
		e, err = p.group(depth + 1)
	} else {
		e, err = p.plain()
	}
	if not {
		e.Not = !e.Not
	}
	return e, err
}

// group reads what is between parentheses, the first of which is read.
func (p *parser) group(depth int) (Expr, error) {
	start := p.at
	if depth > MaxDepth {
		return Expr{}, wrong("too_deep", start)
	}
	e, err := p.or(depth)
	if err != nil {
		return Expr{}, err
	}
	if !p.take(')') {
		return Expr{}, wrong("parenthesis", start)
	}
	if e.Empty() {
		return Expr{}, wrong("empty", start)
	}
	if e.Kind == All && !e.Not && len(e.Nodes) == 1 {
		return e.Nodes[0], nil
	}
	return e, nil
}

// plain reads field:value or a word.
func (p *parser) plain() (Expr, error) {
	field, ok := p.field()
	if !ok {
		v, quoted, err := p.value()
		return Expr{Kind: Word, Value: v, Quoted: quoted}, err
	}
	e := Expr{Kind: Term, Field: field}
	switch {
	case p.take('<'):
		e.Op = Lt
	case p.take('>'):
		e.Op = Gt
	}
	if e.Op != Is && p.take('=') {
		e.Op += "="
	}
	v, quoted, err := p.value()
	e.Value, e.Quoted = v, quoted
	if v == "*" && !quoted && e.Op == Is {
		e.Op, e.Value = Has, ""
	}
	return e, err
}

// field reads a name and its colon, if they are there.
func (p *parser) field() (string, bool) {
	for i := p.at; i < len(p.in) && i-p.at <= 40; i++ {
		r := p.in[i]
		if r == ':' && i > p.at {
			name := strings.ToLower(string(p.in[p.at:i]))
			p.at = i + 1
			return name, true
		}
		if !nameRune(r, i == p.at) {
			return "", false
		}
	}
	return "", false
}

// hasField reports whether a word would be read as field:value.
func hasField(word string) bool {
	_, ok := (&parser{in: []rune(word)}).field()
	return ok
}

// nameRune reports whether r may stand in the name of a field.
func nameRune(r rune, first bool) bool {
	letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	return letter || !first && (r >= '0' && r <= '9' || r == '.' || r == '_' || r == '-')
}

// value reads a quoted text or a word.
func (p *parser) value() (string, bool, error) {
	if p.take('"') {
		return p.quote()
	}
	start := p.at
	for p.at < len(p.in) && !space(p.in[p.at]) && !strings.ContainsRune(`"()`, p.in[p.at]) {
		p.at++
	}
	if p.at == start {
		return "", false, wrong("value_missing", start+1)
	}
	return string(p.in[start:p.at]), false, nil
}

// quote reads up to the closing quote; a backslash takes the next character as it is.
func (p *parser) quote() (string, bool, error) {
	start := p.at
	var b strings.Builder
	for ; p.at < len(p.in); p.at++ {
		switch r := p.in[p.at]; {
		case r == '\\' && p.at+1 < len(p.in):
			p.at++
			b.WriteRune(p.in[p.at])
		case r == '"':
			p.at++
			if b.Len() == 0 {
				return "", true, wrong("empty", start)
			}
			return b.String(), true, nil
		default:
			b.WriteRune(r)
		}
	}
	return "", true, wrong("quote", start)
}

// word takes a whole word, if it is the next one.
func (p *parser) word(w string) bool {
	p.skip()
	if !p.ahead(w) {
		return false
	}
	p.at += len([]rune(w))
	return true
}

// ahead reports whether the next word is w.
func (p *parser) ahead(w string) bool {
	end := p.at + len([]rune(w))
	if end > len(p.in) || string(p.in[p.at:end]) != w {
		return false
	}
	return end == len(p.in) || space(p.in[end]) || p.in[end] == '(' || p.in[end] == ')'
}

// take reads r if it is the next character.
func (p *parser) take(r rune) bool {
	if p.at < len(p.in) && p.in[p.at] == r {
		p.at++
		return true
	}
	return false
}

// skip reads spaces.
func (p *parser) skip() {
	for p.at < len(p.in) && space(p.in[p.at]) {
		p.at++
	}
}

// space reports whether r separates words; control characters do as well.
func space(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }
