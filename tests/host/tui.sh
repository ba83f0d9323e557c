#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# tui.sh - the real daxtop in a real terminal (tmux): keys, sizes, colours, and the terminal as it
# was after every way to end. DAXTOP names another program, such as one built with a sanitizer.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
# shellcheck source=tests/lib-tui.sh
. tests/lib-tui.sh
export DAXTOP=${DAXTOP:-$PWD/build/daxtop}

command -v tmux >/dev/null || { skip "the screen" "no tmux"; exit 0; }
"$DAXTOP" -b -n 1 -d 0.01 >/dev/null 2>"$work/err" || {
	skip "the screen" "daxtop cannot run here: $(cat "$work/err")"
	exit 0
}

start 80x24 "\$DAXTOP -d 0.2"
sees "the screen comes up with the tier and the losses" 'tier T[0-3] .*lost 0'
[ "$failed" -eq 0 ] || exit 1
sees "... with totals" 'coverage -'
sees "... and the table of files" '\[files [0-9]*\]'
check "... which is on the alternate screen" test \
	"$("${tmux[@]}" display-message -p '#{alternate_on}')" = 1
keys h
sees "h shows the keys" 'keys and columns'
keys Down PageDown End
sees "help scrolls to its end" 'not known'
keys Escape
soon hides 'keys and columns'
sees "Escape goes back" '\[files'
keys '?'
sees "? shows the keys too" 'keys and columns'
keys h
sees "h again goes back" '\[files'
keys Tab
sees "Tab goes to the processes" '\[processes'
keys Tab
sees "... to the cgroups" '\[cgroups'
keys Tab
sees "... and to the mounts" '\[mounts'
keys BTab BTab BTab
sees "Shift-Tab goes back" '\[files'
keys F
sees "F sorts by fallbacks" 'by fallbacks'
keys '>'
sees "> sorts by the next column" 'by cause'
keys '<' '<'
sees "< sorts by the one before" 'by pmd_coverage'
keys I
sees "I reverses" 'by pmd_coverage, reversed'
keys r
soon hides reversed
check "r does it back" hides reversed
keys t
sees "t shows the last interval" 'last interval by'
keys t Space
sees "Space pauses" PAUSED
# The clock in the header stands still, and goes on.
clock=$(screen | head -1)
sleep 0.7
check "... and what is shown stands still" test "$(screen | head -1)" = "$clock"
keys Z
soon hides PAUSED
check "Z goes on" hides PAUSED
keys / x y z
sees "/ asks for a name" '^/xyz'
keys Escape
soon hides '^/xyz'
keys Enter
sees "Enter with nothing selected changes nothing" '\[files'

keys H
sees "H without --threads says what is missing" 'daxtop --threads only'
keys Up
soon hides 'threads only'
check "... until another key" hides 'threads only'

"${tmux[@]}" resize-window -x 200 -y 60
sees "200x60 has room for many columns" 'FILE .*COVER.*WRITES.*ZERO'
"${tmux[@]}" resize-window -x 40 -y 10
sees "40x10 has the most important ones" 'FILE .*COVER  FALLB'
check "... and no line is broken" test "$(screen | awk 'length > 40' | wc -l)" -eq 0
"${tmux[@]}" resize-window -x 10 -y 3
sees "10x3 says what it needs" 'needs 20x5'
"${tmux[@]}" resize-window -x 80 -y 24
sees "80x24 has everything again" 'h help .*q quit'
keys q
given_back "q" 0

start 80x24 "\$DAXTOP -d 0.2 --threads"
sees "--threads has one more table" 'processes 0  threads 0  cgroups 0'
keys H
sees "H shows it" '\[threads 0\]'
sees "... with the ids of process and thread" 'THREAD  *PID  *TID'
keys BTab
sees "... between processes" '\[processes'
keys Tab Tab
sees "... and cgroups" '\[cgroups'
keys q
given_back "q with --threads" 0

start 80x24 "\$DAXTOP -d 0.2"
sees "it comes up again" 'tier T'
keys F10
given_back "F10" 0
for signal in TERM INT HUP QUIT; do
	start 80x24 "\$DAXTOP -d 0.2"
	soon shows 'tier T'
	kill -$signal "$(pid_of)"
	given_back "SIG$signal" 0
