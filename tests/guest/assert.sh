#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# assert.sh - in a guest: daxtrace stat --assert passes what real faults meet and fails what they do
# not, names the file and the reason, and never calls good what it did not see.
#
# usage: assert.sh DIRECTORY_ON_DAX
set -eu

dir=$1
work=$(mktemp -d)
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# judge WHAT STATUS [ASSERTION]... -- COMMAND...: daxtrace's status; text in $work/err, JSON beside it
judge() {
	judge_what=$1 judge_status=$2 judge_got=0
	shift 2
	# shellcheck disable=SC2086 # the options of a test are words
	daxtrace stat --json-file "$work/json" ${STAT_OPTIONS:-} "$@" >/dev/null 2>"$work/err" </dev/null || judge_got=$?
	if [ $judge_got -eq "$judge_status" ]; then
		ok "$judge_what: $judge_status"
	else
		not_ok "$judge_what: $judge_status" "status $judge_got, stderr: $(cat "$work/err")"
	fi
}
says() { # pattern: in the text of the verdict
	check "... says '$1'" grep -q -e "$1" "$work/err"
}
holds() { # what filter: of the JSON
	check "... JSON: $1" jq -e "$2" "$work/json"
}
faults() { # kind count file
	echo "daxbench faults --kind $1 --count $2 --force '$3' >/dev/null"
}

# What is good.
began=$(uptime_s)
judge "2 MiB everywhere" 0 --assert 'pmd_coverage >= 1' --assert 'fallbacks == 0' --assert 'pmd_faults == 8' \
	--assert 'lat_pmd_p99_us > 0' --assert 'lat_pmd_max_s < 60' --assert 'lat_pmd_p50_ns >= 1ns' -- \
	sh -c "$(faults pmd-read 8 "$dir/good")"
span=$(generous "$began")
says 'verdict: pass, 6 of 6 assertions hold'
holds "verdict and all asserts" '.verdict == "pass" and ([.asserts[].verdict] == [range(6) | "pass"])'
holds "a latency in the unit of its name" \
	'.asserts[4].value < 60 and .asserts[3].value * 1000 >= .asserts[5].value'

# What is not, although the command succeeds.
judge "fallbacks of short extents" 1 --assert 'pmd_coverage >= 0.99' --assert 'fallbacks{reason="extent_short"} == 0' \
	--assert 'fallbacks{reason="past_eof"} == 0' -- sh -c "$(faults fb-extent-short 5 "$dir/short")"
says 'verdict: fail, 1 of 3 assertions hold'
says "$dir/short: 5, extent_short"
says 'extent_short: the file.s extent ends before the 2 MiB range does'
says 'run: daxdoctor --repair '
holds "names file, value, limit and reason" ".asserts[1] | .verdict == \"fail\" and .value == 5 and .limit == 0 and
	.op == \"==\" and .worst[0].file == \"$dir/short\" and .worst[0].reason == \"extent_short\""
holds "the command's own status" '.exit_status == 0 and .verdict == "fail"'

# What follows does not need T2: T1 has the same counts and reasons of faults, and is loaded in a
# quarter of the time.
STAT_OPTIONS="--max-tier 1"

# Each file that matches, and by whom.
both="$(faults pmd-read 20 "$dir/one.db") && $(faults fb-extent-short 2 "$dir/two.db")"
judge "the sum hides what one file shows" 1 --assert 'fallback_ratio <= 10%' \
	--assert "fallback_ratio{file=\"$dir/*.db\"} <= 10%" -- sh -c "$both"
