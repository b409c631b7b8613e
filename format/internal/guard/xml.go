package guard

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
)

// Reader reads an XML document as tokens. Its embedded Decoder knows namespaces and checks that
// elements match.
type Reader struct {
	*xml.Decoder
	raw    *xml.Decoder
	input  *budget
	limits Limits
	rename map[string]string
	depth  int
}

// XML returns a Reader on r. Namespaces that are keys of rename are read as their values, which
// makes spellings that occur in the wild one; nil means none.
func XML(r io.Reader, limits Limits, rename map[string]string) *Reader {
	input := &budget{r: r, limit: limits.Bytes}
	head := bufio.NewReader(input)
	// A byte order mark is legal and of no use.
	if b, err := head.Peek(3); err == nil && bytes.Equal(b, []byte("\xef\xbb\xbf")) {
		_, _ = head.Discard(3)
	}
	raw := xml.NewDecoder(head)
	raw.CharsetReader = charset
	g := &Reader{raw: raw, input: input, limits: limits, rename: rename}
	g.Decoder = xml.NewTokenDecoder(tokens{g})
	return g
}

// Mark starts a new record: the budget of bytes begins again.
func (g *Reader) Mark() { g.input.used = 0 }

// At gives err the present place, unless it has one.
func (g *Reader) At(err error) error {
	var placed *Error
	if err == nil || errors.As(err, &placed) {
		return err
	}
	line, column := g.raw.InputPos()
	if syntax, ok := errors.AsType[*xml.SyntaxError](err); ok {
		err = errors.New(syntax.Msg)
	}
	return &Error{Line: line, Column: column, Err: err}
}

// Start returns the next start element, or io.EOF at the end of the enclosing element or of the
// document.
func (g *Reader) Start() (xml.StartElement, error) {
	for {
		token, err := g.Token()
		if err != nil {
			return xml.StartElement{}, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			return t, nil
		case xml.EndElement:
			return xml.StartElement{}, io.EOF
		}
	}
}

// Root returns the document element; an empty document is an error.
func (g *Reader) Root() (xml.StartElement, error) {
	start, err := g.Start()
	if errors.Is(err, io.EOF) {
		err = errors.New("no element found; is this an XML file?")
	}
	return start, g.At(err)
}

// Finish reads what follows the document element and refuses a second one.
func (g *Reader) Finish() error {
	for {
		token, err := g.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return g.At(err)
		}
		if start, ok := token.(xml.StartElement); ok {
			return g.At(fmt.Errorf("element %s after the end of the document", start.Name.Local))
		}
		if text, ok := token.(xml.CharData); ok && len(bytes.TrimSpace(text)) > 0 {
			return g.At(errors.New("text after the end of the document"))
		}
	}
}

// Place returns line and column of what was read last, from 1; the column counts bytes.
func (g *Reader) Place() (line, column int) { return g.raw.InputPos() }
