#!/usr/bin/env bash
# drift.sh TOOLBIN - makes the generated files again in a copy of the tree and
# fails when a committed one differs. It changes nothing in the tree itself.
set -euo pipefail
tools=$1
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git ls-files -co --exclude-standard -z -- go.mod '*.templ' '*_templ.go' |
	while IFS= read -r -d '' f; do [ -e "$f" ] && printf '%s\0' "$f"; done |
	tar --null -T - -cf - | tar -xf - -C "$copy"
(cd "$copy" && find . -name '*_templ.go' -delete && "$tools/templ" generate -path internal >/dev/null 2>&1)
bad=0
while IFS= read -r -d '' f; do
	if ! cmp -s "$f" "$copy/$f"; then
		echo "drift: $f is not what its source makes; run: make generate" >&2
		bad=1
	fi
done < <(git ls-files -co --exclude-standard -z -- '*_templ.go')
while IFS= read -r -d '' f; do
	if [ ! -e "${f#"$copy"/}" ]; then
		echo "drift: ${f#"$copy"/} is missing; run: make generate" >&2
		bad=1
	fi
done < <(find "$copy" -name '*_templ.go' -print0)
exit $bad
