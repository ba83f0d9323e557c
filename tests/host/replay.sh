#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# replay.sh - daxtop on a recording, without privilege: text, JSON, and the screen with its keys.
#
# report/recording.data lasts 2.68 s. replay.json has the frames that must come of it, made with -d 0.5.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
# shellcheck source=tests/lib-tui.sh
. tests/lib-tui.sh
PATH=$PWD/build:$PATH
export DAXTOP=${DAXTOP:-$PWD/build/daxtop} TZ=UTC LC_ALL=C.UTF-8
data=$PWD/tests/host/report
cp "$data/recording.data" "$work/daxtrace.data"
cd "$work"
# As nobody with nothing, where this test may.
plain=()
[ "$(id -u)" -ne 0 ] || {
	chmod 755 "$work"
	cp "$DAXTOP" "$work/daxtop"
	DAXTOP=$work/daxtop
	plain=(setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all --inh-caps=-all)
}

started=$EPOCHREALTIME
"${plain[@]}" "$DAXTOP" -r daxtrace.data --json -d 0.5 >frames
check "it plays without privilege, and faster than it was recorded" \
	test "$((${EPOCHREALTIME/./} - ${started/./}))" -lt 2000000
jq -S -c '{time_ns, monotonic_ns, interval_ns, tier, lost,
	totals: (.totals | {pte_faults, pmd_faults, fallbacks, sticky_faults, never_tried_faults, ranges_touched,
		ranges_pmd, zero_bytes, errors, lat_pte_p99_ns, cause}),
	interval: (.interval | {faults, fallbacks, faults_per_s, fault_time_ns, lat_pmd_max_ns, cause}),
	files: [.files[] | [.path, .totals.faults, .interval.faults]]}' frames >replay.json
check "its frames are those of the recording" diff "$data/replay.json" replay.json
daxtrace report --json >report.json
same() { # filter
	cmp <(tail -n 1 frames | jq -S "$1") <(jq -S "$1" report.json)
}
for what in .counts .latency .recording .tier .lost .nr_files \
	'[.files[] | [.path, .counts, .latency]]' '[.processes[] | [.pid, .comm, .counts, .latency]]'; do
	check "the last frame has the same as daxtrace report: $what" same "$what"
done
check "the intervals add up to the total" jq -s -e '(map(.interval.faults) | add) == .[-1].totals.faults' frames
check "-n ends it sooner" test "$(daxtop -i daxtrace.data --json -d 0.5 -n 2 | wc -l)" -eq 2
check "INTERVAL and COUNT as operands do too" test "$(daxtop -i daxtrace.data --json 0.1 3 | jq .interval_ns)" = \
	$'100000000\n100000000\n100000000'
check "one interval longer than all is one frame" test "$(daxtop -i daxtrace.data --json -d 60 | wc -l)" -eq 1
daxtop -i daxtrace.data -b -d 2 >text
check "text says what it is of, and the recorded clock" grep -qx \
	'daxtop  recording daxtrace.data  2026-11-22 06:03:59  interval 683ms  lost 0  T1: all.*\|.*06:03:59  interval .*' text
check "... in two frames" test "$(grep -c '^daxtop ' text)" -eq 2
check "nothing of a file's name reaches the terminal as control" bash -c "! tr -d '\n' <text | grep -q '[[:cntrl:]]'"
cp daxtrace.data $'evil\e[31m\nname'
check "... nor of the recording's" bash -c "! daxtop -i \$'evil\e[31m\nname' -b -d 60 | tr -d '\n' | grep -q '[[:cntrl:]]'"

expect "a file that is not there ends with 2" 2 '^daxtop: none: No such file' daxtop -i none
expect "what is no recording ends with 2" 2 'daxtop: text: not a' daxtop -i text
expect "a directory ends with 2" 2 'not a regular file' daxtop -i .
expect "nothing at all ends with 2" 2 'empty: not a daxtrace recording' bash -c ': >empty; daxtop -i empty'
expect "-r with -p ends with 2" 2 'shown as it is' daxtop -i daxtrace.data -p $$
expect "-r with a command ends with 2" 2 'shown as it is' daxtop -i daxtrace.data -- true
expect "a full disk is an error" 3 'standard output: No space left' bash -c 'daxtop -i daxtrace.data -b >/dev/full'
head -c 2000 daxtrace.data >cut.data
expect "a recording that was cut off is shown, and told" 0 \
	'^daxtop: cut.data: not ended cleanly: [1-9][0-9]* events recovered' daxtop -i cut.data -b
