package calendar_test

import (
	"fmt"
	"strings"
	"time"

	"noroshi.dev/format/calendar"
)

func ExampleWrite() {
	due := time.Date(2026, 4, 2, 9, 0, 0, 0, time.UTC)
	var b strings.Builder
	err := calendar.Write(&b, calendar.Calendar{Product: "-//noroshi//kengine//EN", Items: []calendar.Item{
		{UID: "1@csirt.example", Stamp: due.Add(-24 * time.Hour), Summary: "CVE-2026-0001: 更新", End: due, Status: calendar.NeedsAction, Priority: 1},
	}})
	fmt.Println(strings.ReplaceAll(b.String(), "\r\n", "\n"), err)
	// Output:
	// BEGIN:VCALENDAR
	// VERSION:2.0
	// PRODID:-//noroshi//kengine//EN
	// CALSCALE:GREGORIAN
	// BEGIN:VTODO
	// UID:1@csirt.example
	// DTSTAMP:20260401T090000Z
	// SEQUENCE:0
	// DUE:20260402T090000Z
	// SUMMARY:CVE-2026-0001: 更新
	// STATUS:NEEDS-ACTION
	// PRIORITY:1
	// END:VTODO
	// END:VCALENDAR
	//  <nil>
}
