//go:build !race

package app

// slow says that the race detector is on, which makes a start several times slower.
const slow = false
