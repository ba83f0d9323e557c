#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# dash-wall.sh - the suite wall: pairs of runs in the order ABBA in one guest, judged as a pull request's. The same build
# twice is no regression; one whose faults take three times as long is, by name.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
PATH=$PWD/build:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset GITHUB_SHA CI_COMMIT_SHA
pairs=8

# judged BUILD: base and BUILD measured and judged; what was said is in $work/said, the status in $status
judged() {
	rm -f "$work/run.json" "$work/store.db"
	daxdash run wall --commit 2222222 --order 2 -o "$work/run.json" -- --base-build build --head-build "$1" --base-commit 1111111 \
		--pairs $pairs --count 1024
	daxdash import --store "$work/store.db" "$work/run.json" >/dev/null
	status=0
	daxdash gate --store "$work/store.db" --mode pr --base 1111111 --head 2222222 >"$work/said" 2>&1 || status=$?
	sed 's/^/# /' "$work/said"
}

judged build
# shellcheck disable=SC2016 # of jq
check "each pair is a run of the base and one of the head" jq -e --argjson n $pairs \
	'length == 2 * $n and (group_by(.pair) | length == $n and all(map(.commit.sha) == ["1111111", "2222222"]))' "$work/run.json"
# shellcheck disable=SC2016 # of jq
check "... in the order ABBA" jq -e --argjson n $pairs '[sort_by(.slot)[].commit.sha[:1]] ==
	[range($n) | if . % 2 == 0 then "1", "2" else "2", "1" end]' "$work/run.json"
check "the same build twice: no regression (status $status)" test "$status" -ne 1

# The same tool, with two recordings more of the same faults: what they cost is in the time of a fault.
mkdir "$work/slow"
cat >"$work/slow/daxtrace" <<-'EOT'
	#!/bin/sh
	shift 2
	exec /root/base/daxtrace stat -- /root/base/daxtrace record -q -o /tmp/a -- /root/base/daxtrace record -q -o /tmp/b -- "$@"
EOT
chmod +x "$work/slow/daxtrace"
judged "$work/slow"
check "a build whose faults are much dearer: a regression (status $status)" test "$status" -eq 1
check "... which is named" grep -q 'ns_per_fault' "$work/said"
exit "$failed"
