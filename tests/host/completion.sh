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
check "manuals and completions say what the table of options says" tools/cli/update-pages --check build/cli-pages

# What an option that takes something is given to try it.
declare -A value=([SEC]=1 [N]=1 [M]=1 [S]=1 [T]=1 [P]=1 [SIZE]=8M [FILE]=x [FIELD]=faults [WHEN]=auto [WHICH]=all [PATH]=/ [ADDRESS]=0 [EXPR]="faults >= 0"
	[KIND]=pmd-read ["PID[,PID]"]=$$ [PID]=$$ [SHA]=abc0001 [NAME]=$(id -un) [DIR]=. [TEXT]=x [SECONDS]=1 [KEY=VALUE]=a=b
	[Q]=0.1 [PERCENT]=+10% [RUNS]=50 [TIMES]=99)

# refuses TEXT COMMAND...: status 2, and a message with TEXT
refuses() {
	local text=$1 status=0
	shift
	"$@" >"$work/said" 2>&1 </dev/null || status=$?
	[ $status -eq 2 ] && grep -qe "$text" "$work/said"
}

# takes_all PROGRAM [COMMAND]: each option that is offered is taken, with each of the words that its value can be, and
# refused without a value; --help has each
takes_all() {
	local bad='' option takes word words offered_now=0
	while read -r option takes; do
		offered_now=$((offered_now + 1))
		# It looks at what the kernel allows, which is nothing without root.
		case $(id -u):$option in 0:*) ;; *:--features) continue ;; esac
		words=("${takes:+${value[$takes]:-no-value-for-$takes}}")
		[[ $takes != *'|' ]] || IFS='|' read -ra words <<<"$takes"
		for word in "${words[@]}"; do
			[[ $takes != *static* || $word != static ]] || word=static:1
			# --help behind it is seen only when it was right.
			"$@" "$option" ${word:+"$word"} --help >"$work/said" 2>&1 </dev/null || bad+=" $option${word:+ $word}"
		done
		case $option in --version | -V | --features | --list-fields) ;; *) grep -qi '^usage' "$work/said" || bad+=" $option" ;; esac
		case $option in -v | --verbose) ;; *) "$@" --help | grep -q -- "[ ,]$option\([ ,[]\|$\)" || bad+=" $option(help)" ;; esac
		[ -z "$takes" ] || refuses 'lacks its value' "$@" "$option" || bad+=" $option(without value)"
	done
	refuses 'unknown option' "$@" --no-such-option || bad+=" --no-such-option"
	check "$*: each of $offered_now options is taken, and in --help$bad" test -z "$bad" -a "$offered_now" -ge 1
}
for words in daxtop daxdoctor 'daxbench faults' 'daxtrace record' 'daxtrace report' 'daxtrace stat'; do
	read -r program command <<<"$words"
	# shellcheck disable=SC2086 # words
	takes_all $words < <(_daxscope_options "$program" "$command")
