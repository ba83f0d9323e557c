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
# What the kernel itself says the tool holds while it runs a command. Other tests may run beside.
cat >"$work/links" <<EOF
#!/bin/sh
cat /proc/\$PPID/fdinfo/* | grep -c '^link_type' >"$work/held"
EOF
chmod +x "$work/links"
holds() { # number tool...
	local number=$1
	shift
	"$@" -- "$work/links" >/dev/null 2>&1
	test "$(cat "$work/held")" -eq "$number" || {
		echo "it holds $(cat "$work/held")"
		return 1
	}
}
check "daxtop with a command attaches 13 programs: 9 fs_dax, iomap, exit, fork, free" \
	holds 13 daxtop -b -d 60
check "daxtop --max-tier 0 attaches 12" holds 12 daxtop -b -d 60 --max-tier 0
check "daxtrace stat attaches 13" holds 13 daxtrace stat
check "daxtrace record attaches 13" holds 13 daxtrace record -q -o "$work/rec"

daxtop -b --json -n 2 -d 0.2 >"$work/top"
check "daxtop --json prints one object for each interval" test "$(jq -s length "$work/top")" -eq 2
check "... and says its tier" jq -es 'all(.[]; .tier == "T1")' "$work/top"

# --json takes FILE with = only: a word after it is the command, whatever it is.
check "daxtrace stat --json-file FILE" sh -c "daxtrace stat --json-file '$work/stat.json' -- true &&
	jq -e '.command == [\"true\"] and .tier == \"T1\"' '$work/stat.json'"
expect "--json FILE -- COMMAND is refused, with the way to say it" 2 '--json-file out.json' \
	daxtrace stat --json out.json -- true
check "daxtrace stat --json=FILE COMMAND" sh -c "daxtrace stat --json='$work/too.json' true && jq -e .tier '$work/too.json'"
check "daxtrace stat --json COMMAND -- ARGUMENT" sh -c "cd '$work' && daxtrace stat --json env -- true >out &&
	jq -e '.command == [\"env\", \"--\", \"true\"]' out && test ! -e env"
check "... without a PATH too" sh -c "cd '$work' && env -u PATH '$PWD/build/daxtrace' stat --json env -- /bin/true >out &&
	jq -e '.command[0] == \"env\"' out && test ! -e env"

daxtop -b -n 1000 -d 0.2 >"$work/frames" &
pid=$!
owned() { # pid
	cat "/proc/$1"/fdinfo/* 2>/dev/null | grep -c '^link_type'
}
# It prints its first interval when all are attached.
until [ -s "$work/frames" ] || ! kill -0 $pid; do sleep 0.1; done
check "without a command there is no filter: 11 programs" test "$(owned $pid)" -eq 11
kill -KILL $pid
wait $pid 2>/dev/null || true
exit "$failed"
