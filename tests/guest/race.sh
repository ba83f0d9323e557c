#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# race.sh - in a guest with two CPUs: 2 MiB faults that lost a race for a hole are counted as that, and
# as many as the kernel's own events tell.
#
# usage: race.sh DIRECTORY_ON_DAX        needs the program race in PATH as dax-race
set -eu
dir=$1
tracing=/sys/kernel/tracing
work=$(mktemp -d)
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

echo 8192 >$tracing/buffer_size_kb
echo >$tracing/trace
echo 1 >$tracing/events/fs_dax/dax_pmd_load_hole_fallback/enable
echo 1 >$tracing/events/fs_dax/dax_pmd_fault_done/enable
daxtrace stat --json-file "$work/stat" -- dax-race "$dir/hole" 2000 2>"$work/err"
echo 0 >$tracing/events/enable
grep -E ' dax_pmd_(load_hole_fallback|fault_done): ' $tracing/trace >"$work/trace"
# Without a zero page it is another reason: then the event's pointer is null.
lost=$(grep ' dax_pmd_load_hole_fallback: ' "$work/trace" | grep -cvE 'zero_page (\(null\)|0x0|0+)( |$)' || true)
fell=$(grep -c ' dax_pmd_fault_done: .*FALLBACK' "$work/trace" || true)
is() { # what jq-expression value
	got=$(jq -c "$2" "$work/stat")
	check "$1: $2 is $3" test "$got" = "$3"
}
check "races were lost ($lost of 2000)" test "$lost" -gt 0
is "as many are counted" '.counts.fallbacks.lost_race // 0' "$lost"
is "and all fallbacks" .totals.fallbacks "$fell"
is "none is without a reason" '.counts.fallbacks.unknown // 0' 0
rm -rf "$work" "$dir/hole"
exit "$failed"
