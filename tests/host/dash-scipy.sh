#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# dash-scipy.sh - the judge's statistics of random samples, with and without ties, are scipy's.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
what="1,000 random pairs of samples: t, Welch, Mann-Whitney, Kolmogorov-Smirnov, signed rank, medians as scipy has them"
make --no-print-directory -s build/unit/dash-numbers
if /usr/bin/python3 - build/unit/dash-numbers <<'PY'; then
import itertools, json, math, subprocess, sys, warnings
import numpy as np
from scipy import stats
warnings.simplefilter("ignore")
rng = np.random.default_rng(2026)
pairs, lines = [], []
for k in range(1000):
    n, m = (int(v) for v in rng.integers(3, 9 if k % 4 == 0 else 40, 2))
    x, y = rng.normal(0, 1, n), rng.normal(rng.uniform(0, 2), rng.uniform(.5, 2), m)
    if k % 4 == 1:  # ties
        x, y = np.round(3 * x), np.round(3 * y)
    pairs.append((x, y))
    lines.append(f"{n} {m} " + " ".join(repr(float(v)) for v in (*x, *y)))
said = subprocess.run([sys.argv[1]], input="\n".join(lines), capture_output=True, text=True, check=True).stdout
bad = 0
def same(what, k, got, want, rel=1e-9, absolute=1e-13):
    global bad
    if not math.isclose(got, want, rel_tol=rel, abs_tol=absolute):
        bad += 1
        if bad < 10:
            print(f"# pair {k}: {what}: {got!r}, scipy {want!r}")
def permuted(x, y):  # all ways to choose: what 'exact' means with ties, which scipy's exact ignores
    ranks = stats.rankdata(np.concatenate([x, y]))
    n, mean = len(x), ranks.sum() * len(x) / len(ranks)
    seen = abs(ranks[:n].sum() - mean)
    sums = [abs(sum(c) - mean) for c in itertools.combinations(ranks, n)]
    return sum(s >= seen - 1e-9 for s in sums) / len(sums)
ours = [json.loads(line) for line in said.splitlines()]
assert len(ours) == len(pairs)
for k, ((x, y), o) in enumerate(zip(pairs, ours)):
    tied = len(set(x) | set(y)) < len(x) + len(y)
    if x.std() + y.std() > 0:
        same("pooled t", k, o["pooled"], stats.ttest_ind(x, y).pvalue)
        same("Welch", k, o["welch"], stats.ttest_ind(x, y, equal_var=False).pvalue)
        same("normal MWU", k, o["normal"], stats.mannwhitneyu(x, y, method="asymptotic").pvalue)
    same("U", k, o["u"], stats.mannwhitneyu(y, x).statistic)
    if not tied and o["is_exact"]:
        same("exact MWU", k, o["exact"], stats.mannwhitneyu(x, y, method="exact").pvalue)
    elif len(x) + len(y) <= 14:
        same("exact MWU with ties", k, o["exact"], permuted(x, y))
    same("KS", k, o["ks"], stats.ks_2samp(x, y).statistic)
    same("shift", k, o["shift"], float(np.median(np.subtract.outer(y, x))))
    same("median", k, o["median"], float(np.median(x)))
    same("Student", k, o["student"], 2 * stats.t.sf(abs(x[0]), len(x)))
    least = min(len(x), len(y))
    if not tied and least <= 50:
        same("signed rank", k, o["signed"], stats.wilcoxon(y[:least] - x[:least], mode="exact").pvalue)
sys.exit(bad > 0)
PY
	ok "$what"
else
	not_ok "$what"
fi
exit "$failed"
