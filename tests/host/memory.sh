#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# memory.sh - the collector takes the memory that docs/costs.md says, as the kernel itself counts it.
# shellcheck disable=SC2016 # awk's own variables
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
PATH=$PWD/build:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ "$(id -u)" -ne 0 ] || [ ! -e /sys/kernel/btf/vmlinux ]; then
	skip "memory of the collector" "needs root and BTF"
	exit 0
fi
# Until 6.4 the kernel itself only guessed how much a map takes.
read -r major minor < <(uname -r | awk -F. '{ print $1, $2 }')
if [ "$major" -lt 6 ] || { [ "$major" -eq 6 ] && [ "$minor" -lt 4 ]; }; then
	skip "memory of the collector" "Linux $major.$minor does not say what a map takes"
	exit 0
fi

# Lines 'TYPE VALUE_SIZE ENTRIES BYTES' of the maps that the tool holds, then its own memory.
cat >"$work/look" <<EOF
#!/bin/sh
for info in /proc/\$PPID/fdinfo/*; do
	awk '{ is[\$1] = \$2 } END { if ("map_type:" in is)
		print is["map_type:"], is["value_size:"], is["max_entries:"], is["memlock:"] }' \$info 2>/dev/null
done >"$work/maps"
cat /proc/\$PPID/status >"$work/status"
EOF
chmod +x "$work/look"

# What the table says of a row, in MB.
says() {
	sed -n "s/^| $1[^|]*| *\([0-9.]*\).*/\1/p" docs/costs.md
}
bytes() { # awk condition
	awk "$1 { sum += \$4 } END { print sum + 0 }" "$work/maps"
}
# near WHAT BYTES ROW: as many MB as docs/costs.md says, to its last digit
near() {
	check "$1: $2 bytes are the $(says "$3") MB of docs/costs.md" awk -v is="$2" -v says="$(says "$3")" \
		'BEGIN { digit = says ~ /\./ ? 0.05 : 0.5; off = is / 1e6 - says
			 exit !(says > 0 && off <= digit + 1e-9 && off >= -digit - 1e-9) }'
}

daxtop -b -d 60 -- "$work/look" >/dev/null
cells=$(bytes '$1 == 2 && $3 % 1024 == 0 && $2 > 5000 && $2 < 10000')
shards=$(awk '$1 == 2 && $2 > 5000 && $2 < 10000 { print $3 / 1024 }' "$work/maps")
check "cells of 1024 slots on $shards CPUs" test "${shards:-0}" -ge 1
cells=$((2 * cells / shards)) # as on two CPUs
near "cells" $cells "counting cells"
near "names" "$(bytes '$2 < 5000 && $3 == 1024')" "names of"
near "ranges" "$(bytes '$1 == 1 && $3 == 8192')" "ranges"
near "interrupted faults" "$(bytes '$1 == 9')" "state of faults"
near "the filter" "$(bytes '$1 == 1 && $3 == 65536')" "PID filter"
near "all maps" $(($(bytes 1) - $(bytes '$1 == 2 && $2 > 5000') + cells)) "all"

daxtrace record -q -o "$work/rec" -- "$work/look"
rings=$(awk '$1 == 2 && $2 == 64 { print $3 / 131072 }' "$work/maps")
check "rings of $rings CPUs" test "${rings:-0}" -ge 1
near "... as of two" $((2 * $(bytes '$1 == 2 && $2 == 64') / rings)) "rings"
exit "$failed"
