#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# count.sh - in a guest: N faults of each kind caused are N counted, by daxtop, by daxtrace stat, by
# daxtrace record, and by the kernel's own ftrace histograms, in one and the same run. The tools are attached
# once, and have each kind's faults in the line of a file of its own.
#
# usage: COUNT_OPTIONS="-T 4 -P 3" count.sh DIRECTORY_ON_DAX [KIND...]
set -eu

count=37
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/guest/hist.sh
. "$(dirname "$0")/hist.sh"

# cause DIRECTORY WORK KIND...: what the tools watch; what happened of each kind is left in WORK/KIND
cause() {
	dir=$1 all=$2
	shift 2
	hist_on
	for kind; do
		work=$all/$kind
		file=$dir/count.$kind
		mkdir "$work"
		daxbench faults --kind "$kind" --count 1 --force "$dir/seed" >"$work/seeded"
		hist_seeded
		status=0
		# shellcheck disable=SC2086 # COUNT_OPTIONS is words
		daxbench faults --kind "$kind" --count $count ${COUNT_OPTIONS:-} --force "$file" >"$work/said" 2>"$work/err" ||
			status=$?
		hist_read
		echo $status >"$work/status"
		# There is no room for all; the next file must not get this one's inode.
		: >"$file"
	done
	hist_off
}

[ "$1" != cause ] || {
	shift
	cause "$@"
	exit
}

dir=$1
shift
work=$(mktemp -d)
all=$work
trap 'rm -rf "$all"' EXIT
# shellcheck disable=SC2046 # words
[ $# -gt 0 ] || set -- $(daxbench kinds | awk '{ print $1 }' | grep -v mixed)

daxtop -b --json -d 600 -- \
	daxtrace stat --max-tier 1 --json-file "$all/stat.json" -- \
	daxtrace record -q -o "$all/rec" -- \
	sh "$0" cause "$dir" "$all" "$@" >"$all/out" 2>"$all/err" ||
	not_ok "daxtop, daxtrace stat and daxtrace record end with 0" "$(cat "$all/err")"
grep '^{' "$all/out" | tail -n 1 >"$all/top.json"
daxtrace report --json -i "$all/rec" >"$all/report.json"

# What each tool counted for each file: its path, a tab, counts. Read once, for jq takes its time on all of it.
for tool in top stat report; do
	echo "# $tool: lost $(jq -c '.lost' "$all/$tool.json")"
	jq -r '.files[] | "\(.path)\t\(.counts | tojson)"' "$all/$tool.json" >"$all/$tool.files"
done
# of_kind TOOL KIND: of the one file of that kind; nothing when there are several
of_kind() {
	awk -F '\t' -v path="$dir/count.$2" '$1 == path { n++; counts = $2 } END { print n == 1 ? counts : "null" }' \
		"$all/$1.files" >"$all/$2/$1"
}

# shellcheck disable=SC2046 # losses gives two words
for kind; do
	work=$all/$kind
	status=$(cat "$work/status" 2>/dev/null || echo none)
	if [ "$status" != 0 ]; then
		not_ok "$kind: daxbench and the tools around it end with 0" "got $status: $(cat "$work/err" 2>/dev/null)"
		continue
	fi
	jq .caused "$work/said" >"$work/caused"
	for tool in top stat report; do
		of_kind $tool "$kind"
	done
	check "$kind x $count: daxtop counts what was caused" all_or_lost "$work/caused" "$work/top" $(losses "$all/top.json")
	check "$kind x $count: daxtrace stat counts what was caused" all_or_lost "$work/caused" "$work/stat" $(losses "$all/stat.json")
	check "$kind x $count: daxtrace record holds what was caused" all_or_lost "$work/caused" "$work/report" $(losses "$all/report.json")
	jq -s '.[0] * .[1]' "$work/top" "$work/caused" >"$work/whole"
	check "$kind x $count: ftrace saw the same" agrees_with_ftrace "$work/whole"
done

# Nothing was counted that was not caused: the whole machine's counts are the sum.
cat "$all"/*/seeded "$all"/*/said | jq -s 'map(.caused) | reduce (.[] | paths(numbers) as $p | {p: $p, n: getpath($p)}) as $e
	({}; setpath($e.p; (getpath($e.p) // 0) + $e.n))' >"$all/caused"
# shellcheck disable=SC2046 # as above
for tool in top stat report; do
	jq .counts "$all/$tool.json" >"$all/counts"
	check "all kinds: the totals of $tool.json are the sum" all_or_lost "$all/caused" "$all/counts" $(losses "$all/$tool.json") all
done
exit "$failed"
