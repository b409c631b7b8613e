#!/usr/bin/env bash
# fuzz.sh TIME - runs every fuzz target of the tree for TIME, one after the other.
set -euo pipefail
time=$1
count=0
out=$(mktemp)
trap 'rm -f "$out"' EXIT

# Go may take the end of TIME for a fault of the target (golang/go#75804): it then prints the
# deadline as the only fault and writes no failing input. Such a run is made again; any other
# fault, and this one three times in a row, is a finding.
ended_late() {
	grep -qx ' *context deadline exceeded' "$out" && ! grep -qE 'Failing input written|panic|hung|_test\.go:' "$out"
}

run() { # DIR TARGET
	for try in 1 2 3; do
		go test -run '^$' -fuzz "^$2\$" -fuzztime "$time" "./$1" >"$out" 2>&1 && return 0
		ended_late || break
		echo "fuzz: $1 $2: try $try ended late, nothing found"
	done
	cat "$out"
	return 1
}

for dir in $(grep -rlE --include='*_test.go' '^func Fuzz[A-Z]' cmd internal format | xargs -n1 dirname | sort -u); do
	for target in $(grep -hoE '^func Fuzz[A-Za-z0-9_]+' "$dir"/*_test.go | sed 's/^func //' | sort -u); do
		echo "fuzz: $dir $target"
		run "$dir" "$target"
		count=$((count + 1))
	done
done
echo "fuzz: $count targets, $time each, nothing found"
