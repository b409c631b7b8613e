#!/bin/bash
# Runs our tree and the peers that are installed on the same sets and folds, one after the other, and prints
# accuracy (percent), mean leaves, training time (ms) and the ratios of each peer to ours (above 1: the peer has
# more leaves, needs more time). Usage: bench.sh NOROSHI FOLDER [SET...]
# Peers come from Debian: apt-get install r-cran-rpart python3-sklearn weka
set -u
noroshi=$1 folder=$2
shift 2
here=$(dirname "$0")
[ -d "$folder" ] || { echo "no $folder: set SHARED to the folder of the reference data" >&2; exit 1; }
peers=()
if command -v Rscript >/dev/null && Rscript -e 'library(rpart)' >/dev/null 2>&1; then peers+=(rpart); else echo "rpart is missing: its column stays empty (r-cran-rpart)" >&2; fi
if /usr/bin/python3 -c 'import sklearn' 2>/dev/null; then peers+=(sklearn); else echo "scikit-learn is missing: its column stays empty (python3-sklearn)" >&2; fi
if command -v java >/dev/null && [ -e "${WEKA_JAR:-/usr/share/java/weka.jar}" ]; then peers+=(J48); else echo "J48 is missing: its column stays empty (weka)" >&2; fi
has() { case " ${peers[*]-} " in *" $1 "*) return 0 ;; esac; return 1; }

ours() { # accuracy, leaves, seconds; one core
	GOMAXPROCS=1 "$noroshi" kengine evaluate --csv "$1" --folds "$2" --json |
		awk -F'[:,]' '/"accuracy"/ { a = 100 * $2 } /"leaves"/ { l = $2 } /"train_ms"/ { t = $2 / 1000 } END { printf "%.4f %.2f %.5f\n", a, l, t }'
}
peer() {
	has "$1" || return 0
	case $1 in
	rpart) Rscript "$here/rpart.R" "$2" "$3" ;;
	sklearn) OMP_NUM_THREADS=1 /usr/bin/python3 "$here/sklearn_tree.py" "$2" "$3" ;;
	J48) sh "$here/j48.sh" "$2" "$3" ;;
	esac
}
printf '%-30s' set; printf '| %-24s' 'noroshi acc leaves ms'
for p in rpart sklearn J48; do printf '| %-40s' "$p acc leaves ms (leaves x, time x)"; done; echo
sets=("$@")
if [ ${#sets[@]} = 0 ]; then for f in "$folder"/*.csv; do sets+=("$(basename "$f" .csv)"); done; fi
for s in "${sets[@]}"; do
	csv=$folder/$s.csv folds=$folder/$s.folds
	read -r a l t <<<"$(ours "$csv" "$folds")"
	[ -n "$t" ] || { echo "$s: our own run failed" >&2; exit 1; }
	printf '%-30s' "$s"
	awk -v a="$a" -v l="$l" -v t="$t" 'BEGIN { printf "| %6.2f %7.1f %8.1f ", a, l, 1000 * t }'
	for p in rpart sklearn J48; do
		line=$(peer $p "$csv" "$folds" 2>/dev/null)
		if [ -n "$line" ]; then
			echo "$line" | awk -v l="$l" -v t="$t" '{ printf "| %6.2f %7.1f %8.1f  (%6.2f, %6.1f)   ", $1, $2, 1000 * $3, $2 / l, $3 / t }'
		else
			has $p && echo "$p failed on $s: its column stays empty" >&2
			printf '| %-40s' ''
		fi
	done
	echo
done
