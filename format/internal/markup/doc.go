// Package markup holds a small tree of XML elements, reads one from a guarded stream and writes
// one deterministically: the same tree gives the same bytes, namespaces are declared once at the
// root, and characters that XML cannot carry become U+FFFD.
package markup
