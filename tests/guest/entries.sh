#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# entries.sh - in a guest with a kernel of Debian's: what fentry counts (T2) of waits for entry locks,
# of 2 MiB entries that are split, and of zero pages replaced, is what was caused, and what kprobe
# events of the kernel's own tracing have on their stacks.
#
# usage: entries.sh DIRECTORY_ON_DAX        needs the programs contend and entries in PATH
set -eu
dir=$1
tracing=/sys/kernel/tracing
work=${CAUSE:-$(mktemp -d)} # CAUSE: this is what the tools watch
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# One line for each event: its name and arguments, then the functions on its stack, which the kernel
# writes as an entry of its own: between the two there may be some of other CPUs.
flatten() {
	awk '{ cpu = match($0, /\[[0-9]+\]/) ? substr($0, RSTART, RLENGTH) : cpu }
		/ (wait|wait2|unmap|wake): / { if (cpu in line) print line[cpu]; sub(/.*\]/, ""); line[cpu] = $0 }
		/^ *=> / { line[cpu] = line[cpu] " " $2 }
		END { for (cpu in line) print line[cpu] }' $tracing/trace
}

# What is done while the tools watch, attached once: KIND RANGES THREADS. Each run has a file and a process name
# of its own, and leaves what the kernel's tracing has of it.
cat >"$work/runs" <<RUNS
contend 40 8
held 40 8
sync 40 8
flush 40 8
fsync 40 8
empty 50 1
zero 50 1
small 50 1
large 50 1
empty 50 8
zero 50 8
small 50 8
large 50 8
RUNS
cause() {
	while read -r kind ranges threads; do
		run=$kind.$threads
		echo >$tracing/trace
		echo 1 >$tracing/events/dax/enable
		if [ "$kind" = contend ]; then
			cp "$(command -v contend)" "$work/$run"
			set -- "$dir/f.$run" "$threads" "$ranges"
		else
			cp "$(command -v entries)" "$work/$run"
			set -- "$dir/f.$run" "$kind" "$ranges" "$threads"
		fi
		# Tasks that should meet do not at once when the machine is busy: all tries count, here as in the trace.
		case $kind in contend) least=11 ;; held | sync | flush | fsync) least=1 ;; *) least=0 ;; esac
		for try in 1 2 3 4 5 6 7 8 9 10; do
			"$work/$run" "$@" </dev/null 2>>"$work/err.$run" || echo "$work/$run $*: status $?" >>"$work/err.$run"
			[ "$(grep -c ' wait2\?: ' $tracing/trace)" -lt $least ] || break
		done
		echo 0 >$tracing/events/dax/enable
		flatten >"$work/trace.$run"
		rm "$work/$run"
		# There is no room for all, and the next file must not get the same inode.
		: >"$dir/f.$run"
		sync # or what this file had is not free yet, and the next one gets it in pieces
	done <"$work/runs"
}
if [ -n "${CAUSE:-}" ]; then
	cause
	exit
fi

func=0x$(awk '$3 == "wake_exceptional_entry_func" { print $1 }' /proc/kallsyms)

# A wait begins where an entry of a wait queue is prepared that was not prepared before.
{
	echo 'p:dax/wait prepare_to_wait_exclusive flags=+0(%si):u32 func=+16(%si):x64'
	echo 'p:dax/wait2 prepare_to_wait flags=+0(%si):u32 func=+16(%si):x64'
	echo 'p:dax/unmap unmap_mapping_pages nr=%dx:u64'
	echo 'p:dax/wake dax_wake_entry mode=%dx:u32'
} >$tracing/kprobe_events
echo 16384 >$tracing/buffer_size_kb
for event in wait wait2; do
	echo "flags == 0 && func == $func" >$tracing/events/dax/$event/filter
	echo "stacktrace if flags == 0 && func == $func" >$tracing/events/dax/$event/trigger
done
echo 'nr == 1 || nr == 512' >$tracing/events/dax/unmap/filter
echo 'stacktrace if nr == 1 || nr == 512' >$tracing/events/dax/unmap/trigger
echo 'mode == 0' >$tracing/events/dax/wake/filter
echo 'stacktrace if mode == 0' >$tracing/events/dax/wake/trigger
check "the kernel's own tracing has the events" test -n "$func"

# The line of the present run's file, apart: jq takes its time on the whole
file() { # json
	jq -c --arg path "$dir/f.$run" '.files[] | select(.path == $path)' "$1"
}
counts() { # file
	jq -c '[.entry_waits, (.totals | .downgrades, .zero_page_splits, .pte_zero_replaced, .pmd_zero_replaced)]' "$1"
}

