// Package guard reads XML and JSON from outside under limits.
//
// What arrives from a feed or a stranger's file may be cut, hostile or merely wrong. XML is read
// as a stream without document type declarations (so no entities, no fetching), with a limit on
// nesting and on the bytes of one record; JSON is read whole under a limit on size and nesting.
// Every error names line and column.
package guard
