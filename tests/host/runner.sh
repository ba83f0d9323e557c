#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# runner.sh - tests/run on tests that fail, skip, hang, and print what would break its output: the sums are right,
# and prove and xmllint read its TAP and its JUnit XML and find the same.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What the tests print, byte for byte.
{
	printf '%s\n' 'ok - <b> & "quotes" '"'single'"' ]]> <![CDATA[ &amp; <!-- -->' 'ok - # TODO not a directive' \
		'ok - # SKIP nor this' 'ok - a backslash \ and \# two' 'ok 17 - no line of ours' '1..99' 'Bail out! no' \
		'TAP version 14' 'pragma +strict' '    ok 1 - indented' 'ok - '
	printf 'ok - \033[31mred\007\b\177 \302\233 and \302\240 \n'
	printf 'ok - invalid \377\376 \300\200 \355\240\200 \357\277\277 cut \303\nok - NUL \000 inside\n'
	printf 'ok - tab\there\nok - carriage\rreturn\nok - \303\244\342\202\254\360\237\230\200\n'
	head -c 100000 /dev/zero | tr '\0' 'x' | sed 's/^/ok - long /'
	printf '\nskip - odd <reason>: "why" # & \001 ]]>\nskip - without a reason\n'
	printf 'not ok - <fail> # TODO & \033[2J\n# detail ]]> <x> \377\n# 2nd\nok - last line without an end'
} >"$work/hostile"

cat >"$work/list" <<LIST
declare -a test_names=()
declare -A test_set=() test_needs=() test_command=() test_machine=() machine_kernel=() machine_options=()
host() {
	test_names+=("\$2")
	test_set[\$2]=\$1 test_needs[\$2]=\$3 test_command[\$2]=\$4
}
host check t/passes '' 'echo ok - one; echo ok - two'
host check t/fails '' 'echo ok - one; echo not ok - two; echo "# because"; exit 1'
host check t/lies '' 'echo not ok - but the status is 0'
host check t/status '' 'echo ok - one; exit 3'
host check t/silent '' 'echo nothing is asserted'
host check t/crash '' 'echo ok - one; kill -SEGV \$\$'
host check t/hangs '' 'echo ok - one; sleep 1000'
host check t/endless '' 'echo ok - one; while :; do :; done'
host check t/skips '' 'echo ok - one; echo "skip - two: as listed"'
host check t/skips-too-much '' 'echo ok - one; echo "skip - three: not as listed"'
host check t/lacks 'no-such-program-anywhere' 'echo ok - one'
host check 't/h<&"#' '' 'cat $work/hostile; exit 1'
host all t/of-all '' 'echo ok - one'
host full t/of-full '' 'echo ok - one'
LIST
cat >"$work/allowed" <<'LIST'
# a comment
anyone | t/skips | two: as listed | it is a test
anyone | t/h* | odd <reason>: * | it is a test
user | * | all of it: not installed: * | it is a test
LIST

# run VARIABLE=VALUE...: the status of tests/run on this list
run() {
	local status=0
	env -u SET -u FULL -u TEST -u TAP -u JUNIT -u JOBS OUT="$work/logs" LIST="$work/list" ALLOWED_SKIPS="$work/allowed" \
		DAXSCOPE_SLOWNESS=100 QUIET_LIMIT=3 CPU_LIMIT=5 "$@" tests/run >"$work/out" 2>"$work/err" </dev/null || status=$?
	echo "$status"
}

