#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# exact.sh - in a guest: many tasks in the fault handler at once, preempted there, and every fault is counted, or
# said to be lost; by stat, by record, and by the kernel's own ftrace histograms, in one and the same run.
#
# usage: exact.sh DIRECTORY_ON_DAX TIMES      each of 3 x 8 threads faults so many times
set -eu

calls=/sys/kernel/tracing/events/syscalls/sys_enter_bpf
# cause FILE TIMES CALLS: what the tools watch. CALLS: the bpf(2) calls that they make, until both have noticed that the
# three processes exited, or a minute is over.
if [ "$1" = cause ]; then
	echo hist:keys=cmd >$calls/trigger
	drop "$2" 3 8 "$3"
	tries=600
	until [ "$(sed -n 's/^{ cmd: *\(3\|10\) *} hitcount: *//p' $calls/hist | awk '{ n += $1 } END { print n + 0 }')" -ge 6 ] || [ $tries -eq 0 ]; do
		sleep 0.1
		tries=$((tries - 1))
	done
	cat $calls/hist >"$4"
	echo '!hist:keys=cmd' >$calls/trigger
	exit
fi

dir=$1 times=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/guest/hist.sh
. "$(dirname "$0")/hist.sh"

# calls_of COMMAND...: how many of these commands of bpf(2), as enum bpf_cmd numbers them
calls_of() {
	for cmd; do
		sed -n "s/^{ cmd: *$cmd *} hitcount: *//p" "$work/calls"
	done | awk '{ n += $1 } END { print n + 0 }'
}

dax-touch make "$dir/drop" 8
hist_on
drop "$dir/drop" 1 1 1 >/dev/null
hist_seeded
daxtrace stat --json-file "$work/stat.json" -- daxtrace record -q -o "$work/rec" -- \
	sh "$0" cause "$dir/drop" "$times" "$work/calls" >"$work/out" 2>"$work/err" || cat "$work/err"
hist_off
grep '^{' "$work/out" | jq .caused >"$work/caused"
# A real-time kernel has no transparent huge pages: it maps 4 KiB each time, and never tries 2 MiB.
if [ ! -e /sys/kernel/mm/transparent_hugepage ]; then
	jq '{faults: {pte_mapped: .faults.pmd_mapped}, ranges: {touched: .ranges.touched, never_tried: .faults.pmd_mapped.read}}' \
		"$work/caused" >"$work/small"
	mv "$work/small" "$work/caused"
fi
daxtrace report --json -i "$work/rec" >"$work/report.json"
for tool in stat report; do
	jq .counts "$work/$tool.json" >"$work/$tool"
	echo "# $tool: $(jq -c '.lost' "$work/$tool.json")"
	read -r lost unsure <<-EOF
		$(losses "$work/$tool.json")
	EOF
	check "$((24 * times)) faults of 3 x 8 threads: $tool has what was caused, or says what it lost" \
		all_or_lost "$work/caused" "$work/$tool" "$lost" "$unsure" all
	# shellcheck disable=SC2016 # of jq
	check "... and lost none, or on a slow machine 1 in 1,000" jq -e --argjson most $((24 * times / 1000)) --argjson lost "$lost" \
		'.lost | .events <= $lost and .faults <= $lost and .faults + .details + .slots <= $most' "$work/$tool.json"
done
jq -s '.[0] * .[1]' "$work/stat" "$work/caused" >"$work/whole"
check "... ftrace saw the same" agrees_with_ftrace "$work/whole"
# While such a call is at work on a CPU, the kernel skips perf's programs there.
check "no tool calls BPF_MAP_LOOKUP_ELEM, UPDATE, DELETE or their batches while it watches" test "$(calls_of 1 2 3 21 24 25 26 27)" -eq 0
check "... it runs programs that do it, for each of the three processes that ended" test "$(calls_of 10)" -ge 6
rm -f "$dir/drop"
exit "$failed"