check "... with the faults of its whole chunks, as daxtrace report has them" cmp \
	<(daxtop -i cut.data --json -d 0.1 2>/dev/null | tail -n 1 | jq -S '[.counts, .recording.damage, .recording.readable]') \
	<(daxtrace report --json cut.data 2>/dev/null | jq -S '[.counts, .recording.damage, .recording.readable]')
status=0
daxtop -i daxtrace.data -b -d 0.01 2>err | head -n 1 >/dev/null || status=$?
check "a closed pipe ends it without a word" test "$status $(cat err)" = '0 '

command -v tmux >/dev/null || { skip "the screen" "no tmux"; exit "$failed"; }
# Frames of 0.1 s: the first has nothing, the second 16 faults at 4 KiB, the third 6 at 2 MiB, the
# last but one 29 and 11, the last 69 and 11.
start 80x24 "\$DAXTOP -r daxtrace.data -d 0.1"
sees "the screen says what it shows" '^ daxtop .* recording daxtrace.data  06:03:5[79] '
[ "$failed" -eq 0 ] || exit 1
sees "... comes to the end by itself" '^ daxtop  END .* 06:03:59 '
sees "... where all is counted" '^faults  4 KiB 69  2 MiB 11 '
sleep 0.5
check "... and stays there" shows 'END'
keys g
sees "g goes to the start" '^faults  4 KiB 0  2 MiB 0 '
sees "... and stays there" '^ daxtop  PAUSED .* 06:03:57 '
keys t
sees "t shows the next sample" '^faults  4 KiB 16  2 MiB 0 '
keys t
sees "... and the next" '^faults  4 KiB 16  2 MiB 6 '
keys i
sees "i shows the interval" 'last interval by'
sees "... with its own numbers" '^faults  4 KiB 0  2 MiB 6 .*per second 60.0'
keys T
sees "T shows the one before" '^faults  4 KiB 16  2 MiB 0 .*per second 160'
keys T
sees "... and the first" '^faults  4 KiB 0  2 MiB 0 '
keys T T
sees "before it there is none" '^faults  4 KiB 0  2 MiB 0 '
keys i G
sees "G goes to the end" '^ daxtop  END '
sees "... where all is counted again" '^faults  4 KiB 69  2 MiB 11 '
keys T
sees "T goes back from there" '^faults  4 KiB 29  2 MiB 11 '
keys b
sees "b asks for a time" '^jump to: _'
keys 0 . 3 Enter
sees "... in seconds from the start" '^faults  4 KiB 16  2 MiB 6 '
keys b
keys -l -- -0.1
keys Enter
sees "... or from the end" '^faults  4 KiB 29  2 MiB 11 '
keys b 6 : 0 3 : 5 8 Enter
sees "... or of the clock" '^ daxtop  PAUSED .* 06:03:58 '
sees "... to the frame that holds it" '^faults  4 KiB 20  2 MiB 11 '
keys b x Enter
sees "what is no time is refused" 'not a time'
keys Escape
soon hides 'jump to'
sees "Escape leaves" '^faults  4 KiB 20  2 MiB 11 '
keys h
sees "the help has the keys of a recording" '^T  *previous sample'
check "... and no key twice" test -z "$(screen | sed -n 's/^\([A-Za-z]\)  .*/\1/p' | sort | uniq -d)"
keys Escape / g o o d Enter Enter
sees "the rest is as for the running kernel: search and details" '^/mnt/dax/good'
keys Escape g t
sees "few faults are there in the first samples" '^faults  4 KiB 16  2 MiB 0 '
keys Tab Tab Tab Home Enter End
sees "End shows the last line of the details" 'untimed_faults'
keys t t t t t
sleep 0.5
check "... and it stays when samples add lines above it" shows 'untimed_faults'
keys Escape Tab g Space
sees "Space plays on to the end" '^ daxtop  END '
sees "... with all faults" '^faults  4 KiB 69  2 MiB 11 '
"${tmux[@]}" resize-window -x 40 -y 10
sees "40x10 still says END" '^ daxtop  END '
keys q
given_back "q" 0
start 80x24 "\$DAXTOP -r cut.data -d 0.1"
sees "damage is in the header" ' recording cut.data  DAMAGED '
keys q
given_back "a damaged recording" 0
sees "... and told afterwards" 'daxtop: cut.data: not ended cleanly'
start 80x24 "\$DAXTOP -r none"
given_back "a recording that is not there" 2
sees "... is said" 'daxtop: none: No such file'
exit "$failed"
