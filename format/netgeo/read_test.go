package netgeo

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

// reader is one of the three ways to read a file.
type reader func(io.Reader, *Builder) (Report, error)

func TestRead(t *testing.T) {
	t.Parallel()
	const registry = "2|apnic|20260101|%d|19850701|20260101|+1000\n"
	for _, c := range []struct {
		name, text string
		read       reader
		ranges     int
		refused    string // "line reason", parted by semicolons
		err        error
		finds      string // "address country asn", parted by semicolons
	}{
		{
			name: "countries", read: ReadCSV, ranges: 2, text: "\ufeff1.0.0.0,1.0.0.255,AU\r\n2001:200::,2001:200:ffff:ffff:ffff:ffff:ffff:ffff,jp\n",
			finds: "1.0.0.7 AU 0;2001:200::1 JP 0;2001:201:: -- 0",
		},
		{
			name: "systems with names", read: ReadCSV, ranges: 2, text: "start,end,asn,org\n1.0.0.0,1.0.0.255,13335,\"Cloud, Inc.\"\n1.0.1.0,1.0.1.255,AS4,\n",
			finds: "1.0.0.7 -- 13335;1.0.1.0 -- 4",
		},
		{
			name: "both, in both orders, and addresses as numbers", read: ReadCSV, ranges: 2,
			text: "16777216,16777471,AU,64500,x\n1.0.1.0,1.0.1.255,64501,CN\n", finds: "1.0.0.255 AU 64500;1.0.1.9 CN 64501",
		},
		{
			name: "wrong lines are refused, the rest stands", read: ReadCSV, ranges: 1,
			text:    "# a comment\n\n1.0.0.0,1.0.0.255,AU\nx,1.0.0.1,AU\n1.0.0.1,y,AU\n1.0.0.1,1.0.0.2\n1.0.0.2,1.0.0.1,AU\n1.0.0.1,2001:db8::,AU\n1.0.0.1,1.0.0.2,Australia\nfe80::1%eth0,fe80::2,AU\n1.0.0.1,1.0.0.2,-1\n",
			refused: `4 "x": not an address;5 "y": not an address;6 too few columns: 2;7 below the first;8 of different families;9 "Australia": neither;10 "fe80::1%eth0": not an address;11 "-1": neither`,
			finds:   "1.0.0.1 AU 0",
		},
		{name: "nothing", read: ReadCSV, text: "start,end,country\n", err: ErrNothing},
		{name: "a line without an end", read: ReadCSV, text: strings.Repeat("1", MaxLine+1), err: errors.New("line 1: bufio.Scanner: token too long")},
		{
			name: "statistics of a registry", read: ReadDelegated, ranges: 3,
			text: fmt.Sprintf(registry, 6) + "apnic|*|ipv4|*|2|summary\napnic|JP|asn|173|1|20020801|allocated|A\n" +
				"apnic|CN|ipv4|1.0.1.0|768|20110414|allocated|B\napnic||ipv4|1.1.0.0|256||available|\napnic|AU|ipv4|1.0.0.0|256|20110811|assigned|C|e-stats\n" +
				"apnic|JP|ipv6|2001:200::|35|19990813|allocated|D\napnic|ZZ|ipv6|2001:300::|35|19990813|reserved|E\n",
			finds: "1.0.0.255 AU 0;1.0.3.255 CN 0;1.0.4.0 -- 0;1.1.0.1 -- 0;2001:200:1fff:: JP 0;2001:200:2000:: -- 0;2001:300:: -- 0",
		},
		{
			name: "records of a registry that are wrong", read: ReadDelegated, ranges: 1,
			text: fmt.Sprintf(registry, 8) + "apnic|JP|ipv4|1.0.0.0|256|20110811|assigned\napnic|JP|ipv4|2001:db8::|256|2|assigned\napnic|JP|ipv4|1.0.0.0|0|2|assigned\n" +
				"apnic|JP|ipv4|255.255.255.0|257|2|assigned\napnic|JP|ipv6|2001:db8::|129|2|assigned\napnic||ipv4|1.0.0.0|1|2|assigned\napnic|JP|ipv4\napnic|JP|ipv4|1.0.0.0|x|2|assigned\napnic|JP|ipv6|::1%a|1|2|assigned\n",
			refused: `3 of ipv4;4 "0": not a number of addresses;5 above the last address;6 "129": not a prefix length;7 "": not a country;8 too few columns;9 "x": not a number;10 of ipv6`,
			finds:   "1.0.0.1 JP 0",
		},
		{name: "a registry's file cut off", read: ReadDelegated, ranges: 1, text: fmt.Sprintf(registry, 9) + "apnic|JP|ipv4|1.0.0.0|256|2|assigned\n", err: ErrTruncated},
		{name: "another file as a registry's", read: ReadDelegated, text: "1.0.0.0,1.0.0.255,AU\n", refused: "1 not the head", err: ErrNothing},
		{
			name: "prefixes to systems", read: ReadPrefixes, ranges: 4,
			text: "1.0.0.0\t24\t13335\n1.0.0.128/25 4_5\n2001:db8::/33 {64500,64501}\n0.0.0.0/0 AS7\n", finds: "1.0.0.1 -- 13335;1.0.0.128 -- 4;2001:db8:7fff:: -- 64500;2001:db8:8000:: -- 0;9.9.9.9 -- 7",
		},
		{
			name: "prefixes that are wrong", read: ReadPrefixes, ranges: 1, text: "1.0.0.0/24 1\n1.0.0.0/33 1\n1.0.0.0/24\n1.0.0.0/24 4294967296\n1.0.0.0/24 x\n",
			refused: `2 "1.0.0.0/33": not an address;3 too few columns;4 "4294967296": not an AS number;5 "x": not an AS number`, finds: "1.0.0.9 -- 1",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var b Builder
			report, err := c.read(strings.NewReader(c.text), &b)
			if !same(err, c.err) {
				t.Errorf("error %v, want %v", err, c.err)
			}
			if report.Ranges != c.ranges {
				t.Errorf("%d ranges, want %d", report.Ranges, c.ranges)
			}
			checkProblems(t, report, c.refused)
			table := b.Table()
			for want := range strings.SplitSeq(c.finds, ";") {
				if where, _, _ := strings.Cut(want, " "); where != "" {
					p := table.Find(addr(t, where))
					if got := fmt.Sprint(where, " ", p.Country, " ", p.ASN); got != want {
						t.Errorf("found %s, want %s", got, want)
					}
				}
			}
		})
	}
}

