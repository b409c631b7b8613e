package intake

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"noroshi.dev/format/cve"
)

const bom = "\xef\xbb\xbf"

// TestPlacesBehindMark: a record's offset is the byte of the member as it lies there, with and
// without a byte order mark; a document of its own begins at 0.
func TestPlacesBehindMark(t *testing.T) {
	t.Parallel()
	record := madeRecord("CVE-2099-10001")
	for _, tc := range []struct{ name, text, begins string }{
		{"kev json", `{"catalogVersion":"1","vulnerabilities":[{"cveID":"CVE-2099-10001","dateAdded":"2099-01-02"}]}`, `{"cveID"`},
		{"kev csv", "cveID,dateAdded\nCVE-2099-10001,2099-01-02\n", "CVE-2099"},
		{"epss", "cve,epss\nCVE-2099-10001,0.5\n", "CVE-2099"},
		{"epss json", `{"status":"OK","data":[{"cve":"CVE-2099-10001","epss":"0.5"}]}`, `{"cve"`},
		{"nvd", `{"resultsPerPage":1,"vulnerabilities":[{"cve":{"id":"CVE-2099-10001"}}]}`, `{"cve"`},
		{"list", "[\n " + record + "]", `{"dataType"`},
	} {
		for _, text := range []string{tc.text, bom + tc.text} {
			records, refusals := readText(t, text)
			if len(records) != 1 || len(refusals) != 0 {
				t.Fatalf("%s: %v, %v", tc.name, ids(records), reasons(refusals))
			}
			if at := records[0].Origin.Offset; !strings.HasPrefix(text[at:], tc.begins) {
				t.Errorf("%s: offset %d is at %.20q, want %q", tc.name, at, text[at:], tc.begins)
			}
		}
	}
	for _, text := range []string{record, bom + record} {
		if records, _ := readText(t, text); len(records) != 1 || records[0].Origin != (Origin{Member: "in"}) {
			t.Errorf("a document of its own: %+v", records)
		}
	}
}

// TestRefusalPlaces: a refusal names the byte or line of the fault in the member.
func TestRefusalPlaces(t *testing.T) {
	t.Parallel()
	record := madeRecord("CVE-2099-10001")
	for _, tc := range []struct {
		name, text, reason string
		offset             int64
		line               int
		records            int
	}{
		{"fault in a record", strings.Replace(record, `"cna":`, `"cna" `, 1), ReasonSyntax, int64(strings.Index(record, `"cna":`) + 7), 0, 0},
		{"no id", strings.Replace(record, "CVE-2099-10001", "CVE-1", 1), ReasonInvalid, 0, 0, 0},
		{"second of a list", "[" + record + `,{"x":1}]`, ReasonUnknownKind, int64(len(record) + 2), 0, 1},
		{"after a list", "[" + record + "]\n xyz", ReasonSyntax, int64(len(record) + 4), 0, 1},
		{"second list", "[" + record + "][" + record + "]", ReasonSyntax, int64(len(record) + 2), 0, 1},
		{"unfinished list", "[" + record, ReasonTruncated, int64(len(record) + 1), 0, 1},
		{"fault in lines", record + "\n" + `{"dataType":}` + "\n", ReasonSyntax, int64(len(record) + 14), 0, 1},
		{"kev line", "cveID,dateAdded\nCVE-2099-10001,soon\nCVE-2099-10002,2099-01-02\n", ReasonInvalid, 16, 2, 1},
		{"epss line", "cve,epss\nCVE-2099-10001,2\nCVE-2099-10002,0.1\n", ReasonInvalid, 9, 2, 1},
		{"no kind", `{"a":1}`, ReasonUnknownKind, 0, 0, 0},
		{"text", "hello\n", ReasonUnknownKind, 0, 0, 0},
		{"xml of no kind", "<a/>", ReasonUnknownKind, 0, 0, 0},
		{"xml with a document type", "<!DOCTYPE a><a/>", ReasonSyntax, 0, 0, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			for mark, text := range map[int64]string{0: tc.text, 3: bom + tc.text} {
				records, refusals := readText(t, text)
				want := tc.offset
				if want > 0 {
					want += mark
				}
				if len(records) != tc.records || len(refusals) != 1 {
					t.Fatalf("%v, %v; want %d records and one refusal", ids(records), reasons(refusals), tc.records)
				}
				if r := refusals[0]; r.Reason != tc.reason || r.Offset != want || r.Line != tc.line || r.Member != "in" {
					t.Errorf("refusal %s %d:%d %s, want %d:%d %s", r.Member, r.Offset, r.Line, r.Reason, want, tc.line, tc.reason)
				}
			}
		})
	}
}

