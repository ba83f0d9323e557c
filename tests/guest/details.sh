#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# details.sh - in a guest: the page about one file or process is about that one as long as it is open, whatever
# comes, sorts first, exits, is deleted or gets its slot or inode; when there is no such line any more it closes.
#
# usage: details.sh DIRECTORY_ON_DAX       needs the programs storm, dax-who and dax-touch in PATH
set -euo pipefail
dir=$1
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib.sh
. "$here/../lib.sh"
# shellcheck source=tests/lib-tui.sh
. "$here/../lib-tui.sh"
DAXTOP=$(command -v daxtop)
export DAXTOP

# keep NAME FILE PAGES [FILES]: a process called NAME reads half of the pages of files of its own, with
# next NAME the rest; with end NAME it ends. Its number is in pid[NAME].
declare -A pid=() to=()
said() { # name lines
	until [ -e "$work/$1.out" ] && [ "$(wc -l <"$work/$1.out")" -ge "$2" ]; do
		sleep 0.1
		[ -d "/proc/${pid[$1]}" ] || exit 1
	done
}
keep() {
	local name=$1 file=$2 fd
	shift 2
	cp "$(command -v dax-who)" "$work/$name"
	mkfifo "$work/$name.in"
	"$work/$name" hold "$dir/$file" "$@" <"$work/$name.in" >"$work/$name.out" &
	pid[$name]=$!
	exec {fd}>"$work/$name.in"
	to[$name]=$fd
	said "$name" 1
}
next() {
	echo >&"${to[$1]}"
	said "$1" 2
}
end() {
	local fd=${to[$1]}
	echo >&"$fd"
	wait "${pid[$1]}" || true
	exec {fd}>&-
	rm "$work/$1.in" "$work/$1.out" "$work/$1"
}
# shortly COMMAND...: true when the command is within some frames, for what is tried again
shortly() {
	local n
	for n in {1..40}; do
		"$@" && return 0
		sleep 0.05
	done
	return 1
}
# A slot is given back when most are taken, and no CPU has it at hand.
recycle() {
	local cpu
	for cpu in 0 1; do
		taskset -c $cpu storm "$dir/storm" 4 10 >/dev/null
	done
}

# pages_begin, pages_end WHAT HEAD NUMBERS: each page of details that was on the screen meanwhile has the line
# HEAD, and its 4 KiB faults are one of NUMBERS. Both are patterns.
end_of_line=$(printf '\037')
pages_begin() {
	rm -f "$work/look" "$work/looks"
	touch "$work/look"
	while [ -e "$work/look" ]; do
		screen | sed -n '/^ daxtop: details/,$p' | tr '\n' "$end_of_line"
		echo
		sleep 0.05
	done >"$work/looks" &
	looker=$!
}
pages_end() {
	rm "$work/look"
	wait $looker
	grep . "$work/looks" >"$work/pages" || true
	# A screen may be seen while it is drawn: what it has of a page must be of this one.
	tr "$end_of_line" '\n' <"$work/pages" | sed -n 's/^pte_faults  *\([^ ]*\) .*/\1/p' | sort | uniq -c >"$work/numbers"
	check "$1: $(wc -l <"$work/pages") looks at the page, of which all are about it" \
		test "$(grep -c "$2" "$work/pages")" -gt 0 -a "$(grep -vc "$2" "$work/pages")" -eq 0
	check "... with its own counts: $(xargs <"$work/numbers")" \
		test "$(grep -xc " *[0-9]* \($3\)" "$work/numbers")" -gt 0 -a "$(grep -xvc " *[0-9]* \($3\)" "$work/numbers")" -eq 0
}
page_has() { # what pattern of a count
	sees "$1" "^pte_faults  *$2 "
}

dax-touch make "$dir/storm" 3
start 110x70 "daxtop -d 0.3"
sees "the screen comes up" 'tier T'
keys P

# The line is the first, and nobody chose it but by Enter.
keep one o 40
sees "a file is there, alone" '^>.*/o  *[0-9]*%  '
keys Enter
page_has "its page has its 40 faults" 40
pages_begin
keep two t 200
next two
sleep 2
pages_end "another file comes first" "$end_of_line$dir/o *$end_of_line" 40
keys Escape
sees "... in the table" '^ .*/t  *'
sees "the line stays the one that the page was about" '^>.*/o  *'
keys Home Enter
sees "the page of the first line" "^$dir/t"
keys Tab
sees "Tab on a page goes to that of the first process" "process ${pid[two]}"
keys Escape

# A process: it goes on, exits, and its slot is given back.
keys / one Enter Enter
sees "the page of a process" "process ${pid[one]}"
page_has "... has its 40 faults" 40
pages_begin
next one
page_has "... then 80" 80
number=${pid[one]}
end one
sleep 2
page_has "when it has exited, they are still 80" 80
check "... on its page" shows "process $number"
keep fill f 2 780
for try in {1..30}; do
	recycle
	shortly shows '\[processes' && break
done
sees "when its slot is another's the page closes (try $try)" '\[processes'
pages_end "until then" "process $number *$end_of_line" '[4-7][0-9]\|80'
keys Home / 'one (' Enter
sees "what it did is with those that have exited" '^>one (exited)  *.* 80 '
keys Enter
sees "which have a page of their own" 'processes of that name that have exited'
page_has "... with 80 faults" 80
keep one p 25
next one
end one
for try in {1..30}; do
	recycle
	shortly shows '^pte_faults  *130 ' && break
done
page_has "... and 130 when one more of the name has exited (try $try)" 130
keys Escape BTab

# A file: it is deleted, and another gets its inode.
keys / "$dir/o" Enter Enter
sees "the page of a file" "^$dir/o"
page_has "... whose process is gone has its 80 faults" 80
pages_begin
inode=$(stat -c %i "$dir/o")
rm "$dir/o"
sees "when it is deleted its page says so" 'deleted'
for try in {1..200}; do
	: >"$dir/n$try"
	[ "$(stat -c %i "$dir/n$try")" != "$inode" ] || break
done
check "another has its inode" test "$(stat -c %i "$dir/n$try")" = "$inode"
keep again "n$try" 15
sleep 2
page_has "which does not count for it" 80
pages_end "while its inode is another's" "inode $inode, generation" 80
keys Escape
sees "that one has a line with its 15" "/n$try  .* 15 "
keys q
given_back "q" 0
end_all() {
	local name
	for name in two fill again; do
		kill "${pid[$name]}"
	done
}
end_all
exit "$failed"
