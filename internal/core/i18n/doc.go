// Package i18n holds the texts that people read, in Japanese and English, and
// writes dates and numbers the way both languages expect.
//
// A room gives a folder messages/ with ja.yaml and en.yaml. Keys may be nested
// and are joined by a dot; every key begins with the room's name:
//
//	kengine:
//	  report:
//	    title: "Report {id}"
//	    found: { one: "{n} report", other: "{n} reports" }
//
// Text replaces {name} by the argument of that name. A key with the forms "one"
// and "other" is chosen by the argument n after the plural rules of the language
// (CLDR, by golang.org/x/text); Japanese has "other" only. Check compares keys
// and parameters of both languages, so that a missing translation fails a build.
//
// A fault is told by Fault: its title is looked up under "<key>.<kind>" (for
// example "kengine.report.not_found"), then "<key>", then the kind's own text;
// a broken field under the key as it stands, then below "i18n.field."; a hint
// under its key, then the kind's own hint.
//
// Times are always shown with their zone: 2026-11-18 14:00 JST.
package i18n
