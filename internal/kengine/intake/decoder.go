package intake

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"noroshi.dev/format/cve"
	"noroshi.dev/format/ssvc"
)

// decoder is one worker's state: it turns documents into records and sends them in batches.
type decoder struct {
	ctx   context.Context
	limit int // records of a batch
	out   chan<- *Batch
	batch *Batch
	doc   document
	size  int64 // bytes of the document
	mark  int64 // bytes of the byte order mark before it
	dead  bool  // the context ended: stop early
	docs  int   // documents of the chunk, most often of one record each

	cve     cve.Decoder
	record  cve.Record
	vectors vectorCache
	choices choiceCache
	points  func() (*ssvc.Registry, error) // the built-in objects, read when first needed
	sources sourceCache

	convert cveConverter  // of the last CVE record, and the memory of its lists:
	scratch []Observation // observations
	claims  []claim       // vectors
	links   []Reference   // references
}

// chunk decodes the documents of c and delivers what comes out.
func (d *decoder) chunk(c *chunk) {
	d.out, d.batch, d.dead, d.docs = c.out, &Batch{}, false, len(c.docs)
	for _, doc := range c.docs {
		if d.dead {
			return
		}
		d.doc = doc
		if doc.refusal != nil {
			d.batch.Refusals = append(d.batch.Refusals, *doc.refusal)
		} else {
			d.document(c.buf[doc.from:doc.to])
		}
		d.batch.Bytes += int64(doc.to - doc.from)
		d.batch.Members++
	}
	if !d.dead {
		d.flush()
	}
}

// document decodes one document of a kind that its content tells.
func (d *decoder) document(data []byte) {
	whole := len(data)
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	d.size, d.mark = int64(len(data)), int64(whole-len(data))
	if cve.Likely(data) && d.single(data) {
		return
	}
	switch firstByte(data) {
	case '{', '[':
		d.json(data)
	case '<':
		d.xml(data)
	default:
		d.lines(data)
	}
}

// single tries the common case, a file that is one CVE record, and reports whether that settled
// it. A file of several records is left to the general way.
func (d *decoder) single(data []byte) bool {
	err := d.cve.Decode(data, &d.record)
	if errors.Is(err, cve.ErrTrailing) {
		return false
	}
	if err != nil {
		d.wrongCVE(0, err)
		return true
	}
	fromCVE(d.add(KindCVE, 0), &d.record, d)
	return true
}

// add appends an empty record of the current document to the batch and returns it. The pointer
// is good until the next call.
func (d *decoder) add(kind Kind, offset int64) *Record {
	if len(d.batch.Records) >= d.limit {
		d.flush()
	}
	if d.batch.Records == nil {
		d.batch.Records = make([]Record, 0, min(d.limit, max(d.docs, 64)))
	}
	d.batch.Records = append(d.batch.Records, Record{Kind: kind, Origin: Origin{Member: d.doc.member, Offset: d.place(offset)}, State: Published})
	return &d.batch.Records[len(d.batch.Records)-1]
}

// refuse reports a part of the current document.
func (d *decoder) refuse(offset int64, line int, why string, cause error) {
	ref := Refusal{Member: d.doc.member, Offset: d.place(offset), Line: line, Reason: why, Cause: cause}
	if cause != nil {
		ref.Args = map[string]any{"detail": clip(cause.Error())}
	}
	if len(d.batch.Refusals) >= d.limit {
		d.flush()
	}
	d.batch.Refusals = append(d.batch.Refusals, ref)
}

// place turns a byte of the document behind its mark into one of the member; what concerns the
// document as a whole (0) or has no place (-1) stays so.
func (d *decoder) place(offset int64) int64 {
	if offset > 0 {
		return offset + d.mark
	}
	return offset
}

func (d *decoder) flush() {
	if len(d.batch.Records)+len(d.batch.Refusals)+d.batch.Members == 0 {
		return
	}
	select {
	case d.out <- d.batch:
	case <-d.ctx.Done():
		d.dead = true
	}
	d.batch = &Batch{}
}

// firstByte returns the first byte that is not white space, or 0.
func firstByte(data []byte) byte {
	for _, c := range data {
		if c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			return c
		}
	}
	return 0
}

// clip shortens a text to MaxRaw bytes on a rune's border. A shortened text does not keep the memory
// of the whole one.
func clip(s string) string {
	if len(s) <= MaxRaw {
		return s
	}
	cut := MaxRaw
	for cut > 0 && s[cut]&0xC0 == 0x80 {
		cut--
	}
	return strings.Clone(s[:cut])
}
