package guard

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
)

// Limits bound what one document may cost.
type Limits struct {
	// Bytes is the largest number of bytes read between two calls of Mark, and in a JSON
	// document as a whole.
	Bytes int64
	// Depth is the deepest nesting of elements, objects and arrays.
	Depth int
}

// ErrLimit is wrapped by every error that a limit caused.
var ErrLimit = errors.New("limit exceeded")

// Error is a fault at a place of a document.
type Error struct {
	// Line and Column count from 1; the column counts bytes.
	Line, Column int
	Err          error
}

// Error writes place and reason.
func (e *Error) Error() string {
	return fmt.Sprintf("line %d, column %d: %v", e.Line, e.Column, e.Err)
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

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

// budget fails once more than limit bytes were read since the last Mark.
type budget struct {
	r           io.Reader
	used, limit int64
}

// Read implements io.Reader.
func (b *budget) Read(p []byte) (int, error) {
	if b.used > b.limit {
		return 0, fmt.Errorf("a record is larger than %d bytes: %w", b.limit, ErrLimit)
	}
	n, err := b.r.Read(p)
	b.used += int64(n)
	return n, err
}

// charset reads the encodings that Japanese and old European documents declare.
func charset(label string, r io.Reader) (io.Reader, error) {
	var e encoding.Encoding
	switch strings.ToLower(strings.TrimSpace(label)) {
	case "us-ascii", "ascii", "utf8":
		return r, nil
	case "shift_jis", "shift-jis", "sjis", "windows-31j", "cp932":
		e = japanese.ShiftJIS
	case "euc-jp":
		e = japanese.EUCJP
	case "iso-2022-jp":
		e = japanese.ISO2022JP
	case "iso-8859-1", "latin1", "windows-1252":
		e = charmap.Windows1252
	default:
		return nil, fmt.Errorf("encoding %q is not accepted; use UTF-8", label)
	}
	return e.NewDecoder().Reader(r), nil
}