done
start 80x24 "\$DAXTOP -d 0.2"
soon shows 'tier T'
keys C-c
given_back "Ctrl-C" 0
start 80x24 "\$DAXTOP -d 0.1 -n 3"
given_back "-n 3" 0
start 80x24 "\$DAXTOP -d 0.1 -n 3 </dev/null"
given_back "no terminal to read keys from" 0

# Job control: Ctrl-Z gives the terminal back, fg takes it again.
terminal 80x24 "env LANG=C.UTF-8 PS1='prompt:' bash --norc -i"
soon shows 'prompt:'
keys "$DAXTOP -d 0.2" Enter
soon shows 'tier T'
keys C-z
sees "Ctrl-Z stops it" 'Stopped'
check "... and leaves the alternate screen" test \
	"$("${tmux[@]}" display-message -p '#{alternate_on}')" = 0
keys fg Enter
sees "fg brings the screen back" '\[files'
keys q
soon hides '\[files'
keys 'echo st''atus $?' Enter
sees "... and q still ends it" 'status 0'

# A command: kept off the screen, printed after it, its status returned.
start 80x24 "\$DAXTOP -d 0.2 -- sh -c 'echo to-stdout; echo to-stderr >&2; touch $work/said
	until [ -e $work/go ]; do sleep 0.1; done; exit 42'"
sees "a command is watched" 'tier T'
soon test -e "$work/said"
check "... and does not write on the screen" hides 'to-std'
touch "$work/go"
given_back "the end of a command" 42
sees "... what it wrote comes afterwards" 'to-stdout'
sees "... on stderr too" 'to-stderr'
sees "... with the last numbers" '^2 MiB   coverage'
start 80x24 "\$DAXTOP -d 0.2 -- no-such-command"
given_back "a command that is not there" 2
sees "... which is said" 'no-such-command: No such file or directory'
start 80x24 "\$DAXTOP -d 0.2 -- sleep 555.$$"
soon shows 'tier T'
keys q
given_back "q before the command's end" 0
check "... which ends the command" test -z "$(pgrep -x -f "sleep 555.$$")"

# Colours, and what has none.
coloured() {
	screen -e | grep -q $'\e\\[[0-9;]*3[0-7]'
}
start 80x24 "TERM=tmux-256color \$DAXTOP -d 0.2"
soon shows '\[files'
check "there are colours by default" coloured
start 80x24 "TERM=tmux-256color NO_COLOR=1 \$DAXTOP -d 0.2"
soon shows '\[files'
check "NO_COLOR takes them away" eval '! coloured'
start 80x24 "TERM=tmux-256color NO_COLOR=1 \$DAXTOP -d 0.2 --color=always"
soon shows '\[files'
check "--color=always brings them back" coloured
start 80x24 "TERM=tmux-256color NO_COLOR= \$DAXTOP -d 0.2"
soon shows '\[files'
check "an empty NO_COLOR is none" coloured
start 80x24 "TERM=vt100 \$DAXTOP -d 0.2"
sees "a vt100 will do" '\[files'
check "... and has no colours" eval '! coloured'
start 80x24 "LANG=C LC_ALL=C \$DAXTOP -d 0.2"
soon shows '\[files'
check "without UTF-8 there is only ASCII" test -z "$(screen | LC_ALL=C tr -d '\000-\177')"
start 80x24 "TERM=dumb \$DAXTOP -d 0.2"
given_back "TERM=dumb" 3
sees "... and says what to do" "set TERM, or use -b"
start 80x24 "TERM=no-such-terminal \$DAXTOP -d 0.2"
given_back "an unknown TERM" 3

# The terminal goes away: so does daxtop.
start 80x24 "\$DAXTOP -d 0.2"
soon shows 'tier T'
pid=$(pid_of)
finish
gone() {
	! kill -0 "$pid" 2>/dev/null
}
soon gone || true
check "when the terminal is gone, daxtop is too" gone
exit "$failed"
