# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2119,SC2120 # screen takes more options where it is used elsewhere
# lib-tui.sh - drive a program in a terminal (tmux), on the host or in a guest. Needs lib.sh and DAXTOP.

work=$(mktemp -d)
export TMUX_TMPDIR=$work
export SHELL=$BASH # a user's own may be anything, even one that lets nobody in; dash dies of Ctrl-C with its child
tmux=()
nr=0
finish() {
	[ ${#tmux[@]} -eq 0 ] || "${tmux[@]}" kill-server 2>/dev/null || true
}
trap 'finish; rm -rf "$work"' EXIT
# terminal WIDTHxHEIGHT COMMAND: a tmux server of its own, for one that ends takes its time
terminal() {
	finish
	nr=$((nr + 1))
	tmux=(tmux -L "daxtop-$nr" -f /dev/null)
	"${tmux[@]}" new-session -d -x "${1%x*}" -y "${1#*x}" "$2"
}

# start WIDTHxHEIGHT COMMAND: in a terminal of its own, whose settings before and after are kept
start() {
	rm -f "$work/status"
	terminal "$1" \
		"stty -g >$work/before; export LANG=C.UTF-8; $2; echo \$? >$work/result; stty -g >$work/after; mv $work/result $work/status; exec sleep 600"
}
screen() {
	"${tmux[@]}" capture-pane -p "$@" 2>/dev/null || true
}
keys() {
	"${tmux[@]}" send-keys "$@"
}
# soon COMMAND...: true as soon as the command is. False only when it never is: after two minutes, and as much longer as
# this machine is slow; once something was not seen in that time, what follows from it is not waited for so long.
patience=120
soon() {
	local give_up=$((SECONDS + patience * ${DAXSCOPE_SLOWNESS:-100} / 100))
	until "$@"; do
		[ "$SECONDS" -lt "$give_up" ] || return 1
		sleep 0.05
	done
}
shows() {
	screen | grep -q -e "$1"
}
hides() {
	! shows "$1"
}
ended() {
	[ -s "$work/status" ]
}
pid_of() {
	pgrep -P "$("${tmux[@]}" display-message -p '#{pane_pid}')" -x "$(basename "$DAXTOP")"
}
sees() { # what pattern
	if soon shows "$2"; then
		ok "$1"
	else
		patience=10
		not_ok "$1" "$(screen)"
	fi
}
# given_back WHAT STATUS: the program ended with STATUS, and the terminal is as it was
given_back() {
	local got=none
	soon ended && got=$(cat "$work/status")
	check "$1 ends with $2" test "$got" = "$2"
	check "$1 leaves the terminal's settings as they were" cmp "$work/before" "$work/after"
	check "$1 leaves the alternate screen, with the cursor shown" test \
		"$("${tmux[@]}" display-message -p '#{alternate_on}#{cursor_flag}')" = 01
}
