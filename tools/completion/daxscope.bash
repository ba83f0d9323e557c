# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# daxscope.bash - completion of daxtop, daxtrace, daxdoctor, daxbench and daxdash in bash. Names of fields and kinds
# come from the programs at the time of asking.

# PROGRAM COMMAND OPTION VALUE, where - is no command and WORD|WORD| are all that VALUE can be; PROGRAM - COMMAND; and
# PROGRAM COMMAND operands WORD... Made by 'make pages'.
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
daxtop - --latency sampled|all|
daxtop - --color auto|always|never|
daxtop - --ascii
daxtop - --list-fields
daxtop - --features
daxtop - -h
daxtop - --help
daxtop - -V
daxtop - --version
daxtop - -v
daxtop - --verbose
daxtop - operands
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
daxtrace record operands COMMAND
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
daxtrace report operands FILE
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
daxtrace stat operands COMMAND
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
daxdoctor - operands FILE
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
daxbench faults operands FILE
daxbench - kinds
daxbench kinds -h
daxbench kinds --help
daxbench kinds operands
daxdash - -h
daxdash - --help
daxdash - -V
daxdash - --version
daxdash - run
daxdash run --repo NAME
daxdash run -o FILE
daxdash run --output FILE
daxdash run --commit SHA
daxdash run --order N
daxdash run --parent SHA
daxdash run --branch NAME
daxdash run --subject TEXT
daxdash run --timestamp SECONDS
daxdash run --git DIR
daxdash run --github-event FILE
daxdash run -k main|pr|confirm|manual|
daxdash run --kind main|pr|confirm|manual|
daxdash run --pair NAME
daxdash run --env KEY=VALUE
daxdash run --advisory
daxdash run -h
daxdash run --help
daxdash run operands counts icount wall
daxdash - import
daxdash import --store FILE
daxdash import --repo NAME
daxdash import --format daxdash|bmf|gab|gab-bigger|gbench|fio|go|csv|
daxdash import --commit SHA
daxdash import --order N
daxdash import --parent SHA
daxdash import --branch NAME
daxdash import --subject TEXT
daxdash import --timestamp SECONDS
daxdash import --git DIR
daxdash import --github-event FILE
daxdash import -k main|pr|confirm|manual|
daxdash import --kind main|pr|confirm|manual|
daxdash import --pair NAME
daxdash import --env KEY=VALUE
daxdash import --workload NAME
daxdash import --better lower|higher|
daxdash import --advisory
daxdash import --keep-going
daxdash import -h
daxdash import --help
daxdash import operands FILE
daxdash - export
daxdash export --store FILE
daxdash export --repo NAME
daxdash export --format daxdash|bmf|gab|gab-bigger|go|csv|junit|ktap|markdown|github|openmetrics|text|
daxdash export -o FILE
daxdash export --output FILE
daxdash export --commit SHA
daxdash export -h
daxdash export --help
daxdash export operands
daxdash - analyze
daxdash analyze --store FILE
daxdash analyze --repo NAME
daxdash analyze --head SHA
daxdash analyze --acks FILE
daxdash analyze --algorithm robust|otava|edivisive|
daxdash analyze --otava-compat
daxdash analyze --window RUNS
daxdash analyze --p-value P
daxdash analyze --magnitude M
daxdash analyze --permutations TIMES
daxdash analyze --seed N
daxdash analyze --recent N
daxdash analyze --false-discovery Q
daxdash analyze --last-point mads|static|percentage|z-score|t-test|log-normal|iqr|delta-iqr|interval|
daxdash analyze --junit FILE
daxdash analyze --markdown FILE
daxdash analyze --ktap FILE
daxdash analyze --github
daxdash analyze --openmetrics FILE
daxdash analyze --json-file FILE
daxdash analyze -h
daxdash analyze --help
daxdash analyze operands
daxdash - gate
daxdash gate --store FILE
daxdash gate --repo NAME
daxdash gate --github-event FILE
daxdash gate --mode history|pr|
daxdash gate --base SHA
daxdash gate --head SHA
daxdash gate --acks FILE
daxdash gate -a
daxdash gate --all
daxdash gate --algorithm robust|otava|edivisive|
daxdash gate --otava-compat
daxdash gate --window RUNS
daxdash gate --p-value P
daxdash gate --magnitude M
daxdash gate --permutations TIMES
daxdash gate --seed N
daxdash gate --recent N
daxdash gate --false-discovery Q
daxdash gate --last-point mads|static|percentage|z-score|t-test|log-normal|iqr|delta-iqr|interval|
daxdash gate --junit FILE
daxdash gate --markdown FILE
daxdash gate --ktap FILE
daxdash gate --github
daxdash gate --openmetrics FILE
daxdash gate --json-file FILE
daxdash gate --allow-inconclusive
daxdash gate -h
daxdash gate --help
daxdash gate operands
daxdash - compare
daxdash compare --store FILE
daxdash compare --repo NAME
daxdash compare --format text|lkp|
daxdash compare --acks FILE
daxdash compare -a
daxdash compare --all
daxdash compare --false-discovery Q
daxdash compare --junit FILE
daxdash compare --markdown FILE
daxdash compare --ktap FILE
daxdash compare --github
daxdash compare --openmetrics FILE
daxdash compare --json-file FILE
daxdash compare --allow-inconclusive
daxdash compare -h
daxdash compare --help
daxdash compare operands FILE
daxdash - explain
daxdash explain --store FILE
daxdash explain --repo NAME
daxdash explain --head SHA
daxdash explain --acks FILE
daxdash explain --algorithm robust|otava|edivisive|
daxdash explain --otava-compat
daxdash explain --window RUNS
daxdash explain --p-value P
daxdash explain --magnitude M
daxdash explain --permutations TIMES
daxdash explain --seed N
daxdash explain --recent N
daxdash explain --false-discovery Q
daxdash explain --last-point mads|static|percentage|z-score|t-test|log-normal|iqr|delta-iqr|interval|
daxdash explain -h
daxdash explain --help
daxdash explain operands
daxdash - bless
daxdash bless --store FILE
daxdash bless --repo NAME
daxdash bless --acks FILE
daxdash bless -m TEXT
daxdash bless --message TEXT
daxdash bless --who NAME
daxdash bless -h
daxdash bless --help
daxdash bless operands
daxdash - page-data
daxdash page-data --store FILE
daxdash page-data --repo NAME
daxdash page-data -o FILE
daxdash page-data --output FILE
daxdash page-data --head SHA
daxdash page-data --acks FILE
daxdash page-data --algorithm robust|otava|edivisive|
daxdash page-data --otava-compat
daxdash page-data --window RUNS
daxdash page-data --p-value P
daxdash page-data --magnitude M
daxdash page-data --permutations TIMES
daxdash page-data --seed N
daxdash page-data --recent N
daxdash page-data --false-discovery Q
daxdash page-data --last-point mads|static|percentage|z-score|t-test|log-normal|iqr|delta-iqr|interval|
daxdash page-data -h
daxdash page-data --help
daxdash page-data operands
daxdash - html
daxdash html --store FILE
daxdash html --repo NAME
daxdash html -o FILE
daxdash html --output FILE
daxdash html --head SHA
daxdash html --acks FILE
daxdash html --algorithm robust|otava|edivisive|
daxdash html --otava-compat
daxdash html --window RUNS
daxdash html --p-value P
daxdash html --magnitude M
daxdash html --permutations TIMES
daxdash html --seed N
daxdash html --recent N
daxdash html --false-discovery Q
daxdash html --last-point mads|static|percentage|z-score|t-test|log-normal|iqr|delta-iqr|interval|
daxdash html -h
daxdash html --help
daxdash html operands FILE
daxdash - serve
daxdash serve --store FILE
daxdash serve --repo NAME
daxdash serve --listen ADDRESS
daxdash serve --head SHA
daxdash serve --acks FILE
daxdash serve --algorithm robust|otava|edivisive|
daxdash serve --otava-compat
daxdash serve --window RUNS
daxdash serve --p-value P
daxdash serve --magnitude M
daxdash serve --permutations TIMES
daxdash serve --seed N
daxdash serve --recent N
daxdash serve --false-discovery Q
daxdash serve --last-point mads|static|percentage|z-score|t-test|log-normal|iqr|delta-iqr|interval|
daxdash serve -h
daxdash serve --help
daxdash serve operands
daxdash - selftest
daxdash selftest --store FILE
daxdash selftest --repo NAME
daxdash selftest --algorithm robust|otava|edivisive|
daxdash selftest --otava-compat
daxdash selftest --window RUNS
daxdash selftest --p-value P
daxdash selftest --magnitude M
daxdash selftest --permutations TIMES
daxdash selftest --seed N
daxdash selftest --recent N
daxdash selftest --false-discovery Q
daxdash selftest --last-point mads|static|percentage|z-score|t-test|log-normal|iqr|delta-iqr|interval|
daxdash selftest --inject PERCENT
daxdash selftest --aa N
daxdash selftest -h
daxdash selftest --help
daxdash selftest operands
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
		[[ $program == "$1" && $command == - && -n $word && $word != -* && $word != operands ]] && echo "$word"
	done <<<"$_daxscope_table"
}