done
# Each option of each command of daxdash, and its operands: in bash as above, in zsh, in fish, and in the manual.
manual=$(sed 's/\\-/-/g; s/\\f.//g' tools/man/daxdash.1)
for command in run import export analyze gate compare explain bless page-data html serve selftest; do
	takes_all daxdash $command < <(_daxscope_options daxdash $command)
	bad='' count=0
	zsh_part=$(sed -n "/^_daxdash_$command() {/,/^}/p" tools/completion/_daxscope)
	fish_part=$(grep -F "complete -c daxdash -n '__fish_seen_subcommand_from $command'" tools/completion/daxscope.fish)
	while read -r option takes; do
		count=$((count + 1))
		case $option in --*) fish_option="-l ${option#--}" ;; *) fish_option="-s ${option#-}" ;; esac
		grep -qe "[',{]${option}[]=+,}[]" <<<"$zsh_part" || bad+=" $option(zsh)"
		grep -qe " $fish_option " <<<"$fish_part" || bad+=" $option(fish)"
		grep -qe "^\(-., \)\?$option\([ ,[]\|$\)" <<<"$manual" || bad+=" $option(manual)"
		case $takes in *'|')
			words=${takes//|/ }
			grep -qe ":(${words% })'" <<<"$zsh_part" || bad+=" $option(zsh words)"
			grep -qe "-x -a '${words% }'" <<<"$fish_part" || bad+=" $option(fish words)"
			;;
		esac
	done < <(_daxscope_options daxdash $command)
	# None more in --help than there are in the table.
	[ "$(daxdash $command --help | grep -cE '^  (-., |    )--')" -eq "$(_daxscope_options daxdash $command | grep -c '^--')" ] || bad+=" --help"
	check "daxdash $command: $count options are in zsh, in fish and in the manual$bad" test -z "$bad" -a $count -ge 5
done

check "daxtrace completes its commands" test "$(offered daxtrace re | xargs)" = 'record report'
check "daxbench completes its commands" test "$(offered daxbench '' | head -3 | xargs)" = 'help faults kinds'
check "daxdash completes its commands" test "$(offered daxdash im | xargs)" = import
check "... all of them" test "$(offered daxdash '' | grep -v '^-' | xargs)" = "help $(daxdash --help | sed -n 's/^  \([a-z-]*\)  .*/\1/p' | xargs)"
check "... an option" test "$(offered daxdash gate --mod | xargs)" = --mode
check "... the words of a value" test "$(offered daxdash gate --mode '' | xargs)" = 'history pr'
check "... those of the command" test "$(offered daxdash compare --format '' | xargs)" = 'text lkp'
check "... its suites" test "$(offered daxdash run i | xargs)" = icount
check "... no file where none can be" test -z "$(cd / && offered daxdash gate '')"
check "all of them complete an option" test "$(offered daxtrace record --ri | xargs)" = --ring-size
check "daxtop has no commands" test -z "$(offered daxtop '')"
check "-s completes fields, all of them" test "$(offered daxtop -s '' | wc -l)" -eq "$(daxtop --list-fields | grep -c '^[a-z]')"
check "... by their beginning" test "$(offered daxtop --sort never_ | xargs)" = never_tried_faults
check "--color= completes its words" test "$(offered daxtop --color = al | xargs)" = always
check "--kind completes kinds" test "$(offered daxbench faults --kind pmd-w | xargs)" = pmd-write
check "-p completes processes" bash -c "grep -qx $$ <<<'$(offered daxtop -p '')'"
check "behind -- there are commands" test "$(offered daxtop -- daxdoct | xargs)" = daxdoctor
check "... and no options of ours" test -z "$(offered daxtop -- ls --resi)"

command -v fish >/dev/null || skip "completion in fish" "no fish"
in_fish() { # words
	fish --no-config -c "source tools/completion/daxscope.fish; complete -C '$1'" | sed 's/\t.*//'
}
if command -v fish >/dev/null; then
	check "fish completes an option" test "$(in_fish 'daxtop --resi' | xargs)" = --resident
	check "... of a command" test "$(in_fish 'daxtrace record --ri' | xargs)" = --ring-size
	check "... none of another command" test -z "$(in_fish 'daxtrace report --ri')"
	check "... a command" test "$(in_fish 'daxtrace st' | xargs)" = stat
	check "... fields" test "$(in_fish 'daxtop --sort never_' | xargs)" = never_tried_faults
	check "... kinds" test "$(in_fish 'daxbench faults --kind pmd-w' | xargs)" = pmd-write
	check "... a command of daxdash" test "$(in_fish 'daxdash imp' | xargs)" = import
	check "... an option of it" test "$(in_fish 'daxdash gate --mod' | xargs)" = --mode
	check "... a word of its value" test "$(in_fish 'daxdash gate --mode h' | xargs)" = history
	check "... a suite" test "$(in_fish 'daxdash run ic' | xargs)" = icount
fi

command -v tmux >/dev/null || { skip "a real bash" "no tmux"; exit "$failed"; }
terminal 80x24 "env PS1='prompt:' PATH='$PATH' bash --norc -i"
soon shows 'prompt:'
keys ". tools/completion/daxscope.bash; cd $work; touch some-recording" Enter
keys -l $'daxtop --resi\t -i some\t'
sees "in a real bash Tab completes an option and a file" 'daxtop --resident  *-i some-recording'
command -v zsh >/dev/null || { skip "a real zsh" "no zsh"; exit "$failed"; }
mkdir -p "$work/functions"
cp tools/completion/_daxscope "$work/functions"
terminal 80x24 "env PS1='prompt:' PATH='$PATH' zsh -f -i"
soon shows 'prompt:'
keys "PS1=zsh:; fpath=($work/functions \$fpath); autoload -Uz compinit; compinit -u -d $work/dump; cd $work; clear" Enter
soon shows '^zsh:'
keys -l $'daxtop --resi\t'
sees "in a real zsh Tab completes an option" 'daxtop --resident'
keys C-u
keys -l $'daxtrace rec\t--ring\t'
sees "... a command, and its option" 'daxtrace record --ring-size'
keys C-u
keys -l $'daxdash gat\t--mod\this\t'
sees "... those of daxdash, and what the value can be" 'daxdash gate --mode=*history'
keys C-u
keys -l $'daxdash run ic\t'
sees "... its suites" 'daxdash run icount'
keys C-u
keys -l $'daxbench kinds --hel\t'
sees "... of a command without operands" 'daxbench kinds --help'
exit "$failed"