func TestRefusalError(t *testing.T) {
	t.Parallel()
	cause := errors.New("odd")
	for want, r := range map[string]Refusal{
		"a.json@7: kengine.intake.syntax: odd": {Member: "a.json", Offset: 7, Reason: ReasonSyntax, Cause: cause},
		"a.csv:3: kengine.intake.invalid: odd": {Member: "a.csv", Offset: 7, Line: 3, Reason: ReasonInvalid, Cause: cause},
		"a.zip: kengine.intake.damaged: odd":   {Member: "a.zip", Offset: -1, Reason: ReasonDamaged, Cause: cause},
		"a@0: kengine.intake.unknown_kind":     {Member: "a", Reason: ReasonUnknownKind},
	} {
		if got := r.Error(); got != want || r.Cause != nil && !errors.Is(&r, cause) {
			t.Errorf("Error() = %q, want %q", got, want)
		}
	}
}

func TestReasonOfErrors(t *testing.T) {
	t.Parallel()
	for want, errs := range map[string][]error{
		ReasonTruncated:  {ErrTruncated, io.ErrUnexpectedEOF, fmt.Errorf("x: %w", ErrTruncated)},
		ReasonDamaged:    {ErrDamaged, damaged(errors.New("checksum"))},
		ReasonRatio:      {ErrRatio, damaged(fmt.Errorf("x: %w", ErrRatio))},
		ReasonTooDeep:    {ErrDepth, damaged(ErrDepth)},
		ReasonTooLarge:   {ErrTooLarge, damaged(ErrTooLarge)},
		ReasonUnreadable: {os.ErrPermission, errors.New("other")},
	} {
		for _, err := range errs {
			if got := reason(err); got != want {
				t.Errorf("reason(%v) = %s, want %s", err, got, want)
			}
		}
	}
	if damaged(nil) != nil || truncated(nil) != nil {
		t.Error("no error became one")
	}
	if !errors.Is(damaged(io.EOF), ErrTruncated) || !errors.Is(truncated(io.EOF), ErrTruncated) {
		t.Error("an end that comes too early is not truncated")
	}
	if err := damaged(ErrLimit); !errors.Is(err, ErrLimit) || errors.Is(err, ErrDamaged) {
		t.Errorf("a limit became %v", err)
	}
}

func TestPlaceOf(t *testing.T) {
	t.Parallel()
	syntax := json.Unmarshal([]byte(`{"a" 1}`), new(any))
	markup := xml.Unmarshal([]byte("<a>\n<b></a>"), new(struct{}))
	for name, tc := range map[string]struct {
		err    error
		offset int64
		line   int
	}{
		"json":     {fmt.Errorf("x: %w", syntax), 6, 0},
		"xml":      {fmt.Errorf("x: %w", markup), -1, 2},
		"cve":      {fmt.Errorf("x: %w", &cve.SyntaxError{Offset: 9}), 9, 0},
		"no place": {io.EOF, -1, 0},
	} {
		if offset, line := placeOf(tc.err); offset != tc.offset || line != tc.line {
			t.Errorf("%s: place %d, %d; want %d, %d", name, offset, line, tc.offset, tc.line)
		}
	}
}