says "verdict: fail, 1 of 2"
holds "of two files, two.db fails" ".asserts[1] | .judged == 2 and .failed == 1 and
	[.worst[].file] == [\"$dir/two.db\"] and .value == 1"
judge "only the good file is asked about" 0 --assert "pmd_coverage{file=\"$dir/one.*\",process=\"daxbench\"} == 100%" \
	--assert 'fallbacks{process="no*"} == 0' -- sh -c "ln -s \$(command -v daxbench) $work/nobody; $both; \
		$work/nobody faults --kind pmd-read --count 1 --force $dir/three >/dev/null"
judge "no file matches" 4 --assert 'fallbacks{file="/elsewhere/*"} == 0' -- sh -c "$both"
says 'no file that matches had a fault'
judge "a failure beats what cannot be judged" 1 --assert 'fallbacks{file="/elsewhere/*"} == 0' \
	--assert 'fallbacks == 0' -- sh -c "$both"

# Hostile names.
name=$(printf '%s/a\033]0;x\007\n verdict: pass' "$dir")
judge "a file whose name is no text" 1 --assert "fallbacks{file=\"$dir/a*\"} == 0" -- \
	daxbench faults --kind fb-extent-short --count 2 --force "$name"
check "... no control byte reaches the terminal" sh -c "! tr -d '\n\t -~' <'$work/err' | grep -q ."
says 'a.x1b]0;x.x07.x0a verdict: pass: 2'
rm -f "$name"

# Nothing seen is never good, and a failing command tells so itself.
judge "nothing seen" 4 --assert 'fallbacks == 0' --assert 'pmd_coverage >= 0' -- true
says 'no fault on a DAX file was seen'
holds "inconclusive, with unknown values" '.verdict == "inconclusive" and .asserts[0].value == null'
judge "a kind of fault that never came" 4 --assert 'lat_sync_p99_us < 1000' -- sh -c "$(faults pmd-read 1 "$dir/good")"
judge "the command fails, the assertion holds" 7 --assert 'fallbacks == 0' -- \
	sh -c "$(faults pmd-read 1 "$dir/good"); exit 7"
says 'sh: ended with status 7; the verdict is pass'
judge "the command fails, and nothing was seen" 7 --assert 'fallbacks == 0' -- sh -c 'exit 7'
judge "the command fails, and so does the assertion" 1 --assert 'pmd_faults == 0' -- \
	sh -c "$(faults pmd-read 1 "$dir/good"); exit 7"
says 'sh: ended with status 7; the verdict is fail'
judge "the command dies" 143 --assert 'fallbacks == 0' -- \
	sh -c "$(faults pmd-read 1 "$dir/good"); kill -TERM \$\$"

# What is no assertion: before the command runs.
judge "an unknown metric" 2 --assert 'pmd_coverag >= 1' -- touch "$work/ran"
says 'did you mean pmd_coverage?'
judge "an unknown reason" 2 --assert 'fallbacks{reason="extent_shrt"} == 0' -- touch "$work/ran"
says 'did you mean extent_short?'
check "... and the command is not run" test ! -e "$work/ran"

# A tier that cannot tell the reason.
STAT_OPTIONS="--max-tier 0"
judge "tier T0 does not know the reason" 4 --assert 'fallbacks{reason="extent_short"} == 0' -- \
	sh -c "$(faults fb-extent-short 2 "$dir/short")"
judge "... but the count" 1 --assert 'fallbacks == 0' -- sh -c "$(faults fb-extent-short 2 "$dir/short")"

# A process that runs already, and all of them, for a time.
sh -c "until [ -e $work/go ]; do sleep 0.1; done; $(faults fb-extent-short 3 "$dir/late"); sleep 1" &
late=$!
(attached daxtrace && touch "$work/go") &
STAT_OPTIONS="--max-tier 1 -p $late --duration $span"
judge "-p PID, which ends by --duration" 1 --assert 'fallbacks == 3' --assert 'fallbacks < 3'
holds "counts what it started" '[.asserts[].value] == [3, 3] and .exit_status == null'
(attached daxtrace && sh -c "$(faults pmd-read 6 "$dir/good")") &
STAT_OPTIONS="--max-tier 1 -a --duration $span"
judge "-a with --duration" 0 --assert 'pmd_faults == 6' --assert "pmd_coverage{file=\"$dir/good\"} == 1"

# A command that is stopped may have failed later.
STAT_OPTIONS="--max-tier 1"
rm -f "$work/pid"
(
	until [ -e "$work/did" ]; do sleep 0.1; done
	kill -TERM "$(cat "$work/pid")"
) &
judge "stopped before its end" 4 --assert 'pmd_faults == 2' -- \
	sh -c "echo \$PPID >$work/pid; $(faults pmd-read 2 "$dir/good"); touch $work/did; sleep 600"
says 'the command was stopped before its end'
wait
rm -rf "$work"
exit "$failed"