# What the operands of a program, or of its command, can be: words, FILE, COMMAND, or nothing.
_daxscope_operands() { # program command
	local program command word rest
	while read -r program command word rest; do
		[[ $program == "$1" && $command == "${2:--}" && $word == operands ]] && echo "$rest"
	done <<<"$_daxscope_table"
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
	local program=$1 word=$2 before=$3 name=${1##*/} command='' option takes operands i options=() commands=()
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
	mapfile -t commands < <(_daxscope_commands "$name")
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
		*:FILE) ;;
		*:*'|') _daxscope_words "$word" "${takes//|/ }" ;;
		*:FIELD) _daxscope_words "$word" "$("$program" --list-fields | sed -n 's/^\([a-z][a-z0-9_]*\) .*/\1/p')" ;;
		*:KIND) _daxscope_words "$word" mixed "$("$program" kinds | sed 's/ .*//')" ;;
		*:PID*) _daxscope_words "$word" "$(ps -e -o pid=)" ;;
		-u:NAME | --user:NAME) mapfile -t COMPREPLY < <(compgen -u -- "$word") ;;
		*:PATH | *:DIR) mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
		*) _daxscope_none ;;
		esac
		return
	done < <(_daxscope_options "$name" "$command")
	if [[ $word == -* ]]; then
		_daxscope_words "$word" "${options[@]}"
		return
	fi
	operands=$(_daxscope_operands "$name" "$command")
	case $operands in
	FILE) ;;
	COMMAND) mapfile -t COMPREPLY < <(compgen -c -- "$word") ;;
	*) _daxscope_words "$word" "$operands" ;;
	esac
}

complete -o bashdefault -o default -F _daxscope daxtop daxtrace daxdoctor daxbench daxdash
