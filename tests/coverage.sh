#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# coverage.sh - run the unit tests, and tests of this machine that need no guest, with gcov; print for each source which
# share of its lines they ran, the least covered first. build/coverage/summary.txt keeps that; the .gcov
# files beside it mark each line. What only a guest can run (BPF, real faults, repair) counts as not run.
#
# usage: coverage.sh        needs gcc and gcov
set -euo pipefail
cd "$(dirname "$0")/.."
command -v gcov >/dev/null || {
	echo "coverage.sh: gcov: not found: install gcc" >&2
	exit 3
}
out=$PWD/build/coverage
tree=$out/tree
rm -rf "$out"
mkdir -p "$tree/build" "$out/lines"
# A tree of its own: tests of this machine run build/PROGRAM, and with these flags the objects are of no other use.
git ls-files -z | xargs -0 cp --parents -t "$tree"
[ ! -d build/web ] || cp -r build/web "$tree/build"
find "$tree/build" -type f -exec touch {} +
cd "$tree"
make -j "$(nproc)" --no-print-directory CC=gcc CFLAGS='-O0 -g --coverage' LDFLAGS=--coverage all unit >&2
for test in build/unit/test-* tests/host/{dash,page,report,replay,doctor,failures,schema}.sh; do
	case $test in build/unit/*.*) continue ;; esac
	"$test" >"$out/log" 2>&1 || {
		grep -v '^ok - ' "$out/log" | sed 's/^/# /' >&2
		echo "coverage.sh: ${test##*/} fails: what it ran is counted all the same" >&2
	}
done
(
	cd "$out/lines"
	find "$tree/build/obj" -name '*.gcda' -print0 | xargs -0 gcov --preserve-paths --relative-only --source-prefix "$tree" 2>/dev/null
) >"$out/gcov.txt"
# gcov prints "File 'NAME'" and then "Lines executed:12.34% of 56"; headers come once for each source.
awk -F "'" '
	/^File / { file = $2; next }
	/^Lines executed:/ && file ~ /^tools\// && file ~ /\.c$/ {
		split($0, part, /[:% ]+/)
		ran[file] = part[3] + 0
		lines[file] = part[5] + 0
		file = ""
	}
	END {
		for (file in lines) {
			printf "%6.1f%% %5d  %s\n", ran[file], lines[file], file
			sum += lines[file]
			sum_ran += ran[file] * lines[file] / 100
		}
		if (!sum)
			exit 1
		printf "%6.1f%% %5d  all of them\n", 100 * sum_ran / sum, sum
	}' "$out/gcov.txt" | sort -n >"$out/summary.txt"
cat "$out/summary.txt"
