#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# daxtop.sh - on this machine: daxtop's options, operands and endings without a screen.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
PATH=$PWD/build:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What needs no privilege.
check "--help ends with 0" daxtop --help
check "--help goes to standard output, below 80 columns" \
	test "$(daxtop --help | awk 'length > 79' | wc -l) $(daxtop --help 2>/dev/null | head -1 | cut -c1-6)" = "0 Usage:"
check "--version names program and version" sh -c 'daxtop --version | grep -qxE "daxtop [0-9][0-9.]*(~dev\.[0-9]+\.g[0-9a-f]+)?"'
check "daxtop help is --help" cmp <(daxtop help) <(daxtop --help)
check "-s help, as in release 0.1, is --list-fields" cmp <(daxtop -s help) <(daxtop --list-fields)
check "-s help lists the fields, below 80 columns" \
	sh -c 'daxtop -s help | grep -q "^pmd_coverage  *COVER " && ! daxtop -s help | grep -q ".\{80\}"'
while IFS='|' read -r pattern args; do
	read -ra words <<<"$args"
	expect "daxtop $args ends with 2" 2 "$pattern" daxtop "${words[@]}"
done <<'LIST'
not a number of seconds|-d 0
not a number of seconds|-d nan
not a number of seconds|-d 1e9
not a number of seconds|-b 0.001
not a whole number|-n 0
not a whole number|-n -1
not a whole number|-n 99999999999999999999
not a whole number|1 x
not a whole number|--rows 1.5
not a whole number|--max-tier 4
not a whole number|-p 1,,2
not a whole number|-p 0
there is no field|-s nonsense
is not auto, always or never|--color sometimes
unexpected argument|1 1 true
lacks its value|-d
unknown option|--no-such
takes no value|--ascii=3
goes with a COMMAND|-u root
no such user|-u no-such-user -- true
no command after --|-b --
no cgroup below|-G /no/such/cgroup
LIST
true &
wait $!
expect "-p of a process that is gone ends with 2" 2 'No such process' daxtop -p $!
expect "a full disk is noticed by --help too" 3 'standard output' sh -c 'exec daxtop --help >/dev/full'

daxtop -b -n 1 -d 0.01 >/dev/null 2>"$work/err" || {
	skip "daxtop's frames" "it cannot run here: $(cat "$work/err")"
	exit "$failed"
}
frames() { # of JSON on standard input
	jq -s 'map(select(.schema == "daxtop/1")) | length'
}
check "interval and count as operands" test "$(daxtop --json 0.05 3 | frames)" -eq 3
check "-d and -n" test "$(daxtop --json -d 0.05 -n 2 | frames)" -eq 2
check "a pipe gets text" sh -c 'daxtop -d 0.05 -n 1 | grep -q "^2 MiB   coverage -"'
check "without a fault it says who can have one" sh -c 'daxtop -d 0.05 -n 1 | grep -q "no fault on a DAX file was seen"'
daxtrace stat -- true 2>"$work/stat"
while IFS='|' read -r whose args; do
	read -ra words <<<"$args"
	check "daxtrace stat $args is said to be of $whose" \
		sh -c 'daxtrace stat "$@" 2>&1 | grep -q "^DAX faults of '"$whose"', in "' sh "${words[@]}"
done <<LIST
sleep 0|-- sleep 0
all processes during sleep 0|-a -- sleep 0
all processes|--duration 0.01
process $$, 1|-p $$,1 --duration 0.01
process $$ during sleep 0|-p $$ -- sleep 0
LIST
check "... as daxtrace stat does" grep -q 'no fault on a DAX file was seen' "$work/stat"
check "--max-tier T0 is said in text" sh -c 'daxtop -d 0.05 -n 1 --max-tier T0 | grep -q "T0: fault events only"'
check "--max-tier 0 is said in JSON" \
	test "$(daxtop --json -d 0.05 -n 1 --max-tier 0 | jq -c '[.tier, .extent_reasons]')" = '["T0",false]'
check "-p takes several processes" daxtop -b -d 0.05 -n 1 -p $$,1
check "a ratio of nothing is null" test "$(daxtop --json -d 0.05 -n 1 | jq -c .totals.fallback_ratio)" = null
# It is no longer than what went by around it, however slow this machine is.
before=${EPOCHREALTIME/./}
interval=$(daxtop --json -d 0.2 -n 1 | jq .interval_ns)
around=$(((${EPOCHREALTIME/./} - before) * 1000))
check "the interval is measured" test "$interval" -gt 190000000 -a "$interval" -lt "$around"
status=0
daxtop --json -d 60 -- sh -c 'echo from-command' >"$work/out" || status=$?
check "a command's end brings a last update and status 0" \
	test "$status $(grep '^{' "$work/out" | frames) $(grep -cx from-command "$work/out")" = '0 1 1'
status=0
daxtop -b -d 0.01 2>"$work/err" | head -n 1 >/dev/null || status=$?
check "a closed pipe ends it without a word" test "$status $(cat "$work/err")" = '0 '

# ended SIGNAL: the last frame is written, and the status is 0
ended() {
	local pid got=0
	daxtop --json -d 60 >"$work/frame" &
	pid=$!
	# It takes HUP, INT, QUIT, TERM and CHLD over before it counts; the frame comes with the signal.
	until grep -q '^SigBlk:.*14007$' "/proc/$pid/status"; do
		kill -0 "$pid" || return 1
		sleep 0.05
	done
	kill "-$1" "$pid"
	wait "$pid" || got=$?
	test "$got $(frames <"$work/frame")" = '0 1'
}
for signal in TERM HUP QUIT INT; do
	check "SIG$signal brings a last update and status 0" ended $signal
done
exit "$failed"
