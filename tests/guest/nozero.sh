#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# nozero.sh - in a guest: reads of a hole for whose 2 MiB zero page the kernel has no memory are counted as
# that, as many as its own events tell.
#
# usage: nozero.sh DIRECTORY_ON_DAX        needs the program nozero in PATH as dax-nozero
set -eu
dir=$1
tracing=/sys/kernel/tracing
work=$(mktemp -d)
ranges=20
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# Or others have one for their own empty memory; DAX does not ask this switch.
echo never >/sys/kernel/mm/transparent_hugepage/enabled
echo 1024 >$tracing/buffer_size_kb
echo 1 >$tracing/events/fs_dax/dax_pmd_load_hole_fallback/enable
echo 1 >$tracing/events/fs_dax/dax_pmd_fault_done/enable
echo 1 >$tracing/events/fs_dax/dax_load_hole/enable
check "the ranges are read" daxtrace record -q -o "$work/rec" -- daxtrace stat --json-file "$work/stat" -- dax-nozero "$dir/hole" $ranges
echo 0 >$tracing/events/enable
# From Linux 6.7 on ext4 tries an access twice: under the lock of its mapping, and under that of the process.
accesses() {
	sed -n 's/.* address \([0-9a-fx]*\).*/\1/p' | sort -u | wc -l
}
without=$(grep ' dax_pmd_load_hole_fallback: ' $tracing/trace | grep -E 'zero_(page|folio) (\(null\)|0x0|0+)( |$)' | accesses)
fell=$(grep ' dax_pmd_fault_done: .*FALLBACK' $tracing/trace | accesses)
small=$(grep -c ' dax_load_hole: ' $tracing/trace || true)
is() { # what jq-expression value
	got=$(jq -c "$2" "$work/stat")
	check "$1: $2 is $3" test "$got" = "$3"
}
check "there was no zero page for $without of $ranges" test "$without" -gt 0
is "as many are counted" ".counts.fallbacks.no_zero_page // 0" "$without"
is "and all fallbacks" .totals.fallbacks "$fell"
is "and the 4 KiB zero pages in their place" .totals.pte_zero "$small"
is "of $ranges, the others got one" .totals.pmd_zero $((ranges - without))
is "bytes" .totals.zero_bytes $((small * 4096 + (ranges - without) * 2097152))
check "a recording has them too" test \
	"$(daxtrace report --json -i "$work/rec" | jq .counts.fallbacks.no_zero_page)" = "$without"
rm -rf "$work" "$dir/hole"
exit "$failed"
