#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# tiers.sh - in a guest with the patched kernel: the reasons that T1 finds out and those that the
# kernel itself tells (T3) agree, fault by fault, extents included, over all kinds of faults.
#
# usage: tiers.sh DIRECTORY_ON_DAX TIER       TIER is what this kernel must give: T3
set -eu
dir=$1
tier=$2
count=21
work=$(mktemp -d)
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# Each fault of a recording without what differs between two observers: the clock, the duration, and from Linux 7.0 on the
# CPU, as a task can be moved between their programs.
cpu=
case $(uname -r) in
[3-6].*) ;;
*) cpu='s/ \[[0-9]*\]//;' ;;
esac
faults() { # recording
	daxtrace report --events -i "$1" | sed "s/^ *[0-9.]* //; $cpu s/ ns=[0-9?]*//" | sort
}

for kind in $(daxbench kinds | awk '{ print $1 }' | grep -v mixed); do
	daxtrace record -q --max-tier 1 -o "$work/t1" -- daxtrace record -q -o "$work/t3" -- \
		daxbench faults --kind "$kind" --count $count --force "$dir/tiers" >"$work/out"
	rm -f "$dir/tiers"
	given=$(daxtrace report --json -i "$work/t3" | jq -r .tier)
	check "$kind: the kernel gives $tier" test "$given" = "$tier"
	check "$kind: the other recording is of T1" \
		test "$(daxtrace report --json -i "$work/t1" | jq -r .tier)" = T1
	faults "$work/t1" >"$work/t1.txt"
	faults "$work/t3" >"$work/t3.txt"
	check "$kind: faults were recorded" test "$(wc -l <"$work/t3.txt")" -ge $count
	check "$kind: T1 and $tier agree fault by fault" cmp "$work/t1.txt" "$work/t3.txt"
	cmp -s "$work/t1.txt" "$work/t3.txt" || {
		diff "$work/t1.txt" "$work/t3.txt" | head -n 12 | sed 's/^/# /'
		for one in t1 t3; do
			echo "# $one: $(daxtrace report --json -i "$work/$one" | jq -c .lost)"
		done
	}
done
rm -rf "$work"
exit "$failed"
