// Package fault holds the one error type that a person may meet.
//
// A fault says what kind of trouble it is (Kind), which thing it concerns (Key,
// a message key of a catalogue, and ID), what is wrong with each field of an
// input and one hint what the reader can do. Pages and API translate a fault
// into a status and a text in the reader's language; every other error is
// answered as an internal error with its text hidden.
package fault
