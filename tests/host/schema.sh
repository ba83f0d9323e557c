#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# schema.sh - the JSON of daxtop, daxtrace report, daxtrace stat and daxdoctor has the keys and types that it had: each path
# with its type is compared with a golden list, from a recording or of this machine. A key may be added, by --bless; one that goes away or changes its
# type is another schema, with another number.
#
# usage: schema.sh [--bless]      --bless: the keys as they are become the golden ones
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
here=tests/host/schema
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

build/daxtop -i tests/host/report/recording.data --json >"$work/top.json"
build/daxtrace report --json -i tests/host/report/recording.data >"$work/report.json"
json_keys <"$work/top.json" >"$work/daxtop-1.golden"
json_keys <"$work/report.json" >"$work/daxtrace-report-1.golden"
check "daxtop names its schema" jq -es 'length > 0 and all(.schema == "daxtop/1")' "$work/top.json"
check "daxtrace report names its schema" jq -e '.schema == "daxtrace-report/1"' "$work/report.json"
for name in daxtop-1 daxtrace-report-1; do
	[ "${1:-}" != --bless ] || cp "$work/$name.golden" "$here"
	check "$name: $(wc -l <"$here/$name.golden") keys and types are what they were" \
		diff -u "$here/$name.golden" "$work/$name.golden"
done

# What a kernel cannot count is null there, and what hangs below it is not there: so paths are compared, and types but null.
same_keys() { # golden keys
	cut -d ' ' -f 1 "$1" | sort -u >"$work/had"
	cut -d ' ' -f 1 "$2" | sort -u | diff -u "$work/had" - && ! grep -v ' null$' "$2" | grep -vxFf <(
		cat "$1"
		# What was unknown where the golden keys were made may have any type.
		sed -n 's/ null$//p' "$1" | sed 's/$/ number/; p; s/ number$/ array/; p; s/ array$/ object/'
	)
}
if [ "$(id -u)" -eq 0 ] && [ -e /sys/kernel/btf/vmlinux ] && grep -aq btf_trace_dax_pmd_fault /sys/kernel/btf/vmlinux; then
	build/daxtrace stat --assert 'faults{process="no such"} == 0' --json-file "$work/stat.json" -- true 2>/dev/null || true
	json_keys <"$work/stat.json" | grep -v '^\.entry_waits\.' >"$work/daxtrace-stat-1.golden"
	[ "${1:-}" != --bless ] || cp "$work/daxtrace-stat-1.golden" "$here"
	check "daxtrace stat names its schema" jq -e '.schema == "daxtrace-stat/1"' "$work/stat.json"
	check "daxtrace-stat-1: $(wc -l <"$here/daxtrace-stat-1.golden") keys and types are what they were" \
		same_keys "$here/daxtrace-stat-1.golden" "$work/daxtrace-stat-1.golden"
else
	skip "the keys of daxtrace stat" "needs root, and a kernel with BTF and DAX"
fi
# Of a file on DAX, and of a process, guest/doctor compares with the same list.
build/daxdoctor --json README.md >"$work/doctor.json" || true
check "daxdoctor names its schema" jq -e '.schema == "daxdoctor/1"' "$work/doctor.json"
json_keys <"$work/doctor.json" | grep -vE '\.facts\.' >"$work/doctor"
check "the keys of daxdoctor-1 are here" test -s tests/guest/daxdoctor-1.golden
check "daxdoctor-1: no key of a file without DAX is new" sh -c "! grep -vxFf tests/guest/daxdoctor-1.golden $work/doctor"
check "... and none that all reports have is gone" test \
	"$(jq -r 'keys_unsorted | join(" ")' "$work/doctor.json")" = \
	"schema version subject pid status checks mappings fixes not_seen"
exit "$failed"
