package scanlog

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"noroshi.dev/format/flow"
)

const zeekHead = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n#open\t2026-11-28-00-00-00\n" +
	"#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tconn_state\thistory\torig_pkts\torig_ip_bytes\n" +
	"#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tstring\tstring\tcount\tcount\n"

// told writes an event in short.
func told(e *flow.Event) string {
	return fmt.Sprintf("%s %d %s:%d>%s:%d %02x len=%d ttl=%d fp=%02x", e.At().Format("2006-01-02T15:04:05.999999"), e.Proto,
		e.Source(), e.SrcPort, e.Destination(), e.DstPort, e.Flags, e.Length, e.TTL, uint8(e.Fingerprint))
}

// logs are texts with what they tell.
func logs() []struct {
	name, text      string
	kind            Kind
	folded, skipped int
	want            []string
	refused         []string
} {
	return []struct {
		name, text      string
		kind            Kind
		folded, skipped int
		want            []string
		refused         []string
	}{
		{
			name: "DShield", kind: DShield, folded: 2, skipped: 1,
			text: "# a comment\n1234\t2026-11-28 14:00:00 +09:00\t1\t192.0.2.1\t40000\t198.51.100.7\t23\tTCP\tS\n" +
				"1234\t2026-11-28 05:00:01 +00:00\t3\t192.0.2.2\t53\t198.51.100.7\t5353\t17\t\n" +
				"1234\t2026-11-28 05:00:02 +00:00\t1\t192.0.2.3\t80\t198.51.100.7\t1025\t6\tsa\n" +
				"1234\t2026-11-28 05:00:03 +00:00\t1\t192.0.2.4\t8\t198.51.100.7\t0\tICMP\n" +
				"1234\tyesterday\t1\t192.0.2.4\t8\t198.51.100.7\t0\tICMP\n" +
				"1234\t2026-11-28 05:00:03 +00:00\t1\t192.0.2\t8\t198.51.100.7\t0\tICMP\n" +
				"1234\t2026-11-28 05:00:03 +00:00\t1\t192.0.2.9\t8\t198.51.100.7\t65536\tTCP\n" +
				"1234\t2026-11-28 05:00:03 +00:00\tmany\t192.0.2.9\t8\t198.51.100.7\t1\tTCP\n" +
				"1234\t2026-11-28 05:00:03 +00:00\t1\t192.0.2.9\t8\t198.51.100.7\t1\tcarrier pigeon\n" +
				"too\tfew\n",
			want: []string{
				"2026-11-28T05:00:00 6 192.0.2.1:40000>198.51.100.7:23 02 len=0 ttl=0 fp=00",
				"2026-11-28T05:00:01 17 192.0.2.2:53>198.51.100.7:5353 00 len=0 ttl=0 fp=00",
				"2026-11-28T05:00:02 6 192.0.2.3:80>198.51.100.7:1025 12 len=0 ttl=0 fp=08",
				"2026-11-28T05:00:03 1 192.0.2.4:8>198.51.100.7:0 00 len=0 ttl=0 fp=00",
			},
			refused: []string{"6 not a time", "7 not an address", "8 not a port", "9 not a count", "10 not a protocol", "11 too few columns: 2"},
		},
		{
			name: "Zeek", kind: ZeekTSV, folded: 4, skipped: 9,
			text: zeekHead + "1764288000.123456\tC1\t192.0.2.1\t40000\t198.51.100.7\t23\ttcp\t-\tS0\tS\t1\t40\n" +
				"1764288001.000000\tC2\t2001:db8::1\t1234\t2001:db8::2\t53\tudp\tdns\tS0\tD\t5\t300\n" +
				"1764288002.5\tC3\t192.0.2.1\t8\t198.51.100.7\t0\ticmp\t-\tOTH\t-\t-\t-\n" +
				"1764288003\tC4\t192.0.2.5\t443\t198.51.100.7\t4444\ttcp\t-\tOTH\t^h\t0\t0\n" +
				"x\tC5\t192.0.2.5\t443\t198.51.100.7\t4444\ttcp\t-\tOTH\tH\t1\t44\nshort\n" +
				"1764288004\tC6\t192.0.2.5\t443\t198.51.100.7\t4444\ttcp\t-\tOTH\tH\t1\t44\n#close\t2026-11-28-01-00-00\n",
			want: []string{
				"2025-11-28T00:00:00.123456 6 192.0.2.1:40000>198.51.100.7:23 02 len=40 ttl=0 fp=00",
				"2025-11-28T00:00:01 17 2001:db8::1:1234>2001:db8::2:53 00 len=0 ttl=0 fp=00",
				"2025-11-28T00:00:02.5 1 192.0.2.1:8>198.51.100.7:0 00 len=0 ttl=0 fp=00",
				"2025-11-28T00:00:03 6 192.0.2.5:443>198.51.100.7:4444 00 len=0 ttl=0 fp=00",
				"2025-11-28T00:00:04 6 192.0.2.5:443>198.51.100.7:4444 12 len=44 ttl=0 fp=08",
			},
			refused: []string{"13 not a time", "14 too few columns"},
		},
		{
			name: "Zeek with other separators", kind: ZeekTSV, skipped: 3,
			text: "#separator \\x7c\n#unset_field|?\n#fields|proto|ip_proto|ts|id.orig_h|id.orig_p|id.resp_h|id.resp_p\n" +
				"unknown_transport|47|1764288000|192.0.2.1|0|198.51.100.7|0\nudp|?|1764288000|192.0.2.1|9|198.51.100.7|7\n",
			want: []string{
				"2025-11-28T00:00:00 47 192.0.2.1:0>198.51.100.7:0 00 len=0 ttl=0 fp=00",
				"2025-11-28T00:00:00 17 192.0.2.1:9>198.51.100.7:7 00 len=0 ttl=0 fp=00",
			},
		},
		{
			name: "another log of Zeek", kind: ZeekTSV, text: "#separator \\x09\n#fields\tts\tuid\thost\n1764288000\tC1\t192.0.2.1\n", skipped: 1,
			refused: []string{"2 no field id.orig_h", "3 no line of #fields"},
		},
		{
			name: "a field of Zeek that stands twice", kind: ZeekTSV,
			text:    "#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tproto\n1764288000\t192.0.2.1\t9\t198.51.100.7\t7\tudp\n",
			refused: []string{"1 stands twice", "2 no line of #fields"},
		},
		{
			name: "Zeek in JSON", kind: ZeekJSON, folded: 1,
			text: `{"ts":1764288000.25,"uid":"C1","id.orig_h":"192.0.2.1","id.orig_p":40000,"id.resp_h":"198.51.100.7","id.resp_p":23,"proto":"tcp","history":"S","orig_pkts":2,"orig_ip_bytes":80}` +
				"\n{\"ts\":\n{\"ts\":1e300,\"id.orig_h\":\"192.0.2.1\"}\n",
			want:    []string{"2025-11-28T00:00:00.25 6 192.0.2.1:40000>198.51.100.7:23 02 len=0 ttl=0 fp=00"},
			refused: []string{"2 unexpected end", "3 not a time"},
		},
		{
			name: "Suricata", kind: Suricata, folded: 2, skipped: 1,
			text: `{"timestamp":"2026-11-28T14:00:09.000000+0900","event_type":"flow","src_ip":"192.0.2.1","src_port":40000,"dest_ip":"198.51.100.7","dest_port":23,"proto":"TCP","flow":{"start":"2026-11-28T14:00:00.251547+0900","pkts_toserver":1,"bytes_toserver":60},"tcp":{"tcp_flags":"02","tcp_flags_ts":"02","syn":true}}` + "\n" +
				`{"timestamp":"2026-11-28T05:00:01+00:00","event_type":"alert","src_ip":"192.0.2.2","src_port":9,"dest_ip":"198.51.100.7","dest_port":53,"proto":"UDP","flow":{"start":"2026-11-28T04:00:00+0000","pkts_toserver":3}}` + "\n" +
				`{"timestamp":"2026-11-28T05:00:02.5+0000","event_type":"flow","src_ip":"192.0.2.3","dest_ip":"198.51.100.7","proto":"ICMP","icmp_type":0,"icmp_code":0}` + "\n" +
				`{"timestamp":"2026-11-28T05:00:03+0000","event_type":"flow","src_ip":"2001:db8::1","dest_ip":"2001:db8::2","proto":"IPv6-ICMP","icmp_type":128}` + "\n" +
				`{"timestamp":"2026-11-28T05:00:04+0000","event_type":"flow","src_ip":"192.0.2.1","src_port":1,"dest_ip":"198.51.100.7","dest_port":22,"proto":"TCP","tcp":{"tcp_flags_ts":"1b","syn":true}}` + "\n" +
				`{"timestamp":"2026-11-28T05:00:03+0000","event_type":"dns"}` + "\n" +
				`{"timestamp":"soon","event_type":"flow"}` + "\n" +
				`{"timestamp":"2026-11-28T05:00:03+0000","event_type":"flow","src_port":70000}` + "\nnot json\n",
			want: []string{
				"2026-11-28T05:00:00.251547 6 192.0.2.1:40000>198.51.100.7:23 02 len=60 ttl=0 fp=00",
				"2026-11-28T05:00:01 17 192.0.2.2:9>198.51.100.7:53 00 len=0 ttl=0 fp=00",
				"2026-11-28T05:00:02.5 1 192.0.2.3:0>198.51.100.7:0 00 len=0 ttl=0 fp=08",
				"2026-11-28T05:00:03 58 2001:db8::1:128>2001:db8::2:0 00 len=0 ttl=0 fp=00",
				"2026-11-28T05:00:04 6 192.0.2.1:1>198.51.100.7:22 02 len=0 ttl=0 fp=00",
			},
			refused: []string{"7 not a time", "8 cannot unmarshal", "9 invalid character"},
		},
		{
			name: "netfilter", kind: Netfilter, skipped: 1,
			text: "Dec 31 23:59:58 gate kernel: [12.3] drop: IN=eth0 OUT= MAC=00:01 SRC=192.0.2.1 DST=198.51.100.7 LEN=40 TOS=0x00 PREC=0x00 TTL=240 ID=54321 PROTO=TCP SPT=40000 DPT=23 WINDOW=65535 RES=0x00 SYN URGP=0\n" +
				"Jan  1 00:00:01 gate kernel: IN=eth0 OUT= SRC=192.0.2.2 DST=198.51.100.7 LEN=56 TTL=51 ID=1 PROTO=ICMP TYPE=3 CODE=1 [SRC=198.51.100.7 DST=192.0.2.9 LEN=60 PROTO=TCP SPT=1 DPT=2 ]\n" +
				"2026-11-28T05:00:00.5+09:00 gate kernel: IN=eth0 OUT= SRC=2001:db8::1 DST=2001:db8::2 LEN=60 HOPLIMIT=64 PROTO=UDP SPT=9 DPT=53 LEN=20\n" +
				"Nov 28 05:00:00 gate sshd: a line of somebody else\n" +
				"long ago SRC=192.0.2.1 PROTO=TCP\nJan  1 00:00:02 x SRC=192.0.2.1 DST=there PROTO=TCP\nJan  1 00:00:02 x SRC=192.0.2.1 DST=192.0.2.2 PROTO=TCP SPT=99999\nx SRC= PROTO=\n",
			want: []string{
				"2025-12-31T23:59:58 6 192.0.2.1:40000>198.51.100.7:23 02 len=40 ttl=240 fp=01",
				"2026-01-01T00:00:01 1 192.0.2.2:3>198.51.100.7:1 00 len=56 ttl=51 fp=08",
				"2026-11-27T20:00:00.5 17 2001:db8::1:9>2001:db8::2:53 00 len=60 ttl=64 fp=00",
			},
			refused: []string{"5 not a time", "6 not an address", "7 not a port", "8 not a time"},
		},
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	for _, c := range logs() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var zipped bytes.Buffer
			z := gzip.NewWriter(&zipped)
			if _, err := z.Write([]byte(c.text)); err != nil || z.Close() != nil {
				t.Fatal(err)
			}
			for form, text := range map[string]string{"plain": c.text, "gzip": zipped.String()} {
				var got []string
				report, err := Read(strings.NewReader(text), Options{Year: 2025}, func(e *flow.Event) error {
					got = append(got, told(e))
					return nil
				})
				if err != nil {
					t.Fatalf("%s: %v", form, err)
				}
				if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", c.want) {
					t.Errorf("%s:\n got %s\nwant %s", form, strings.Join(got, "\n     "), strings.Join(c.want, "\n     "))
				}
				if report.Kind != c.kind || report.Events != len(c.want) || report.Folded != uint64(c.folded) || report.Skipped != c.skipped || report.Refused != len(c.refused) {
					t.Errorf("%s: %+v", form, report)
				}
				for i, p := range report.Problems {
					line, reason, _ := strings.Cut(c.refused[i], " ")
					if fmt.Sprint(p.Line) != line || !strings.Contains(p.Err.Error(), reason) {
						t.Errorf("%s: line %d: %v, want %s", form, p.Line, p.Err, c.refused[i])
					}
				}
			}
		})
	}
}

