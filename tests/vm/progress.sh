# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154 # run-vm sets and uses the variables
# When run-vm ends a guest: when it makes no progress, not when a number of seconds is up. Sourced, not run.

# Percent of a CPU. A guest that only waits takes 1 or 2 for its timers; a process that works takes all it can get, and
# with a dozen processes beside it on the host still several times this.
readonly IDLE_PERCENT=3
# Seconds; longer than what the guest's kernel takes to see that a task is stuck, so that it can say which.
readonly LONGEST_IDLE=150
# A guest that is busy for ever is ended too: at these multiples of --timeout, and not before so many seconds. A machine
# with ten things to do at once was seen to take 100 s for a boot alone.
readonly CPU_BOUND=3 WALL_BOUND=5 LEAST_CPU=600 LEAST_WALL=1800

# plan_limits: from --timeout, and from how slow this machine is: DAXSCOPE_SLOWNESS, percent of the reference's time
plan_limits()
{
	local slowness=${DAXSCOPE_SLOWNESS:-100}

	[[ $slowness =~ ^[1-9][0-9]{0,4}$ ]] || die "DAXSCOPE_SLOWNESS=$slowness: not a number of percent"
	[[ $slowness -ge 100 ]] || slowness=100
	idle_limit=$(((timeout < LONGEST_IDLE ? timeout : LONGEST_IDLE) * slowness / 100))
	cpu_limit=$((CPU_BOUND * timeout * smp * slowness / 100))
	wall_limit=$((WALL_BOUND * timeout * slowness / 100))
	[[ $cpu_limit -ge $LEAST_CPU ]] || cpu_limit=$LEAST_CPU
	[[ $wall_limit -ge $LEAST_WALL ]] || wall_limit=$LEAST_WALL
	hung_task=$((60 * slowness / 100))
}

# cpu_ticks: CPU time of QEMU, in hundredths of a second; its name may have blanks
cpu_ticks()
{
	local stat

	{ stat=$(<"/proc/${pid:-none}/stat"); } 2>/dev/null || stat=') 0 0 0 0 0 0 0 0 0 0 0 0 0 0'
	# shellcheck disable=SC2086 # words
	set -- ${stat##*) }
	printf '%d' $((${12} + ${13}))
}

# Everything that the guest has said
said_bytes()
{
	stat -c %s "$tmp/out" "$tmp/err" "$tmp/tar" "$tmp/dmesg" | paste -sd ' '
}

# Called when a command begins
begin_progress()
{
	SECONDS=0
	first_ticks=$(cpu_ticks)
	idle_since=0 look_at=0 look_ticks=$first_ticks look_said=''
}

# look_at_progress: sets result to timeout, and why to the reason, when the guest is to be ended. It looks at a
# quarter of the longest idle time at once: within one, either something was said or CPU time was used.
look_at_progress()
{
	local window=$((idle_limit / 4 > 0 ? idle_limit / 4 : 1)) ticks said

	[[ $((SECONDS - look_at)) -ge $window ]] || return 0
	ticks=$(cpu_ticks) said=$(said_bytes)
	if [[ $said != "$look_said" || $((ticks - look_ticks)) -gt $((IDLE_PERCENT * (SECONDS - look_at))) ]]; then
		idle_since=$SECONDS
	fi
	look_at=$SECONDS look_ticks=$ticks look_said=$said
	if [[ $((SECONDS - idle_since)) -ge $idle_limit ]]; then
		result=timeout why="no output and no CPU time used for $((SECONDS - idle_since)) s"
	elif [[ $((ticks - first_ticks)) -ge $((cpu_limit * 100)) ]]; then
		result=timeout why="$cpu_limit s of CPU time were used"
	elif [[ $SECONDS -ge $wall_limit ]]; then
		result=timeout why="$wall_limit s were up"
	fi
}
