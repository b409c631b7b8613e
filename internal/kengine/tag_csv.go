package kengine

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"noroshi.dev/internal/core/fault"
	"noroshi.dev/internal/core/identity"
	"noroshi.dev/internal/core/storage"
)

// maxTagFile bounds a CSV file of product tags, in bytes.
const maxTagFile = 32 << 20

// TagColumns returns the columns of product tags in CSV. In facts, "ssvc:EXP:1.0.1=C,O cisa:PE:1.0.0=Y"
// gives two facts; active is "no" or anything else.
func TagColumns() []string {
	return []string{"name", "vendor", "product", "cpe", "purl", "release", "criticality", "exposure", "owner", "facts", "active"}
}

// Cells returns the tag in the order of TagColumns.
func (t *TagInput) Cells() []string {
	facts := make([]string, len(t.Facts))
	for i, c := range t.Facts {
		facts[i] = c.Fact + "=" + strings.Join(c.Values, ",")
	}
	active := "yes"
	if !t.Active {
		active = "no"
	}
	return []string{
		t.Name, t.Vendor, t.Product, t.CPE, t.PURL, t.Release, t.Criticality, t.Exposure, t.Owner, strings.Join(facts, " "), active,
	}
}

// setCell reads one cell.
func (t *TagInput) setCell(column, text string) {
	text = strings.TrimSpace(text)
	switch column {
	case "name":
		t.Name = text
	case "vendor":
		t.Vendor = text
	case "product":
		t.Product = text
	case "cpe":
		t.CPE = text
	case "purl":
		t.PURL = text
	case "release":
		t.Release = text
	case "criticality":
		t.Criticality = text
	case "exposure":
		t.Exposure = text
	case "owner":
		t.Owner = text
	case "facts":
		for one := range strings.FieldsSeq(text) {
			fact, values, _ := strings.Cut(one, "=")
			t.Facts = append(t.Facts, Claim{Fact: fact, Values: strings.Split(values, ",")})
		}
	case "active":
		t.Active = !strings.EqualFold(text, "no") && !strings.EqualFold(text, "false")
	}
}

// ExportTags streams the product tags that a filter finds, for TagColumns and Cells. It needs PermTaskRead.
func (s *Service) ExportTags(ctx context.Context, a identity.Actor, q Query) iter.Seq2[Tag, error] {
	return func(yield func(Tag, error) bool) {
		err := s.may(a, PermTaskRead())
		var w *storage.Where
		if err == nil {
			w, err = s.tagWhere(a, q.Filter)
		}
		if err != nil {
			yield(Tag{}, err)
			return
		}
		for t, err := range storage.Each(ctx, s.DB.Read(), scanTag, `SELECT `+tagColumns+`, 0 FROM kengine_tag g`+w.SQL()+` ORDER BY g.name, g.id`, w.Args()...) {
			if !yield(t, err) || err != nil {
				return
			}
		}
	}
}

// ImportTags makes product tags of a CSV file whose first line names its columns, some of TagColumns
// in any order. A product that is known by its names and release is changed, another one is added;
// nothing is removed. Lines that are wrong are skipped and listed. It needs PermTagEdit.
func (s *Service) ImportTags(ctx context.Context, a identity.Actor, name string, r io.Reader) (TagImport, error) {
	out := TagImport{Origin: "csv:" + cut(oneLine(name), maxName), Format: "CSV"}
	if err := s.may(a, PermTagEdit()); err != nil {
		return TagImport{}, err
	}
	var inputs []TagInput
	err := s.DB.InRead(ctx, func(ctx context.Context, run storage.Runner) error {
		t, err := s.loadTenant(ctx, run, a.Organisation)
		if err != nil {
			return err
		}
		inputs, err = out.lines(r, func(in *TagInput) error { return s.checkTag(t, in) })
		return err
	})
	if err != nil {
		return out, err
	}
	return out, s.mergeTags(ctx, a, "tag.import", merging{origin: out.Origin, report: &out}, inputs)
}

// lines reads a CSV file.
func (r *TagImport) lines(from io.Reader, check func(*TagInput) error) ([]TagInput, error) {
	limited := &io.LimitedReader{R: from, N: maxTagFile + 1}
	file := csv.NewReader(limited)
	file.FieldsPerRecord, file.TrimLeadingSpace = -1, true
	header, err := file.Read()
	if err != nil {
		return nil, tagFileFault(err)
	}
	for i := range header {
		header[i] = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(header[i], "\ufeff")))
		if !slices.Contains(TagColumns(), header[i]) {
			return nil, fault.New(fault.Invalid, "kengine.tag.file").Field("file", "kengine.tag.column", "column", cut(header[i], 40), "columns", strings.Join(TagColumns(), ", "))
		}
	}
	var out []TagInput
	seen := map[string]bool{}
	for {
		record, err := file.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, tagFileFault(err)
		}
		line, _ := file.FieldPos(0)
		r.Read++
		in := TagInput{Active: true}
		for i := range min(len(record), len(header)) {
			in.setCell(header[i], unguard(record[i]))
		}
		in.tidy()
		if f := fault.Of(check(&in)); f != nil {
			r.skip(line, in.Name, f.Fields[0].Key, f.Fields[0].Args)
			continue
		}
		if seen[in.identity()] {
			r.skip(line, in.Name, "kengine.sbom.twice", nil)
			continue
		}
		seen[in.identity()] = true
		if out = append(out, in); len(out) > maxTags {
			return nil, fault.New(fault.Limit, "kengine.tag").With("max", maxTags)
		}
	}
	if limited.N <= 0 {
		return nil, fault.New(fault.Limit, "kengine.tag.file").With("max", maxTagFile)
	}
	return out, nil
}

// unguard takes the apostrophe away by which an export keeps spreadsheets from running a cell.
func unguard(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.ContainsRune("=+-@\t\r", rune(cell[1])) {
		return cell[1:]
	}
	return cell
}

func tagFileFault(err error) error {
	return fault.New(fault.Invalid, "kengine.tag.file").Because(fmt.Errorf("kengine: tags: %w", err)).Field("file", "kengine.tag.csv", "detail", cut(err.Error(), maxName))
}
