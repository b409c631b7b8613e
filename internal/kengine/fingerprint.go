package kengine

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"noroshi.dev/internal/core/storage"
)

// Fingerprint is the state of the room in short: two rooms that hold the same reports, words,
// contradictions, tasks and rulings have the same. It leaves out ids, times of recording, due
// dates that follow from them, and the list of imports, so that an interrupted import that was run
// again equals one whole run, and a restored backup its original.
type Fingerprint struct {
	Reports    int64  `json:"reports"`
	Assertions int64  `json:"assertions"`
	Conflicts  int64  `json:"conflicts"`
	Tasks      int64  `json:"tasks"`
	Rulings    int64  `json:"rulings"`
	Hash       string `json:"hash"` // SHA-256, hexadecimal
}

// part is one table of the fingerprint: a query whose columns are the canonical form of a row,
// the organisation first. Organisations are told apart, not named: their ids are made by chance.
type part struct {
	name  string
	query string
	count func(*Fingerprint) *int64
}

func fingerprintParts() []part {
	return []part{
		{"report", `SELECT '', key, kind, state, title, title_ja, summary, lang, products, published, modified, cvss, vector, kev, conflicts, facts
			FROM kengine_report`, func(f *Fingerprint) *int64 { return &f.Reports }},
		{"origin", `SELECT '', r.key, o.kind, o.digest, o.modified FROM kengine_origin o JOIN kengine_report r ON r.id = o.report`, nil},
		{"alias", `SELECT '', r.key, a.alias FROM kengine_alias a JOIN kengine_report r ON r.id = a.report`, nil},
		{"assertion", `SELECT a.organisation, r.key, a.id, a.source, a.claims, a.observed, a.expires
			FROM kengine_assertion a JOIN kengine_report r ON r.id = a.report`, func(f *Fingerprint) *int64 { return &f.Assertions }},
		{"conflict", `SELECT c.organisation, r.key, c.fact, c.detail, c.state, c.note
			FROM kengine_conflict c JOIN kengine_report r ON r.id = c.report`, func(f *Fingerprint) *int64 { return &f.Conflicts }},
		{
			"task", `SELECT t.organisation, r.key, t.decision, m.version, t.outcomes, t.rank, t.priority, t.state, t.cause, t.owner,
			CASE WHEN t.due_set THEN t.due END, t.inputs, t.ruled, t.deviates, t.changed
			FROM kengine_task t JOIN kengine_report r ON r.id = t.report LEFT JOIN kengine_model m ON m.id = t.model`,
			func(f *Fingerprint) *int64 { return &f.Tasks },
		},
		{"ruling", `SELECT u.organisation, r.key, u.decision, u.recommended, u.outcome, u.reason, u.note, u.inputs, u.undone IS NULL
			FROM kengine_ruling u JOIN kengine_report r ON r.id = u.report`, func(f *Fingerprint) *int64 { return &f.Rulings }},
		{"note", `SELECT t.organisation, r.key, t.decision, n.text
			FROM kengine_note n JOIN kengine_task t ON t.id = n.task JOIN kengine_report r ON r.id = t.report`, nil},
		{"model", `SELECT organisation, key, version, status, digest FROM kengine_model`, nil},
		{"policy", `SELECT organisation, policy FROM kengine_policy`, nil},
		{"tag", `SELECT organisation, name, vendor, product, cpe, purl, release, criticality, exposure, owner, facts, active FROM kengine_tag`, nil},
		{"match", `SELECT g.organisation, g.name, r.key, m.reason
			FROM kengine_tag_match m JOIN kengine_tag g ON g.id = m.tag JOIN kengine_report r ON r.id = m.report`, nil},
		{"set", `SELECT organisation, name, condition, facts, justification, position FROM kengine_set`, nil},
		{"source", `SELECT organisation, name, url, kind, period, active FROM kengine_source`, nil},
	}
}

type digest = [sha256.Size]byte

// FingerprintNow computes the fingerprint over one unchanging state of the database.
func (s *Service) FingerprintNow(ctx context.Context) (Fingerprint, error) {
	var f Fingerprint
	err := s.DB.InRead(ctx, func(ctx context.Context, r storage.Runner) error {
		f = Fingerprint{}
		tenants := map[string][]digest{}
		for _, p := range fingerprintParts() {
			if err := p.read(ctx, r, &f, tenants); err != nil {
				return fmt.Errorf("kengine: fingerprint of %s: %w", p.name, err)
			}
		}
		f.Hash = hex.EncodeToString(combine(tenants))
		return nil
	})
	return f, err
}

// read adds the digests of the rows of one table, by organisation.
func (p *part) read(ctx context.Context, r storage.Runner, f *Fingerprint, tenants map[string][]digest) error {
	rows, err := r.QueryContext(ctx, p.query)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	values := make([]any, len(columns))
	to := make([]any, len(columns))
	for i := range values {
		to[i] = &values[i]
	}
	var b []byte
	for rows.Next() {
		if err := rows.Scan(to...); err != nil {
			return err
		}
		b = append(append(b[:0], p.name...), 0)
		for _, v := range values[1:] {
			b = append(canonical(b, v), 0)
		}
		organisation := string(canonical(nil, values[0]))
		tenants[organisation] = append(tenants[organisation], sha256.Sum256(b))
		if p.count != nil {
			*p.count(f)++
		}
	}
	return rows.Err()
}

// canonical appends a column value in a form that is the same on both databases.
func canonical(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case bool:
		if v {
			return append(b, '1')
		}
		return append(b, '0')
	case string:
		return canonicalText(b, []byte(v))
	case []byte:
		return canonicalText(b, v)
	}
	return fmt.Append(b, v)
}

// canonicalText brings JSON into one form, because PostgreSQL sorts the names of an object and
// spaces it; other text is taken as it is.
func canonicalText(b, text []byte) []byte {
	if len(text) > 0 && (text[0] == '{' || text[0] == '[') {
		var v any
		if err := json.Unmarshal(text, &v); err == nil {
			if out, err := json.Marshal(v, json.Deterministic(true), jsontext.AllowInvalidUTF8(true)); err == nil {
				return append(b, out...)
			}
		}
	}
	return append(b, text...)
}

// combine hashes the rows of each organisation without regard to their order, and then the
// organisations: the world first, the others in the order of their hashes.
func combine(tenants map[string][]digest) []byte {
	compare := func(a, b digest) int { return bytes.Compare(a[:], b[:]) }
	var sums []digest
	var world digest
	for organisation, rows := range tenants {
		slices.SortFunc(rows, compare)
		h := sha256.New()
		for _, r := range rows {
			h.Write(r[:])
		}
		if organisation == "" {
			world = digest(h.Sum(nil))
			continue
		}
		sums = append(sums, digest(h.Sum(nil)))
	}
	slices.SortFunc(sums, compare)
	h := sha256.New()
	h.Write(world[:])
	for _, sum := range sums {
		h.Write(sum[:])
	}
	return h.Sum(nil)
}

// WriteState writes the fingerprint as lines of text, for the fingerprint of the whole house.
func (s *Service) WriteState(ctx context.Context, w io.Writer) error {
	f, err := s.FingerprintNow(ctx)
	if err != nil {
		return err
	}
	lines := []string{
		"kengine " + f.Hash,
		fmt.Sprintf("kengine reports=%d assertions=%d conflicts=%d tasks=%d rulings=%d", f.Reports, f.Assertions, f.Conflicts, f.Tasks, f.Rulings),
	}
	if _, err := io.WriteString(w, strings.Join(lines, "\n")+"\n"); err != nil {
		return fmt.Errorf("kengine: write state: %w", err)
	}
	return nil
}
