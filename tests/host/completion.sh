#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# completion.sh - bash completes every option there is, and none that there is not: what it offers is held
# against the tables in the sources and against the programs themselves.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
# shellcheck source=tests/lib-tui.sh
. tests/lib-tui.sh
PATH=$PWD/build:$PATH
# shellcheck source=tools/completion/daxscope.bash
. tools/completion/daxscope.bash

# offered WORD...: what is offered for the last word, one a line
offered() {
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	_daxscope "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}" || true
	printf '%s\n' ${COMPREPLY[@]+"${COMPREPLY[@]}"}
}
# What an option that takes something is given to try it.
declare -A value=([SEC]=1 [N]=1 [M]=1 [S]=1 [T]=1 [P]=1 [SIZE]=8M [FILE]=x [FIELD]=faults [WHEN]=auto [WHICH]=all [PATH]=/ [CGROUP]=/ [EXPR]="faults >= 0"
	[KIND]=pmd-read ["PID[,PID]"]=$$ [PID]=$$)

# complete_is SOURCE PROGRAM [COMMAND]
complete_is() {
	local source=$1 all line long short option takes bad=''
	shift
	all=$(offered "$@" -)
	# {"name", ..., 'n'} is there by either name, {"name", ..., OPT_NAME} by its only one.
	while read -r long short; do
		grep -qxe "--$long" <<<"$all" || { [ -n "$short" ] && grep -qxe "-$short" <<<"$all"; } || bad+=" --$long"
	done < <(grep -oE "\{\"[a-z-]+\", [a-z_]+, [A-Z]+, [^}]*\}" "$source" | sed -E "s/\{\"([a-z-]+)\".*, ('(.)')?.*\}/\1 \3/")
	[ -n "$all" ] || bad+=" nothing"
	check "$*: every option of $source is offered$bad" test -z "$bad"
	bad=
	while read -r option takes; do
		case $takes in "'"*) takes=EXPR ;; esac
		# --help behind it is seen only when it was right.
		"$@" "$option" ${takes:+"${value[$takes]:-no-value-for-$takes}"} --help >"$work/said" 2>&1 </dev/null || bad+=" $option"
		case $option in --version | -V | --features) ;; *) grep -qi '^usage' "$work/said" || bad+=" $option" ;; esac
	done < <("$@" --help | _daxscope_options)
	check "$*: ... and each is taken$bad" test -z "$bad"
}
complete_is tools/top/options.c daxtop
complete_is tools/daxdoctor.c daxdoctor
complete_is tools/daxbench.c daxbench faults
for command in record report stat; do
	complete_is tools/trace/$command.c daxtrace $command
done

check "daxtrace completes its commands" test "$(offered daxtrace re | xargs)" = 'record report'
check "daxbench completes its commands" test "$(offered daxbench '' | xargs)" = 'faults kinds --help'
check "daxtop has no commands" test -z "$(offered daxtop '')"
check "-s completes fields, all of them" test "$(offered daxtop -s '' | wc -l)" -eq "$(daxtop -s help | grep -c '^[a-z]')"
check "... by their beginning" test "$(offered daxtop --sort never_ | xargs)" = never_tried_faults
check "--color= completes its words" test "$(offered daxtop --color = al | xargs)" = always
check "--kind completes kinds" test "$(offered daxbench faults --kind pmd-w | xargs)" = pmd-write
check "-p completes processes" bash -c "grep -qx $$ <<<'$(offered daxtop -p '')'"
check "behind -- there are commands" test "$(offered daxtop -- daxdoct | xargs)" = daxdoctor
check "... and no options of ours" test -z "$(offered daxtop -- ls --resi)"

command -v tmux >/dev/null || { skip "a real bash" "no tmux"; exit "$failed"; }
terminal 80x24 "env PS1='prompt:' PATH='$PATH' bash --norc -i"
soon shows 'prompt:'
keys ". tools/completion/daxscope.bash; cd $work; touch some-recording" Enter
keys -l $'daxtop --resi\t -r some\t'
sees "in a real bash Tab completes an option and a file" 'daxtop --resident  *-r some-recording'
exit "$failed"
