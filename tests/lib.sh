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

# The keys of JSON, one a line: "path.of[].key type". An array's members are one, and null is a type beside others, as
# what is unknown is null.
json_keys() {
	jq -r 'path(..) as $p | [($p | map(if type == "number" then "[]" else "." + . end) | join("")), (getpath($p) | type)] | join(" ")' |
		LC_ALL=C sort -u
}

# Wait until the one process named PROGRAM has attached all: it waits in its loop then, that is in system call 7,
# which is poll() on x86-64, without a limit of time.
attached() { # program
	until grep -qs '^7 0x[0-9a-f]* 0x[0-9a-f]* 0xf\{8,16\} ' "/proc/$(pidof "$1")/syscall"; do
		sleep 0.05
	done
}

# Wait for a line of JSON in FILE, of daxtop that goes on, whose reading begins from now on.
new_frame() { # file
	frame_lines=$(wc -l <"$1")
	until [ "$(wc -l <"$1")" -gt $((frame_lines + 1)) ]; do sleep 0.05; done
}

# Seconds since boot, and a generous time for what was begun at BEGAN and just ended: for --duration, where the
# machine is as slow as it is.
uptime_s() {
	cut -d . -f 1 /proc/uptime
}
generous() { # began
	echo $((2 * ($(uptime_s) - $1) + 4))
}
