# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154 # run-vm sets and uses the variables
# Several commands in one boot for run-vm --jobs: reads the list, runs guests until all have ended. Sourced, not run.

# read_jobs FILE: fills job_names and job_commands from lines NAME<TAB>SHELL COMMAND
read_jobs()
{
	local line name file n=0
	declare -A seen=()

	job_names=() job_commands=()
	[[ -f $1 && -r $1 ]] || die "--jobs $1: not a readable file"
	while IFS= read -r line || [[ -n $line ]]; do
		n=$((n + 1))
		[[ $line == *$'\t'?* ]] || die "--jobs $1: line $n: not NAME, a tab, and a command"
		name=${line%%$'\t'*}
		[[ $name =~ ^[A-Za-z0-9_][A-Za-z0-9._/+-]{0,199}$ ]] ||
			die "--jobs $1: line $n: the name is not of letters, digits and ._/+- alone, 200 at most"
		file=${name//\//-}
		[[ -z ${seen[$file]+set} ]] || die "--jobs $1: line $n: $name: there is one of that name already"
		seen[$file]=1
		job_names+=("$file")
		job_commands+=("${line#*$'\t'}")
	done <"$1"
	[[ $n -gt 0 ]] || die "--jobs $1: no job in it"
}

# part FILE FROM [TO]: bytes of a file; without TO, all from there on
part()
{
	if [[ -n ${3:-} ]]; then
		tail -c "+$(($2 + 1))" "$tmp/$1" | head -c $(($3 - $2)) || true # tail may get SIGPIPE
	else
		tail -c "+$(($2 + 1))" "$tmp/$1"
	fi
}

# wait_for_log MARK: the serial line may be behind the report. Sets log_end to the size of the log up to the mark.
wait_for_log()
{
	local at n

	for ((n = 0; n < 3000; n++)); do
		at=$(part dmesg "$log_from" | grep -abo -m 1 -e "$1" | head -n 1) || true
		if [[ -n $at ]]; then
			log_end=$((log_from + ${at%%:*} + ${#1}))
			return
		fi
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.02
	done
	log_end=$(size_of dmesg)
}

# finish_job STATUS: its files are there, its status goes last
finish_job()
{
	local to=$out/${job_names[job - 1]}

	printf '%s %d\n' "$1" "$SECONDS" >"$to.status.new" && mv "$to.status.new" "$to.status"
	[[ $1 -eq 0 ]] || jobs_failed=1
}

# end_job: what follow_guest brought about the present job, into its files
end_job()
{
	local to=$out/${job_names[job - 1]} status=0 out_to='' err_to='' tar_to='' spoilt

	if [[ $result == exit\ * ]]; then
		read -r _ _ out_to err_to tar_to spoilt <<<"$result"
		out_to=$((out_from + out_to)) err_to=$((err_from + err_to)) tar_to=$((tar_from + tar_to))
		wait_for_sizes "$out_to" "$err_to" "$tar_to" || result='broken the output did not arrive whole'
		wait_for_log "run-vm: job $job ends"
	else
		stop_guest
		log_end=$(size_of dmesg)
	fi
	part out "$out_from" "$out_to" >"$to.log"
	part err "$err_from" "$err_to" >"$to.log.err"
	part dmesg "$log_from" "$log_end" | tr -d '\r' >"$to.dmesg"
	if [[ $result == exit\ * && $tar_to -gt $tar_from ]]; then
		mkdir -p "$to.out"
		part tar "$tar_from" "$tar_to" |
			tar -x --no-same-owner --no-overwrite-dir -C "$to.out" 2>>"$to.log.err" ||
			result='broken the files of /out cannot be written'
	fi
	log=$to.dmesg
	(judge) 2>>"$to.log.err" || status=$?
	finish_job $status
	# What complained may be broken; a warning that comes once a boot must be seen by the next job too.
	if [[ $result != exit\ * || $status -eq $EXIT_KERNEL || -n $spoilt ]]; then
		[[ -z $verbose || -z $spoilt ]] || say "${job_names[job - 1]}: a fresh boot after it: $spoilt"
		stop_guest
	fi
	[[ -z $pid ]] || begin_progress
	out_from=$out_to err_from=$err_to tar_from=$tar_to log_from=$log_end
}

# give_up WHY: no guest comes up, so none of the other jobs can run
give_up()
{
	local status=$1

	for ((job = job + 1; job <= ${#job_names[@]}; job++)); do
		: >"$out/${job_names[job - 1]}.log"
		cp "$out/${job_names[first - 1]}.log.err" "$out/${job_names[job - 1]}.log.err"
		SECONDS=0
		finish_job "$status"
	done
}

run_jobs()
{
	local status

	jobs_failed=0 first=1
	for ((job = 1; job <= ${#job_names[@]}; job++)); do
		rm -f "$out/${job_names[job - 1]}".{log,log.err,dmesg,status}
	done
	for ((job = 1; job <= ${#job_names[@]}; job++)); do
		if [[ -z $pid ]]; then
			first=$job ready='' boots=1 begin=$EPOCHREALTIME
			out_from=0 err_from=0 tar_from=0 log_from=0
			[[ $job -eq 1 ]] || start=$begin
			start_guest
		fi
		result=''
		follow_guest
		end_job
		if [[ -z $ready ]]; then
			read -r status _ <"$out/${job_names[job - 1]}.status"
			give_up "$status"
		fi
	done
	stop_guest
	exit $jobs_failed
}
