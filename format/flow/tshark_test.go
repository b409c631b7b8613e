package flow

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"noroshi.dev/format/pcap"
	"noroshi.dev/internal/testkit"
)

// tsharkFields are the fields asked of tshark, in the order in which tsharkLine reads them.
var tsharkFields = []string{
	"frame.number", "frame.protocols", "frame.time_epoch", "ip.src", "ip.dst", "ip.proto", "ip.ttl", "ipv6.src", "ipv6.dst", "ipv6.hlim", "ipv6.nxt", "ipv6.fraghdr.nxt",
	"tcp.srcport", "tcp.dstport", "tcp.flags", "udp.srcport", "udp.dstport", "sctp.srcport", "sctp.dstport",
	"icmp.type", "icmp.code", "icmpv6.type", "icmpv6.code",
}

// TestAgainstTshark compares time, addresses, protocol, TTL, ports, types and flags of every
// packet, one by one, with those that tshark finds: in the handed-over captures, in real probes of
// scanners, and in every header case of TestDecode.
func TestAgainstTshark(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("tshark"); err != nil {
		testkit.Missing(t, "tshark")
	}
	files, err := filepath.Glob(filepath.Join(testkit.Shared(t, "data/pcaps"), "*.pcap*"))
	if err != nil || len(files) != 8 {
		t.Fatalf("%d captures, want 8: %v", len(files), err)
	}
	files = append(files, filepath.Join("testdata", "scanners.pcap"))
	files = append(files, caseFiles(t)...)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			var ours []string
			each(t, file, func(number int, p *pcap.Packet, r Result, e *Event) {
				if r.Event() {
					ours = append(ours, fmt.Sprintf("%d %d %s", number, p.Time, text(e)))
				}
			})
			if diff := gocmp.Diff(tshark(t, file), ours); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// caseFiles writes the header cases into one capture file per link type.
func caseFiles(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	contents := map[pcap.LinkType]*bytes.Buffer{}
	writers := map[pcap.LinkType]*pcap.Writer{}
	for _, c := range headerCases() {
		if c.name == "routing and fragment" {
			continue // tshark does not look into a first IPv6 fragment
		}
		if writers[c.link] == nil {
			contents[c.link] = new(bytes.Buffer)
			w, err := pcap.NewWriter(contents[c.link], pcap.WriterOptions{Link: c.link})
			if err != nil {
				t.Fatal(err)
			}
			writers[c.link] = w
		}
		if err := writers[c.link].Write(captured(c.link, c.data)); err != nil {
			t.Fatal(err)
		}
	}
	var files []string
	for link, content := range contents {
		name := filepath.Join(dir, fmt.Sprintf("link-%d.pcap", link))
		if err := os.WriteFile(name, content.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, name)
	}
	return files
}

// text writes an event as tsharkLine does.
func text(e *Event) string {
	return fmt.Sprintf("%s>%s proto %d ttl %d ports %d,%d flags %#x", e.Source(), e.Destination(), e.Proto, e.TTL, e.SrcPort, e.DstPort, e.Flags)
}

// tshark gives a line for each IP packet of file.
func tshark(t *testing.T, file string) []string {
	t.Helper()
	// No reassembly: a later fragment keeps its own line, and names of ports play no part.
	args := []string{"-n", "-r", file, "-T", "fields", "-E", "separator=|", "-E", "occurrence=f", "-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE"}
	for _, f := range tsharkFields {
		args = append(args, "-e", f)
	}
	cmd := exec.CommandContext(t.Context(), "tshark", args...)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("tshark: %v: %s", err, complaint.String())
	}
	var lines []string
	for s := bufio.NewScanner(bytes.NewReader(out)); s.Scan(); {
		values := map[string]string{}
		for i, v := range strings.Split(s.Text(), "|") {
			values[tsharkFields[i]] = v
		}
		if values["ip.src"] != "" || values["ipv6.src"] != "" {
			lines = append(lines, tsharkLine(t, values))
		}
	}
	return lines
}

// tsharkLine turns the fields of one packet into the form of text. The layers after the first IP
// header say which protocol is the packet's own: an ICMP error holds the headers of another.
func tsharkLine(t *testing.T, v map[string]string) string {
	t.Helper()
	src, dst, ttl, proto := v["ip.src"], v["ip.dst"], v["ip.ttl"], v["ip.proto"]
	_, layers, v4 := strings.Cut(":"+v["frame.protocols"], ":ip:")
	if !v4 {
		src, dst, ttl = v["ipv6.src"], v["ipv6.dst"], v["ipv6.hlim"]
		_, layers, _ = strings.Cut(":"+v["frame.protocols"], ":ipv6")
		proto = cmp.Or(v["ipv6.fraghdr.nxt"], v["ipv6.nxt"])
	}
	ports, flags := "0,0", "0x0"
	own := "data"
	for _, layer := range strings.Split(layers, ":") {
		if strings.HasPrefix(layer, "ipv6.") || layer == "" || layer == "ah" {
			continue
		}
		own = layer
		break
	}
	switch own {
	case "tcp":
		proto, ports = "6", v["tcp.srcport"]+","+v["tcp.dstport"]
		flags = "0x" + strings.TrimLeft(strings.TrimPrefix(v["tcp.flags"], "0x"), "0")
	case "udp":
		proto, ports = "17", v["udp.srcport"]+","+v["udp.dstport"]
	case "sctp":
		ports = v["sctp.srcport"] + "," + v["sctp.dstport"]
	case "icmp":
		proto, ports = "1", v["icmp.type"]+","+v["icmp.code"]
	case "icmpv6":
		proto, ports = "58", v["icmpv6.type"]+","+v["icmpv6.code"]
	}
	var seconds, fraction int64
	if _, err := fmt.Sscanf(v["frame.time_epoch"], "%d.%9d", &seconds, &fraction); err != nil {
		t.Fatalf("time %q: %v", v["frame.time_epoch"], err)
	}
	return fmt.Sprintf("%s %d %s>%s proto %s ttl %s ports %s flags %s", v["frame.number"], seconds*1e9+fraction, src, dst, proto, ttl, ports, flags)
}
