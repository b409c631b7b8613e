package netgeo

import (
	"encoding/binary"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"
)

// ReadDelegated adds the countries of a registry's statistics to b: its "delegated" or "delegated-extended" file. Lines
// of AS numbers and of what is free or reserved hold no range. ErrTruncated is returned where the head tells of more
// lines than there are; b then holds those.
func ReadDelegated(r io.Reader, b *Builder) (Report, error) {
	f := &reading{}
	records, told := 0, -1
	err := f.each(r, func(line string) (bool, error) {
		cells := strings.Split(line, "|")
		switch {
		case told < 0:
			if len(cells) < 4 || strings.Trim(cells[0], "0123456789.") != "" {
				return false, fmt.Errorf("%w: the first line is not the head of such a file", ErrColumns)
			}
			n, err := strconv.Atoi(cells[3])
			if err != nil {
				return false, fmt.Errorf("%.40q: %w of records", cells[3], ErrNumber)
			}
			told = n
			return false, nil
		case len(cells) > 5 && cells[5] == "summary":
			return false, nil
		case len(cells) < 7:
			return false, fmt.Errorf("%w: %d, want 7", ErrColumns, len(cells))
		}
		records++
		return delegated(b, cells)
	})
	if err == nil && records < told {
		err = fmt.Errorf("%w: %d of %d", ErrTruncated, records, told)
	}
	if err != nil {
		return f.report(), fmt.Errorf("netgeo: read delegated file: %w", err)
	}
	return f.report(), nil
}

// delegated adds one record: registry, country, type, start, value, date, status.
func delegated(b *Builder, cells []string) (bool, error) {
	if s := cells[6]; s != "allocated" && s != "assigned" {
		return false, nil
	}
	var end func(first netip.Addr, value string) (netip.Addr, error)
	switch cells[2] {
	case "ipv4":
		end = endOfCount
	case "ipv6":
		end = endOfLength
	default:
		return false, nil
	}
	c, err := country(cells[1])
	if err != nil {
		return false, err
	}
	first, err := netip.ParseAddr(cells[3])
	if err != nil || first.Is4() != (cells[2] == "ipv4") || first.Zone() != "" {
		return false, fmt.Errorf("%.60q: %w of %s", cells[3], ErrAddress, cells[2])
	}
	last, err := end(first, cells[4])
	if err != nil {
		return false, err
	}
	return true, b.Country(first, last, c)
}

// endOfCount returns the last of a count of IPv4 addresses, which need not be a power of two.
func endOfCount(first netip.Addr, count string) (netip.Addr, error) {
	n, err := strconv.ParseUint(count, 10, 33)
	if err != nil || n == 0 {
		return netip.Addr{}, fmt.Errorf("%.40q: %w of addresses", count, ErrNumber)
	}
	a := first.As4()
	last := uint64(binary.BigEndian.Uint32(a[:])) + n - 1
	if last > 1<<32-1 {
		return netip.Addr{}, fmt.Errorf("%s and %d addresses: %w", first, n, ErrTooLarge)
	}
	return v4(uint32(last)), nil
}

// endOfLength returns the last address of an IPv6 prefix.
func endOfLength(first netip.Addr, length string) (netip.Addr, error) {
	n, err := strconv.Atoi(length)
	if err != nil || n < 1 || n > 128 {
		return netip.Addr{}, fmt.Errorf("%.40q: %w", length, ErrLength)
	}
	return lastOf(netip.PrefixFrom(first, n)), nil
}

// lastOf returns the last address of a prefix.
func lastOf(p netip.Prefix) netip.Addr {
	a := p.Masked().Addr()
	bits := p.Bits()
	if a.Is4() {
		bits += 96
	}
	all := a.As16()
	for i := range all {
		if n := bits - 8*i; n <= 0 {
			all[i] = 0xff
		} else if n < 8 {
			all[i] |= 0xff >> n
		}
	}
	last := netip.AddrFrom16(all)
	if a.Is4() {
		return last.Unmap()
	}
	return last
}

// ReadPrefixes adds the systems of a table of prefix to AS to b: prefix and AS number, or address, length and AS
// number, parted by tabs or spaces. Of several origins the first counts.
func ReadPrefixes(r io.Reader, b *Builder) (Report, error) {
	f := &reading{}
	err := f.each(r, func(line string) (bool, error) {
		cells := strings.Fields(line)
		if len(cells) == 3 {
			cells = []string{cells[0] + "/" + cells[1], cells[2]}
		}
		if len(cells) != 2 {
			return false, fmt.Errorf("%w: %d, want prefix and AS number, or address, length and AS number", ErrColumns, len(cells))
		}
		p, err := netip.ParsePrefix(cells[0])
		if err != nil {
			return false, fmt.Errorf("%.60q: %w with a length", cells[0], ErrAddress)
		}
		asn, err := system(cells[1])
		if err != nil {
			return false, err
		}
		return true, b.System(p.Masked().Addr(), lastOf(p), asn)
	})
	if err != nil {
		return f.report(), fmt.Errorf("netgeo: read prefixes: %w", err)
	}
	return f.report(), nil
}
