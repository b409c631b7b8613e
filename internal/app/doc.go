// Package app is the roof of the house: it opens the ground floor, builds the
// rooms that modules.go lists, connects them in flows.go, and holds the commands
// that concern the whole house. It is the only place where rooms meet.
//
//	command line --> Open(config) --> House{core, rooms} --> serve | backup | doctor | …
//
// The tests named TestArch… keep the shape of the house: its import table, the
// prefixes of its tables, its size budget and what no code may do.
package app
