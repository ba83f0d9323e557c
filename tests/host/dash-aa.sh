#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# dash-aa.sh - 200 runs of the same in a guest that counts instructions: the gate is quiet after each of them.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
PATH=$PWD/build:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset GITHUB_SHA CI_COMMIT_SHA DAXDASH_STORE
tools/dash/suites/icount "$work/all.json" --repeat 200 --tools none --kinds pte-read --count 4096 --times 5
# Each as if of a commit of its own.
jq 'to_entries | map(.key as $n | .value | .commit = {repo: "tree", sha: "abc\(10000 + $n)", order: $n, time: $n})' \
	"$work/all.json" >"$work/runs.json"
jq -r '[.[].metrics[0].value] | sort | "# 200 runs: \(.[0]) to \(.[199]) instructions, median \(.[100]), spread \((.[199] / .[0] - 1) * 10000 | round / 100) %"' "$work/runs.json"
cd "$work"
daxdash import --store aa.db runs.json >said
check "200 runs are there" grep -q '200 runs of 1 files: 200 new' said
bad=
for n in $(seq 10001 10199); do
	daxdash gate --store aa.db --head "abc$n" >said || bad+=" $n:$?"
done
check "the gate passes after each of them$bad" test -z "$bad"
daxdash selftest --store aa.db --aa 200 >said
check "... and in 200 histories of the same in any order" grep -q '^0 false alarms in 200 runs' said
got=0
daxdash selftest --store aa.db --inject +0.3% >said || got=$?
check "... and finds +0.3 %" test $got -eq 1
exit "$failed"
