#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# waits.sh - in a guest with the patched kernel: entry-lock waits made on purpose are counted as the
# kernel's own trace has them, in number, in nanoseconds, by what the task was about, and by file and
# process: those outside of faults too, by a process that never faults.
#
# usage: waits.sh DIRECTORY_ON_DAX        needs the programs contend and entries in PATH
set -eu
dir=$1
tracing=/sys/kernel/tracing
work=$(mktemp -d)
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

echo 8192 >$tracing/buffer_size_kb
echo 1 >$tracing/events/fs_dax/dax_entry_wait/enable
echo 1 >$tracing/events/lock/contention_begin/enable
daxtop -b --json -d 60 -- daxtrace stat --threads --json-file "$work/stat" -- contend "$dir/contend" 8 60 >"$work/top" 2>/dev/null
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

for kind in flush fsync; do
	echo >$tracing/trace
	echo 1 >$tracing/events/fs_dax/dax_entry_wait/enable
	daxtrace stat --json-file "$work/stat" -- entries "$dir/$kind" $kind 60 8 2>"$work/err"
	echo 0 >$tracing/events/enable
	grep ' dax_entry_wait: ' $tracing/trace >"$work/trace" || true
	traced=$(wc -l <"$work/trace")
	outside=$(grep -cE ' op (writeback|invalidate|layout) ' "$work/trace" || true)
	check "$kind: tasks slept outside of faults ($outside times, $traced in all)" test "$outside" -gt 0
	# shellcheck disable=SC2016 # jq's own variable
	check "$kind: they are the file's" jq -e --argjson n "$traced" \
		'.files[0].totals.entry_waits == $n and (.files[0].path | endswith("/'$kind'"))' "$work/stat"
	# A process that waits itself has its own number; the others are threads of the first.
	child=$(jq '[.processes[].pid] | max' "$work/stat")
	theirs=$(grep -c -- "-$child  *\[" "$work/trace" || true)
	[ $kind = flush ] || check "$kind: ... of a process that never faults too ($theirs)" test "$theirs" -gt 0
	[ $kind = flush ] && theirs=$traced
	# shellcheck disable=SC2016 # jq's own variable
	check "$kind: ... and the processes'" jq -e --argjson child "$child" --argjson n "$traced" --argjson of "$theirs" \
		'([.processes[].totals.entry_waits] | add == $n) and
		(.processes[] | select(.pid == $child).totals.entry_waits == $of)' "$work/stat"
done
rm -rf "$work"
exit "$failed"