// TestKinds: the names of the first members tell the kind, in a list as well.
func TestKinds(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Kind{
		`{"dataType":"x"}`: KindCVE, `{"x":{"y":[1,{}]},"cveMetadata":{}}`: KindCVE, `[{"cveMetadata":{}}]`: KindCVE,
		`{"title":"t","catalogVersion":"1"}`: KindKEV, `{"resultsPerPage":1`: KindNVD, `{"document":{}`: KindCSAF,
		`{"status":"OK","data":[]}`: KindEPSS, `{"data":[],"access":"public"}`: KindEPSS, `{"data":[]}`: "",
		`{"id":"x","modified":"y"}`: KindOSV, `{"modified":"y","id":"x"}`: KindOSV, `{"schema_version":"1.6"`: KindOSV, `{"id":"x"}`: "",
		`{}`: "", `[]`: "", `[[]]`: "", `[1]`: "", `"dataType"`: "",
	} {
		if got, err := jsonKind([]byte(text)); got != want || err != nil {
			t.Errorf("jsonKind(%s) = %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{``, `{"a"`, `{"a":[1`, `{"a":}`, `x`} {
		if got, err := jsonKind([]byte(text)); err == nil {
			t.Errorf("jsonKind(%s) = %q, want an error", text, got)
		}
	}
}

func TestSniff(t *testing.T) {
	t.Parallel()
	record := []byte(madeRecord("CVE-2099-10001"))
	for name, tc := range map[string]struct {
		data []byte
		want packing
	}{
		"gzip": {packGzipOf(t, record), packGzip}, "zstd": {packZstdOf(t, record), packZstd}, "tar": {packTarOf(t, made(1)...), packTar},
		"zip": {packZipOf(t, made(1)...), packZip}, "empty zip": {packZipOf(t), packZip}, "record": {record, plain}, "nothing": {nil, plain},
		"short": {[]byte("PK"), plain}, "ustar elsewhere": {append(bytes.Repeat([]byte(" "), 256), "ustar"...), plain}, "xml": {[]byte("<?xml"), plain},
	} {
		if got := sniff(tc.data[:min(len(tc.data), sniffSize)]); got != tc.want {
			t.Errorf("%s: %d, want %d", name, got, tc.want)
		}
	}
}

// TestTail: the last block is known however the bytes come in.
func TestTail(t *testing.T) {
	t.Parallel()
	data := make([]byte, 3000)
	for i := range data {
		data[i] = byte(i * 7)
	}
	for _, step := range []int{1, 3, 511, 512, 513, 1000, 3000} {
		end := &tail{r: bytes.NewReader(data)}
		if _, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, end, make([]byte, step)); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(end.last[:], data[len(data)-512:]) || end.zero() {
			t.Errorf("blocks of %d: the last block differs", step)
		}
	}
	end := &tail{r: bytes.NewReader(append(data, make([]byte, 512)...))}
	if _, err := io.Copy(io.Discard, end); err != nil || !end.zero() {
		t.Errorf("a block of zeros at the end: %v, %v", end.zero(), err)
	}
}

// TestUnreadableFile: a file that is not there ends the reading; one in a directory that cannot be
// read costs only itself.
func TestUnreadableFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if n, err := lastError(Source{Name: filepath.Join(dir, "absent")}, Options{}); !errors.Is(err, os.ErrNotExist) || n != 0 || !strings.Contains(err.Error(), "absent") {
		t.Errorf("absent: %d, %v", n, err)
	}
	must(t, os.WriteFile(filepath.Join(dir, "b.json"), []byte(madeRecord("CVE-2099-10001")), 0o600))
	must(t, os.Symlink("/etc/passwd", filepath.Join(dir, "a.json")))
	must(t, os.WriteFile(filepath.Join(dir, "c.gz"), packGzipOf(t, []byte(madeRecord("CVE-2099-10002")))[:20], 0o600))
	records, refusals := readAll(t, Source{Name: dir}, Options{})
	if diff := cmp.Diff([]string{"CVE-2099-10001"}, ids(records)); diff != "" || len(refusals) != 1 || refusals[0].Reason != ReasonTruncated {
		t.Errorf("refusals %v, records (-want +got):\n%s", reasons(refusals), diff)
	}
}
