package guard

import (
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
)

// budget fails once more than limit bytes were read since the last Mark.
type budget struct {
	r           io.Reader
	used, limit int64
}

// Read implements io.Reader.
func (b *budget) Read(p []byte) (int, error) {
	if b.used > b.limit {
		return 0, fmt.Errorf("a record is larger than %d bytes: %w", b.limit, ErrLimit)
	}
	n, err := b.r.Read(p)
	b.used += int64(n)
	return n, err
}

// charset reads the encodings that Japanese and old European documents declare.
func charset(label string, r io.Reader) (io.Reader, error) {
	var e encoding.Encoding
	switch strings.ToLower(strings.TrimSpace(label)) {
	case "us-ascii", "ascii", "utf8":
		return r, nil
	case "shift_jis", "shift-jis", "sjis", "windows-31j", "cp932":
		e = japanese.ShiftJIS
	case "euc-jp":
		e = japanese.EUCJP
	case "iso-2022-jp":
		e = japanese.ISO2022JP
	case "iso-8859-1", "latin1", "windows-1252":
		e = charmap.Windows1252
	default:
		return nil, fmt.Errorf("encoding %q is not accepted; use UTF-8", label)
	}
	return e.NewDecoder().Reader(r), nil
}
