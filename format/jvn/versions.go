package jvn

import (
	"regexp"
	"strings"

	"noroshi.dev/format/version"
)

// Patterns of version texts. They are compiled once and never changed.
var (
	// numberPattern finds a version: it begins with a digit (or v and a digit) and goes on with
	// letters, digits and the usual marks.
	numberPattern = regexp.MustCompile(`(?i)(?:\b(?:version|ver|v|r)\.?\s*)?(\d[0-9a-z.\-_+~]*)`)
	// remarkPattern finds remarks in brackets, which name CVEs or builds and not the version.
	remarkPattern = regexp.MustCompile(`[（(][^（()）]*[)）]`)
)

// Phrases that say on which side of a version the affected ones lie. Longer ones stand first
// where one holds another.
func beforePhrases() []string {
	return []string{"未満", "より前", "より以前", "以前のバージョンは含まない", "prior to", "before", "earlier than", "less than", "<"}
}

func untilPhrases() []string {
	return []string{"以下", "およびそれ以前", "及びそれ以前", "それ以前", "以前", "まで", "and earlier", "and prior", "and below", "or earlier", "or below", "through", "<="}
}

func fromPhrases() []string {
	return []string{"以上", "以降", "およびそれ以降", "から", "and later", "or later", "from", ">="}
}

func afterPhrases() []string { return []string{"より後", "より新しい", "later than", ">"} }

// waveDash stands between the two ends of a range in Japanese.
const waveDash = "〜"

// ParseVersions reads the text of a VersionNumber, as "1.0.6 未満", "2.1.0 以上 2.1.3 以下",
// "1.05 およびそれ以前" or "7.7", as a range of kind "custom". It reports false when the text names
// no version or holds more than it understands; the caller then has the text only.
func ParseVersions(text string) (version.Range, bool) {
	s := strings.ToLower(strings.TrimSpace(remarkPattern.ReplaceAllString(widthFolded(text), " ")))
	if s == "すべてのバージョン" || s == "全てのバージョン" || s == "all versions" {
		return version.Range{}, true
	}
	found := numberPattern.FindAllStringSubmatchIndex(s, -1)
	switch len(found) {
	case 1:
		return oneVersion(s[found[0][2]:found[0][3]], s[:found[0][0]], s[found[0][1]:])
	case 2:
		return twoVersions(s, found)
	default:
		return version.Range{}, false
	}
}

// oneVersion reads a text with a single version v, which has the given text before and after it.
func oneVersion(v, before, after string) (version.Range, bool) {
	v = strings.TrimRight(v, ".-_+~")
	words := before + " " + after
	switch side(before, after) {
	case sideUntil:
		return version.Range{End: v}, true
	case sideBefore:
		return version.Range{End: v, EndExcluded: true}, true
	case sideFrom:
		return version.Range{Start: v}, true
	case sideAfter:
		return version.Range{Start: v, StartExcluded: true}, true
	}
	// A bare version may carry a name before it, but no words behind it that could restrict it.
	if strings.TrimSpace(after) == "" && !strings.ContainsAny(words, "、,/") {
		return version.Range{Exact: v}, true
	}
	return version.Range{}, false
}

// twoVersions reads "from A to B" in its forms; the words between the two versions may belong to
// either of them.
func twoVersions(s string, found [][]int) (version.Range, bool) {
	first, last := found[0], found[1]
	before, between, after := s[:first[0]], s[first[1]:last[0]], s[last[1]:]
	r := version.Range{
		Start: strings.TrimRight(s[first[2]:first[3]], ".-_+~"),
		End:   strings.TrimRight(s[last[2]:last[3]], ".-_+~"),
	}
	switch {
	case contains(before+between, fromPhrases()):
	case contains(between, afterPhrases()):
		r.StartExcluded = true
	case strings.TrimSpace(between) == waveDash:
		r.EndExcluded = side("", after) == sideBefore
		return r, true
	default:
		return version.Range{}, false
	}
	end := side("", after)
	if end == sideNone {
		end = side("", between)
	}
	r.EndExcluded = end == sideBefore
	return r, end == sideUntil || end == sideBefore || contains(between, []string{" to ", "~", "-"})
}

// widthFolded writes full-width ASCII, usual in Japanese text, as ASCII.
func widthFolded(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0xff01 && r < 0xff5e:
			return r - 0xfee0
		case r == 0x3000:
			return ' '
		case r == 0xff5e:
			return '〜' // means "to", unlike the ASCII tilde, which is part of a version
		default:
			return r
		}
	}, s)
}
