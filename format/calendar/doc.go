// Package calendar writes iCalendar files (RFC 5545) with tasks (VTODO) and events (VEVENT).
//
// Lines are folded at 75 octets without cutting a character, texts are escaped, times are in UTC,
// and the same calendar gives the same bytes.
package calendar
