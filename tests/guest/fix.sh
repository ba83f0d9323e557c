#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# fix.sh - in a guest: the command that daxtop tells the user to type does mend the file.
#
# usage: fix.sh DIRECTORY_ON_DAX
set -eu
dir=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# watch FILE FRAMES...: daxtop while every page of FILE is read through a mapping
watch() {
	watch_file=$1
	size=$(stat -c %s "$watch_file")
	shift
	daxtop -d 60 "$@" -- xfs_io -r -c "mmap -r 0 $size" -c "mread 0 $size" "$watch_file" 2>&1
}
number() { # FILE FIELD
	watch "$1" --json | grep '^{"schema"' | tail -n 1 | jq ".files[0].totals.$2"
}

# Only a new mount forgets the 4 KiB entries that daxbench itself left.
remount() {
	read -r device _ type options _ <<-EOT
		$(grep " $dir " /proc/mounts)
	EOT
	umount "$dir"
	mount -t "$type" -o "$options" "$device" "$dir"
}

try() { # KIND REASON
	file="$dir/it's $1"
	daxbench faults --kind "$1" --count 4 "$file" >/dev/null
	[ "$2" = pte_entry ] || remount
	watch "$file" -b >"$work/text"
	check "$1: reading the file anew falls back with $2" grep -q "^why: $2, " "$work/text"
	sed -n 's/^run: //p' "$work/text" | head -n 1 >"$work/command"
	check "$1: there is a command to type" test -s "$work/command"
	echo "# $(cat "$work/command")"
	check "... which can be typed as it is" bash -eu "$work/command"
	check "... after which nothing falls back" test "$(number "$file" fallbacks)" -eq 0
	check "... and every range is served at 2 MiB" test "$(number "$file" 'pmd_coverage == 1')" = true
	rm -f "$file"
}

try fb-pte-entry pte_entry
if grep -q " $dir xfs " /proc/mounts; then
	try fb-extent-short extent_short
	try fb-extent-misaligned extent_misaligned
fi
exit "$failed"
