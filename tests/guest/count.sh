#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# count.sh - in a guest: N faults of each kind caused are N counted, by daxtop, by daxtrace stat, by
# daxtrace record, and by the kernel's own ftrace histograms, in one and the same run.
#
# usage: COUNT_OPTIONS="-T 4 -P 3" count.sh DIRECTORY_ON_DAX [KIND...]
set -eu

dir=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=37
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/guest/hist.sh
. "$(dirname "$0")/hist.sh"

# shellcheck disable=SC2046 # words
[ $# -gt 0 ] || set -- $(daxbench kinds | awk '{ print $1 }' | grep -v mixed)
for kind; do
	file=$dir/count.$kind
	hist_on
	daxbench faults --kind "$kind" --count 1 --force "$file" >/dev/null
	hist_seeded
	status=0
	# shellcheck disable=SC2086 # COUNT_OPTIONS is words
	daxtop -b --json -d 60 -- \
		daxtrace stat --max-tier 1 --json-file "$work/stat.json" -- \
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
