#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# cost-limits.sh - a fault costs no more under our tools than is promised, in the instructions of a guest that counts them.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

tests/vm/run-vm --kernel debian-6.1 --fs xfs --icount --timeout 540 --bin jq --add build/guest/touch:/usr/bin/dax-touch \
	--add tests/guest:/root/guest -- guest/cost.sh /mnt/dax 4096 pte-read >"$work/costs"

cost() { # label
	awk -F'|' -v label="$1" '$2 == label { print $3 }' "$work/costs"
}
at_most() { # label base limit
	local more
	more=$(awk -v with="$(cost "$1")" -v without="$(cost "$2")" 'BEGIN { printf "%.0f", with - without }')
	check "$1: +$more instructions for a 4 KiB fault, at most $3" test "$more" -gt 50 -a "$more" -le "$3"
}
check "a fault costs the same twice, within 0.5 %" awk -v one="$(cost 'nothing on')" -v two="$(cost 'nothing on, again')" \
	'BEGIN { off = one / two - 1; exit !(one > 1000 && off < 0.005 && off > -0.005) }'
# The promise is 350. Of T0 to T2 the moments that are timed are a part; where they lie makes up to 5 of it.
at_most 'daxtop, T0' 'nothing on, many' 300
at_most 'daxtop, T1' 'nothing on, many' 350
at_most 'daxtop, T2' 'nothing on, many' 350
at_most 'daxtop, each timed' 'nothing on' 620
at_most 'daxtrace stat' 'nothing on' 620
at_most 'daxtrace record' 'nothing on' 660
exit "$failed"
