package intake

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// walkTar lists the regular files of data with their content, and how the walk ended.
func walkTar(next func() (string, int64, error), content io.Reader) (list []string, end string) {
	for {
		name, size, err := next()
		if err != nil {
			return list, ended(err)
		}
		if size%3 == 0 { // left unread, which must make no difference to what follows
			list = append(list, fmt.Sprintf("%s %d", name, size))
			continue
		}
		body, err := io.ReadAll(content)
		list = append(list, fmt.Sprintf("%s %d %x", name, size, body))
		if err != nil {
			return list, ended(err)
		}
	}
}

func ended(err error) string {
	for _, kind := range []error{io.EOF, io.ErrUnexpectedEOF, tar.ErrHeader} {
		if errors.Is(err, kind) {
			return kind.Error()
		}
	}
	return err.Error()
}

// sameWalk holds tarReader against archive/tar and reports whether tarReader read all by itself.
func sameWalk(t *testing.T, data []byte) bool {
	t.Helper()
	std := tar.NewReader(bytes.NewReader(data))
	want, wantEnd := walkTar(func() (string, int64, error) {
		for {
			h, err := std.Next()
			if err != nil {
				return "", 0, err
			}
			if h.Typeflag == tar.TypeReg {
				return h.Name, h.Size, nil
			}
		}
	}, std)
	own := &tarReader{r: bytes.NewReader(data)}
	plain := true
	got, gotEnd := walkTar(func() (string, int64, error) {
		name, size, err := own.next()
		plain = plain && (err != nil || own.rest == nil)
		return name, size, err
	}, own)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-archive/tar +own):\n%s", diff)
	}
	if gotEnd != wantEnd {
		t.Errorf("ends with %s, want %s", gotEnd, wantEnd)
	}
	return plain
}

// tarOf writes one file with the header between two plain ones.
func tarOf(t testing.TB, h tar.Header, body string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, f := range []struct {
		h    tar.Header
		body string
	}{
		{tar.Header{Name: "first", Mode: 0o644, Typeflag: tar.TypeReg}, "one"},
		{h, body},
		{tar.Header{Name: "last", Mode: 0o644, Typeflag: tar.TypeReg}, strings.Repeat("x", 512)},
	} {
		f.h.Size = int64(len(f.body))
		must(t, w.WriteHeader(&f.h))
		_, err := io.WriteString(w, f.body)
		must(t, err)
	}
	must(t, w.Close())
	return out.Bytes()
}

func tarCases() map[string]struct {
	header tar.Header
	body   string
	plain  bool
} {
	at := time.Unix(1_700_000_000, 0)
	long := strings.Repeat("directory/", 12) + "file"
	return map[string]struct {
		header tar.Header
		body   string
		plain  bool
	}{
		"ustar":          {tar.Header{Name: "a", Mode: 0o644, ModTime: at, Format: tar.FormatUSTAR}, "body", true},
		"empty":          {tar.Header{Name: "a", Format: tar.FormatUSTAR}, "", true},
		"prefix":         {tar.Header{Name: long, Format: tar.FormatUSTAR}, "body", true},
		"gnu":            {tar.Header{Name: "a", Uname: "root", Format: tar.FormatGNU}, "body", true},
		"directory":      {tar.Header{Name: "a/", Typeflag: tar.TypeDir, Format: tar.FormatUSTAR}, "", true},
		"link":           {tar.Header{Name: "a", Linkname: "b", Typeflag: tar.TypeSymlink}, "", false},
		"gnu long name":  {tar.Header{Name: long + long, Format: tar.FormatGNU}, "body", false},
		"gnu large id":   {tar.Header{Name: "a", Uid: 1 << 30, Format: tar.FormatGNU}, "body", false},
		"gnu times":      {tar.Header{Name: "a", AccessTime: at, Format: tar.FormatGNU}, "body", false},
		"pax name":       {tar.Header{Name: "日本", Format: tar.FormatPAX}, "body", false},
		"pax attributes": {tar.Header{Name: "a", PAXRecords: map[string]string{"X.y": "z"}, Format: tar.FormatPAX}, "body", false},
	}
}

// TestTarReader holds the walk against archive/tar for every kind of header, whole and cut at
// every byte.
func TestTarReader(t *testing.T) {
	t.Parallel()
	for name, tc := range tarCases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := tarOf(t, tc.header, tc.body)
			if plain := sameWalk(t, data); plain != tc.plain {
				t.Errorf("read without archive/tar: %v, want %v", plain, tc.plain)
			}
			for n := range data {
				sameWalk(t, data[:n])
			}
		})
	}
}

// TestTarHeaderBytes changes every byte of a header, with and without its sum made right: what is
// read without archive/tar is read to the same effect.
func TestTarHeaderBytes(t *testing.T) {
	t.Parallel()
	for _, format := range []tar.Format{tar.FormatUSTAR, tar.FormatGNU} {
		whole := tarOf(t, tar.Header{Name: "a", Mode: 0o644, Format: format}, "body")
		for at := range tarBlock {
			for _, c := range []byte{0, ' ', '0', '5', '7', '8', 'x', 0x80, 0xff} {
				data := bytes.Clone(whole)
				data[at] = c
				sameWalk(t, data)
				copy(data[148:], fmt.Sprintf("%06o\x00 ", tarSum((*[tarBlock]byte)(data))))
				sameWalk(t, data)
			}
		}
	}
}

func FuzzTar(f *testing.F) {
	for _, tc := range tarCases() {
		f.Add(tarOf(f, tc.header, tc.body))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		data = bytes.Clone(data)
		sameWalk(t, data)
		if len(data) >= tarBlock { // a change of the header must come past its sum
			copy(data[148:], fmt.Sprintf("%06o\x00 ", tarSum((*[tarBlock]byte)(data))))
			sameWalk(t, data)
		}
	})
}
