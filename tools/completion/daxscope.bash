# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# daxscope.bash - completion of daxtop, daxtrace, daxdoctor, daxbench and daxdash in bash. Names of fields and kinds
# come from the programs at the time of asking.

# PROGRAM COMMAND OPTION VALUE, where - is no command, and PROGRAM - COMMAND. Made by 'make pages'.
# options: begin bash
_daxscope_table='
daxtop - -d SEC
daxtop - --delay SEC
daxtop - -n N
daxtop - --count N
daxtop - -i FILE
daxtop - --input FILE
daxtop - -b
daxtop - --batch
daxtop - -j
daxtop - --json
daxtop - --listen ADDRESS
daxtop - --textfile FILE
daxtop - --by-cgroup
daxtop - -p PID[,PID]
daxtop - --pid PID[,PID]
daxtop - -G PATH
daxtop - --cgroup PATH
daxtop - -H
daxtop - --threads
daxtop - -u NAME
daxtop - --user NAME
daxtop - -s FIELD
daxtop - --sort FIELD
daxtop - --rows N
daxtop - --resident
daxtop - --slots N
daxtop - --max-tier N
daxtop - --latency WHICH
daxtop - --color WHEN
daxtop - --ascii
daxtop - --list-fields
daxtop - --features
daxtop - -h
daxtop - --help
daxtop - -V
daxtop - --version
daxtop - -v
daxtop - --verbose
daxtrace - --features
daxtrace - -h
daxtrace - --help
daxtrace - -V
daxtrace - --version
daxtrace - record
daxtrace record --duration SEC
daxtrace record -o FILE
daxtrace record --output FILE
daxtrace record -p PID[,PID]
daxtrace record --pid PID[,PID]
daxtrace record -a
daxtrace record --all
daxtrace record -G PATH
daxtrace record --cgroup PATH
daxtrace record -H
daxtrace record --threads
daxtrace record -u NAME
daxtrace record --user NAME
daxtrace record --slots N
daxtrace record --ring-size SIZE
daxtrace record -z
daxtrace record --compress
daxtrace record --max-tier N
daxtrace record -q
daxtrace record --quiet
daxtrace record -h
daxtrace record --help
daxtrace - report
daxtrace report -i FILE
daxtrace report --input FILE
daxtrace report -j
daxtrace report --json
daxtrace report --events
daxtrace report --run FILE
daxtrace report --run-name NAME
daxtrace report -H
daxtrace report --threads
daxtrace report --rows N
daxtrace report -h
daxtrace report --help
daxtrace - stat
daxtrace stat --duration SEC
daxtrace stat -j
daxtrace stat --json
daxtrace stat --json-file FILE
daxtrace stat --run FILE
daxtrace stat --run-name NAME
daxtrace stat --run-build FILE
daxtrace stat --assert EXPR
daxtrace stat -p PID[,PID]
daxtrace stat --pid PID[,PID]
daxtrace stat -a
daxtrace stat --all
daxtrace stat -G PATH
daxtrace stat --cgroup PATH
daxtrace stat -H
daxtrace stat --threads
daxtrace stat -u NAME
daxtrace stat --user NAME
daxtrace stat --slots N
daxtrace stat --max-tier N
daxtrace stat --list-fields
daxtrace stat -h
daxtrace stat --help
daxdoctor - -j
daxdoctor - --json
daxdoctor - -p PID
daxdoctor - --pid PID
daxdoctor - --rows N
daxdoctor - --smaps
daxdoctor - --is-dax
daxdoctor - --repair
daxdoctor - --dry-run
daxdoctor - --grow
daxdoctor - -f
daxdoctor - --force
daxdoctor - -h
daxdoctor - --help
daxdoctor - -V
daxdoctor - --version
daxbench - -h
daxbench - --help
daxbench - -V
daxbench - --version
daxbench - faults
daxbench faults -k KIND
daxbench faults --kind KIND
daxbench faults -n N
daxbench faults --count N
daxbench faults --duration SEC
daxbench faults -F M
daxbench faults --follow M
daxbench faults --seed S
daxbench faults -T T
daxbench faults --nr-threads T
daxbench faults -P P
daxbench faults --nr-procs P
daxbench faults -t
daxbench faults --time
daxbench faults -f
daxbench faults --force
daxbench faults --pretty
daxbench faults -h
daxbench faults --help
daxbench faults -V
daxbench faults --version
daxbench - kinds
daxbench kinds -h
daxbench kinds --help
'
# options: end

