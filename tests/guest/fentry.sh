#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# fentry.sh - in a guest with the patched kernel: waits, splits and replaced zero pages as fentry counts
# them (T2) are those that the kernel's own events tell (T3), and those in its trace.
#
# usage: fentry.sh DIRECTORY_ON_DAX        needs the programs contend and entries in PATH
set -eu
dir=$1
tracing=/sys/kernel/tracing
work=$(mktemp -d)
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
echo 8192 >$tracing/buffer_size_kb

watch() { # program argument...
	rm -f "$dir/f"
	sync # or what the last file had is not free yet, and the next one gets it in pieces
	echo >$tracing/trace
	echo 1 >$tracing/events/fs_dax/dax_entry_wait/enable
	echo 1 >$tracing/events/fs_dax/dax_pmd_downgrade/enable
	daxtrace stat --max-tier 2 --json-file "$work/t2" -- daxtrace stat --json-file "$work/t3" -- "$@" \
		>/dev/null 2>"$work/err" || not_ok "daxtrace stat -- $*" "$(cat "$work/err")"
	echo 0 >$tracing/events/enable
	grep -E ' dax_(entry_wait|pmd_downgrade): ' $tracing/trace >"$work/trace" || true
}
seen() { # pattern
	grep -c "$1" "$work/trace" || true
}
both() { # what jq-expression value
	for tier in t2 t3; do
		got=$(jq -c "$2" "$work/$tier")
		check "$1: $2 is $3 by $tier" test "$got" = "$3"
	done
}
time_of() { # tier
	jq .totals.entry_wait_ns "$work/$1"
}

check "the tiers are T2 and T3" sh -c "daxtrace stat --max-tier 2 --json-file $work/t2 -- true &&
	daxtrace stat --json-file $work/t3 -- true && jq -es 'map(.tier) == [\"T2\", \"T3\"]' $work/t2 $work/t3"
for run in 'contend 8 60' 'entries held 40 8' 'entries sync 40 8' 'entries flush 60 8' \
	'entries empty 50 1' 'entries empty 50 8' 'entries zero 50 8' 'entries small 50 8' 'entries large 50 8'; do
	program=${run%% *}
	# shellcheck disable=SC2086 # words
	watch "$program" "$dir/f" ${run#* }
	both "$run" .totals.entry_waits "$(seen ' dax_entry_wait: ')"
	for op in pte_fault pmd_fault mkwrite writeback invalidate layout memory_failure; do
		both "$run" ".entry_waits.$op" "$(seen " op $op ")"
	done
	both "$run" .totals.downgrades "$(seen ' dax_pmd_downgrade: ')"
	both "$run" .totals.zero_page_splits "$(seen ' kind zero')"
	case $run in
	contend* | *held* | *sync*)
		check "$run: tasks slept" test "$(seen ' dax_entry_wait: ')" -gt 0
		check "$run: by $(time_of t2) of $(time_of t3) ns, the relocking is not in it" \
			test "$(time_of t2)" -le "$(time_of t3)" -a "$(time_of t2)" -gt $(($(time_of t3) / 2))
		;;
	*small*) both "$run" .totals.pte_zero_replaced 50 ;;
	*large*) both "$run" .totals.pmd_zero_replaced 50 ;;
	*empty* | *zero*) both "$run" .totals.downgrades 50 ;;
	esac
done
rm -f "$dir/f"
rm -rf "$work"
exit "$failed"
