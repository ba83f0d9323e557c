#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# sampled.sh - in a guest: while daxtop looks at the begin of 4 KiB faults only at moments, it counts
# every fault all the same, of all kinds, threads and processes, and says how many it did not time.
#
# usage: sampled.sh DIRECTORY_ON_DAX
set -eu
dir=$1
tracing=/sys/kernel/tracing
work=$(mktemp -d)
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# Many faults, and some whose state has to reach their end: zero pages, syncs, fallbacks.
cat >"$work/load" <<LOAD
for round in 1 2 3; do
	daxbench faults --kind pte-read --count 20000 -T 2 -P 2 --force $dir/a || exit
	daxbench faults --kind pte-zero --count 20000 -T 2 -P 2 --force $dir/b || exit
	daxbench faults --kind sync-pte --count 2000 -T 2 --force $dir/c || exit
	daxbench faults --kind fb-extent-short --count 40 --follow 200 -T 2 -P 2 --force $dir/d || exit
	daxbench faults --kind fb-private-write --count 40 --follow 200 -T 2 -P 2 --force $dir/e || exit
	daxbench faults --kind pmd-zero --count 60 -T 2 --force $dir/f || exit
done
LOAD

# What was caused, summed over the lines of daxbench; what was counted; both without what is 0.
# shellcheck disable=SC2016 # jq's own variables
leaves='def leaves: [paths(numbers) as $p | {key: ($p | join(".")), value: getpath($p)}] |
	map(select(.value != 0));'
# ftrace may drop a hit while another CPU makes the key's first: it has one before.
hits() {
	sed -n 's/.*hitcount: *\([0-9]*\).*/\1/p' $tracing/events/fs_dax/dax_pte_fault_done/hist |
		awk '{ n += $1 } END { print n + 0 }'
}
for latency in sampled all; do
	echo 'hist:keys=dev' >$tracing/events/fs_dax/dax_pte_fault_done/trigger
	daxbench faults --kind pte-read --count 1 --force "$dir/a" >/dev/null
	before=$(hits)
	daxtop -b --json -d 60 --latency $latency -- sh "$work/load" >"$work/out"
	traced=$(($(hits) - before))
	echo '!hist:keys=dev' >$tracing/events/fs_dax/dax_pte_fault_done/trigger
	grep '"caused"' "$work/out" | jq -S -s "$leaves"' [.[].caused | leaves[]] | group_by(.key) |
		map({key: .[0].key, value: (map(.value) | add)}) | from_entries' >"$work/caused"
	grep '"daxtop/1"' "$work/out" | tail -n 1 >"$work/$latency"
	jq -S "$leaves"' .counts | leaves | from_entries' "$work/$latency" >"$work/counted"
	check "$latency: every fault is counted as it was caused" cmp "$work/caused" "$work/counted"
	cmp -s "$work/caused" "$work/counted" || diff "$work/caused" "$work/counted" | sed 's/^/# /' | head -n 20
	all=$(jq '.counts.faults | [.pte_mapped, .pte_zero, .pte_sync, .pte_copy] | map(.read + .write) | add' \
		"$work/$latency")
	check "$latency: ftrace saw as many 4 KiB faults ($traced)" test "$all" -eq "$traced"
done
timed() { # json: faults in the histograms
	jq '[.latency[].count] | add' "$1"
}
check "timed and not timed, sampled, are all that were timed with --latency all" \
	test $(($(timed "$work/sampled") + $(jq .totals.untimed_faults "$work/sampled"))) -eq "$(timed "$work/all")"
check "few of many were timed: $(jq .totals.untimed_faults "$work/sampled") were not" \
	jq -e '.totals.untimed_faults > 60000' "$work/sampled"
check "but some were" jq -e '.totals.lat_pte_p50_ns > 0' "$work/sampled"
check "with --latency all each was" jq -e '.totals.untimed_faults == 0' "$work/all"
rm -rf "$work"
exit "$failed"
