package testkit

import (
	"syscall"
	"testing"
	"time"
)

// CPU returns the processor time, user and system, that this process has used: on a busy machine
// the steadier measure of a benchmark.
func CPU(tb testing.TB) time.Duration {
	tb.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
