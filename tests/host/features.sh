#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# features.sh - daxtop --features says of each probe of this machine's kernel what comes of it.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
PATH=$PWD/build:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

expect "-v alone is not understood" 2 'goes with --version' daxtop -v
check "daxtop --version is one line" test "$(daxtop --version | wc -l)" -eq 1
check "daxtrace --version is one line" test "$(daxtrace --version | wc -l)" -eq 1
if [ "$(id -u)" -ne 0 ] || [ ! -e /sys/kernel/btf/vmlinux ]; then
	skip "features of $(uname -r)" "needs root and BTF"
	exit "$failed"
fi
daxtop --features >"$work/top"
daxtrace --features >"$work/trace"
check "daxtop and daxtrace find the same" cmp "$work/top" "$work/trace"
for tool in daxtop daxtrace; do
	check "$tool --version -v says the version, then the features" \
		sh -c "$tool --version -v | tail -n +2 | cmp - $work/top"
done
check "each line is a kind, a name and a finding" sh -c "! grep -vE \
	'^(kernel|tier|tracepoint|fentry|symbols|unknown)  +[^ ].*' $work/top"
check "all 16 tracepoints and 6 functions were tried" \
	test "$(grep -cE '^(tracepoint|fentry) ' "$work/top")" -eq 22
# The kernel's own types tell which events it has.
missing=0
while read -r event; do
	if grep -aq "btf_trace_$event" /sys/kernel/btf/vmlinux; then
		check "$event works" grep -q "^tracepoint  $event  *works$" "$work/top"
	else
		missing=$((missing + 1))
		check "$event is missing" grep -q "^tracepoint  $event  *missing: " "$work/top"
	fi
done <<<"$(awk '$1 == "tracepoint" { print $2 }' "$work/top")"
check "as many are missing" test "$(grep -c '^tracepoint .* missing: ' "$work/top" || true)" -eq $missing
if grep -q '^fentry .* refused: ' "$work/top"; then
	check "fentry is refused here, so the tier is T1" grep -q '^tier  *T1: ' "$work/top"
	for field in downgrades zero_page_splits pte_zero_replaced pmd_zero_replaced entry_waits entry_wait_ns \
		lat_wait_p50_ns lat_wait_p99_ns lat_wait_max_ns lat_wait_mean_ns upgrades upgrades_failed; do
		check "$field is unknown, and what it needs is said" grep -q "^unknown  *$field  *needs: " "$work/top"
		check "... and null in JSON" test \
			"$(daxtop --json -n 1 -d 0.01 | jq .totals.$field)" = null
	done
	check "no more are" test "$(grep -c '^unknown ' "$work/top")" -eq 12
	check "it is quiet about that elsewhere" test -z "$(daxtop -b -n 1 -d 0.01 2>&1 >/dev/null)"
else
	skip "fentry is refused here" "this kernel allows it"
fi
setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all "$PWD/build/daxtop" --features \
	>"$work/none" 2>&1 && status=0 || status=$?
check "without any privilege the status is 3" test "$status" -eq 3
check "... and the tier none, with the reason" grep -q '^tier  *none: ' "$work/none"
exit "$failed"