check "one that passes: 0" test "$(run TEST=t/passes)" -eq 0
check "... and the sums without skips" test "$(tail -n 1 "$work/out")" = '2 passed, 0 failed'
check "a name of the set 'all' can be asked for" test "$(run TEST=t/of-all)" -eq 0
check "one of FULL=1 only with it" test "$(run TEST=t/of-full) $(run TEST=t/of-full FULL=1)" = '2 0'
expect "a set that is not there is refused" 2 'use check or all' env SET=some tests/run
expect "a name that is not there is refused" 2 'no test is named like' env TEST=no/such tests/run
status=$(run TEST=t/skips)
check "a skip that is listed is counted, and all right" test "$status $(tail -n 1 "$work/out")" = '0 1 passed, 0 failed, 1 skipped'
status=$(run TEST=t/skips-too-much)
check "one that is not listed fails" test "$status $(tail -n 1 "$work/out")" = '1 1 passed, 1 failed, 1 skipped'
check "... and that is said" grep -q 'not ok - skipped what tests/allowed-skips does not list: three: not as listed' "$work/out"

status=$(run TAP=1 JUNIT="$work/junit.xml" JOBS=3)
check "with failures the status is 1" test "$status" -eq 1
mv "$work/out" "$work/tap"
mv "$work/err" "$work/text" # for people
lines() { # pattern
	grep -ac -e "$1" "$work/text" || true
}
check "each of the 12 tests has its line, with its time and how many are to come" \
	test "$(grep -acE '^t/.* [0-9]+ ok +[0-9]+ failed +[0-9]+ skipped +[0-9]+ s   \([0-9]+ to come\)$' "$work/text")" -eq 12
check "... the last says that none is" grep -aq '(0 to come)$' "$work/text"
check "set 'all' is not run" test "$(lines '^t/of-')" -eq 0
while IFS='|' read -r name ok bad skip; do
	check "$name: $ok ok, $bad failed, $skip skipped" grep -aqE "^$name +$ok ok +$bad failed +$skip skipped " "$work/text"
done <<'LIST'
t/passes|2|0|0
t/fails|1|1|0
t/lies|0|2|0
t/status|1|1|0
t/silent|0|1|0
t/crash|1|1|0
t/hangs|1|1|0
t/endless|1|1|0
t/skips|1|0|1
t/skips-too-much|1|1|1
t/h<&"#|13|2|2
LIST
while IFS= read -r text; do
	check "it is said: $text" grep -aqF -e "$text" "$work/text"
done <<'LIST'
not ok - t/lies: ended with status 0 in spite of what failed
not ok - t/status: ended with status 3
not ok - t/silent: asserted nothing
not ok - t/crash: ended with status 139
not ok - t/hangs: made no progress, neither output nor CPU time, for 
not ok - t/endless: used more than 5 s of CPU time
skip - all of it: not installed: no-such-program-anywhere
not ok - skipped what tests/allowed-skips does not list: without a reason
LIST
check "no byte reaches the terminal that would steer it" test \
	"$(LC_ALL=C tr -d '\11\12\40-\176\200-\377' <"$work/text" | wc -c)" -eq 0
# Root should have installed what is missing.
lacking=$([ "$(id -u)" -eq 0 ] && echo 1 || echo 0)
sums="$((2 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 13)) passed, $((1 + 2 + 1 + 1 + 1 + 1 + 1 + 1 + 2 + lacking)) failed, 5 skipped"
check "the last line is the sums: $sums" test "$(tail -n 1 "$work/text")" = "$sums"
check "before it, what failed is said again with the end of its log" sh -c "tail -n 200 '$work/text' |
	sed -n '/^failed: t.fails$/,/^failed/p' | grep -q '^    # because$'"

# Others read the same in it.
total=$(awk '{ print $1 + $3 + $5 }' <<<"$sums")
bad=$(awk '{ print $3 }' <<<"$sums")
prove -v -e cat "$work/tap" >"$work/prove" 2>&1 && status=0 || status=$?
check "prove finds failures in the TAP" test "$status" -eq 1
check "... $bad of $total" grep -aq "^Failed $bad/$total subtests" "$work/prove"
check "... and counts 5 skipped and $((total - bad - 5)) good" grep -aq "less 5 skipped subtests: $((total - bad - 5)) okay" "$work/prove"
check "... and no error in the TAP itself" sh -c "! grep -a -i 'parse error' '$work/prove'"
check "... nor a passing TODO" sh -c "! grep -a 'TODO passed' '$work/prove'"
check "TAP is valid UTF-8" sh -c "iconv -f UTF-8 -t UTF-32 '$work/tap' >/dev/null"
check "TAP is nothing but points, details, plan and version" test \
	"$(grep -avcE '^((not )?ok [0-9]+ - |# |1\.\.[0-9]+$|TAP version 13$)' "$work/tap")" -eq 0
