#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# wall-guest.sh - in a guest: the time of a fault under two builds, in the order A B, B A, A B ...
#
# usage: wall-guest.sh DIRECTORY_ON_DAX KIND COUNT PAIRS      prints SIDE|PAIR|SLOT|NS
set -eu
dir=$1 kind=$2 count=$3 pairs=$4

once() { # side pair slot
	"/root/$1/daxtrace" stat -- daxbench faults --time --kind "$kind" --count "$count" --force "$dir/wall" >/tmp/out 2>/tmp/err || {
		cat /tmp/err >&2
		exit 1
	}
	echo "$1|p$2|$3|$(grep '"caused"' /tmp/out | jq .cpu_ns_per_fault)"
}

pair=0
while [ $pair -lt "$pairs" ]; do
	if [ $((pair % 2)) -eq 0 ]; then
		once base $pair $((2 * pair))
		once head $pair $((2 * pair + 1))
	else
		once head $pair $((2 * pair))
		once base $pair $((2 * pair + 1))
	fi
	pair=$((pair + 1))
done
daxtrace stat --run /out/base.run --run-name wall -- true 2>/dev/null
