#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# failures.sh - on this machine: each way to fail has its message and its exit status, and the
# command that was to be watched is not run when it cannot be.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
PATH=$PWD/build:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"

if [ "$(id -u)" -ne 0 ]; then
	skip "failure paths" "not root: the programs cannot load BPF at all"
	exit 0
fi
cp build/daxtop build/daxtrace "$work"
plain=(setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all --inh-caps=-all)
# shellcheck disable=SC2054 # commas within one word
capable=(setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=+bpf,+perfmon
	--ambient-caps=+bpf,+perfmon)

for tool in "daxtop -b -n 1" "daxtrace stat" "daxtrace record -o $work/no"; do
	read -ra words <<<"$tool"
	expect "$tool without privilege ends with 3 and names the capabilities" 3 \
		'CAP_BPF and CAP_PERFMON' "${plain[@]}" "$work/${words[0]}" "${words[@]:1}" -- \
		touch "$work/was-run"
done
check "without privilege the command is not run" test ! -e "$work/was-run"
check "CAP_BPF and CAP_PERFMON suffice" "${capable[@]}" "$work/daxtop" -b -n 1 -d 0.1

# A kernel without BTF: the file is hidden from this process and its children only.
no_btf() {
	unshare -m sh -c 'mount -t tmpfs none /sys/kernel/btf && exec "$@"' sh "$@"
}
if unshare -m mount -t tmpfs none /sys/kernel/btf 2>/dev/null; then
	expect "daxtop without BTF ends with 3 and says so" 3 'CONFIG_DEBUG_INFO_BTF' \
		no_btf daxtop -b -n 1 -d 0.1
	expect "daxtrace stat without BTF ends with 3 and says so" 3 'CONFIG_DEBUG_INFO_BTF' \
		no_btf daxtrace stat -- true
else
	skip "kernel without BTF" "cannot mount over /sys/kernel/btf here"
fi

for tool in "daxtop -b" "daxtrace stat" "daxtrace record -o $work/out"; do
	read -ra words <<<"$tool"
	expect "$tool -- COMMAND that is not there ends with 2" 2 \
		'no-such-command: No such file or directory' "${words[@]}" -- no-such-command
	expect "$tool with an unknown option ends with 2" 2 'Try' "${words[@]}" --no-such-option
	status=0
	"${words[@]}" -- sh -c 'exit 42' >/dev/null 2>&1 || status=$?
	check "$tool returns the command's own status" test "$status" -eq 42
	status=0
	"${words[@]}" -- sh -c 'kill -TERM $$' >/dev/null 2>&1 || status=$?
	check "$tool returns 128 + N for a command that signal N ended" test "$status" -eq 143
done

expect "record into a directory that is not there ends with 2" 2 "$work/none/file: No such file" \
	daxtrace record -o "$work/none/file" -- touch "$work/ran-2"
check "... and does not run the command" test ! -e "$work/ran-2"
expect "report of a file that is not there ends with 2" 2 'No such file' daxtrace report -i "$work/none"
head -c 300 /dev/urandom >"$work/noise"
expect "report of a file that is no recording ends with 2" 2 'not a daxtrace recording' \
	daxtrace report -i "$work/noise"

# Full disks: /dev/full for what is printed, a full tmpfs for a recording.
full_stdout() {
	"$@" >/dev/full
}
expect "daxtop --json onto a full disk ends with 3" 3 'No space left' \
	full_stdout daxtop -b --json -n 1 -d 0.1
mkdir "$work/small"
if mount -t tmpfs -o size=8k none "$work/small" 2>/dev/null; then
	head -c 8192 /dev/zero >"$work/small/filler" || true
	expect "record onto a full disk ends with 3" 3 'No space left' \
		daxtrace record -o "$work/small/rec" -- true
	umount "$work/small"
else
	skip "record onto a full disk" "cannot mount a tmpfs"
fi
daxtrace record -q -o - -- true >"$work/piped"
check "record to a pipe can be reported" daxtrace report -i "$work/piped"
exit "$failed"
