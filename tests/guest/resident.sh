#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# resident.sh - in a guest: what daxtop and daxdoctor say is mapped now of a process is what it mapped,
# what its own pagemap says, and what the kernel's trace says came at 2 MiB; unknown before Linux 6.7.
#
# usage: resident.sh DIRECTORY_ON_DAX
set -eu
dir=$1
work=$(mktemp -d)
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
tracing=/sys/kernel/tracing

can=true
case $(uname -r) in
5.* | 6.[0-6].*) can=false ;;
esac

# keep NAME COMMAND...: run in the background until release NAME, started when it has mapped all
keep() {
	name=$1
	shift
	mkfifo "$work/$name.pipe"
	"$@" <"$work/$name.pipe" >"$work/$name.out" &
	echo $! >"$work/$name.pid"
	sleep 600 >"$work/$name.pipe" &
	echo $! >"$work/$name.keep"
	until [ -s "$work/$name.out" ]; do sleep 0.1; done
}
release() {
	kill "$(cat "$work/$1.keep")"
	wait "$(cat "$work/$1.pid")" || true
}
pid() {
	cat "$work/$1.pid"
}
# now FILTER FILE: 2 MiB, 4 KiB, and zero pages of both, of what jq's FILTER finds in a frame
now() {
	jq -c "$1 | .totals | [.res_pmd_bytes, .res_pte_bytes, .res_pmd_zero_bytes, .res_pte_zero_bytes]" "$2"
}
known() { # values where they are known
	if $can; then echo "$1"; else echo '[null,null,null,null]'; fi
}

# Ranges 0 to 7 have storage, 8 to 15 are holes.
for file in one two; do
	dax-touch make "$dir/$file" 8
	truncate -s 32M "$dir/$file"
done
echo 'hist:keys=result' >$tracing/events/fs_dax/dax_pmd_fault_done/trigger
keep both hold "$dir/one" huge:0:3 huge:8:2 small:4:5 small:12:3 none:0:8
huge=$(awk '/result: NOPAGE|result: 0x100|result: *256/ { print $NF }' $tracing/events/fs_dax/dax_pmd_fault_done/hist)
echo '!hist:keys=result' >$tracing/events/fs_dax/dax_pmd_fault_done/trigger
check "its own pagemap has 5 ranges and 8 pages, 2 ranges and 3 pages of them zero: $(cat "$work/both.out")" \
	test "$(cat "$work/both.out")" = "$((5 * 2097152 + 8 * 4096)) $((2 * 2097152 + 3 * 4096))"
check "the kernel's trace has 5 faults at 2 MiB: $huge" test "${huge:-0}" -eq 5

# Seen by one who came too late for every fault.
daxtop --json -d 0.1 -n 1 -p "$(pid both)" >"$work/top"
expected=$(known '[10485760,32768,4194304,12288]')
for what in . ".files[] | select(.path == \"$dir/one\")" ".processes[] | select(.comm == \"hold\")" '.mounts[]'; do
	$can || [ "$what" = . ] || continue
	got=$(now "$what" "$work/top")
	check "-p: $what has what is mapped: $got" test "$got" = "$expected"
done
check "... though no fault was seen" jq -e '.totals.faults == 0' "$work/top"
daxdoctor --json -p "$(pid both)" >"$work/doctor" || true
got=$(jq -c '[.mappings[] | [.mapped_2m_bytes, .mapped_4k_bytes, .mapped_2m_zero_bytes, .mapped_4k_zero_bytes]] |
	if all(.[]; .[0] == null) then [null, null, null, null] else [transpose[] | add] end' "$work/doctor")
check "daxdoctor -p says the same: $got" test "$got" = "$expected"
daxtop -b -d 0.1 -n 1 -p "$(pid both)" >"$work/text"
if $can; then
	check "text has it in one line" grep -q \
		'^now     at 2 MiB 10.0MiB  at 4 KiB 32.0KiB  2M zero 4.00MiB  4K zero 12.0KiB$' "$work/text"
	check "JSON says that it is known" jq -e '.resident == "known"' "$work/top"
else
	check "text says why it is unknown" grep -q '^now     -  (.*Linux 6.7)$' "$work/text"
	check "JSON says why it is unknown" jq -e '.resident == "no_kernel"' "$work/top"
	release both
	exit "$failed"
fi

# Several processes on one file, one of them with faults that were seen; then one of them ends.
keep second hold "$dir/one" huge:0:1
daxtop --json -d 0.1 -n 1 -p "$(pid both),$(pid second)" >"$work/top"
got=$(now ".files[] | select(.path == \"$dir/one\")" "$work/top")
check "a file has the sum of two processes: $got" test "$got" = '[12582912,32768,4194304,12288]'
daxtop --json -d 0.3 -n 1000 -p "$(pid both),$(pid second)" >"$work/follow" &
top=$!
until [ -s "$work/follow" ]; do sleep 0.1; done
release second
new_frame "$work/follow"
kill -INT $top
wait $top || true
got=$(tail -n 1 "$work/follow" | now ".files[] | select(.path == \"$dir/one\")" -)
check "... and without the one that ended the rest: $got" test "$got" = "$expected"

# A command that faults while it is watched, and one nobody asked about.
cat >"$work/run" <<RUN
hold $dir/two huge:0:2 small:4:7 <$work/run.pipe >$work/run.out
RUN
mkfifo "$work/run.pipe"
daxtop --json -d 0.3 -- sh "$work/run" >"$work/command" &
top=$!
exec 7>"$work/run.pipe"
until [ -s "$work/run.out" ]; do sleep 0.1; done
for frames in 1 2 3; do new_frame "$work/command"; done # most are of then
exec 7>&-
wait $top || true
got=$(grep '^{' "$work/command" | jq -c "[.totals.pte_faults, .totals.pmd_faults, (.files[] | select(.path == \"$dir/two\") |
	.gen > 0, .totals.res_pmd_bytes, .totals.res_pte_bytes, .totals.faults)]" | sort | uniq -c | sort -n | tail -1)
check "-- COMMAND: what is mapped stands with the faults that mapped it: $got" \
	test "$(echo "$got" | sed 's/^ *[0-9]* //')" = '[7,2,true,4194304,28672,9]'
check "... and after its end nothing is mapped" test \
	"$(grep '^{' "$work/command" | tail -n 1 | now . -)" = '[0,0,0,0]'
daxtop --json -d 0.1 -n 1 >"$work/top"
check "unasked it is not read" jq -e '.resident == "not_asked" and .totals.res_pmd_bytes == null' "$work/top"
# --resident is about processes with a fault that was seen.
daxtop --json --resident -d 0.3 -n 1000 >"$work/all" &
top=$!
until [ -s "$work/all" ]; do sleep 0.1; done
keep third hold "$dir/two" huge:0:3
new_frame "$work/all"
kill -INT $top
wait $top || true
got=$(tail -n 1 "$work/all" | now ".processes[] | select(.pid == $(pid third))" -)
check "--resident reads whoever had a fault: $got" test "$got" = '[6291456,0,0,0]'
release third

# Without the privilege to look into the process it is unknown, not 0.
cp "$(command -v daxtop)" /tmp/daxtop
/usr/bin/setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=+bpf,+perfmon --ambient-caps=+bpf,+perfmon \
	/tmp/daxtop --json -d 0.1 -n 1 -p "$(pid both)" >"$work/top" || true
check "with CAP_BPF and CAP_PERFMON alone, another's process is unknown, and why" \
	test "$(jq -c "[.resident, .totals.res_pmd_bytes]" "$work/top")" = '["denied",null]'
release both
exit "$failed"
