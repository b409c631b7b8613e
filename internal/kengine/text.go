package kengine

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// cut returns at most n runes of s and no half ones; a cut text ends in an ellipsis.
func cut(s string, n int) string {
	if len(s) <= n || utf8.RuneCountInString(s) <= n {
		return clean(s)
	}
	if n < 1 {
		return ""
	}
	count := 0
	for i := range s {
		if count++; count == n {
			return clean(strings.TrimRightFunc(s[:i], unicode.IsSpace)) + "…"
		}
	}
	return clean(s)
}

// clean replaces what a TEXT column of PostgreSQL refuses.
func clean(s string) string {
	if strings.IndexByte(s, 0) < 0 && utf8.ValidString(s) {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// oneLine joins the words of s with single spaces.
func oneLine(s string) string {
	if !strings.ContainsAny(s, "\n\r\t") && !strings.Contains(s, "  ") {
		return strings.TrimSpace(s)
	}
	return strings.Join(strings.Fields(s), " ")
}

// sentence returns the first sentence of s: up to a full stop that a space or the end follows.
func sentence(s string) string {
	if i := strings.Index(s, "。"); i >= 0 {
		return s[:i+len("。")]
	}
	if i := strings.Index(s, ". "); i >= 0 {
		return s[:i+1]
	}
	return s
}

func hasJapanese(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
	})
}

func allowInvalidUTF8() json.Options { return jsontext.AllowInvalidUTF8(true) }

// withoutZero replaces the escape of the character zero, which PostgreSQL's JSONB refuses.
func withoutZero(b []byte) []byte {
	zero := []byte(`\u0000`)
	for at := 0; ; {
		i := bytes.Index(b[at:], zero)
		if i < 0 {
			return b
		}
		at += i
		backslashes := 0
		for at-backslashes > 0 && b[at-backslashes-1] == '\\' {
			backslashes++
		}
		// After an odd number of backslashes this one is itself escaped: the text speaks of \u0000.
		if backslashes%2 == 0 {
			copy(b[at:], `\ufffd`)
		}
		at += len(zero)
	}
}
