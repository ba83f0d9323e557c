#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# record.sh - in a guest: recordings of real faults are small and exact, also when the ring overflows,
# daxtrace is killed, or the disk is full.
#
# usage: record.sh DIRECTORY_ON_DAX
set -eu

dir=$1
work=$(mktemp -d)
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

recording() { # file filter: a number of the recording's facts
	daxtrace report --json -i "$1" 2>/dev/null | jq -r ".recording.$2"
}
handled() { # file: faults that the report counts, of all outcomes
	daxtrace report --json -i "$1" 2>/dev/null | jq '[.counts.faults[] | .read, .write] | add'
}

# Size: 4 KiB faults in file order and at random, each of them recorded.
faults=20000
for order in 0 7; do
	daxtrace record -q -o "$work/rec" -- \
		daxbench faults --kind pte-read --count $faults --seed $order --force "$dir/rec" >/dev/null
	rm -f "$dir/rec"
	each=$(recording "$work/rec" 'file_bytes / .recording.recorded * 10 | round / 10')
	check "$faults faults (seed $order) are all recorded" test "$(recording "$work/rec" recorded)" -eq $faults
	check "... in $each bytes each, at most 16" test "${each%.*}" -lt 16
	check "... and reported" test "$(handled "$work/rec")" -eq $faults
	check "... one line each with --events" test "$(daxtrace report --events "$work/rec" | wc -l)" -eq $faults
done

# Overflow: the smallest ring holds 64 events, and is emptied only each 5 ms.
daxtrace record -m 4K -o "$work/rec" -- \
	daxbench faults --kind pte-read --count $faults --force "$dir/rec" >/dev/null 2>"$work/err"
rm -f "$dir/rec"
lost=$(recording "$work/rec" lost)
recorded=$(recording "$work/rec" recorded)
check "a ring of 4 KiB overflows ($lost lost)" test "$lost" -gt 0
check "... recorded + lost is what was caused" test $((recorded + lost)) -eq $faults
check "... and what the kernel side counted" test "$(recording "$work/rec" counted)" -eq $faults
check "... the file holds what was recorded" test "$(handled "$work/rec")" -eq "$recorded"
check "... the message names the loss" grep -q "$recorded faults recorded, $lost lost" "$work/err"

# kill -9: what was written until then can be read, and is said to be unfinished.
rm "$work/rec"
daxtrace record -q -o "$work/rec" -a &
pid=$!
until [ -s "$work/rec" ]; do sleep 0.1; done
daxbench faults --kind pte-read --count 1000 --force "$dir/rec" >/dev/null
# A chunk is closed when it is 1 s old.
for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
	sleep 1
	[ "$(recording "$work/rec" recorded)" != 1000 ] || break
done
kill -9 $pid
wait $pid 2>/dev/null || true
rm -f "$dir/rec"
check "after kill -9 all older than a second is there" test "$(recording "$work/rec" recorded)" -eq 1000
check "... the report counts it" test "$(handled "$work/rec")" -eq 1000
check "... and says that the end is missing" sh -c "daxtrace report -i '$work/rec' | grep -q 'not ended cleanly'"

# Ctrl-C: a clean end.
rm "$work/rec"
began=$(uptime_s)
daxtrace record -q -o "$work/rec" &
pid=$!
until [ -s "$work/rec" ]; do sleep 0.1; done
daxbench faults --kind pte-read --count 100 --force "$dir/rec" >/dev/null
kill -INT $pid
status=0
wait $pid || status=$?
span=$(generous "$began")
rm -f "$dir/rec"
check "SIGINT without a command ends with 0" test $status -eq 0
check "... cleanly" test "$(recording "$work/rec" clean_end)" = true
check "... and holds all faults" test "$(recording "$work/rec" recorded)" -eq 100

# -p: only that process and what it starts; --duration ends it, whatever the command does.
sh -c "while [ ! -e $work/go ]; do sleep 0.1; done
	daxbench faults --kind pte-read --count 200 --force $dir/rec2" >/dev/null &
pid=$!
rm "$work/rec"
daxtrace record -q -o "$work/rec" -p $pid --duration "$span" &
recorder=$!
until [ -s "$work/rec" ]; do sleep 0.1; done
touch "$work/go"
daxbench faults --kind pte-read --count 100 --force "$dir/rec" >/dev/null
wait $pid
wait $recorder || not_ok "record -p --duration ends with 0"
rm -f "$dir/rec" "$dir/rec2"
check "-p records that process's child and no other" test "$(recording "$work/rec" recorded)" -eq 200
check "... and ends after --duration" test "$(recording "$work/rec" 'duration_ns / 1000000000 | floor')" -ge "$span"

# stat of everything, while somebody else faults.
daxtrace stat --json-file "$work/stat.json" --duration "$span" 2>"$work/err" &
pid=$!
attached daxtrace
daxbench faults --kind pte-read --count 150 --force "$dir/rec" >/dev/null
wait $pid || not_ok "stat --duration ends with 0"
rm -f "$dir/rec"
check "stat without a command counts all processes" test "$(jq .counts.faults.pte_mapped.read "$work/stat.json")" -eq 150
check "... and says so in text" grep -q '150  pte_faults' "$work/err"

# Full disk: one error, the command runs to its end, the file is whole as far as it goes.
mkdir "$work/small"
mount -t tmpfs -o size=64k none "$work/small"
status=0
cat >"$work/bursts" <<END
for burst in 1 2 3 4; do
	daxbench faults --kind pte-read --count 5000 --force $dir/rec >/dev/null
	sleep 1.2 # so that each burst has its own chunk, of about 25 KiB
done
touch $work/ended
END
daxtrace record -o "$work/small/rec" -- sh "$work/bursts" 2>"$work/err" || status=$?
rm -f "$dir/rec"
check "a full disk ends with 3" test $status -eq 3
check "... says so once" test "$(grep -c 'No space left' "$work/err")" -eq 1
check "... and the command ran to its end" test -e "$work/ended"
recorded=$(recording "$work/small/rec" recorded)
check "... the file holds some of the faults ($recorded)" test "$recorded" -gt 4000 -a "$recorded" -lt 20000
check "... all of which can be read" test "$(handled "$work/small/rec")" -eq "$recorded"
umount "$work/small"
rm -rf "$work"
exit "$failed"
