#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# waits.sh - in a guest with the patched kernel: entry-lock waits made on purpose are counted as the
# kernel's own trace has them, in number, in nanoseconds, and by what the task was about.
#
# usage: waits.sh DIRECTORY_ON_DAX        needs the program contend in PATH
set -eu
dir=$1
tracing=/sys/kernel/tracing
work=$(mktemp -d)
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

echo 8192 >$tracing/buffer_size_kb
echo 1 >$tracing/events/fs_dax/dax_entry_wait/enable
echo 1 >$tracing/events/lock/contention_begin/enable
daxtop -b --json -d 60 -- daxtrace stat --per-thread --json-file "$work/stat" -- contend "$dir/contend" 8 60 >"$work/top" 2>/dev/null
echo 0 >$tracing/events/enable
grep ' dax_entry_wait: ' $tracing/trace >"$work/trace" || true
traced=$(wc -l <"$work/trace")
sum=$(sed 's/.* wait_ns \([0-9]*\).*/\1/' "$work/trace" | awk '{ n += $1 } END { printf "%.0f", n }')
longest=$(sed 's/.* wait_ns \([0-9]*\).*/\1/' "$work/trace" | sort -n | tail -n 1)
check "threads on one range slept for its entry lock ($traced times)" test "$traced" -gt 10
tail -n 1 "$work/top" >"$work/last"
for who in stat last; do
	check "$who: as many waits as in the trace" \
		test "$(jq .totals.entry_waits "$work/$who")" -eq "$traced"
	check "$who: as long as in the trace" test "$(jq .totals.entry_wait_ns "$work/$who")" -eq "$sum"
	check "$who: the longest is that of the trace, or several within one fault" \
		test "$(jq .totals.lat_wait_max_ns "$work/$who")" -ge "$longest"
	for op in pte_fault pmd_fault mkwrite writeback invalidate; do
		check "$who: as many by $op" test "$(jq ".entry_waits.$op" "$work/$who")" \
			-eq "$(grep -c " op $op " "$work/trace")"
	done
done
# shellcheck disable=SC2016 # jq's own variable
check "they are the file's and the process's" jq -e --argjson n "$traced" \
	'(.files[0].totals.entry_waits == $n) and (.processes[0].totals.entry_waits == $n)' "$work/stat"
# shellcheck disable=SC2016 # jq's own variable
check "by thread, several of which waited, they add up" jq -e --argjson n "$traced" \
	'[.threads[].totals.entry_waits | select(. > 0)] | length > 1 and add == $n' "$work/stat"
contended=$(grep -c ' contention_begin: ' $tracing/trace || true)
check "lock:contention_begin tells of at least as many ($contended)" test "$contended" -ge "$traced"
rm -rf "$work"
exit "$failed"
