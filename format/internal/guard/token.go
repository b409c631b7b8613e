package guard

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
)

// tokens checks each token of the raw decoder before the outer decoder sees it.
type tokens struct{ g *Reader }

// Token implements xml.TokenReader.
func (t tokens) Token() (xml.Token, error) {
	g := t.g
	token, err := g.raw.Token()
	if err != nil {
		if errors.Is(err, io.EOF) {
			return nil, io.EOF
		}
		return nil, g.At(err)
	}
	switch e := token.(type) {
	case xml.StartElement:
		g.depth++
		if g.depth > g.limits.Depth {
			return nil, g.At(fmt.Errorf("elements nested deeper than %d: %w", g.limits.Depth, ErrLimit))
		}
		return g.renamed(e), nil
	case xml.EndElement:
		g.depth--
		e.Name = g.name(e.Name)
		return e, nil
	case xml.Directive:
		return nil, g.At(errors.New("document type declarations are not accepted; remove the DOCTYPE"))
	default:
		return token, nil
	}
}

func (g *Reader) renamed(e xml.StartElement) xml.StartElement {
	e.Name = g.name(e.Name)
	kept := make([]xml.Attr, 0, len(e.Attr))
	for _, a := range e.Attr {
		// Namespaces are already resolved; a second resolution by the outer decoder must not
		// meet the declarations again.
		if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
			continue
		}
		a.Name = g.name(a.Name)
		kept = append(kept, a)
	}
	e.Attr = kept
	return e
}

func (g *Reader) name(n xml.Name) xml.Name {
	if to, ok := g.rename[n.Space]; ok {
		n.Space = to
	}
	return n
}
