package calendar

import (
	"strings"
	"time"
	"unicode/utf8"
)

// lines collects content lines.
type lines struct{ b strings.Builder }

// maxLine is the longest line in octets without its end (section 3.1).
const maxLine = 75

// add writes a line and folds it: a line that goes on begins with a blank.
func (l *lines) add(name, value string) {
	line, room := name+":"+value, maxLine
	for len(line) > room {
		cut := room
		for cut > room-utf8.UTFMax && !utf8.RuneStart(line[cut]) {
			cut--
		}
		l.b.WriteString(line[:cut] + "\r\n ")
		line, room = line[cut:], maxLine-1
	}
	l.b.WriteString(line + "\r\n")
}

// text writes an escaped text, or nothing for an empty one.
func (l *lines) text(name, value string) {
	if value != "" {
		l.add(name, escape(value))
	}
}

func (l *lines) list(name string, values []string) {
	escaped := make([]string, 0, len(values))
	for _, v := range values {
		if v != "" {
			escaped = append(escaped, escape(v))
		}
	}
	if len(escaped) > 0 {
		l.add(name, strings.Join(escaped, ","))
	}
}

func (l *lines) instant(name string, t time.Time) {
	if !t.IsZero() {
		l.add(name, t.UTC().Format("20060102T150405Z"))
	}
}

// escape writes a text by section 3.3.11. Control characters but tab, which no text may hold,
// are dropped, and what is not UTF-8 becomes U+FFFD.
func escape(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\\' || r == ';' || r == ',':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r < 0x20 && r != '\t' || r == 0x7f:
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
