// Package ui holds the components of pages: the shell around them and the parts
// that every room builds its pages of. It is plain data in, HTML out; it knows no
// room, no database and no handler.
//
// Everything a component needs about its reader (language, zone, theme, settings)
// is in the context: T translates a key, URL gives a path below the reader's
// language, Time and Date write times in the reader's zone. Colours and sizes come
// from the one stylesheet, assets/noroshi.css; a test fails on a class that it
// does not know. No component writes a style attribute or an inline script, because
// the content security policy refuses them.
//
// Every state has a word beside its colour. Every script feature has a way without
// scripts: data-… attributes are read by assets/noroshi.js and mean nothing else.
package ui
