#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# dash-perf.sh - this tree against its committed baseline: counts of known faults by equality, and what a fault costs
# in guest instructions within 0.1 %, bare and under each tool. And what the gate is for is caught, in real figures: every
# 2 MiB fault falls back, one of 10,000 does, a fault or a tool costs 1 % more.
#
# usage: dash-perf.sh [--bless]     --bless: what is measured now becomes the baseline, tests/perf/*.json; say why in
#                                   the commit
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
PATH=$PWD/build:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset GITHUB_SHA CI_COMMIT_SHA
make --no-print-directory -s build/guest/dearer

# The suites as daxdash run does them, whatever folder this is: no git is needed. What is to be caught is in the same
# boots: kinds that take the place of others, and a fault with an empty BPF program more.
kinds=$(build/daxbench kinds | awk '{ print $1 }' | grep -v mixed)
tools/dash/suites/counts "$work/all.json" --kinds "$kinds bad=fb-extent-misaligned rare=pmd-zero:10000 rare-bad=pmd-zero:9999+fb-vma-end:1"
tools/dash/suites/icount "$work/both.json" --add build/guest/dearer:/usr/bin/dearer --beside 'dearer dearer'

# only FILE PATTERN [AS]: the metrics of workloads, or tools, that match; named AS
workload() { # file workload [as]
	jq --arg from "counts/$2" --arg to "counts/${3:-$2}" \
		'map(.uuid += $from | .metrics |= (map(select(.workload == $from)) | map(.workload = $to)))' "$1"
}
tool() { # file tool [as]
	jq --arg from "instructions{tool=$2}" --arg to "instructions{tool=${3:-$2}}" \
		'map(.uuid += $from | .metrics |= (map(select(.name == $from)) | map(.name = $to)))' "$1"
}
jq 'map(.metrics |= map(select(.workload | test("/(bad|rare|rare-bad)$") | not)))' "$work/all.json" >"$work/counts.json"
jq 'map(.metrics |= map(select(.name != "instructions{tool=dearer}")))' "$work/both.json" >"$work/icount.json"

# shellcheck disable=SC2016 # of jq
within='[$a[0][0].metrics, $b[0][0].metrics] | transpose | map(.[1].value / .[0].value) | all(. > 1.01 and . < 1.025)'

# Machines differ; what is measured must not.
small() {
	jq 'map({schema, uuid, kind, commit: {sha: "ba5e11e"}, env: (.env | {kernel, kernel_build_id, tier, fs, icount, toolchain}), metrics})' "$1"
}
if [ "${1:-}" = --bless ]; then
	mkdir -p tests/perf
	for suite in counts icount; do
		# A metric a line, so that a change of one is a change of one line.
		small "$work/$suite.json" | jq -r '.[0] | (del(.metrics) | tojson | .[:-1] + ", \"metrics\": ["),
			([.metrics[] | tojson] | join(",\n")), "]}"' >tests/perf/$suite.json
	done
	echo "tests/perf: commit it, and say why"
	exit 0
fi

# compared WHAT BEFORE AFTER STATUS: what the comparison says is in $work/said
compared() {
	got=0
	daxdash compare "$2" "$3" --markdown "$work/summary.md" >"$work/said" || got=$?
	head -n 30 "$work/said" | sed 's/^/# /'
	check "$1" test $got -eq "$4"
}
says() {
	check "$1" grep -q "$2" "$work/said"
}

compared "counts: as the committed baseline says" tests/perf/counts.json "$work/counts.json" 0
check "counts: each kind of fault has its own" test "$(jq -r '.[].metrics[].workload' "$work/counts.json" | sort -u | wc -l)" -eq "$(wc -w <<<"$kinds")"
says "... and all of them are judged" '^pass: \([0-9]*\) of \1 series judged$'

# Instructions are the same wherever kernel, compilers and emulator are.
made_by() {
	jq -r 'if type == "array" then .[0] else . end | .env | "\(.kernel) \(.kernel_build_id[:12]), \(.toolchain)"' "$1"
}
if [ "$(made_by tests/perf/icount.json)" = "$(made_by "$work/icount.json")" ]; then
	compared "icount: as the committed baseline says, within 0.1 %" tests/perf/icount.json "$work/icount.json" 0
	says "... and all of them are judged" '^pass: \([0-9]*\) of \1 series judged$'
else
	skip "icount beside the baseline" "inconclusive: it was made by $(made_by tests/perf/icount.json), here is $(made_by "$work/icount.json"); make one anew by tests/host/dash-perf.sh --bless"
fi

# A kernel that gives 2 MiB nowhere: the same workload, each of whose faults falls back.
workload "$work/counts.json" pmd-write >"$work/good.json"
workload "$work/all.json" bad pmd-write >"$work/bad.json"
compared "every 2 MiB fault falls back: 1" "$work/good.json" "$work/bad.json" 1
says "... with the reason, and how many" 'fail .*fallbacks{reason=extent_misaligned}: 37 instead of 0 faults'
says "... and the coverage" 'fail .*pmd_coverage: 0 instead of 1'

# One fallback in 10,000 faults.
workload "$work/all.json" rare >"$work/good.json"
workload "$work/all.json" rare-bad rare >"$work/bad.json"
compared "1 fallback in 10,000: 1" "$work/good.json" "$work/bad.json" 1
says "... with the reason" 'fail .*fallbacks{reason=vma_end}: 1 instead of 0 faults'
says "... of 9,999 and not 10,000" 'fail .*faults{outcome=pmd_zero}: 9999 instead of 10000'

# A fault that is dearer by a real program, which costs some 70 instructions of 5,000.
tool "$work/icount.json" none >"$work/good.json"
tool "$work/both.json" dearer none >"$work/bad.json"
compared "a fault with an empty BPF program more: 1" "$work/good.json" "$work/bad.json" 1
check "... which is between 1 and 2.5 %" jq -n -e --slurpfile a "$work/good.json" --slurpfile b "$work/bad.json" "$within"
says "... 4 KiB ones" 'fail .*icount/pte-read.*instructions{tool=none}'
says "... and 2 MiB ones" 'fail .*icount/pmd-zero.*instructions{tool=none}'

# 1 % more of each figure by itself, from the real figures; and 0.05 % more of all of them.
for n in $(seq 0 $(($(jq '.[0].metrics | length' "$work/icount.json") - 1))); do
	jq --argjson n "$n" 'map(.uuid += "-more" | .metrics[$n].value *= 1.01)' "$work/icount.json" >"$work/dear.json"
	compared "1 % more instructions for $(jq -r --argjson n "$n" '.[0].metrics[$n] | .workload + " " + .name' "$work/icount.json"): 1" \
		"$work/icount.json" "$work/dear.json" 1
	says "... of that alone" '^regression: 1 of 8 judged series'
done
jq 'map(.uuid += "-more" | .metrics |= map(.value *= 1.0005))' "$work/icount.json" >"$work/dear.json"
compared "0.05 % more of all of them is none: 0" "$work/icount.json" "$work/dear.json" 0
exit "$failed"