# The options of a program, or of its command: each, and behind it what it takes.
_daxscope_options() { # program command
	local program command option takes
	while read -r program command option takes; do
		[[ $program == "$1" && $command == "${2:--}" && $option == -* ]] && echo "$option $takes"
	done <<<"$_daxscope_table"
}

_daxscope_commands() { # program
	local program command word rest
	while read -r program command word rest; do
		[[ $program == "$1" && $command == - && -n $word && $word != -* ]] && echo "$word"
	done <<<"$_daxscope_table"
}

# daxdash has a table of its own: its --help is read. Each option, and behind it what it takes.
_daxscope_help_options() {
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
_daxscope_help_commands() {
	local line listed='^  ([a-z-]+)  '
	while IFS= read -r line; do
		[[ $line =~ $listed ]] && echo "${BASH_REMATCH[1]}"
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
	local program=$1 word=$2 before=$3 name=${1##*/} command='' option takes i options=() commands=()
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
	if [[ $name == daxdash ]]; then
		mapfile -t commands < <("$program" --help 2>/dev/null | _daxscope_help_commands)
	else
		mapfile -t commands < <(_daxscope_commands "$name")
	fi
	if ((${#commands[@]})); then
		if ((COMP_CWORD == 1)); then
			mapfile -t options < <(_daxscope_options "$name")
			_daxscope_words "$word" help "${commands[@]}" "${options[@]%% *}"
			return
		fi
		command=${COMP_WORDS[1]}
		if [[ $command == help ]]; then
			_daxscope_words "$word" "${commands[@]}"
			return
		fi
	fi
	while read -r option takes; do
		options+=("$option")
		[[ $option == "$before" && -n $takes ]] || continue
		case $option:$takes in
		*:FILE | *:DIR) ;;
		*:WAY) _daxscope_words "$word" lower higher ;;
		*:MODE) _daxscope_words "$word" history pr ;;
		*:RULE) _daxscope_words "$word" mads static percentage z-score t-test log-normal iqr delta-iqr interval ;;
		*:FIELD) _daxscope_words "$word" "$("$program" --list-fields | sed -n 's/^\([a-z][a-z0-9_]*\) .*/\1/p')" ;;
		*:KIND) _daxscope_words "$word" mixed "$("$program" kinds | sed 's/ .*//')" ;;
		*:WHEN) _daxscope_words "$word" auto always never ;;
		*:WHICH) _daxscope_words "$word" sampled all ;;
		*:PID*) _daxscope_words "$word" "$(ps -e -o pid=)" ;;
		-u:NAME | --user:NAME) mapfile -t COMPREPLY < <(compgen -u -- "$word") ;;
		*:PATH) mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
		*) _daxscope_none ;;
		esac
		return
	done < <(if [[ $name == daxdash ]]; then
		"$program" "$command" --help 2>/dev/null | _daxscope_help_options
	else
		_daxscope_options "$name" "$command"
	fi)
	if [[ $word == -* ]]; then
		_daxscope_words "$word" "${options[@]}"
	elif [[ $name == daxtop || $command == kinds ]]; then
		_daxscope_none
	elif [[ $command == record || $command == stat ]]; then
		mapfile -t COMPREPLY < <(compgen -c -- "$word")
	fi
}

complete -o bashdefault -o default -F _daxscope daxtop daxtrace daxdoctor daxbench daxdash
