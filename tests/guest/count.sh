#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# count.sh - in a guest: N faults of each kind caused are N counted, by daxtop, by daxtrace stat, by
# daxtrace record, and by the kernel's own ftrace histograms, in one and the same run.
#
# usage: COUNT_OPTIONS="-T 4 -P 3" count.sh DIRECTORY_ON_DAX [KIND...]
set -eu

dir=$1
shift
tracing=/sys/kernel/tracing
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=37
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# The kernel's own counts of an event by result, as 'RESULT HITS' lines.
hist_on() {
	for event in dax_pte_fault_done dax_pmd_fault_done dax_insert_pfn_mkwrite dax_load_hole dax_pmd_load_hole; do
		key=result
		[ $event = dax_pmd_load_hole ] && key=dev
		echo "hist:keys=$key" >$tracing/events/fs_dax/$event/trigger
	done
}
hist_off() {
	for event in dax_pte_fault_done dax_pmd_fault_done dax_insert_pfn_mkwrite dax_load_hole dax_pmd_load_hole; do
		cat $tracing/events/fs_dax/$event/hist >"$work/$event.hist"
		key=result
		[ $event = dax_pmd_load_hole ] && key=dev
		echo "!hist:keys=$key" >$tracing/events/fs_dax/$event/trigger
	done
}
hits() { # event mask: sum of the hits whose result has a bit of mask; without mask, of all
	sed -n 's/^{ [a-z]*: *\([0-9]*\).*} hitcount: *\([0-9]*\).*/\1 \2/p' "$work/$1.hist" |
		while read -r result n; do
			[ -z "${2:-}" ] || [ $((result & $2)) -ne 0 ] && echo "$n"
		done | awk '{ n += $1 } END { print n + 0 }'
}

# What ftrace must have seen, from what was counted: all outcomes of each size, each MAP_SYNC pair
# once more as its second half.
agrees_with_ftrace() { # counts.json
	jq -r '.faults | map_values(.read + .write) |
		"\(.pte_mapped + .pte_zero + .pte_sync + .pte_copy + .pte_retry + .pte_error) \(.pmd_mapped + .pmd_zero + .pmd_sync) \(.pmd_fallback) \(.pte_sync + .pmd_sync) \(.pte_zero) \(.pmd_zero)"' \
		"$1" >"$work/expect"
	pmd_ok=$(($(hits dax_pmd_fault_done 256) + $(hits dax_pmd_fault_done 8192)))
	echo "$(hits dax_pte_fault_done) $pmd_ok $(hits dax_pmd_fault_done 2048) $(hits dax_insert_pfn_mkwrite 256) $(hits dax_load_hole) $(hits dax_pmd_load_hole)" >"$work/seen"
	cmp -s "$work/expect" "$work/seen" || {
		echo "# counted: $(cat "$work/expect")  ftrace: $(cat "$work/seen")"
		return 1
	}
}

# caused, counted: the same where caused names something, and 0 everywhere else
same_counts() {
	jq -en --slurpfile a "$1" --slurpfile b "$2" '
		def flat: [paths(numbers) as $p | {key: ($p | join(".")), value: getpath($p)}] |
			map(select(.value != 0)) | from_entries;
		($a[0] | flat) == ($b[0] | flat)' >/dev/null || {
		echo "# caused:  $(jq -Sc . "$1")"
		echo "# counted: $(jq -Sc 'walk(if type == "object" then with_entries(select(.value != 0 and .value != {} and .value != {"read":0,"write":0})) else . end)' "$2")"
		return 1
	}
}

# shellcheck disable=SC2046 # words
[ $# -gt 0 ] || set -- $(daxbench kinds | awk '{ print $1 }' | grep -v mixed)
for kind; do
	file=$dir/count.$kind
	hist_on
	status=0
	# shellcheck disable=SC2086 # COUNT_OPTIONS is words
	daxtop -b --json -d 60 -- \
		daxtrace stat --json-file "$work/stat.json" -- \
		daxtrace record -q -o "$work/rec" -- \
		daxbench faults --kind "$kind" --count $count ${COUNT_OPTIONS:-} --force "$file" \
		>"$work/out" 2>"$work/err" || status=$?
	hist_off
	rm -f "$file"
	if [ $status -ne 0 ]; then
		cat "$work/err" >&2
		not_ok "$kind: daxbench and the tools around it end with 0" "got $status"
		continue
	fi
	grep '^{' "$work/out" | grep '"caused"' | jq .caused >"$work/caused"
	grep '^{' "$work/out" | grep '"daxtop/1"' | tail -n 1 | jq .counts >"$work/top"
	jq .counts "$work/stat.json" >"$work/stat"
	daxtrace report --json -i "$work/rec" >"$work/report.json"
	jq .counts "$work/report.json" >"$work/report"
	check "$kind x $count: daxtop counts what was caused" same_counts "$work/caused" "$work/top"
	check "$kind x $count: daxtrace stat counts what was caused" same_counts "$work/caused" "$work/stat"
	check "$kind x $count: daxtrace record holds what was caused" same_counts "$work/caused" "$work/report"
	check "$kind x $count: ftrace saw the same" agrees_with_ftrace "$work/top"
done
exit "$failed"
