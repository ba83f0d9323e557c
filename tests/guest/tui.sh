#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tui.sh - in a guest: the real daxtop in a real terminal, while a mixed workload faults: what it
# shows is what is caused, and keys find it, sort it and explain it.
#
# usage: tui.sh DIRECTORY_ON_DAX
set -euo pipefail
dir=$1
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib.sh
. "$here/../lib.sh"
# shellcheck source=tests/lib-tui.sh
. "$here/../lib-tui.sh"
DAXTOP=$(command -v daxtop)
export DAXTOP

selected() {
	screen | grep '^>'
}
selects() { # what pattern
	chosen() {
		selected | grep -q -e "$1"
	}
	if soon chosen "$2"; then
		ok "$1"
	else
		not_ok "$1" "$(screen)"
	fi
}

start 80x24 "daxtop -d 0.5 -- sh -c 'daxbench faults --kind mixed --count 40 --duration 20 $dir/demo >$work/bench
	until [ -e $work/stop ]; do sleep 0.2; done'"
sees "80x24 shows a file that falls back, and why" 'demo.short  *0%  *[1-9][0-9]* extent_short '
sees "... one that never tries" 'demo.small  *0%  *0 never_tried '
sees "... one that is well" 'demo.hole  *100%  *0 - '
sees "... the reasons of all" '^why  *[a-z_]*  *[1-9]'
check "... and has lost nothing" shows 'lost 0'
keys F
sees "F puts most fallbacks first" 'total by fallbacks'
keys / .short Enter
selects "a search finds the file" 'demo.short'
sees "... whose line says why" '^why: extent_short, [0-9]* of [0-9]* fallbacks'
sees "... and what to type" "^run: daxdoctor --repair $dir/"
# The selected line stays with its file, whatever the order.
keys C I
selects "another order keeps the file selected" 'demo.short'
keys I P Enter
sees "Enter shows its details" 'daxtop: details'
sees "... its name" "^$dir/demo.short"
case $(uname -r) in
5.* | 6.[0-6].*) sees "... why what is mapped now is unknown" '^now     -  (this kernel cannot show it: .*Linux 6.7' ;;
*) sees "... what is mapped now" '^now     at 2 MiB' ;;
esac
sees "... its reasons" 'extent_short: the file.s extent ends'
sees "... and its latencies" 'latency of'
keys End
sees "... and every field to the last" 'untimed_faults'
keys Escape
sees "Escape goes back to the table" '\[files'
keys Home
selects "Home selects whatever is first" 'demo.sticky'
keys Down
selects "Down selects the next" 'demo.short'
keys Tab
sees "Tab shows the processes" 'app-short  *[0-9]* '
keys Tab
sees "... their cgroup" '^./command  *[0-9.]*%'
keys Tab
sees "... and the mount, with device and filesystem" "^.$dir  *[0-9]*:[0-9]*  *xfs  *[0-9.]*%"
keys Tab t
sees "t shows the last interval" 'last interval by'
keys t
"${tmux[@]}" resize-window -x 40 -y 10
sees "40x10 still says which file" '^[> ].*demo.short'
sees "... why" '^why: extent_short'
sees "... and what to type" '^run: '
"${tmux[@]}" resize-window -x 200 -y 60
sees "200x60 shows whole paths and more columns" "^[> ]$dir/demo.short .*extent_short .*[0-9]"
keys Space
sees "Space stops the numbers" PAUSED
keys Space
soon hides PAUSED
# However long the above took, the workload was there; the command ends when all of it is done.
soon test -s "$work/bench"
touch "$work/stop"
given_back "the end of the workload" 0
sees "the last numbers stay in the terminal" '^FILE  *COVER'

# What stays is what was caused, exactly.
caused() {
	jq "$1" "$work/bench"
}
last=$(screen -S -200)
says() { # label value
	printf '%s\n' "$last" | grep -q -e "$1 $2\( \|\$\)"
}
check "fallbacks shown are those caused" says fallbacks "$(caused '[.caused.fallbacks[]] | add')"
check "sticky faults shown are those caused" says sticky "$(caused .caused.ranges.sticky)"
check "faults never tried shown are those caused" says 'never tried' \
	"$(caused .caused.ranges.never_tried)"
check "ranges shown are those caused" says ranges "$(caused .caused.ranges.touched)"
check "ranges at 2 MiB shown are those caused" says 'at 2 MiB' "$(caused .caused.ranges.pmd)"
check "4 KiB faults shown are those caused" says '4 KiB' \
	"$(caused '[.caused.faults | to_entries[] | select(.key | test("^pte_(mapped|zero|sync|copy)$")) | .value | .read + .write] | add')"
exit "$failed"