func TestReadEnds(t *testing.T) {
	t.Parallel()
	full := errors.New("full")
	none := func(*flow.Event) error { return full }
	line := "1\t2026-11-28 05:00:00 +00:00\t1\t192.0.2.1\t1\t198.51.100.7\t23\tTCP\tS\n"
	for _, c := range []struct {
		name, text string
		o          Options
		want       string
	}{
		{"no kind", "hello\n{\"a\":1}\n", Options{}, ErrKind.Error()},
		{"nothing", "", Options{}, ErrKind.Error()},
		{"a kind that is none", line, Options{Kind: "smoke"}, ErrKind.Error()},
		{"the caller ends", line + line, Options{}, "scanlog: read dshield: line 1: full"},
		{"a line without end", line[:len(line)-1] + strings.Repeat("x", MaxLine), Options{Kind: DShield}, "line 1: bufio.Scanner: token too long"},
		{"a cut gzip", "\x1f\x8b\x08", Options{}, "scanlog: read: unexpected EOF"},
	} {
		if _, err := Read(strings.NewReader(c.text), c.o, none); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
	report, err := Read(strings.NewReader("Jan  1 00:00:02 x SRC=192.0.2.1 DST=192.0.2.2 PROTO=TCP\n"), Options{}, none)
	if err != nil || report.Refused != 1 || !strings.Contains(report.Problems[0].Err.Error(), "no year") {
		t.Errorf("a time without a year: %+v, %v", report, err)
	}
}

// TestDShieldReadsWhatItWrites: all but the target, which is not the sensor's.
func TestDShieldReadsWhatItWrites(t *testing.T) {
	t.Parallel()
	target := netip.MustParseAddr("10.0.0.0")
	at := time.Date(2026, 11, 28, 5, 0, 0, 0, time.UTC).UnixMicro()
	var text []byte
	want := []flow.Event{
		{Time: at, Src: netip.MustParseAddr("192.0.2.1").As16(), Dst: netip.MustParseAddr("198.51.100.7").As16(), SrcPort: 40000, DstPort: 23, Proto: flow.ProtoTCP, Flags: flow.SYN | flow.ECE | flow.CWR},
		{Time: at + 1e6, Src: netip.MustParseAddr("2001:db8::1").As16(), SrcPort: 1, DstPort: 53, Proto: flow.ProtoUDP},
	}
	for i := range want {
		text = AppendDShield(text, &want[i], "noroshi\tand more", target)
		want[i].Dst = target.As16()
	}
	if bytes.Contains(text, []byte("198.51.100.7")) {
		t.Errorf("the sensor's address is in %s", text)
	}
	var got []flow.Event
	if _, err := Read(bytes.NewReader(text), Options{}, func(e *flow.Event) error { got = append(got, *e); return nil }); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func FuzzRead(f *testing.F) {
	for _, c := range logs() {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, kind := range append(Kinds(), "") {
			n := 0
			report, err := Read(strings.NewReader(text), Options{Kind: kind, Year: 2026}, func(*flow.Event) error { n++; return nil })
			if n != report.Events || err == nil && len(report.Problems) > report.Refused {
				t.Errorf("%s: %d events, %+v, %v", kind, n, report, err)
			}
		}
	})
}

// BenchmarkRead reads DShield lines. Floor: 500,000 lines a second.
func BenchmarkRead(b *testing.B) {
	text := strings.Repeat("1\t2026-11-28 05:00:00 +00:00\t1\t192.0.2.1\t40000\t198.51.100.7\t23\tTCP\tS\n", 1000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := Read(strings.NewReader(text), Options{}, func(*flow.Event) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleRead() {
	const log = "1234\t2026-11-28 14:00:00 +09:00\t2\t192.0.2.1\t40000\t198.51.100.7\t23\tTCP\tS\n"
	report, err := Read(strings.NewReader(log), Options{}, func(e *flow.Event) error {
		fmt.Println(e.At().Format(time.RFC3339), e.Source(), e.DstPort)
		return nil
	})
	fmt.Println(report.Kind, report.Events, report.Folded, err)
	// Output:
	// 2026-11-28T05:00:00Z 192.0.2.1 23
	// dshield 1 1 <nil>
}
