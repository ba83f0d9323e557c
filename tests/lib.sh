# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# lib.sh - what every shell test uses to say what it found. Works in busybox sh.

failed=0 # the exit status of the test

ok() {
	echo "ok - $1"
}

not_ok() { # what [detail]
	echo "not ok - $1"
	[ -z "${2:-}" ] || printf '%s\n' "$2" | sed 's/^/# /'
	failed=1
}

skip() { # what reason
	echo "skip - $1: $2"
}

# check WHAT COMMAND...: ok when the command succeeds
check() {
	check_what=$1
	shift
	if check_said=$("$@" 2>&1); then
		ok "$check_what"
	else
		not_ok "$check_what" "$* said: $check_said"
	fi
}

# expect WHAT STATUS PATTERN COMMAND...: the exit status, and a grep pattern that its stderr holds
expect() {
	expect_what=$1 expect_status=$2 expect_pattern=$3
	shift 3
	expect_got=0
	expect_err=$("$@" 2>&1 >/dev/null </dev/null) || expect_got=$?
	if [ "$expect_got" -ne "$expect_status" ]; then
		not_ok "$expect_what" "status $expect_got instead of $expect_status; stderr: $expect_err"
	# Not grep -q: it would end before printf has, which pipefail takes for a failure.
	elif ! printf '%s\n' "$expect_err" | grep -e "$expect_pattern" >/dev/null; then
		not_ok "$expect_what" "stderr does not say '$expect_pattern': $expect_err"
	else
		ok "$expect_what"
	fi
}

# Wait until the one process named PROGRAM has attached all: as many BPF programs as two seconds before.
attached() { # program
	attached_before=0 attached_now=-1
	until [ "$attached_now" -gt 9 ] && [ "$attached_now" -eq "$attached_before" ]; do
		attached_before=$attached_now
		sleep 2
		attached_now=$(cat "/proc/$(pidof "$1")/fdinfo/"* 2>/dev/null | grep -c '^link_type' || true)
	done
}
