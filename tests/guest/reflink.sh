#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# reflink.sh - in a guest: files that share their blocks. As long as they do, in pieces of 2 MiB, they are
# mapped at 2 MiB; where a copy on write has cut one, the fault says which piece was too short.
#
# usage: reflink.sh DIRECTORY_ON_DAX       makes its filesystem anew; needs the program touch in PATH
set -eu
dir=$1
work=$(mktemp -d)
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

umount "$dir"
mkfs.xfs -q -f -m reflink=1 -d su=2m,sw=1 /dev/pmem0
mount -o dax=always /dev/pmem0 "$dir"
xfs_io -c 'extsize 2m' "$dir"
/usr/bin/dax-touch make "$dir/one" 4
xfs_io -f -c "reflink $dir/one 0 0 8m" "$dir/two" >/dev/null
is() { # what jq-expression value
	got=$(jq -c "$2" "$work/stat")
	check "$1: $2 is $3" test "$got" = "$3"
}
watch() { # file
	daxtrace record -q -o "$work/rec" -- daxtrace stat --json-file "$work/stat" -- /usr/bin/dax-touch read "$1" 4 >/dev/null 2>&1
}
watch "$dir/two"
is "4 shared ranges" .totals.pmd_faults 4
is "4 shared ranges" .totals.fallbacks 0

# One page of the third range gets blocks of its own.
xfs_io -c 'pwrite -S 1 5m 4k' -c fsync "$dir/two" >/dev/null
watch "$dir/two"
is "a page copied on write" .counts.fallbacks.extent_short 1
is "a page copied on write" .totals.fallbacks 1
is "a page copied on write" .totals.pmd_faults 3
daxtrace report --events -i "$work/rec" | grep extent_short >"$work/line" || true
check "the extent ends inside the range: $(cat "$work/line")" grep -qE 'ext.*(off|offset)=(0x400000|4194304)' "$work/line"
rm -rf "$work"
exit "$failed"
