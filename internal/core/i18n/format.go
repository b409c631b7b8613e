package i18n

import (
	"strconv"
	"time"
)

// Time returns t in zone as both languages write it: 2026-11-18 14:00 JST. A nil
// zone is UTC; the zero time is a dash.
func Time(_ Lang, t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return "—"
	}
	return in(t, zone).Format("2006-01-02 15:04 ") + Zone(t, zone)
}

// Zone returns the short name of zone at t; a zone without a name of its own is
// told by its distance from UTC: UTC+03:00.
func Zone(t time.Time, zone *time.Location) string {
	name, offset := in(t, zone).Zone()
	if name != "" && name[0] != '+' && name[0] != '-' {
		return name
	}
	sign := "+"
	if offset < 0 {
		sign, offset = "-", -offset
	}
	return "UTC" + sign + pad(offset/3600) + ":" + pad(offset/60%60)
}

// Date returns the day of t in zone: 2026-11-18.
func Date(_ Lang, t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return "—"
	}
	return in(t, zone).Format("2006-01-02")
}

// LongDate returns the day of t in zone as running text writes it:
// 2026年11月18日 or 18 November 2026.
func LongDate(l Lang, t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return "—"
	}
	if l == JA {
		return in(t, zone).Format("2006年1月2日")
	}
	return in(t, zone).Format("2 January 2006")
}

// Ago returns in words how long from lies before now, or how long it is until
// then: "3 days ago", "in 2 hours", "just now". The length is cut, not rounded.
func Ago(l Lang, from, now time.Time) string {
	if from.IsZero() {
		return "—"
	}
	d, way := now.Sub(from), "ago"
	if d < 0 {
		d, way = -d, "left"
	}
	for _, s := range [...]struct {
		unit   time.Duration
		ja, en string
	}{
		{365 * 24 * time.Hour, "年", "year"},
		{30 * 24 * time.Hour, "か月", "month"},
		{24 * time.Hour, "日", "day"},
		{time.Hour, "時間", "hour"},
		{time.Minute, "分", "minute"},
	} {
		if d >= s.unit {
			return agoText(l, way, s.ja, s.en, int(d/s.unit))
		}
	}
	if l == JA {
		return "たった今"
	}
	return "just now"
}

// agoText words n units before or after the present.
func agoText(l Lang, way, ja, en string, n int) string {
	if l == JA {
		if way == "ago" {
			return Number(l, n) + " " + ja + "前"
		}
		return "あと " + Number(l, n) + " " + ja
	}
	words := Number(l, n) + " " + en
	if n != 1 {
		words += "s"
	}
	if way == "ago" {
		return words + " ago"
	}
	return "in " + words
}

// in returns t in zone, UTC if there is none.
func in(t time.Time, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone)
}

// pad writes n with two digits.
func pad(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}
