#!/usr/bin/env bash
# fuzz.sh TIME - runs every fuzz target of the tree for TIME, one after the other.
set -euo pipefail
time=$1
count=0
out=$(mktemp)
trap 'rm -f "$out"' EXIT
for dir in $(grep -rlE --include='*_test.go' '^func Fuzz[A-Z]' cmd internal format | xargs -n1 dirname | sort -u); do
	for target in $(grep -hoE '^func Fuzz[A-Za-z0-9_]+' "$dir"/*_test.go | sed 's/^func //' | sort -u); do
		echo "fuzz: $dir $target"
		go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" "./$dir" >"$out" 2>&1 || {
			cat "$out"
			exit 1
		}
		count=$((count + 1))
	done
done
echo "fuzz: $count targets, $time each, nothing found"
