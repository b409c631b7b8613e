package i18n

import (
	"math"
	"strconv"
	"strings"
)

// Number returns n with separators: 1,234,567.
func Number[N ~int | ~int32 | ~int64 | ~uint32](_ Lang, n N) string {
	digits := strconv.FormatInt(int64(n), 10)
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	if len(digits) <= 3 {
		return sign + digits
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, d := range []byte(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteByte(d)
	}
	return b.String()
}

// Decimal returns v rounded to places digits after the point: 1,234.6.
func Decimal(l Lang, v float64, places int) string {
	s := strconv.FormatFloat(v, 'f', places, 64)
	whole, part, has := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return s // larger than any number we show
	}
	out := Number(l, n)
	if n == 0 && strings.HasPrefix(whole, "-") && strings.Trim(part, "0") != "" {
		out = "-0"
	}
	if has {
		out += "." + part
	}
	return out
}

// Percent returns a share of 1 with one digit: 12.3%.
func Percent(l Lang, share float64) string { return Decimal(l, share*100, 1) + "%" }

// Bytes returns a size in bytes with a unit of 1,000: 1.2 MB.
func Bytes(l Lang, n int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB"}
	v, i := float64(n), 0
	for (i == 0 && v >= 1000 || i > 0 && math.Round(v*10) >= 10_000) && i < len(units)-1 { // never 1,000.0 kB
		v, i = v/1000, i+1
	}
	if i == 0 {
		return Number(l, n) + " B"
	}
	return Decimal(l, v, 1) + " " + units[i]
}