run TEST=t/passes TAP=1 >/dev/null
check "prove passes what passes" prove -e cat "$work/out"

check "the JUnit XML is as its schema says" xmllint --noout --schema tests/runner/junit.xsd "$work/junit.xml"
count() { # XPath
	xmllint --xpath "$1" "$work/junit.xml"
}
check "... with 12 suites" test "$(count 'count(//testsuite)')" -eq 12
check "... $total cases" test "$(count 'count(//testcase)') $(count 'sum(//@tests)')" = "$total $total"
check "... $bad failures" test "$(count 'count(//failure)') $(count 'sum(//@failures)')" = "$bad $bad"
check "... 5 skips" test "$(count 'count(//skipped[@message])') $(count 'sum(//@skipped)')" = "5 5"
check "what was said of a failure is with it" test \
	"$(count 'string(//testcase[@classname="t/fails" and @name="two"]/failure)')" = '# because'
check "a hostile name comes through" test "$(count "count(//testsuite[@name='t/h<&\"#'])")" -eq 1
check "... as hostile words do" test "$(count 'string(//testcase[contains(@name, "CDATA")]/@name)')" = \
	"<b> & \"quotes\" 'single' ]]> <![CDATA[ &amp; <!-- -->"
check "control bytes are spelt out" test "$(count 'string(//testcase[contains(@name, "red")]/@name)')" = \
	'\x1b[31mred\x07\x08\x7f \xc2\x9b and '$'\302\240 '
check "so is what is no UTF-8" test "$(count 'string(//testcase[starts-with(@name, "invalid")]/@name)')" = \
	'invalid \xff\xfe \xc0\x80 \xed\xa0\x80 \xef\xbf\xbf cut \xc3'
check "other characters are as they were" test "$(count 'count(//testcase[@name="ä€😀"])')" -eq 1

# Of the real list: no test that nobody runs.
all=$(LIST='' SET=all FULL=1 TEST='' tests/run --list | cut -f 1)
check "the list has names" test "$(wc -l <<<"$all")" -gt 100
for script in tests/host/*.sh tests/unit/*.sh; do
	check "tests/list has $script" grep -qF "$script" tests/list
done
for script in tests/guest/*.sh; do
	# Parts of others are not programs; two are started by cost-limits.sh and cost-cpus.sh.
	if [ ! -x "$script" ]; then continue; fi
	case $script in tests/guest/cost.sh | tests/guest/held.sh) continue ;; esac
	check "tests/list has $script" grep -qF "${script#tests/}" tests/list
done

# Ended from outside it leaves nothing behind.
name=run-$$
cp "$(type -P sleep)" "$work/$name"
{
	sed '/^host /d' "$work/list"
	echo "host check t/long '' '$work/$name 1000'"
} >"$work/list-2"
env OUT="$work/logs" LIST="$work/list-2" DAXSCOPE_SLOWNESS=100 TEST=t/long TAP='' JUNIT='' tests/run >"$work/out" 2>&1 &
pid=$!
until pgrep -x "$name" >/dev/null || ! kill -0 $pid 2>/dev/null; do sleep 0.1; done
kill -TERM $pid
status=0
wait $pid || status=$?
check "SIGTERM ends the run" test $status -eq 130
check "... and its tests" test -z "$(pgrep -x "$name")"
exit "$failed"
