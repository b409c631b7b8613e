package chart

import (
	"math"
	"time"

	"noroshi.dev/internal/core/i18n"
)

// mostValue is the largest value that is drawn. What lies beyond it is no measure
// and is a gap: a grid to infinity has no end.
const mostValue = 1e300

// missing reports whether a value is a gap.
func missing(v float64) bool { return math.IsNaN(v) || math.Abs(v) > mostValue }

// step returns the distance of grid lines for values up to most: a power of ten,
// its double or its fivefold, so that three to eight lines appear. Whole values
// get whole steps.
func step(most float64, whole bool) float64 {
	if most <= 0 {
		return 1
	}
	power := max(math.Pow(10, math.Floor(math.Log10(most))-1), math.SmallestNonzeroFloat64)
	for {
		for _, f := range []float64{1, 2, 5} {
			s := f * power
			if whole && s < 1 {
				continue
			}
			if most/s <= 8 {
				return s
			}
		}
		power *= 10
	}
}

// extent returns the least value of all series, at most 0, the greatest, at least
// 0, and whether all values are whole.
func extent(all [][]float64) (least, most float64, whole bool) {
	whole = true
	for _, values := range all {
		for _, v := range values {
			if missing(v) {
				continue
			}
			least, most = min(least, v), max(most, v)
			whole = whole && v == math.Trunc(v)
		}
	}
	return least, most, whole
}

// label writes a grid value: as many digits after the point as its step needs.
func label(l i18n.Lang, v, step float64) string {
	places := 0
	for s := step; s < 1 && places < 6; s *= 10 {
		places++
	}
	return i18n.Decimal(l, v, places)
}

// tick is a place on the time axis.
type tick struct {
	at   time.Time
	text string
}

// ticks returns at most nine places between from and to, on full hours, days,
// weeks (Monday) or months of zone.
func ticks(l i18n.Lang, from, to time.Time, zone *time.Location) []tick {
	span := to.Sub(from)
	day := 24 * time.Hour
	for _, unit := range []time.Duration{time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, day, 2 * day, 7 * day, 14 * day} {
		if span/unit <= 8 {
			return even(l, from, to, zone, unit)
		}
	}
	return months(l, from, to, zone)
}

// even returns places a unit apart, counted from midnight or, for weeks, from Monday.
func even(l i18n.Lang, from, to time.Time, zone *time.Location, unit time.Duration) []tick {
	first := from.In(zone)
	back := 0
	if unit >= 7*24*time.Hour {
		back = (int(first.Weekday()) + 6) % 7
	}
	var out []tick
	last := time.Time{}
	for hours := 0; ; hours += int(unit / time.Hour) {
		// Counted on the clock of the wall: a day is not always 24 hours.
		at := time.Date(first.Year(), first.Month(), first.Day()-back, hours, 0, 0, 0, zone)
		if at.After(to) {
			return out
		}
		if at.Before(from) || !at.After(last) {
			continue
		}
		text := dayText(l, at)
		if at.Hour() > 0 && unit < 24*time.Hour {
			text = at.Format("15:04")
		}
		out, last = append(out, tick{at, text}), at
	}
}

// months returns the first days of months, thinned to at most nine.
func months(l i18n.Lang, from, to time.Time, zone *time.Location) []tick {
	first := from.In(zone)
	by := 1
	for span := to.Sub(from) / (30 * 24 * time.Hour); int(span)/by > 8; {
		by++
	}
	var out []tick
	for at := time.Date(first.Year(), first.Month(), 1, 0, 0, 0, 0, zone); !at.After(to); at = at.AddDate(0, by, 0) {
		if !at.Before(from) {
			out = append(out, tick{at, monthText(l, at)})
		}
	}
	return out
}

// dayText is a day on the axis: 11/3 or 3 Nov.
func dayText(l i18n.Lang, at time.Time) string {
	if l == i18n.JA {
		return at.Format("1/2")
	}
	return at.Format("2 Jan")
}

// monthText is a month on the axis: 2026/11 or Nov 2026.
func monthText(l i18n.Lang, at time.Time) string {
	if l == i18n.JA {
		return at.Format("2006/1")
	}
	return at.Format("Jan 2006")
}
