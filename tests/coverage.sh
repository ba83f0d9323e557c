#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# coverage.sh - run the unit tests with gcov and print, for each source that is linked into them, which share of its
# lines they ran, the least covered first. build/coverage/summary.txt keeps that; the .gcov files beside it mark each
# line.
#
# usage: coverage.sh        needs gcc and gcov
set -euo pipefail
cd "$(dirname "$0")/.."
command -v gcov >/dev/null || {
	echo "coverage.sh: gcov: not found: install gcc" >&2
	exit 3
}
out=$PWD/build/coverage
rm -rf "$out"
mkdir -p "$out/lines"
# Objects of their own: with these flags they are of no use for anything else.
make -j "$(nproc)" --no-print-directory B=build/coverage/b CC=gcc CFLAGS='-O0 -g --coverage' LDFLAGS=--coverage unit >&2
for program in "$out"/b/unit/test-*; do
	case $program in *.*) continue ;; esac
	"$program" >"$out/log" 2>&1 || {
		sed 's/^/# /' "$out/log" >&2
		echo "coverage.sh: ${program##*/} fails: what it ran is counted all the same" >&2
	}
done
(
	cd "$out/lines"
	find "$out/b/obj" -name '*.gcda' -print0 | xargs -0 gcov --preserve-paths --relative-only --source-prefix "$PWD" 2>/dev/null
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
