"""scikit-learn's tree on fixed folds, one column for each value, "?" as a value.

Prints: accuracy (percent), mean leaves, seconds to train on the whole set.
"""
import csv
import sys
import time

import numpy as np
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier

with open(sys.argv[1], newline="") as f:
    rows = list(csv.reader(f))[1:]
with open(sys.argv[2]) as f:
    folds = np.array([int(line) for line in f if line.strip()])
keep = np.array([r[-1] not in ("?", "") for r in rows])
folds = folds[keep]
facts = np.array([r[:-1] for r, k in zip(rows, keep) if k])
classes = np.array([r[-1] for r, k in zip(rows, keep) if k])
x = OneHotEncoder(dtype=np.float32).fit_transform(facts).toarray()

hits, leaves = 0, []
for k in sorted(set(folds)):
    tree = DecisionTreeClassifier(random_state=0).fit(x[folds != k], classes[folds != k])
    hits += int((tree.predict(x[folds == k]) == classes[folds == k]).sum())
    leaves.append(tree.get_n_leaves())
begin = time.perf_counter()
DecisionTreeClassifier(random_state=0).fit(x, classes)
took = time.perf_counter() - begin
print(f"{100 * hits / len(classes):.4f} {np.mean(leaves):.2f} {took:.4f}")
