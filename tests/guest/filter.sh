#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# filter.sh - in a guest: a filter counts its processes and their descendants to the last fault, and
# nobody else's, while others fault, fork and exit at full rate; without a filter all are counted.
#
# usage: filter.sh DIRECTORY_ON_DAX
set -eu
dir=$1
work=$(mktemp -d)
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

faults() { # json: all faults counted, of all outcomes
	jq '[.counts.faults[] | .read, .write] | add' "$1"
}

# Others: short-lived processes that fault all the time, so that numbers and frames are reused.
(
	while [ ! -e "$work/stop" ]; do
		daxbench faults --kind pte-read --count 50 -P 2 --force "$dir/others" >/dev/null 2>&1 || true
		echo x >>"$work/others"
	done
) &
others=$!
until [ -s "$work/others" ]; do sleep 0.1; done

status=0
daxtrace stat --json-file "$work/stat" -- daxtrace record -q -o "$work/rec" -- sh -c "
	for i in 1 2 3 4 5 6; do
		daxbench faults --kind pte-read --count 500 -T 2 -P 2 --force $dir/mine || exit
	done" >"$work/caused" || status=$?
check "the watched command ends with 0" test $status -eq 0
caused=$(jq -s '[.[].caused.faults[] | .read, .write] | add' "$work/caused")
check "the watched command caused 3000 faults" test "$caused" -eq 3000
check "daxtrace stat counts those and no others" test "$(faults "$work/stat")" -eq 3000
daxtrace report --json -i "$work/rec" >"$work/report"
check "daxtrace record holds those and no others" test "$(faults "$work/report")" -eq 3000
check "others faulted meanwhile" test "$(wc -l <"$work/others")" -gt 2
check "all 12 processes are told apart, each with 250" \
	jq -e '[.processes[].totals.pte_faults] == [range(12) | 250]' "$work/stat"

# -p: a process that runs already, with what it starts from then on.
sh -c "until [ -e $work/go ]; do sleep 0.1; done
	daxbench faults --kind pte-read --count 300 --force $dir/late >/dev/null; sleep 1" &
late=$!
daxtop -b --json -n 1000 -d 0.2 -p $late >"$work/top" 2>/dev/null &
top=$!
until [ -s "$work/top" ]; do sleep 0.1; done
touch "$work/go"
wait $late
new_frame "$work/top"
kill -INT $top
wait $top || true
tail -n 1 "$work/top" >"$work/last"
check "-p PID counts what that process started, and no others" test "$(faults "$work/last")" -eq 300

touch "$work/stop"
wait $others

# Without a filter: everybody, against the kernel's own count.
tracing=/sys/kernel/tracing
daxtop -b --json -n 1000 -d 0.2 >"$work/all" 2>/dev/null &
top=$!
until [ -s "$work/all" ]; do sleep 0.1; done
echo 'hist:keys=common_pid' >$tracing/events/fs_dax/dax_pte_fault_done/trigger
for i in 1 2 3; do
	daxbench faults --kind pte-read --count 400 -P 4 --force "$dir/all$i" >/dev/null &
	pids="${pids:-} $!"
done
# shellcheck disable=SC2086 # words
wait $pids
kernel=$(sed -n 's/^    Hits: //p' $tracing/events/fs_dax/dax_pte_fault_done/hist)
echo '!hist:keys=common_pid' >$tracing/events/fs_dax/dax_pte_fault_done/trigger
new_frame "$work/all"
kill -INT $top
wait $top || true
tail -n 1 "$work/all" >"$work/last"
check "without a filter the kernel saw 1200 faults" test "$kernel" -eq 1200
check "... and daxtop counted them" test "$(faults "$work/last")" -eq 1200
check "... nothing was lost" jq -e '.lost | add == 0' "$work/last"
rm -rf "$work"
exit "$failed"
