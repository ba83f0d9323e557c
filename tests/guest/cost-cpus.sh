#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# cost-cpus.sh - a fault costs the same with 256 possible CPUs, and while another task holds the state of a fault, in the
# instructions of a guest that counts them.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The second device lies beyond the first and 512 MiB of plain memory: see the machine two-6.1 of tests/list.
tests/vm/run-vm --kernel debian-6.1 --fs none --icount --timeout 540 --pmem 512M --mem 5G \
	--append 'memmap=512M!5G possible_cpus=256' --bin jq --bin dmsetup --bin xfs_io \
	--add build/guest/touch:/usr/bin/dax-touch --add tests/guest:/root/guest -- guest/held.sh /mnt/dax 4096 >"$work/costs"

value() { # label
	awk -F'|' -v label="$1" '$1 == label { print $2 }' "$work/costs"
}
within() { # WHAT LABEL BASE LIMIT
	local more
	if [ -z "$(value "$2")" ] || [ -z "$(value "$3")" ]; then
		not_ok "$1" "there is no figure of $2 or of $3"
		return
	fi
	more=$(awk -v with="$(value "$2")" -v without="$(value "$3")" 'BEGIN { printf "%.0f", with - without }')
	check "$1: $more instructions more, at most $4" test "$more" -le "$4" -a "$more" -ge -20
}
check "256 CPUs are possible, 1 is online: $(value cpus)" test "$(value cpus)" = '0-255 0'
check "a task's sync failed, and it lives on: $(value held)" test "$(value held)" = '1 SIGBUS, 1 task'
# 620 are promised for each that is timed: see cost-limits.sh.
within "a fault that is timed" daxtop nothing 620
within "... while another task holds state" 'daxtop, held' daxtop 30
within "a fault that is recorded" record nothing 660
within "... while another task holds state" 'record, held' record 30
exit "$failed"
