package web

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"noroshi.dev/internal/core/fault"
)

// Column is one column of an export.
type Column[T any] struct {
	Name  string // name in the CSV header; machine word, the same in both languages
	Value func(T) string
}

// Export answers exactly the rows given, as the query's format says: csv (with
// bom=1 for Excel), json (one array of the rows as they marshal) or ndjson. It
// streams: rows are written as they are read, without a limit. name is the file's
// name without an ending. An error in the middle cuts the connection, so that no
// reader takes a part for the whole.
func Export[T any](w http.ResponseWriter, r *http.Request, name string, columns []Column[T], rows iter.Seq2[T, error]) error {
	switch format := query(r).Get("format"); format {
	case "", "csv":
		header := make([]string, len(columns))
		for i, c := range columns {
			header[i] = c.Name
		}
		return CSV(w, r, name, header, func(yield func([]string, error) bool) {
			record := make([]string, len(columns))
			for row, err := range rows {
				if err == nil {
					for i, c := range columns {
						record[i] = c.Value(row)
					}
				}
				if !yield(record, err) {
					return
				}
			}
		})
	case "json", "ndjson":
		return JSON(w, r, name, rows)
	default:
		return fault.New(fault.Invalid, "web.export").Field("format", "not_choice")
	}
}

// CSV streams rows after RFC 4180 in UTF-8. Cells that a spreadsheet would run as
// a formula are made harmless by a leading apostrophe. bom=1 in the query writes
// the mark that Excel needs to see UTF-8.
func CSV(w http.ResponseWriter, r *http.Request, name string, header []string, rows iter.Seq2[[]string, error]) error {
	out := &attachment{w: w, kind: "text/csv; charset=utf-8", name: name + ".csv"}
	buf := bufio.NewWriterSize(out, 32<<10)
	if query(r).Get("bom") == "1" {
		if _, err := buf.WriteString("\ufeff"); err != nil {
			return err
		}
	}
	c := csv.NewWriter(buf)
	c.UseCRLF = true
	if err := c.Write(harmlessAll(nil, header)); err != nil {
		return fmt.Errorf("web: csv %s: %w", name, err)
	}
	var cells []string
	for row, err := range rows {
		if err != nil {
			return fmt.Errorf("web: csv %s: %w", name, err)
		}
		cells = harmlessAll(cells[:0], row)
		if err := c.Write(cells); err != nil {
			return fmt.Errorf("web: csv %s: %w", name, err)
		}
	}
	c.Flush()
	if err := c.Error(); err != nil {
		return fmt.Errorf("web: csv %s: %w", name, err)
	}
	return buf.Flush()
}

// JSON streams rows as one array, or with format=ndjson as one object a line.
func JSON[T any](w http.ResponseWriter, r *http.Request, name string, rows iter.Seq2[T, error]) error {
	lines := query(r).Get("format") == "ndjson"
	out := &attachment{w: w, kind: "application/json", name: name + ".json"}
	if lines {
		out.kind, out.name = "application/x-ndjson", name+".ndjson"
	}
	buf := bufio.NewWriterSize(out, 32<<10)
	if err := writeJSON(buf, lines, rows); err != nil {
		return fmt.Errorf("web: json %s: %w", name, err)
	}
	if _, err := out.Write(nil); err != nil { // no rows in lines are no bytes, but still a file
		return err
	}
	return buf.Flush()
}

// writeJSON writes rows as an array or as lines.
func writeJSON[T any](buf *bufio.Writer, lines bool, rows iter.Seq2[T, error]) error {
	begin, between, end := "[\n", ",\n", "\n]\n"
	if lines {
		begin, between, end = "", "\n", "\n"
	}
	lead := begin
	for row, err := range rows {
		if err != nil {
			return err
		}
		data, err := json.Marshal(row)
		if err != nil {
			return err
		}
		if _, err := buf.WriteString(lead); err != nil {
			return err
		}
		if _, err := buf.Write(data); err != nil {
			return err
		}
		lead = between
	}
	if lead == begin { // no rows
		end = ""
		if !lines {
			end = "[]\n"
		}
	}
	_, err := buf.WriteString(end)
	return err
}

// harmlessAll appends the cells of row to cells, each harmless.
func harmlessAll(cells, row []string) []string {
	for _, cell := range row {
		cells = append(cells, harmless(cell))
	}
	return cells
}

// harmless returns a cell that no spreadsheet takes for a formula: one that begins
// with = + - @, tab or CR, after spaces too and in full width too, gets an
// apostrophe before it. Numbers keep their sign.
func harmless(cell string) string {
	first := strings.TrimLeft(cell, " \u3000\u00a0\n")
	if first == "" {
		return cell
	}
	switch r := []rune(first[:min(len(first), 4)])[0]; r {
	case '=', '@', '\t', '\r', '＝', '＠':
		return "'" + cell
	case '+', '-', '＋', '－':
		if number(first[1:]) && first == cell {
			return cell
		}
		return "'" + cell
	}
	return cell
}

// number reports whether s is digits with at most one point.
func number(s string) bool {
	digits, points := 0, 0
	for _, b := range []byte(s) {
		switch {
		case b >= '0' && b <= '9':
			digits++
		case b == '.':
			points++
		default:
			return false
		}
	}
	return digits > 0 && points <= 1
}

// attachment sets the headers of a file with the first byte, so that an error
// before it is still a page.
type attachment struct {
	w          io.Writer
	kind, name string
	begun      bool
}

// Write writes the headers once, then p.
func (a *attachment) Write(p []byte) (int, error) {
	if w, ok := a.w.(http.ResponseWriter); ok && !a.begun {
		a.begun = true
		w.Header().Set("Content-Type", a.kind)
		w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.name}))
		w.Header().Set("Cache-Control", "no-store")
	}
	return a.w.Write(p)
}

// Download answers a file that is never shown inside the page: attachments and
// evidence. size may be -1.
func Download(w http.ResponseWriter, name, kind string, size int64, content io.Reader) error {
	h := w.Header()
	h.Set("Content-Type", orElse(kind, "application/octet-stream"))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "no-store")
	if size >= 0 {
		h.Set("Content-Length", strconv.FormatInt(size, 10))
	}
	_, err := io.Copy(w, content)
	return err
}
