#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# features.sh - in a guest: what this kernel lets be counted is what it did when that was last looked at. All of
# Debian's kernels let the same be counted, but the real-time one, which never tries 2 MiB. Where the verifier refuses
# programs, its reason is told.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

golden=features.golden
[ -e /sys/kernel/mm/transparent_hugepage ] || golden=features-rt.golden
daxtop --features >"$work/all"
tail -n +2 "$work/all" >"$work/seen"
if cmp -s "$(dirname "$0")/$golden" "$work/seen"; then
	ok "$(head -n 1 "$work/all"): its features are those of $golden"
else
	not_ok "$(head -n 1 "$work/all"): its features are those of $golden" \
		"$(diff "$(dirname "$0")/$golden" "$work/seen")"
fi
if [ $golden = features-rt.golden ]; then
	exit "$failed" # T2 is not tried there
fi
# A kernel of which a field that T2 reads has another name: its probes work, and its programs are refused.
/usr/bin/sed 's/wait_exceptional_entry_queue/wait_exceptional_entry_line_/' /sys/kernel/btf/vmlinux >"$work/btf"
mount --bind "$work/btf" /sys/kernel/btf/vmlinux
daxtop --features >"$work/other" || true
umount /sys/kernel/btf/vmlinux
check "a kernel whose types are others is counted on at T1" grep -q '^tier *T1: ' "$work/other"
check "... and told is what the verifier said of T2's programs" \
	grep -q '^programs *T2 *refused: .*CO-RE relocation.*wait_exceptional_entry_queue' "$work/other"
grep '^programs' "$work/other" | sed 's/^/# /' || cat "$work/other"
case $(uname -r) in
6.1.*) ;;
*) exit "$failed" ;; # what follows is of our programs, not of the kernel
esac

# Of T2's functions one is attached to before the programs are loaded. Another to which nothing can be attached, as other
# programs have all of its places, shows only when the programs are attached.
fentries dax_invalidate_mapping_entry_sync daxtrace stat --json-file "$work/stat" -- true 2>"$work/err"
check "a function that takes no program any more: counted on at T1" jq -e '.tier == "T1"' "$work/stat"
fentries dax_invalidate_mapping_entry_sync daxtop --features >"$work/other" 2>/dev/null
check "... and --features names it" sh -c "grep 'dax_invalidate_mapping_entry_sync ' '$work/other' | grep -qv ' works$'"
grep -e dax_invalidate -e '^programs' "$work/other" | sed 's/^/# /'
check "without those it is T2 again" sh -c "daxtop --features | grep -q '^tier *T2: '"
exit "$failed"
