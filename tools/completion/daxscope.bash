# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# daxscope.bash - completion of daxtop, daxtrace, daxdoctor and daxbench in bash. Options come from
# --help at the time of asking, names of fields and kinds from the programs as well.

# From a help text: each option, and behind it in the same line what it takes.
_daxscope_options() {
	local line field takes part parts taken="^(-[^ ]+, )?-[^ ]+ ([A-Z'][^ ]*)"
	while IFS= read -r line; do
		[[ $line =~ ^\ +(-[^\ ].*)$ ]] || continue
		field=${BASH_REMATCH[1]%%  *}
		takes=
		[[ $field =~ $taken ]] && takes=${BASH_REMATCH[2]} field=${BASH_REMATCH[0]}
		read -ra parts <<<"${field//,/ }"
		for part in "${parts[@]}"; do
			[[ $part =~ ^--?[A-Za-z][a-z-]* ]] && echo "${BASH_REMATCH[0]} $takes"
		done
	done
}

# The commands that the help of a program names.
_daxscope_commands() { # program
	local line listed='^  ([a-z]+)  ' used="^(usage:| *) ?${1##*/} ([a-z]+)( |\$)"
	while IFS= read -r line; do
		if [[ $line =~ $listed ]]; then
			echo "${BASH_REMATCH[1]}"
		elif [[ $line =~ $used ]]; then
			echo "${BASH_REMATCH[2]}"
		fi
	done
}

_daxscope_none() { # no file names either
	compopt +o default +o bashdefault 2>/dev/null
	COMPREPLY=()
}

_daxscope_words() { # word choice...
	local word=$1
	shift
	_daxscope_none
	mapfile -t COMPREPLY < <(compgen -W "$*" -- "$word")
}

_daxscope() {
	local program=$1 word=$2 before=$3 command='' help option takes i options=()
	COMPREPLY=()
	if [[ $word == "=" ]]; then
		word=
	elif [[ $before == "=" ]]; then
		before=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	for ((i = 1; i < COMP_CWORD; i++)); do
		[[ ${COMP_WORDS[i]} == -- ]] || continue
		((i == COMP_CWORD - 1)) && mapfile -t COMPREPLY < <(compgen -c -- "$word")
		return
	done
	case ${program##*/} in
	daxtrace | daxbench)
		if ((COMP_CWORD == 1)); then
			# shellcheck disable=SC2046 # words
			_daxscope_words "$word" $("$program" --help 2>/dev/null | _daxscope_commands "$program" | sort -u) --help
			return
		fi
		command=${COMP_WORDS[1]}
		;;
	esac
	help=$("$program" ${command:+"$command"} --help 2>/dev/null)
	while read -r option takes; do
		options+=("$option")
		[[ $option == "$before" && -n $takes ]] || continue
		case $takes in
		FILE) ;;
		FIELD) _daxscope_words "$word" "$("$program" -s help | sed -n 's/^\([a-z][a-z0-9_]*\) .*/\1/p')" ;;
		KIND) _daxscope_words "$word" mixed "$("$program" kinds | sed 's/ .*//')" ;;
		WHEN) _daxscope_words "$word" auto always never ;;
		PID*) _daxscope_words "$word" "$(ps -e -o pid=)" ;;
		*) _daxscope_none ;;
		esac
		return
	done < <(_daxscope_options <<<"$help")
	if [[ $word == -* ]]; then
		_daxscope_words "$word" "${options[@]}"
	elif [[ ${program##*/} == daxtop || $command == kinds ]]; then
		_daxscope_none
	elif [[ $command == record || $command == stat ]]; then
		mapfile -t COMPREPLY < <(compgen -c -- "$word")
	fi
}

complete -o bashdefault -o default -F _daxscope daxtop daxtrace daxdoctor daxbench
