# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2119,SC2120 # screen takes more options where it is used elsewhere
# lib-tui.sh - drive a program in a terminal (tmux), on the host or in a guest. Needs lib.sh and DAXTOP.

work=$(mktemp -d)
export TMUX_TMPDIR=$work
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
# soon COMMAND...: true as soon as the command is, false after 10 seconds
soon() {
	local try
	for ((try = 0; try < 200; try++)); do
		"$@" && return 0
		sleep 0.05
	done
	return 1
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
