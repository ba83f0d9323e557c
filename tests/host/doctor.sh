#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# doctor.sh - daxdoctor on this machine, mostly without DAX: statuses, hostile names, no privilege, full disk.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
doctor=$PWD/build/daxdoctor
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cp "$doctor" "$work/daxdoctor"

status_of() {
	local status=0
	"$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
	echo $status
}

head -c 5000000 /dev/zero >"$work/plain"
check "a file without DAX: status 3" test "$(status_of "$doctor" "$work/plain")" -eq 3
check "... says so" grep -q 'problem *dax ' "$work/out"
check "... and what would help" grep -q '^What to do' "$work/out"
check "a directory without DAX: status 3" test "$(status_of "$doctor" "$work")" -eq 3
check "JSON names its schema" sh -c "'$doctor' --json '$work/plain' | jq -e '.schema == \"daxdoctor/1\" and .status == 3'"

# What cannot be DAX is not told to type what makes DAX files, or erases a namespace.
for there in /dev/shm /proc/version "$work/plain"; do
	case $(stat -f -c %T "$there") in
	tmpfs | proc) why='this filesystem has no DAX' ;;
	overlayfs)
		skip "$there" "an overlay is as its layers are"
		continue
		;;
	*) why='the device is not persistent memory' ;;
	esac
	status_of "$doctor" "$there" >/dev/null
	check "$there: $why" grep -q "^    $why" "$work/out"
	check "... and no command for a DAX filesystem" sh -c "! grep -qE 'chattr|create-namespace|mount -o' '$work/out'"
done

expect "no file: status 2" 2 'Try' "$doctor"
expect "two files: status 2" 2 'more than one' "$doctor" /a /b
expect "a file and a process: status 2" 2 'do not go together' "$doctor" -p 1 /a
expect "a file that is not there: status 2" 2 'No such file' "$doctor" "$work/none"
expect "an unknown option: status 2" 2 'unknown option' "$doctor" --frob
expect "a process that is no number: status 2" 2 'not a whole number' "$doctor" -p 12x
expect "a process that is not there: status 2" 2 'no such process' "$doctor" -p 2147483647
expect "--dry-run without --repair: status 2" 2 'go with --repair' "$doctor" --dry-run "$work/plain"
expect "--smaps without -p: status 2" 2 'goes with -p' "$doctor" --smaps "$work/plain"
expect "--repair of a process: status 2" 2 'does not go together' "$doctor" --repair -p 1
expect "--repair of a file that cannot be DAX: status 3" 3 'not repaired, and not changed' "$doctor" --repair "$work/plain"
expect "--repair of a folder: status 2" 2 'not a regular file' "$doctor" --repair "$work"
expect "--is-dax of a file that is not there: status 2" 2 'No such file' "$doctor" --is-dax "$work/none"
expect "--is-dax goes alone" 2 'goes alone' "$doctor" --is-dax --json "$work/plain"
if [ "$(stat -f -c %T "$work")" != overlayfs ]; then
	check "--is-dax of a file without DAX: status 1, and nothing is printed" \
		test "$(status_of "$doctor" --is-dax "$work/plain")$(cat "$work/out" "$work/err")" = 1
	check "--is-dax of a folder too" test "$(status_of "$doctor" --is-dax "$work")" -eq 1
else
	skip "--is-dax of a file without DAX" "an overlay is as its layers are"
fi
check "daxdoctor help is --help" sh -c "test \"\$('$doctor' help)\" = \"\$('$doctor' --help)\""
check "-r of release 0.1 is --rows" sh -c "test \"\$('$doctor' -r 2 '$work/plain')\" = \"\$('$doctor' --rows 2 '$work/plain')\""
mkfifo "$work/pipe"
expect "a pipe is not opened: status 2" 2 'not a file or directory' "$doctor" "$work/pipe"
expect "--repair of a pipe: status 2" 2 'not a regular file' "$doctor" --repair "$work/pipe"
expect "a device is not opened: status 2" 2 'not a file or directory' "$doctor" /dev/null
check "a process without DAX: status 3" test "$(status_of "$doctor" -p $$)" -eq 3
check "... says so" grep -q 'maps no DAX file' "$work/out"

valid_json() {
	{ "$doctor" --json "$1" || true; } | jq -e .subject
}

# A name that tries everything: escape sequences, a newline, quotes, commands, invalid UTF-8.
hostile=$work/$'a\e[31m\n\'"$(touch '$'pwned)\xff\u202e; rm -rf x'
head -c 4096 /dev/zero >"$hostile"
check "a hostile name: status 3" test "$(status_of "$doctor" "$hostile")" -eq 3
check "... reaches the terminal without control characters" \
	sh -c "! tr -d '\n' <'$work/out' | LC_ALL=C grep -q '[[:cntrl:]]'"
check "... nor the line it breaks" sh -c "! grep -q '^.\$(touch' '$work/out'"
check "... and is valid JSON" valid_json "$hostile"
expect "a hostile name that is not there" 2 '\\x1b' "$doctor" "$hostile.none"

full_stdout() {
	"$@" >/dev/full
}
expect "a full disk: status 3" 3 'No space left' full_stdout "$doctor" "$work/plain"
expect "a full disk for JSON: status 3" 3 'No space left' full_stdout "$doctor" --json "$work/plain"

if [ "$(id -u)" -eq 0 ]; then
	plain=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	check "without privilege it still works" test "$(status_of "${plain[@]}" "$work/daxdoctor" "$work/plain")" -eq 3
	chmod 600 "$work/plain"
	expect "a file that may not be read: status 3" 3 'Permission denied' "${plain[@]}" "$work/daxdoctor" "$work/plain"
	expect "a process of somebody else: status 3" 3 'process 1: ' "${plain[@]}" "$work/daxdoctor" -p 1
else
	skip "privilege" "this is not root"
fi
exit "$failed"
