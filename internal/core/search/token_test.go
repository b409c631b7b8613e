package search

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestTokens(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, text, want string }{
		{"words", "A Remote-Code Execution", "a remote code execution"},
		{"identifier", "CVE-2021-44228", "cve 2021 44228"},
		{"a run ends in its last character", "脆弱性", "脆弱 弱性 性"},
		{"one character", "性", "性"},
		{"kana and kanji are one run", "情報のサーバー", "情報 報の のサ サー ーバ バー ー"},
		{"change of class", "OpenSSLの脆弱性v3", "openssl の脆 脆弱 弱性 性 v3"},
		{"full width", "ＣＶＥ－２０２６", "cve 2026"},
		{"half width kana", "ｻｰﾊﾞ", "サー ーバ バ"},
		{"composed and decomposed are equal", "か\u3099く e\u0301", "がく く é"},
		{"accents stay", "Café", "café"},
		{"Hangul", "취약점", "취약 약점 점"},
		{"Cyrillic", "УЯЗВИМОСТЬ", "уязвимость"},
		{"a small letter that composes where the capital does not", "H\u0331 h\u0331", "\u1e96 \u1e96"},
		{"Cherokee, whose small letters are of another block", "ᎠᎡ ꭰꭱ", "ꭰꭱ ꭱ ꭰꭱ ꭱ"},
		{"a mark stays in its word", "हिन्दी", "हिन्दी"},
		{"punctuation only", "!? 「」・", ""},
		{"quotes", "o'reilly \\ \"x\"", "o reilly x"},
		{"invalid bytes", "a\xffb", "a b"},
		{"long word", strings.Repeat("x", 100), strings.Repeat("x", 64)},
		{"ideographs beyond 16 bits", "𠮷野家", "𠮷野 野家 家"},
	} {
		if d := cmp.Diff(strings.Fields(tc.want), Tokens(tc.text)); d != "" && len(Tokens(tc.text)) > 0 {
			t.Errorf("%s: %s", tc.name, d)
		}
	}
}

func TestTokensAreLimited(t *testing.T) {
	t.Parallel()
	for _, text := range []string{strings.Repeat("a ", 40_000), strings.Repeat("脆弱", 40_000)} {
		if got := len(Tokens(text)); got != maxTokens {
			t.Errorf("len(Tokens()) = %d, want %d", got, maxTokens)
		}
	}
}

func FuzzTokens(f *testing.F) {
	for _, s := range []string{"CVE-2021-44228", "OpenSSLの脆弱性", "か\u3099", "a\xff", "'\\\"*:·", "0Ꮰ0", "H\u0331"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, token := range Tokens(text) {
			// What holds nothing but letters, digits and marks cannot leave its quotes.
			bad := func(r rune) bool { return classOf(r) == gap }
			if token == "" || !utf8.ValidString(token) || strings.ContainsFunc(token, bad) {
				t.Fatalf("Tokens(%q) has %q", text, token)
			}
			if !slices.Equal(Tokens(token)[:1], []string{token}) {
				t.Fatalf("token %q of %q is not a token of itself: %q", token, text, Tokens(token))
			}
		}
	})
}

func BenchmarkTokens(b *testing.B) {
	const english = "A buffer overflow in OpenSSL allows remote attackers to execute code. "
	for name, text := range map[string]string{"en": english, "en+ja": english + "OpenSSLの脆弱性に関する情報。"} {
		text = strings.Repeat(text, 5)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Tokens(text)
			}
		})
	}
}
