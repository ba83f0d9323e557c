#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# watch.sh - what runs each test ends one that makes no progress, and no other, however long that takes.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
watch=$PWD/build/runner/watch
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# watched OPTION... -- COMMAND...: its status and what was said of the end, with the output in files
watched() {
	local status=0
	rm -f "$work/how"
	"$watch" -r "$work/how" "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
	echo "$status $(cat "$work/how" 2>/dev/null)"
}
# says WHAT EXPECTED OPTION... -- COMMAND...
says() {
	local what=$1 expected=$2 got
	shift 2
	got=$(watched "$@")
	# shellcheck disable=SC2053 # a pattern
	if [[ $got == $expected ]]; then
		ok "$what"
	else
		not_ok "$what" "it said '$got' instead of '$expected'; $(cat "$work/err")"
	fi
}
# A program of a name that only this test has, which sleeps for ever.
name=watched-$$
cp "$(type -P sleep)" "$work/$name"
left_over() {
	pgrep -x "$name" || true
}

says "a command's status is passed on" '42 exit 42' -- sh -c 'echo out; echo err >&2; exit 42'
check "... and its output" test "$(cat "$work/out") $(cat "$work/err")" = 'out err'
# 3 is the directory itself.
says "it holds no file open for the caller" '0 exit 0' -- ls /proc/self/fd 7</dev/null 12>/dev/null
check "... but standard input and output" test "$(tr '\n' ' ' <"$work/out")" = '0 1 2 3 '
says "124 of the command's own is no hang" '124 exit 124' -- sh -c 'exit 124'
# shellcheck disable=SC2016 # the shell's own
says "a signal that ended it is named" '143 signal 15' -- sh -c 'kill -TERM $$'
says "a command that is not there is 127" '127 exit 127' -- "$work/none"

says "no output and no CPU time for long: ended" '124 stuck *' -q 2 -- "$work/$name" 1000
check "... which is said" grep -q 'no output and .* s of CPU time in [0-9]* s$' "$work/err"
says "so is one whose children all sleep, in sessions of their own too" '124 stuck *' -q 2 -- \
	sh -c "(setsid '$work/$name' 1000 &) ; '$work/$name' 1000"
check "... and none of them is left" test -z "$(left_over)"
says "so is one that does not heed SIGTERM" '124 stuck *' -q 1 -- sh -c "trap '' TERM; '$work/$name' 1000; sleep 1000"
check "... and none of it is left" test -z "$(left_over)"
says "so is one that is stopped" '124 stuck *' -q 1 -- sh -c 'kill -STOP $$'
says "what a command leaves behind is ended with it" '0 exit 0' -- sh -c "(setsid '$work/$name' 1000 &)"
check "... all of it" test -z "$(left_over)"

# Three times as long as the time without progress.
# shellcheck disable=SC2016 # the shell's own
{
	says "a busy one may be silent" '0 exit 0' -q 4 -- bash -c 'while [ $SECONDS -lt 12 ]; do :; done'
	says "an idle one may be slow as long as it says something" '0 exit 0' -q 4 -- \
		sh -c 'for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 1; echo $i; done'
	cat >"$work/busy) R 1 (x" <<-'EOT'
		#!/usr/bin/env bash
		while [ $SECONDS -lt 12 ]; do :; done
		rm "$1"
	EOT
	chmod +x "$work/busy) R 1 (x"
	says "the busy one may be an orphan in another session, of a name like no other" '0 exit 0' -q 4 -- sh -c \
		'touch "$1.runs"; (setsid "$1" "$1.runs" &); while [ -e "$1.runs" ]; do sleep 0.5; done' sh "$work/busy) R 1 (x"
	says "one that goes round for ever is ended by its CPU time" '124 endless 2' -q 60 -c 2 -- sh -c 'while :; do :; done'
	says "... also when its children do, one after the other" '124 endless 2' -q 60 -c 2 -- \
		bash -c 'while :; do bash -c "for ((i = 0; i < 100000; i++)); do :; done"; done'
}

"$watch" -- "$work/$name" 1000 &
pid=$!
until [ -n "$(left_over)" ]; do sleep 0.1; done
kill -TERM $pid
status=0
wait $pid || status=$?
check "told to end, it ends the command too" test "$status $(left_over)" = '143 '
"$watch" -- sh -c "'$work/$name' 1000; true" &
pid=$!
until [ -n "$(left_over)" ]; do sleep 0.1; done
kill -INT $pid
wait $pid || true
check "... and what the command started" test -z "$(left_over)"
expect "an option's value that is no number of seconds is 125" 125 'not a number of seconds' "$watch" -q 0 -- true
expect "no command is 125" 125 'usage' "$watch" -q 1
exit "$failed"
