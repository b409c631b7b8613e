package backup

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

// piece is one member of an archive that somebody else made.
type piece struct {
	name string
	data string
	kind byte // of the tar entry; 0 is a file
}

// crafted packs members; without a manifest of their own they get one that fits.
func crafted(t *testing.T, pieces []piece, manifest bool, after string) []byte {
	t.Helper()
	var out bytes.Buffer
	z, err := zstd.NewWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	w := tar.NewWriter(z)
	add := func(p piece) {
		h := &tar.Header{Name: p.name, Typeflag: tar.TypeReg, Size: int64(len(p.data)), Mode: 0o600}
		if p.kind != 0 {
			h.Typeflag, h.Size, h.Linkname = p.kind, 0, p.data
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if p.kind == 0 {
			if _, err := w.Write([]byte(p.data)); err != nil {
				t.Fatal(err)
			}
		}
	}
	m := Manifest{Header: Header{Form: Form, Version: "1", At: time.Unix(0, 0).UTC()}}
	for _, p := range pieces {
		add(p)
		sum := sha256.Sum256([]byte(p.data))
		m.Members = append(m.Members, Member{Name: p.name, Size: int64(len(p.data)), SHA256: hex.EncodeToString(sum[:])})
	}
	if manifest {
		data, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		add(piece{name: manifestName, data: string(data)})
	}
	if after != "" {
		add(piece{name: after, data: "x"})
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestArchivesOfOthersAreRefused makes archives whose sums are right and whose members are not.
func TestArchivesOfOthersAreRefused(t *testing.T) {
	t.Parallel()
	data, err := json.Marshal(Header{Form: Form, Version: "1", At: time.Unix(0, 0).UTC()})
	if err != nil {
		t.Fatal(err)
	}
	head := piece{name: headerName, data: string(data)}
	if _, err := Check(t.Context(), bytes.NewReader(crafted(t, []piece{head}, true, "")), nil); err != nil {
		t.Fatalf("the empty archive: %v", err)
	}
	for what, tt := range map[string]struct {
		pieces   []piece
		manifest bool
		after    string
		want     string
	}{
		"nothing":                {nil, false, "", "are no archive"},
		"no manifest":            {[]piece{head}, false, "", "before the manifest"},
		"no header":              {[]piece{{name: configName, data: "x"}}, true, "", "the first member is not"},
		"two headers":            {[]piece{head, head}, true, "", "a second header"},
		"a header that is none":  {[]piece{{name: headerName, data: "{"}}, true, "", headerName},
		"a path upwards":         {[]piece{head, {name: "../x", data: "x"}}, true, "", "no such member"},
		"an absolute path":       {[]piece{head, {name: "/etc/passwd", data: "x"}}, true, "", "no such member"},
		"a link":                 {[]piece{head, {name: "blob/x", data: "/etc/passwd", kind: tar.TypeSymlink}}, true, "", "is not a file"},
		"a hard link":            {[]piece{head, {name: "x", data: headerName, kind: tar.TypeLink}}, true, "", "is not a file"},
		"a folder":               {[]piece{head, {name: "blob/", kind: tar.TypeDir}}, true, "", "is not a file"},
		"a large small member":   {[]piece{head, {name: configName, data: strings.Repeat("x", maxSmall+1)}}, true, "", "at most"},
		"jobs that are none":     {[]piece{head, {name: jobsName, data: "[1,"}}, true, "", jobsName},
		"something afterwards":   {[]piece{head}, true, "more", "after the manifest"},
		"a second manifest":      {[]piece{head}, true, manifestName, "after the manifest"},
		"a blob of another name": {[]piece{head, {name: "blob/" + strings.Repeat("0", 64), data: "content"}}, true, "", "the content has SHA-256"},
	} {
		_, err := Check(t.Context(), bytes.NewReader(crafted(t, tt.pieces, tt.manifest, tt.after)), nil)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", what, err, tt.want)
		}
	}
}

// TestEveryCutOfAnArchiveIsRefused cuts a good archive at every byte.
func TestEveryCutOfAnArchiveIsRefused(t *testing.T) {
	t.Parallel()
	data, err := json.Marshal(Header{Form: Form, Version: "1", At: time.Unix(0, 0).UTC()})
	if err != nil {
		t.Fatal(err)
	}
	whole := crafted(t, []piece{{name: headerName, data: string(data)}, {name: configName, data: "addr: x"}}, true, "")
	for n := range whole {
		if _, err := Check(t.Context(), bytes.NewReader(whole[:n]), nil); err == nil {
			t.Errorf("%d of %d bytes are taken for an archive", n, len(whole))
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Check(ctx, bytes.NewReader(whole), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end of its context: %v", err)
	}
}
