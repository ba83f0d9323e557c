#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# attach.sh - the programs load and attach on this machine's own kernel, at each tier it has.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
PATH=$PWD/build:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ "$(id -u)" -ne 0 ] || [ ! -e /sys/kernel/btf/vmlinux ]; then
	skip "load and attach on $(uname -r)" "needs root and BTF"
	exit 0
fi
bpftool=$(command -v bpftool || echo /usr/sbin/bpftool)

# What the kernel itself says is attached while a command runs under the tool.
attached() { # tool...
	"$@" -- "$bpftool" -j link show 2>/dev/null | grep '^\[' | jq '[.[] | select(.type == "tracing" or .type == "raw_tracepoint")] | length'
}
before=$("$bpftool" -j link show | jq '[.[] | select(.type == "tracing" or .type == "raw_tracepoint")] | length')

with=$(attached daxtop -b -d 60)
check "daxtop attaches 11 programs with a command (9 fs_dax, iomap, fork)" test $((with - before)) -eq 11
with=$(attached daxtop -b -d 60 --max-tier 0)
check "daxtop --max-tier 0 attaches 10" test $((with - before)) -eq 10
with=$(attached daxtrace stat)
check "daxtrace stat attaches 11" test $((with - before)) -eq 11
with=$(attached daxtrace record -q -o "$work/rec")
check "daxtrace record attaches 11" test $((with - before)) -eq 11

daxtop -b --json -n 2 -d 0.2 >"$work/top"
check "daxtop --json prints one object for each interval" test "$(jq -s length "$work/top")" -eq 2
check "... and says its tier" jq -es 'all(.[]; .tier == "T1")' "$work/top"
after=$("$bpftool" -j link show | jq '[.[] | select(.type == "tracing" or .type == "raw_tracepoint")] | length')
check "nothing stays attached" test "$after" -eq "$before"
check "no program stays loaded" sh -c "! $bpftool prog show | grep -q on_pte_fault"
exit "$failed"
