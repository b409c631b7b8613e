#!/bin/sh
# J48 (Weka) on fixed folds, -C 0.25 -M 2.
# Prints: accuracy (percent), mean leaves, seconds to train on the whole set.
set -eu
csv=$1 folds=$2 jar=${WEKA_JAR:-/usr/share/java/weka.jar}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
/usr/bin/python3 "$(dirname "$0")/arff.py" "$csv" "$folds" "$dir"
j48() { java -Xmx1g -cp "$jar:/usr/share/java/java-cup.jar" weka.classifiers.trees.J48 -C 0.25 -M 2 "$@"; }
for test in "$dir"/test-*.arff; do
	train=$(echo "$test" | sed 's/test-/train-/')
	j48 -t "$train" -T "$test" | awk '
		/^Number of Leaves/ { leaves = $NF }
		/Error on test data/ { held = 1 }
		held && /^Correctly Classified Instances/ { right = $4 }
		held && /^Incorrectly Classified Instances/ { wrong = $4 }
		/^Total Number of Instances/ && held { all = $NF }
		END { print right, all, leaves }' >>"$dir/folds"
done
took=$(j48 -t "$dir/all.arff" -no-cv | awk '/^Time taken to build model/ { print $(NF-1) }')
[ -n "$took" ] && [ "$(wc -l <"$dir/folds")" = "$(ls "$dir"/test-*.arff | wc -l)" ] || { echo "J48 did not finish" >&2; exit 1; }
awk -v took="$took" '{ right += $1; all += $2; leaves += $3 } END { printf "%.4f %.2f %.4f\n", 100 * right / all, leaves / NR, took }' "$dir/folds"
