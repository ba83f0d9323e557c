#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# nodax.sh - in a guest whose kernel has no FS_DAX: the tools say so and end with 3.
set -eu
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

check "this kernel has BTF" test -r /sys/kernel/btf/vmlinux
for tool in "daxtop -b -n 1" "daxtrace stat" "daxtrace record -o /tmp/rec"; do
	# shellcheck disable=SC2086 # words
	expect "$tool ends with 3 and names CONFIG_FS_DAX" 3 'CONFIG_FS_DAX' $tool -- touch /tmp/ran
done
check "the command was not run" test ! -e /tmp/ran
check "no recording is left behind" test ! -s /tmp/rec
exit "$failed"
