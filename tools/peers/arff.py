"""Writes the whole set and its folds as ARFF files into a folder: all.arff, train-K.arff, test-K.arff."""
import csv
import os
import sys

with open(sys.argv[1], newline="") as f:
    head, *rows = csv.reader(f)
with open(sys.argv[2]) as f:
    folds = [int(line) for line in f if line.strip()]
rows, folds = zip(*[(r, k) for r, k in zip(rows, folds) if r[-1] not in ("?", "")])


def quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


lines = ["@relation set"]
for i, name in enumerate(head):
    values = sorted({r[i] for r in rows} - {"?", ""}) or ["none"]
    lines.append(f"@attribute {quoted(f'{i}-{name}')} {{{','.join(map(quoted, values))}}}")
lines.append("@data")


def write(name, keep):
    with open(os.path.join(sys.argv[3], name), "w") as out:
        print(*lines, sep="\n", file=out)
        for r, k in zip(rows, folds):
            if keep(k):
                print(",".join("?" if c in ("?", "") else quoted(c) for c in r), file=out)


write("all.arff", lambda k: True)
for fold in sorted(set(folds)):
    write(f"train-{fold}.arff", lambda k: k != fold)
    write(f"test-{fold}.arff", lambda k: k == fold)
