// Package config holds every setting of the house in one struct.
//
// Settings come from three places, each stronger than the one before it: the
// defaults in this package, one YAML file, the environment. A key that the file
// holds and the house does not know is refused with its line and the nearest
// known name, because a misspelt setting that is silently ignored is a setting
// that its writer believes in. Every key has an environment name: NOROSHI_ and
// the key in upper case, with underscores between the levels; a secret may also
// be given as the name of a file in NOROSHI_…_FILE.
//
// The zero value of a setting is always a good one: an empty file runs a house
// on a SQLite database below ./data that listens on loopback.
package config
