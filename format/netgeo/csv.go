package netgeo

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"net/netip"
	"strconv"
	"strings"
)

// ReadCSV adds the ranges of a CSV file to b: first address, last address, then a country of two letters or an AS
// number with or without "AS" before it, or both in any order; what follows, such as the name of the AS, is passed
// over. Addresses are texts or, for IPv4, whole numbers. A first line without addresses is a head. The error says what
// stopped the reading; b then holds what came before.
func ReadCSV(r io.Reader, b *Builder) (Report, error) {
	f := &reading{}
	err := f.each(r, func(line string) (bool, error) {
		cells := splitCells(line)
		if len(cells) < 3 {
			return false, fmt.Errorf("%w: %d, want first, last, and a country or an AS number", ErrColumns, len(cells))
		}
		first, err := address(cells[0])
		if err != nil && f.Line == 1 {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		last, err := address(cells[1])
		if err != nil {
			return false, err
		}
		return true, addPlace(b, first, last, cells[2:])
	})
	if err != nil {
		return f.report(), fmt.Errorf("netgeo: read CSV: %w", err)
	}
	return f.report(), nil
}

// addPlace adds what the cells after the addresses say.
func addPlace(b *Builder, first, last netip.Addr, cells []string) error {
	c, err := country(cells[0])
	if err == nil {
		if len(cells) > 1 {
			if asn, err := system(cells[1]); err == nil {
				return cmp.Or(b.Country(first, last, c), b.System(first, last, asn))
			}
		}
		return b.Country(first, last, c)
	}
	asn, err := system(cells[0])
	if err != nil {
		return fmt.Errorf("%.40q: neither a country code nor an AS number", cells[0])
	}
	if len(cells) > 1 {
		if c, err := country(cells[1]); err == nil {
			return cmp.Or(b.Country(first, last, c), b.System(first, last, asn))
		}
	}
	return b.System(first, last, asn)
}

// splitCells cuts a line at commas outside quotes.
func splitCells(line string) []string {
	var out []string
	var cell strings.Builder
	quoted := false
	for i := range len(line) {
		switch c := line[i]; {
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			out = append(out, strings.TrimSpace(cell.String()))
			cell.Reset()
		default:
			cell.WriteByte(c)
		}
	}
	return append(out, strings.TrimSpace(cell.String()))
}

func address(text string) (netip.Addr, error) {
	if n, err := strconv.ParseUint(text, 10, 32); err == nil {
		return v4(uint32(n)), nil
	}
	a, err := netip.ParseAddr(text)
	if err != nil || a.Zone() != "" {
		return netip.Addr{}, fmt.Errorf("%.60q: %w", text, ErrAddress)
	}
	return a.Unmap(), nil
}

func v4(n uint32) netip.Addr {
	return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
}

// country reads a code of two letters. The registries' placeholders "ZZ" and "EU", "AP" are kept as they stand.
func country(text string) (Country, error) {
	if len(text) == 2 {
		c := Country{text[0] &^ 0x20, text[1] &^ 0x20}
		if 'A' <= c[0] && c[0] <= 'Z' && 'A' <= c[1] && c[1] <= 'Z' {
			return c, nil
		}
	}
	return Country{}, fmt.Errorf("%.40q: %w", text, ErrCountry)
}

// system reads an AS number, of several origins ("4_5", "4,5", "{4,5}") the first.
func system(text string) (uint32, error) {
	t := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(text, "{"), "AS"), "as")
	if i := strings.IndexAny(t, "_,}"); i >= 0 {
		t = t[:i]
	}
	n, err := strconv.ParseUint(t, 10, 64)
	if err != nil || n > math.MaxUint32 {
		return 0, fmt.Errorf("%.40q: %w", text, ErrSystem)
	}
	return uint32(n), nil
}