watch() { # program kind ranges threads
	if [ "$1" = contend ]; then
		run=contend.$4
		set -- contend "$dir/f" "$4" "$3"
	else
		run=$2.$4
		set -- "$1" "$dir/f" "$2" "$3" "$4"
	fi
	! grep -q ': status ' "$work/err.$run" || not_ok "daxtrace stat -- $*" "$(cat "$work/err.$run")"
	file "$work/last" >"$work/file.top"
	file "$work/stat" >"$work/file"
	check "$*: daxtop has the same" test "$(counts "$work/file.top")" = "$(counts "$work/file")"
}
seen() { # pattern...: events that hold all patterns, each up to the innermost caller that matters
	events=$work/trace.$run
	for pattern; do
		grep -E -- "$pattern" "$events" >"$work/next" || true
		mv "$work/next" "$work/these"
		events=$work/these
	done
	wc -l <"$events"
}
is() { # what jq-expression value
	case $2 in
	.lost*) got=$(jq -c "$2" "$work/stat") ;;
	*) got=$(jq -c "$2" "$work/file") ;;
	esac
	check "$1: $2 is $3" test "$got" = "$3"
}

# Innermost first, as the stack has them: a fault may run below a system call.
ops='dax_iomap_pte_fault dax_iomap_pmd_fault dax_finish_sync_fault dax_writeback_mapping_range'
ops="$ops dax_delete_mapping_entry|dax_invalidate_mapping_entry_sync dax_layout_busy_page_range dax_lock_page|dax_lock_folio"
names='pte_fault pmd_fault mkwrite writeback invalidate layout memory_failure'
waits() { # what
	total=$(seen ' wait2?: ')
	is "$1" .totals.entry_waits "$total"
	n=0
	for name in $names; do
		n=$((n + 1))
		# shellcheck disable=SC2086
		set -- "$1" "$(echo $ops | cut -d ' ' -f $n)"
		is "$1" ".entry_waits.$name" "$(seen ' wait2?: ' " ($2)")"
	done
	is "$1" .lost.waits 0
	if [ "$total" -gt 0 ]; then
		got=$(jq -c --arg comm "$run" '[.processes[] | select(.comm == $comm).totals.entry_waits] | add' "$work/stat")
		check "$1: [.processes[].totals.entry_waits] | add is $total" test "$got" = "$total"
	fi
}

daxtop --features >"$work/features"
check "the tier is T2" grep -q '^tier  *T2: ' "$work/features"
check "only upgrades are unknown" test "$(awk '$1 == "unknown" { print $2 }' "$work/features" | xargs)" = \
	'upgrades upgrades_failed'
check "a recording holds faults alone: the rest is unknown in its report" sh -c "
	daxtrace record -q -o $work/rec -- contend $dir/f 2 4 && daxtrace report --json -i $work/rec | jq -e '
		.totals.pmd_faults > 0 and ([.entry_waits, (.totals | .entry_waits, .entry_wait_ns, .downgrades,
		.zero_page_splits, .pte_zero_replaced, .pmd_zero_replaced, .upgrades)] | all(. == null))'"
CAUSE=$work daxtop -b --json -d 600 -- daxtrace stat --json-file "$work/stat" -- sh "$0" "$dir" >"$work/top" 2>"$work/err" ||
	not_ok "daxtop and daxtrace stat end with 0" "$(cat "$work/err")"
# daxtop sees the begin of 4 KiB faults only at times: nothing of this may depend on it.
grep -h '^{' "$work/top" | tail -n 1 >"$work/last"
all=$(cat "$work"/trace.* | grep -c ' wait2\?: ')
check "all waits are of these runs" test "$(jq -c .totals.entry_waits "$work/last" "$work/stat" | xargs)" = "$all $all"
watch contend - 40 8
check "2 MiB writes met each other" test "$(seen ' wait2?: ')" -gt 10
waits "2 MiB writes met each other"
for kind in held sync flush fsync; do
	watch entries $kind 40 8
	check "$kind: tasks met" test "$(seen ' wait2?: ')" -gt 0
	waits "$kind"
done

# The counts known beforehand, alone and by many threads at once.
entries_are() { # what split_empty split_zero replaced_4k replaced_2m
	is "$1" .totals.downgrades $(($2 + $3))
	is "$1" .totals.zero_page_splits "$3"
	is "$1" .totals.pte_zero_replaced "$4"
	is "$1" .totals.pmd_zero_replaced "$5"
	check "$1: the kernel woke all at that many splits" \
		test "$(seen ' wake: ' ' grab_mapping_entry')" -eq $(($2 + $3))
	check "$1: ... and unmapped that many zero pages to split them" \
		test "$(seen ' unmap: ' 'nr=512' ' grab_mapping_entry')" -eq "$3"
	check "$1: ... and 4 KiB ones to replace them" \
		test "$(seen ' unmap: ' 'nr=1 ' ' dax_insert_entry')" -eq "$4"
	check "$1: ... and 2 MiB ones" test "$(seen ' unmap: ' 'nr=512' ' dax_insert_entry')" -eq "$5"
}
for threads in 1 8; do
	watch entries empty 50 $threads
	is "empty, $threads" '.counts.fallbacks.extent_short >= 50' true
	entries_are "empty, $threads" 50 0 0 0
	watch entries zero 50 $threads
	entries_are "zero, $threads" 0 50 0 0
	watch entries small 50 $threads
	entries_are "small, $threads" 0 0 50 0
	watch entries large 50 $threads
	is "large, $threads" .totals.pmd_sync 0
	entries_are "large, $threads" 0 0 0 50
done
rm -f "$dir"/f.*
rm -rf "$work"
exit "$failed"
