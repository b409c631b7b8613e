package kengine

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Claim is what an assertion says about one fact.
type Claim struct {
	Fact   string   // namespace:KEY:version
	Values []string // keys of the values still possible; none: the source takes its word back
	Raw    string   // the value as the source wrote it, may be empty
}

// Assertion is what one source said at one time about facts of a report. It is never changed;
// a source that changes its mind makes another one.
type Assertion struct {
	ID           string // made from the content: the same words of the same time are the same
	Organisation string // empty: for everybody
	Source       string // as in intake, or "analyst"
	Rule         string // derivation rule that made it, or empty: stated
	Evidence     string // URL or text, may be empty
	Actor        string // id of the person, for assertions of people
	Claims       []Claim
	Observed     time.Time // when the source said it; zero: not known
	Recorded     time.Time
	Expires      time.Time // zero: never
}

// claimList is the stored form of claims: [["ssvc:E:1.1.0","N P","none"], …], the values
// separated by a space (no key of a value holds one), raw left out where it is empty.
type claimList []Claim

// append writes the stored form.
func (l claimList) append(b []byte) []byte {
	b = append(b, '[')
	for i := range l {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '[')
		b = quote(b, l[i].Fact)
		b = append(b, ',')
		b = quote(b, strings.Join(l[i].Values, " "))
		if l[i].Raw != "" {
			b = append(b, ',')
			b = quote(b, l[i].Raw)
		}
		b = append(b, ']')
	}
	return append(b, ']')
}

// quote appends s as a JSON string; bytes that are not UTF-8 become U+FFFD, as both databases want
// it, and so does the character zero, which PostgreSQL's JSONB refuses.
func quote(b []byte, s string) []byte {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "\uFFFD")
	}
	b, _ = jsontext.AppendQuote(b, strings.ToValidUTF8(s, "\uFFFD"))
	return b
}

// parseClaims reads the stored form.
func parseClaims(stored []byte) ([]Claim, error) {
	var rows [][]string
	if err := json.Unmarshal(stored, &rows); err != nil {
		return nil, fmt.Errorf("kengine: read claims: %w", err)
	}
	claims := make([]Claim, 0, len(rows))
	for _, row := range rows {
		if len(row) < 2 {
			return nil, fmt.Errorf("kengine: read claims: row of %d fields", len(row))
		}
		c := Claim{Fact: row[0], Values: strings.Fields(row[1])}
		if len(row) > 2 {
			c.Raw = row[2]
		}
		claims = append(claims, c)
	}
	return claims, nil
}

// identify sets the id of a from its content and returns the stored form of its claims.
func (a *Assertion) identify() []byte {
	stored := claimList(a.Claims).append(make([]byte, 0, 64*len(a.Claims)))
	b := make([]byte, 0, len(stored)+128)
	for _, s := range []string{a.Organisation, a.Source, a.Rule, a.Evidence} {
		b = append(append(b, s...), 0)
	}
	if !a.Observed.IsZero() {
		b = strconv.AppendInt(b, a.Observed.UnixMicro(), 10)
	}
	b = append(append(b, 0), stored...)
	sum := sha256.Sum256(b)
	a.ID = base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:10])
	return stored
}