func same(err, want error) bool {
	return errors.Is(err, want) || err != nil && want != nil && strings.Contains(err.Error(), want.Error())
}

func checkProblems(t *testing.T, report Report, want string) {
	t.Helper()
	var parts []string
	if want != "" {
		parts = strings.Split(want, ";")
	}
	if report.Refused != len(parts) || len(report.Problems) != len(parts) {
		t.Fatalf("%d refused: %v, want %d", report.Refused, report.Problems, len(parts))
	}
	for i, p := range report.Problems {
		line, reason, _ := strings.Cut(parts[i], " ")
		if fmt.Sprint(p.Line) != line || !strings.Contains(p.Err.Error(), reason) {
			t.Errorf("problem %d: line %d: %v, want line %s: %s", i, p.Line, p.Err, line, reason)
		}
	}
}

func fuzz(f *testing.F, read reader, seeds ...string) {
	f.Helper()
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var b Builder
		report, _ := read(strings.NewReader(text), &b)
		table := b.Table()
		if countries, systems := table.Len(); report.Ranges == 0 && countries+systems > 0 {
			t.Errorf("no ranges read, %d and %d there", countries, systems)
		}
		for i := range b.countries {
			if r := &b.countries[i]; r.first == r.last {
				if _, ok := table.countries.find(&r.first); !ok {
					t.Errorf("%v is lost", r.first)
				}
			}
		}
	})
}

func FuzzReadCSV(f *testing.F) {
	fuzz(f, ReadCSV, "1.0.0.0,1.0.0.255,AU\n1.0.0.0,1.0.0.0,JP,64500", "16777216,16777471,\"4\",x", "::,ffff::,ZZ")
}

func FuzzReadDelegated(f *testing.F) {
	fuzz(f, ReadDelegated, "2|apnic|20260101|1|19850701|20260101|+1000\napnic|CN|ipv4|1.0.1.0|768|20110414|allocated|B\n", "2|x|2|2|1|1|0\nx|JP|ipv6|2001:200::|35|1|allocated")
}

func FuzzReadPrefixes(f *testing.F) {
	fuzz(f, ReadPrefixes, "1.0.0.0\t24\t13335\n1.0.0.128/25 4_5\n", "::/0 {1,2}")
}
