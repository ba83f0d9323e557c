#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# race.sh - in a guest with two CPUs: 2 MiB faults that lost a race for a hole are counted as that, and
# as many as the kernel's own events tell: twice in a row in one thread too, unless the second is the same access,
# tried again under mmap_lock after it was lost under the VMA's own lock.
#
# usage: race.sh DIRECTORY_ON_DAX        needs the program race in PATH as dax-race
set -eu
dir=$1
tracing=/sys/kernel/tracing
work=$(mktemp -d)
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

echo 8192 >$tracing/buffer_size_kb
echo 1 >$tracing/events/fs_dax/dax_pmd_load_hole_fallback/enable
echo 1 >$tracing/events/fs_dax/dax_pmd_fault_done/enable
echo 1 >$tracing/events/fs_dax/dax_pte_fault_done/enable
# Rare orders of things are waited for: each try is counted anew, the last one is judged.
anew=0 same=0
tries=0
rare() { # all of them happened
	case $(uname -r) in
	6.1.*) [ "$anew" -gt 0 ] ;;
	*) [ "$anew" -gt 0 ] && [ "$same" -gt 0 ] ;;
	esac
}
while ! rare && [ "$tries" -lt 20 ]; do
	tries=$((tries + 1))
	echo >$tracing/trace
	daxtrace stat --json-file "$work/stat" -- dax-race "$dir/hole" 2000 2>"$work/err"
	grep -E ' dax_(pmd_load_hole_fallback|pmd_fault_done|pte_fault_done): ' $tracing/trace >"$work/trace"
	# Without a zero page it is another reason: then the event's pointer is null. Counted: the fallbacks, those that
	# lost a race, and those without a 4 KiB fault of that thread since its last one: of the same access, or of a new one.
	awk '/ dax_pte_fault_done: / { last[$1] = "" }
		/ dax_pmd_load_hole_fallback: / { raced[$1] = !/zero_page (\(null\)|0x0|0+)( |$)/ }
		/ dax_pmd_fault_done: / {
			lock = /VMA_LOCK/ ? "vma" : "mm"
			if (/FALLBACK/ && last[$1] == "vma" && lock == "mm") {
				same++
			} else if (/FALLBACK/) {
				fell++
				lost += raced[$1]
				anew += last[$1] != ""
			}
			last[$1] = /FALLBACK/ ? lock : ""
			raced[$1] = 0
		}
		END { print fell + 0, lost + 0, anew + 0, same + 0 }' "$work/trace" >"$work/events"
	read -r fell lost anew same <"$work/events"
done
echo 0 >$tracing/events/enable
is() { # what jq-expression value
	got=$(jq -c "$2" "$work/stat")
	check "$1: $2 is $3" test "$got" = "$3"
}
check "races were lost ($lost of 2000)" test "$lost" -gt 0
check "some accesses fell back without a 4 KiB fault since the last that did ($anew)" test "$anew" -gt 0
case $(uname -r) in
6.1.*) check "none was tried again" test "$same" = 0 ;;
*) check "some were tried again under mmap_lock ($same)" test "$same" -gt 0 ;;
esac
is "as many are counted" '.counts.fallbacks.lost_race // 0' "$lost"
is "and all fallbacks" .totals.fallbacks "$fell"
is "none is without a reason" '.counts.fallbacks.unknown // 0' 0
rm -rf "$work" "$dir/hole"
exit "$failed"
