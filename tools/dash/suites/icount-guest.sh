#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# icount-guest.sh - in a guest that counts one nanosecond an instruction: prints KIND|TOOL|INSTRUCTIONS|RUN.
#
# usage: icount-guest.sh DIRECTORY_ON_DAX COUNT TIMES RUNS 'TOOL...' 'NAME COMMAND...' KIND...
set -eu
dir=$1 count=$2 times=$3 runs=$4 tools=$5 beside=$6
shift 6

# Run all kinds under one tool, because starting it takes longer than they do. Run each several times, because by chance one
# has some more timer ticks than another (0.14 %). Medians of 16 runs of 8,192 faults differed by 0.01 % between two boots.
bench() { # label tool...
	label=$1
	shift
	"$@" sh -e /tmp/faults >/tmp/out 2>/tmp/err || {
		cat /tmp/err >&2
		exit 1
	}
	grep '"caused"' /tmp/out | jq -rs --arg label "$label" --arg run "$run" 'group_by(.kind)[] | length as $n
		| (map(.cpu_ns_per_fault) | sort | .[($n / 4 | floor):($n - ($n / 4 | floor))] | add / length) as $mean
		| [.[0].kind, $label, $mean, $run] | join("|")'
}

for kind; do
	for _ in $(seq "$times"); do
		echo "daxbench faults --time --kind $kind --count $count --force $dir/cost"
	done
done >/tmp/faults
build="--run-build $(command -v daxbench) --run-build $(command -v daxtop)"
# The first faults after a boot cost up to 0.2 % more, because they fill caches of the kernel: do not count them.
sh -e /tmp/faults >/dev/null
run=1
# shellcheck disable=SC2086 # words
while [ "$run" -le "$runs" ]; do
	for tool in $tools; do
		case $tool in
		none) bench none ;;
		daxtop) bench daxtop daxtop -b -d 1000 --latency all -- ;;
		stat) bench stat daxtrace stat --run /out/base.run --run-name icount $build -- ;;
		record) bench record daxtrace record -q -o /tmp/rec -- ;;
		*)
			echo "icount: '$tool': no such tool; none, daxtop, stat, record" >&2
			exit 2
			;;
		esac
	done
	[ -z "$beside" ] || bench $beside
	run=$((run + 1))
done
# The description of this machine comes from the run under stat, or from an extra run.
# shellcheck disable=SC2086 # words
[ -e /out/base.run ] || daxtrace stat --run /out/base.run --run-name icount $build -- true 2>/dev/null
