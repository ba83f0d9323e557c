#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# loads.sh - in a guest: faults of plain loads and stores. Each access that falls back is one fallback,
# however often the kernel tries it; a bad block and a full filesystem are told for what they are; on a
# patched kernel 4 KiB entries are upgraded, and counted so.
#
# usage: loads.sh DIRECTORY_ON_DAX [upgrades]       needs the program touch in PATH
set -eu
dir=$1
tracing=/sys/kernel/tracing
work=$(mktemp -d)
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

watch() { # how ranges [program that runs it]: counts in $work/stat, what touch printed in $work/out
	# shellcheck disable=SC2086 # words
	daxtrace stat --json-file "$work/stat" -- ${3:-} /usr/bin/dax-touch "$1" "$dir/f" "$2" >"$work/out" 2>/dev/null
}
is() { # what jq-expression value
	got=$(jq -c "$2" "$work/stat")
	check "$1: $2 is $3" test "$got" = "$3"
}
fresh() {
	rm -f "$dir/f"
	/usr/bin/dax-touch make "$dir/f" 20
}

fresh
watch read 20
is "20 loads" .totals.pmd_faults 20
is "20 loads" .totals.fallbacks 0
fresh
watch private 20
is "20 private stores" .counts.fallbacks.private_write 20
is "20 private stores" .totals.fallbacks 20
is "20 private stores" .totals.pte_copies 20
is "20 private stores" .totals.sticky_faults 0

fresh
watch small 20
is "20 loads without 2 MiB" .totals.never_tried_faults 20
fresh
for event in pte pmd; do
	echo 1 >$tracing/events/fs_dax/dax_${event}_fault_done/enable
done
echo >$tracing/trace
watch read 20 "/usr/bin/dax-touch off"
echo 0 >$tracing/events/enable
is "20 loads of a child of a process without huge pages" .totals.never_tried_faults 20
is "20 loads of a child of a process without huge pages" .totals.pte_faults 20
is "20 loads of a child of a process without huge pages" .totals.pmd_faults 0
is "20 loads of a child of a process without huge pages" .totals.fallbacks 0
check "... by the kernel's own events too" test \
	"$(grep -c ' dax_pte_fault_done: ' $tracing/trace) $(grep -c ' dax_pmd_fault_done: ' $tracing/trace)" = "20 0"
watch read 20
if [ "${2:-}" = upgrades ]; then
	is "20 loads over 4 KiB entries" .totals.upgrades 20
	is "20 loads over 4 KiB entries" .totals.upgrades_failed 0
	is "20 loads over 4 KiB entries" .totals.pmd_faults 20
else
	is "20 loads over 4 KiB entries" .counts.fallbacks.pte_entry 20
	is "20 loads over 4 KiB entries" .totals.fallbacks 20
fi

# A bad block in the second of four ranges: the device gives less than 2 MiB in one piece there.
rm -f "$dir/f"
/usr/bin/dax-touch make "$dir/f" 4
# In whichever extent that is: what earlier files had may not be free yet.
bad=$(xfs_io -r -c 'fiemap -v' "$dir/f" | tr '[.]:' '    ' |
	awk -v at=$((3 << 11)) '$1 ~ /^[0-9]+$/ && $2 <= at && at <= $3 { print $4 + at - $2 }')
echo "$bad 8" >/sys/block/pmem0/badblocks
watch read 4
is "a bad block" .counts.fallbacks.device_short 1
is "a bad block" .totals.fallbacks 1
is "a bad block" .totals.pmd_faults 3
is "a bad block, not at the page that was read" .totals.pte_faults 1

# A hole in a full filesystem: the store finds no extent, and no entry is in its way.
rm -f "$dir/f"
truncate -s 40M "$dir/f" 2>/dev/null || dd if=/dev/null of="$dir/f" bs=1M seek=40 2>/dev/null
size=1024 n=0
while [ $size -ge 4 ]; do
	n=$((n + 1))
	fallocate -l ${size}K "$dir/fill.$n" 2>/dev/null || size=$((size / 2))
done
watch write 20
check "stores to holes of a full filesystem are SIGBUS" test "$(cat "$work/out")" -eq 20
is "20 stores in vain" .counts.fallbacks.lookup_failed 20
is "20 stores in vain" .counts.fallbacks.pte_entry 0
rm -f "$dir"/fill.* "$dir/f"
rm -rf "$work"
exit "$failed"
