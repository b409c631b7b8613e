package intake

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// json decodes a JSON document: one object, a list of objects, or one object a line.
func (d *decoder) json(data []byte) {
	kind, err := jsonKind(data)
	switch {
	case err != nil:
		d.malformed(0, err)
	case kind == "" || kind == KindCVE || kind == KindOSV || kind == KindCSAF:
		d.sequence(data)
	default:
		d.whole(kind, data)
	}
}

var errAfterList = errors.New("data after the end of the list")

// sequence decodes documents that stand in a list or one after the other.
func (d *decoder) sequence(data []byte) {
	dec := json.NewDecoder(bytes.NewReader(data))
	if firstByte(data) == '[' {
		if _, err := dec.Token(); err != nil {
			d.malformed(0, err)
			return
		}
	}
	for !d.dead && (firstByte(data) != '[' || dec.More()) {
		var value json.RawMessage
		err := dec.Decode(&value)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			d.malformed(dec.InputOffset(), err)
			return
		}
		d.one(value, dec.InputOffset()-int64(len(value)))
	}
	if firstByte(data) != '[' {
		return
	}
	if d.dead {
		return
	}
	if _, err := dec.Token(); err != nil { // the end of the list
		d.refuse(int64(len(data)), 0, ReasonTruncated, err)
		return
	}
	if rest := bytes.TrimLeft(data[dec.InputOffset():], " \t\r\n"); len(rest) > 0 {
		d.refuse(int64(len(data)-len(rest)), 0, ReasonSyntax, errAfterList)
	}
}

// one decodes an object that stands alone or in a sequence.
func (d *decoder) one(data []byte, offset int64) {
	kind, err := jsonKind(data)
	switch {
	case err != nil:
		d.malformed(offset, err)
	case kind == KindCVE:
		d.cveRecord(data, offset)
	case kind == KindOSV:
		d.osv(data, offset)
	case kind == KindCSAF:
		d.csaf(data, offset)
	default:
		d.refuse(offset, 0, ReasonUnknownKind, nil)
	}
}

func (d *decoder) cveRecord(data []byte, offset int64) {
	err := d.cve.Decode(data, &d.record)
	if err == nil {
		fromCVE(d.add(KindCVE, offset), &d.record, d)
		return
	}
	d.wrongCVE(offset, err)
}

// wrongCVE refuses what begins at offset and is no CVE record.
func (d *decoder) wrongCVE(offset int64, err error) {
	if at, _ := placeOf(err); at >= 0 {
		d.refuse(offset+at, 0, ReasonSyntax, err)
		return
	}
	d.refuse(offset, 0, ReasonInvalid, err)
}

// malformed refuses what begins at offset and cannot be read, at the place that the parser names
// where that is within the whole document.
func (d *decoder) malformed(offset int64, err error) {
	at, line := placeOf(err)
	if at < 0 && (errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)) {
		at = d.size
	}
	if line > 0 && offset == 0 {
		offset = -1
	}
	d.refuse(max(at, offset), line, ReasonSyntax, err)
}

// whole decodes a document that is one long list.
func (d *decoder) whole(kind Kind, data []byte) {
	switch kind {
	case KindKEV:
		d.kev(data)
	case KindEPSS:
		d.epss(data)
	case KindNVD:
		d.nvd(data)
	default: // the other kinds are decoded one record at a time
	}
}

// lines decodes a document of lines.
func (d *decoder) lines(data []byte) {
	head := data[:min(len(data), 4096)]
	line, _, _ := bytes.Cut(bytes.TrimLeft(head, " \t\r\n"), []byte("\n"))
	first := strings.ToLower(string(line))
	switch {
	case strings.HasPrefix(first, "#model_version"), strings.HasPrefix(first, "cve,epss"):
		d.epss(data)
	case strings.Contains(first, "cveid") && strings.Contains(first, "dateadded"):
		d.kev(data)
	default:
		d.refuse(0, 0, ReasonUnknownKind, nil)
	}
}

// xml decodes an XML document by the name of its root element.
func (d *decoder) xml(data []byte) {
	root, err := rootName(data)
	switch {
	case err != nil:
		d.malformed(0, err)
	case root == "RDF":
		d.jvnOverview(data)
	case root == "VULDEF-Document":
		d.jvnDetail(data)
	case root == "VrdaData", root == "feed":
		d.vrda(data)
	default:
		d.refuse(0, 0, ReasonUnknownKind, nil)
	}
}

// rootName returns the local name of the root element. A document with a document type is refused
// here already: none of the formats has one.
func rootName(data []byte) (string, error) {
	dec := xml.NewDecoder(bytes.NewReader(data))
	dec.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // names are ASCII
	for range 64 {
		token, err := dec.Token()
		if err != nil {
			return "", err
		}
		switch t := token.(type) {
		case xml.StartElement:
			return t.Name.Local, nil
		case xml.Directive:
			return "", errors.New("document type declaration")
		}
	}
	return "", errors.New("no root element")
}

// jsonKind tells the kind of a JSON object, or of the first object of a list, by the names of its
// members; empty if no kind is known. It reads no further than it must.
func jsonKind(data []byte) (Kind, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	token, err := dec.Token()
	if err == nil && token == json.Delim('[') {
		if !dec.More() {
			return "", nil
		}
		token, err = dec.Token()
	}
	if err != nil {
		return "", err
	}
	if token != json.Delim('{') {
		return "", nil
	}
	seen := map[string]bool{}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return "", err
		}
		seen[name.(string)] = true
		if kind := kindOf(seen); kind != "" {
			return kind, nil
		}
		if err := skipValue(dec); err != nil {
			return "", err
		}
	}
	return "", nil
}

// kindOf decides as soon as the names allow it.
func kindOf(seen map[string]bool) Kind {
	switch {
	case seen["cveMetadata"], seen["dataType"]:
		return KindCVE
	case seen["catalogVersion"]:
		return KindKEV
	case seen["resultsPerPage"]:
		return KindNVD
	case seen["document"]:
		return KindCSAF
	case seen["data"] && (seen["status-code"] || seen["access"] || seen["status"]):
		return KindEPSS
	case seen["id"] && seen["modified"], seen["schema_version"]:
		return KindOSV
	}
	return ""
}

// skipValue skips a value without keeping it.
func skipValue(dec *json.Decoder) error {
	for depth := 0; ; {
		token, err := dec.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
	}
}
