#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# report.sh - daxtrace without privilege: what it makes of a recording that a guest once made, whole and
# damaged, and its usage.
#
# report/recording.data holds 90 faults of 11 kinds on Linux 6.1 and XFS, one of them of a file whose
# name would do something to a terminal. The other files there are what must come out of it.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
PATH=$PWD/build:$PATH
export LC_ALL=C.UTF-8 TZ=UTC
data=$PWD/tests/host/report
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$data/recording.data" "$work/daxtrace.data"
cd "$work"

daxtrace report --events >events.txt
check "--events prints each fault as it was" diff "$data/events.txt" events.txt
daxtrace report --json >report.json
jq -S '{recording: (.recording | del(.args)), counts, latency, lost, nr_files, nr_processes,
	paths: [.files[].path] | sort}' report.json >facts.json
check "--json has every count and the facts of the file" diff "$data/facts.json" facts.json
check "--json is of its own schema" jq -e '.schema == "daxtrace-report/1"' report.json
check "--rows 2 leaves two files" test \
	"$(daxtrace report --json --rows 2 | jq '.files | length')" -eq 2
daxtrace report --run whole.json --run-name 'rec{fs=xfs}' >/dev/null
# shellcheck disable=SC2016 # of jq
check "--run has the counts of --json" jq -n -e --slurpfile run whole.json --slurpfile json report.json '
	($run[0].metrics | map(select(.class == "exact")) | map({key: .name, value: .value}) | from_entries) as $got |
	all($json[0].counts.faults | to_entries[]; $got["faults{outcome=\(.key)}"] == .value.read + .value.write) and
	all($json[0].counts.fallbacks | to_entries[]; $got["fallbacks{reason=\(.key)}"] == .value) and
	($got["faults{outcome=pte_mapped}"] == 60) and all($run[0].metrics[]; .workload == "rec" and .params == "fs=xfs")'
daxtrace report --run files.json --run-name 'kinds/%f{fs=xfs}' >/dev/null
check "... of each file with %f, which add up to the same" test "$(jq -c '[.metrics[] | select(.class == "exact")] |
	group_by(.name) | map([.[0].name, (map(.value) | add)])' files.json)" = "$(jq -c '[.metrics[] | select(.class == "exact") | [.name, .value]] | sort' whole.json)"
check "... by its name" jq -e '[.metrics[].workload] | unique | length == 11 and index("kinds/good") and
	(map(select(startswith("kinds/evil"))) | length == 1)' files.json
check "... in which nothing steers a terminal" sh -c "! tr -d '\n' <files.json | grep -q '[[:cntrl:]]'"
expect "stat: a file that is measured and is not there" 2 '--run-build: no-such: No such file' daxtrace stat --run x --run-build no-such -- true
check "... and which tells no build: it is of another machine" jq -e '.build == null' files.json
daxtrace report >text
check "text says what was recorded" grep -q '90 produced = 90 recorded + 0 lost' text
check "... where" grep -q 'Linux 6.1.0-56-amd64 x86_64' text
check "... when" grep -q '2026-11-22 06:03:57' text
check "... and why faults fell back" grep -q 'why  *extent_short 4' text
cat text report.json events.txt >all
check "nothing of a file's name reaches the terminal as control" bash -c \
	"! tr -d '\n' <all | grep -q '[[:cntrl:]]'"
check "... but it is shown" grep -q 'evil.x1b.31m' all
LC_ALL=C daxtrace report --events >ascii
check "in an ASCII locale all is ASCII" bash -c "! grep -qP '[^\\x00-\\x7f]' ascii"

head -c 2000 daxtrace.data >cut.data
check "a recording that was cut off is reported" daxtrace report cut.data
check "... with the faults of its whole chunks" test \
	"$(daxtrace report --events cut.data 2>/dev/null | diff - events.txt | grep -c '^<' || true)" -eq 0
expect "... and told" 0 'cut.data: not ended cleanly: [1-9][0-9]* events recovered' daxtrace report --json cut.data
{
	cat daxtrace.data
	head -c 100000 /dev/zero
} >zeros
check "zeros at the end change nothing" bash -c "daxtrace report --events zeros | cmp - events.txt"
dd if=/dev/urandom of=spoilt bs=1 count=64 2>/dev/null
cp daxtrace.data bad
dd if=spoilt of=bad bs=1 seek=1200 conv=notrunc 2>/dev/null
expect "damage in the middle is told, and the rest is read" 0 'bytes skipped' \
	daxtrace report --events bad
sed 's/\r$//' daxtrace.data >text-mode
expect "a transfer as text is named" 2 'copy it as binary' daxtrace report text-mode
expect "a directory is refused" 2 'not a regular file' daxtrace report -i .
expect "a pipe is refused" 2 'not a regular file' bash -c 'cat daxtrace.data | daxtrace report /dev/stdin'
expect "a full disk is an error" 3 '^daxtrace: standard output: No space left' \
	bash -c 'for i in 1 2 3 4 5 6 7 8 9; do daxtrace report --events daxtrace.data || exit; done >/dev/full'
expect "... also when all fits the buffer" 3 '^daxtrace: standard output: No space left' \
	bash -c 'daxtrace report --rows 1 >/dev/full'

expect "no command is wrong usage" 2 'record, report or stat' daxtrace
expect "an unknown command is wrong usage" 2 "'replay': no such command" daxtrace replay
expect "an unknown option is wrong usage" 2 'daxtrace report --help' daxtrace report --no-such
for command in record report stat; do
	check "daxtrace $command -h is help" sh -c "daxtrace $command -h | grep -q '^Usage: daxtrace $command'"
done
expect "a value of record that is wrong leads to its help" 2 'daxtrace record --help' daxtrace record --max-tier 7
expect "... one of stat too" 2 'daxtrace stat --help' daxtrace stat --duration x
expect "two recordings are wrong usage" 2 'only one' daxtrace report a b
expect "-- without a command is wrong usage" 2 'no command after --' daxtrace record --
expect "an odd ring size is wrong usage" 2 'power of two' daxtrace record -m 5000 true
expect "a zstd level that is none is wrong usage" 2 'from 1 to 19' daxtrace record -z20 true
expect "a process that is not there is wrong usage" 2 'No such process' daxtrace stat -p 4194304 true
expect "no time at all is wrong usage" 2 'number of seconds' daxtrace stat --duration nan true
for command in "" record report stat; do
	# shellcheck disable=SC2086 # without a command there is no word
	check "daxtrace $command --help goes to standard output" bash -c \
		"daxtrace $command --help 2>/dev/null | grep -q '^Usage: daxtrace'"
done
check "--version" bash -c "daxtrace --version | grep -q '^daxtrace [0-9]'"
exit "$failed"
