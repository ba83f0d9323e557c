#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# cost.sh - in a guest that counts one nanosecond an instruction: what each tool adds to a fault.
#
# usage: cost.sh DIRECTORY_ON_DAX COUNT KIND...     prints 'KIND|LABEL|INSTRUCTIONS A FAULT' lines
set -eu
dir=$1 count=$2
shift 2
tracing=/sys/kernel/tracing
work=$(mktemp -d)

# The faulting loop alone, on the thread's own CPU clock: the tool's reader does not count.
bench() { # label tool...
	label=$1
	shift
	"$@" daxbench faults --time --kind "$kind" --count "$count" --force "$dir/cost" >"$work/out" 2>"$work/err" || {
		echo "$kind|$label|failed: $(tail -n 1 "$work/err")"
		return
	}
	per=$(grep '"caused"' "$work/out" | jq .cpu_ns_per_fault)
	echo "$kind|$label|$per"
}

# The same while others fault all the time: what a tool has come to do by then, not its first moment.
steady() { # tool... daxbench...
	tool=$1
	shift
	while [ "$1" != -- ]; do
		tool="$tool $1"
		shift
	done
	shift
	cat >"$work/load" <<-EOF
		dax-touch make $dir/storm 16
		dax-touch storm $dir/storm 16 &
		sleep 1
		"\$@"
		kill \$!
	EOF
	# shellcheck disable=SC2086 # words
	$tool -- sh "$work/load" "$@"
}

for kind; do
	bench 'nothing on'
	bench 'nothing on, again'
	if command -v perf >/dev/null; then
		bench 'perf stat, 1 event' perf stat -e fs_dax:dax_pte_fault_done -o "$work/stat" --
		bench 'perf record, 1 event' perf record -q -e fs_dax:dax_pte_fault_done -o "$work/perf.data" --
		rm -f "$work/perf.data"
	fi
	echo 1 >$tracing/events/fs_dax/dax_pte_fault_done/enable
	bench 'ftrace, 1 event'
	echo 1 >$tracing/events/fs_dax/enable
	bench 'ftrace, all fs_dax'
	echo 0 >$tracing/events/fs_dax/enable
	if command -v bpftrace >/dev/null; then
		# shellcheck disable=SC2016 # bpftrace's own variables
		bpftrace -e 'tracepoint:fs_dax:dax_pte_fault_done { @[pid] = count(); }' >"$work/bt" 2>&1 &
		bt=$!
		until grep -q Attaching "$work/bt" 2>/dev/null; do
			kill -0 $bt || break
			sleep 0.1
		done
		sleep 2
		bench 'bpftrace, count by pid'
		kill -INT $bt
		wait $bt || true
	fi
	# Long enough for a few of the moments that daxtop times, against a base of the same length.
	few=$count count=131072
	bench 'nothing on, many'
	bench 'daxtop, T0' steady daxtop -b -d 1000 --max-tier 0 --
	bench 'daxtop, T1' steady daxtop -b -d 1000 --max-tier 1 --
	bench 'daxtop, T2' steady daxtop -b -d 1000 --
	count=$few
	bench 'daxtop, each timed' daxtop -b -d 1000 --latency all --
	bench 'daxtrace stat' daxtrace stat --
	bench 'daxtrace record' daxtrace record -q -o "$work/rec" --
	rm -f "$work/rec"
done
rm -rf "$work"
