#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests the guest harness itself: statuses, output, files, kernel complaints, time-out, interruption, DAX.
# shellcheck disable=SC2016 # the guest's shell, or eval, expands what is in single quotes
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/test-run-vm.XXXXXX")
# When this is interrupted, the run-vm in each background job is ended and cleans up; then the job ends by itself.
trap 'jobs -p | xargs -r -n 1 pkill -TERM -P 2>/dev/null || true; wait; rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP
failed=0

# check NAME COMMAND...: one assertion
check()
{
	local name=$1

	shift
	if "$@"; then
		printf 'ok - %s\n' "$name"
	else
		printf 'not ok - %s\n' "$name"
		failed=1
	fi
}

# run NAME ARGUMENT...: run-vm with a temporary directory of its own, NAME.tmp, so that what is left over can be seen
run()
{
	mkdir -p "$work/$1.tmp"
	TMPDIR=$work/$1.tmp "$here/run-vm" "${@:2}"
}

# guest NAME ARGUMENT...: a run whose stdout, stderr and status are NAME.out, .err, .status in the work directory
guest()
{
	local name=$1 status=0

	shift
	run "$name" "$@" >"$work/$name.out" 2>"$work/$name.err" || status=$?
	printf '%s\n' "$status" >"$work/$name.status"
}

# status NAME WANTED; when it is another, stderr tells why
status()
{
	local got

	got=$(<"$work/$1.status")
	[[ $got -eq $2 ]] || { printf '# status %s; stderr:\n' "$got"; sed 's/^/# /' "$work/$1.err"; return 1; }
}

said()
{
	grep -qE -e "$2" "$work/$1.err" || { sed 's/^/# stderr: /' "$work/$1.err"; return 1; }
}

has_line()
{
	grep -qxE -e "$2" "$work/$1.out" || { sed 's/^/# stdout: /' "$work/$1.out"; return 1; }
}

# running NAME: whether a process has its working directory below the temporary directory of that run
running()
{
	local link

	for link in /proc/[0-9]*/cwd; do
		link=$(readlink "$link" 2>/dev/null) || continue
		case $link in "$work/$1.tmp"/*) return 0 ;; esac
	done
	return 1
}

# nothing_left NAME: no process and no temporary file of that run
nothing_left()
{
	local n

	for ((n = 0; n < 50; n++)); do
		if ! running "$1" && [[ -z $(ls -A "$work/$1.tmp") ]]; then
			return 0
		fi
		sleep 0.1
	done
	find "$work/$1.tmp" -mindepth 1 -printf '# left: %P\n'
	return 1
}

# What a guest prints about its DAX mount; the first file really written and mapped is daxbench's business.
readonly LOOK='
grep " /mnt/dax " /proc/mounts
xfs_io -f -c "statx -r" /mnt/dax/f | grep "^stat.attributes = "
[ -s /sys/kernel/btf/vmlinux ] && echo btf
grep -q "^bpf /sys/fs/bpf bpf" /proc/mounts && echo bpffs
[ -e /sys/kernel/tracing/events/fs_dax/dax_pmd_fault_done/enable ] && echo fs_dax
[ -d /sys/kernel/debug/tracing ] && echo debugfs
[ -e /sys/fs/cgroup/cgroup.controllers ] && echo cgroup2
'

# is_dax NAME TYPE: the mount is of that type and a file on it has STATX_ATTR_DAX (0x200000)
is_dax()
{
	local attr

	has_line "$1" "/dev/pmem0 /mnt/dax $2 .*[, ]dax(=always)?[, ].*" || return 1
	attr=$(sed -n 's/^stat.attributes = //p' "$work/$1.out")
	[[ $((${attr:-0} & 0x200000)) -ne 0 ]]
}

has_all()
{
	local name=$1 line

	shift
	for line; do
		has_line "$name" "$line" || return 1
	done
}

test_usage()
{
	guest nokernel --kernel /nonexistent/bzImage -- true
	check 'a kernel file that is missing gives 125' status nokernel 125
	check 'a kernel file that is missing is named' said nokernel '^run-vm: /nonexistent/bzImage: no such kernel'
	guest badoption --frobnicate -- true
	check 'an unknown option gives 125 and the way to the help' eval \
		'status badoption 125 && said badoption "^run-vm: --frobnicate: not an option.*--help"'
	guest nocommand --kernel debian-6.1
	check 'no COMMAND gives 125' status nocommand 125
	guest icount --kernel debian-6.1 --icount --smp 2 -- true
	check '--icount with two CPUs is refused' status icount 125
	guest accel --kernel debian-6.1 --accel magic -- true
	check 'an unknown --accel is refused' eval 'status accel 125 && said accel "--accel magic: auto, kvm or tcg"'
	test_jobs_usage
	guest noprogram --kernel debian-6.1 --bin no-such-program-here -- true
	check 'a --bin that is missing is named' eval 'status noprogram 125 && said noprogram no-such-program-here'
}

# bad_jobs NAME LINES PATTERN: a list that is refused before anything is booted
bad_jobs()
{
	printf '%b' "$2" >"$work/$1.list"
	guest "$1" --kernel debian-6.1 --out "$work/$1.dir" --jobs "$work/$1.list"
	status "$1" 125 && said "$1" "$3"
}

test_jobs_usage()
{
	check 'a job without a tab is refused by its line' bad_jobs notab 'a\ttrue\nb true\n' 'line 2: not NAME, a tab, and a command'
	check 'a job that would write elsewhere is refused' bad_jobs elsewhere '../a\ttrue\n' 'line 1: the name is not of letters'
	check 'two jobs whose files would be the same are refused' bad_jobs twice 'a/b\ttrue\na-b\tfalse\n' 'line 2: a-b: there is one'
	check 'a list without a job is refused' bad_jobs none '' 'no job in it'
	guest jobsout --kernel debian-6.1 --jobs /dev/null
	check '--jobs needs --out' eval 'status jobsout 125 && said jobsout "needs --out"'
}

# fetch NAME ARGUMENT...: as guest(), with a cache of its own
fetch()
{
	local name=$1 status=0

	shift
	DAXSCOPE_CACHE=$work/cache "$here/fetch-kernel" "$@" >"$work/$name.out" 2>"$work/$name.err" || status=$?
	printf '%s\n' "$status" >"$work/$name.status"
}

test_fetch()
{
	local old=$work/cache/kernels/packages-5

	fetch unknown debian-2.4
	check 'fetch-kernel refuses an unknown kernel' status unknown 2
	fetch empty --offline debian-6.1
	check 'fetch-kernel gives 3 when it has nothing and may not ask' status empty 3
	check 'fetch-kernel says so' said empty 'debian-6.1: apt has no such kernel.*none is cached'
	mkdir -p "$old"/debian-6.1,6.1.0-{9,10}-amd64,6.1.1
	fetch old --offline debian-6.1
	check 'fetch-kernel falls back to the newest in the cache' \
		eval 'status old 0 && has_line old "$old/debian-6.1,6.1.0-10-amd64,6.1.1"'
}

# emulator NAME [VARIABLE=VALUE]...: fetch-qemu, or what fetcher says, with a cache of its own, NAME.cache
emulator()
{
	local name=$1 status=0

	shift
	env DAXSCOPE_CACHE="$work/$name.cache" "$@" "$here/${fetcher:-fetch-qemu}" >"$work/$name.out" 2>"$work/$name.err" || status=$?
	printf '%s\n' "$status" >"$work/$name.status"
}

# It asks for what is old here, so it can only be tested where QEMU is.
test_fetch_qemu()
{
	local installed nowhere='http_proxy=http://127.0.0.1:9'

	installed=$(type -P qemu-system-x86_64)
	if [[ $(DAXSCOPE_CACHE=$work/probe.cache "$here/fetch-qemu" 2>/dev/null) == "$installed" ]]; then
		printf 'skip - fetch-qemu: %s is new enough, or no newer one can be had\n' "$installed"
		return
	fi
	emulator lacking "$nowhere"
	check 'without a network it is the QEMU that is installed' eval 'status lacking 0 && has_line lacking "$installed"'
	check '... with a warning' said lacking 'warning: no QEMU of 8.1 or newer'
	emulator lacking "$nowhere"
	check '... and is not asked for again at once' eval 'has_line lacking "$installed" && ! test -s "$work/lacking.err"'
	emulator probe "$nowhere"
	check 'with one in the cache there is no need of a network' \
		eval 'status probe 0 && has_line probe "$work/probe.cache/qemu/.*/qemu-system-x86_64" && ! test -s "$work/probe.err"'
	check 'it is 8.1 or newer' "$here/fetch-qemu" --check "$(<"$work/probe.out")"
}

# A QEMU that fails an assertion before the guest is up ran nothing; one that always does is given up.
test_emulator_fails()
{
	local real times cache=$work/failing.cache

	real=$("$here/fetch-qemu")
	if [[ $real == "$(type -P qemu-system-x86_64)" ]]; then
		printf 'skip - a QEMU that fails: %s is new enough, or no newer one can be had\n' "$real"
		return
	fi
	mkdir -p "$cache/qemu/99"
	ln -s "$(readlink -f "$(dirname "$real")/../../kernels")" "$cache/kernels"
	cat >"$cache/qemu/99/qemu-system-x86_64" <<EOF
#!/bin/sh
case "\$*" in *-kernel*) ;; *) exec "$real" "\$@" ;; esac
echo >>"$work/started"
[ "\$(wc -l <"$work/started")" -gt "\$(cat "$work/times")" ] || {
	echo "qemu-system-x86_64: here.c:1: it: Assertion \\\`all is well' failed." >&2
	kill -ABRT \$\$
}
exec "$real" "\$@"
EOF
	chmod 755 "$cache/qemu/99/qemu-system-x86_64"
	for times in 1 9; do
		echo $times >"$work/times"
		: >"$work/started"
		DAXSCOPE_CACHE=$cache guest fails$times --kernel debian-6.1 --accel tcg --fs none --pmem 0 -- echo up
	done
	check 'a QEMU that fails before the guest is up is started again' \
		eval 'status fails1 0 && has_line fails1 up && said fails1 "started again: .*all is well"'
	check '... twice, and not for ever' eval 'status fails9 125 && test "$(wc -l <"$work/started")" -eq 3'
}

# The same for jq; and it must run in a guest, with whatever C library it needs.
test_fetch_jq()
{
	local installed nowhere='http_proxy=http://127.0.0.1:9' PATH=/usr/bin:/bin fetcher=fetch-jq

	installed=$(type -P jq)
	guest jq --kernel debian-6.1 --fs none --pmem 0 --bin jq -- sh -c 'jq -n "[1, 2] | add"; jq --version'
	check 'jq runs in a guest' eval 'status jq 0 && has_line jq 3'
	if [[ $(DAXSCOPE_CACHE=$work/newjq.cache "$here/fetch-jq" 2>/dev/null) == "$installed" ]]; then
		printf 'skip - fetch-jq: %s is new enough, or no newer one can be had\n' "$installed"
		return
	fi
	check '... one that starts quickly' has_line jq "jq-(1\.[7-9]|[2-9]).*"
	emulator oldjq "$nowhere"
	check 'without a network it is the jq that is installed, and a warning says so' \
		eval 'status oldjq 0 && has_line oldjq "$installed" && said oldjq "warning: no jq of 1.7 or newer"'
	emulator newjq "$nowhere"
	check 'with one in the cache there is no need of a network' \
		eval 'status newjq 0 && has_line newjq "$work/newjq.cache/jq/trixie/jq" && ! test -s "$work/newjq.err"'
}

# Two guests at once: output byte for byte, files, xfs on 6.1 and ext4 on 6.12.
test_two_at_once()
{
	local pid

	head -c 300000 /dev/urandom >"$work/random"
	printf 'no newline at the end' >>"$work/random"
	head -c 70000 /dev/urandom >"$work/random2"
	guest one --kernel debian-6.1 --out "$work/one" --add "$work/random" --add "$work/random2" -- \
		sh -c "cat random; cat random2 >&2; mkdir -p /out/a/b; cp random /out/a/b/; : >'/out/an empty one'
		{ $LOOK } >/out/look
		sleep 1000 & exit 7" &
	pid=$!
	guest two --kernel debian-6.12 --fs ext4 -- sh -c "$LOOK"
	wait $pid
	check 'exit status 7 is passed on' status one 7
	check 'exit status 0 is passed on' status two 0
	check 'stdout is exact: binary, 300 kB, no newline at the end' cmp "$work/random" "$work/one.out"
	check 'stderr is exact and apart' cmp "$work/random2" "$work/one.err"
	check 'files of /out come back' eval 'cmp "$work/random" "$work/one/a/b/random" && [[ -f "$work/one/an empty one" ]]'
	check "the kernel's log is kept" grep -q 'Linux version 6\.1\.' "$work/one/dmesg"
	cp "$work/one/look" "$work/look.out"
	check '6.1: xfs is DAX' is_dax look xfs
	check '6.1: BTF, bpffs, tracefs, debugfs, cgroup2' has_all look btf bpffs fs_dax debugfs cgroup2
	check '6.12: ext4 is DAX' is_dax two ext4
	check '6.12: BTF, bpffs, tracefs, debugfs, cgroup2' has_all two btf bpffs fs_dax debugfs cgroup2
	check 'two guests leave nothing behind' eval 'nothing_left one && nothing_left two'
}

test_more_filesystems()
{
	local pid

	guest ext2 --kernel debian-6.1 --fs ext2 -- sh -c "$LOOK exit 77" &
	pid=$!
	guest nodax --kernel debian-6.12 --smp 1 --mkfs '-m reflink=1,rmapbt=1' --mount '' --extsize 0 --env "A=it's a value" -- \
		sh -c 'grep " /mnt/dax " /proc/mounts; echo "$A"; xfs_io -c "extsize" /mnt/dax; nproc; kill -KILL $$'
	wait $pid
	check 'exit status 77 is passed on' status ext2 77
	check '6.1: ext2 is DAX' is_dax ext2 ext2
	check 'death by signal 9 is 137' status nodax 137
	check '6.12: xfs without DAX when asked for, --env, --smp 1' \
		has_all nodax '/dev/pmem0 /mnt/dax xfs .*' "it's a value" '\[0\] /mnt/dax' 1
	check '6.12: --mount replaces dax=always' eval '! grep -q dax=always "$work/nodax.out"'
}

test_kernel_complaints()
{
	local pid

	guest panic --kernel debian-6.1 --fs none --out "$work/panic" -- \
		sh -c 'echo before; sleep 1; echo c >/proc/sysrq-trigger; sleep 60' &
	pid=$!
	guest warn --kernel debian-6.12 --fs none -- sh -c 'echo "WARNING: CPU: 0 PID: 1 at a test" >/dev/kmsg'
	wait $pid
	check 'a panic gives 123' status panic 123
	check 'a panic is shown' said panic 'sysrq triggered crash'
	check 'output before a panic arrives' has_line panic before
	check "a panic's log is kept" grep -q 'Kernel panic' "$work/panic/dmesg"
	check 'a warning gives 123 though COMMAND gave 0' status warn 123
	check 'a warning is shown' said warn 'WARNING: CPU: 0 PID: 1 at a test'
	guest allow --kernel debian-6.1 --fs none --pmem 0 --dmesg-allow 'at a [t]est' -- \
		sh -c 'echo "WARNING: CPU: 0 PID: 1 at a test" >/dev/kmsg; ls /dev/pmem0; exit 3'
	check 'a warning that is allowed is no failure' status allow 3
	check '--pmem 0 gives no pmem' said allow 'ls: /dev/pmem0: No such file'
	test_stale
}

# A kernel's log that tells of stale code: an old QEMU is blamed for it, a new one is not.
test_stale()
{
	local installed old='rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:\nRIP: 0010:exc_int3+0x4e/0x120\n'

	installed=$(type -P qemu-system-x86_64)
	if "$here/fetch-qemu" --check "$("$here/fetch-qemu")"; then
		guest fault --kernel debian-6.1 --fs none -- sh -c "printf '$old' >/dev/kmsg"
		check 'a breakpoint under a new QEMU gives 123' status fault 123
		check '... and QEMU is not blamed' eval '! grep "stale code" "$work/fault.err"'
	fi
	if "$here/fetch-qemu" --check "$installed"; then
		printf 'skip - stale code: %s does not run any\n' "$installed"
		return
	fi
	# A cache that has the kernels, and says that no newer QEMU can be had
	mkdir -p "$work/old.cache/qemu"
	: >"$work/old.cache/qemu/failed"
	ln -s "${DAXSCOPE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/daxscope}/kernels" "$work/old.cache/kernels"
	DAXSCOPE_CACHE=$work/old.cache guest stale --kernel debian-6.1 --fs none --timeout 100 -- \
		sh -c "printf '$old' >/dev/kmsg; sleep 1000"
	check 'a CPU that takes a stale breakpoint for ever gives 123' status stale 123
	check '... and ends the guest early' said stale 'its kernel says that it hangs, so the guest was ended'
	check '... and it is said that QEMU is at fault' said stale 'QEMU ran stale code [(]int3[)]'
}

# What QEMU before 8.1 does not bear for long: a CPU changes the code that another one runs.
test_probes()
{
	if ! "$here/fetch-qemu" --check "$("$here/fetch-qemu")"; then
		printf 'skip - probes that come and go: QEMU is too old\n'
		return
	fi
	guest probes --kernel debian-6.12 --fs none --smp 2 -- sh -c '
		cd /sys/kernel/tracing/events
		(while :; do cat /proc/stat >/dev/null; done) &
		end=$(($(date +%s) + 30))
		n=0
		while [ "$(date +%s)" -lt $end ]; do
			for what in sched/sched_switch syscalls; do
				echo 1 >$what/enable
				echo 0 >$what/enable
			done
			n=$((n + 1))
		done
		echo "$n times"'
	check 'probes may come and go on two CPUs' status probes 0
	check '... some dozens of times' eval 'test "$(sed -n "s/ times$//p" "$work/probes.out")" -gt 24'
}

# What a job does to the guest that the next one must not see
readonly SPOIL='
echo precious >/mnt/dax/file; mkdir /tmp/d /run/d /root/d /out/d; echo kept >/out/d/f; echo x >/dev/shm/x
mkdir /mnt/dax/b; mount --bind /mnt/dax/b /root/d; mount -t tmpfs none /mnt/dax/b; mount -o remount,hidepid=2 /proc
echo 1 >/proc/sys/vm/overcommit_memory; echo never >/sys/kernel/mm/transparent_hugepage/enabled
cd /sys/kernel/tracing
echo "p:dax/probe schedule" >kprobe_events; echo "stacktrace" >events/dax/probe/trigger
echo 1 >events/dax/probe/enable; echo 1 >events/fs_dax/enable; echo "ino == 7" >events/fs_dax/dax_load_hole/filter
echo "hist:keys=result" >events/fs_dax/dax_load_hole/trigger; mkdir instances/other; echo 64 >buffer_size_kb
echo blk >current_tracer; echo 0 >tracing_on; echo stacktrace >trace_options
mkdir -p /sys/fs/cgroup/mine/deep; (echo 0 >/sys/fs/cgroup/mine/deep/cgroup.procs; exec sleep 1234) &
(echo 0 >/sys/fs/cgroup/cgroup.procs; exec setsid sleep 1234) &
usleep 300000'
readonly SEE='
ls -A /mnt/dax /tmp /root /out /dev/shm; ls /run; sort /proc/mounts; cat /proc/sys/vm/overcommit_memory
cat /sys/kernel/mm/transparent_hugepage/enabled; ps | grep "[s]leep"; find /sys/fs/cgroup -type d
cd /sys/kernel/tracing; cat dynamic_events events/fs_dax/enable events/fs_dax/dax_load_hole/filter current_tracer tracing_on
cat trace_options trace_clock buffer_size_kb; grep -v "^#" events/fs_dax/dax_load_hole/trigger; ls instances
xfs_io -c extsize /mnt/dax; xfs_io -f -c "statx -r" /mnt/dax/f | grep "^stat.attributes = "; stat -c %i /mnt/dax/f
echo "all seen"'

# result_of JOB: the status that it left
result_of()
{
	local got=none

	[[ ! -f $work/jobs/$1.status ]] || read -r got _ <"$work/jobs/$1.status"
	[[ $got == "$2" ]] || { printf '# status %s; stderr:\n' "$got"; sed 's/^/# /' "$work/jobs/$1.log.err"; return 1; }
}

job_said()
{
	grep -qE -e "$2" "$work/jobs/$1.log.err"
}

# Jobs that behave, that do not, that let the guest die: four boots
test_jobs()
{
	local status=0

	printf '%s\n' "$SEE" >"$work/see"
	printf '%s\n' "$SPOIL" >"$work/spoil"
	{
		printf 'one/sees\tsh see\n'
		printf 'one/fails\tcat /root/random; cat /root/random2 >&2; exit 7\n'
		printf 'one/spoils\tsh spoil\n'
		printf 'two/sees\tsh see\n'
		printf 'writes\techo "echo written" >>/run-vm/env\n'
		printf 'booted\ttrue\n'
		printf 'complains\techo partial; echo "WARNING: CPU: 0 PID: 1 at a test" >/dev/kmsg\n'
		printf 'panics\techo before; sleep 1; echo c >/proc/sysrq-trigger; sleep 60\n'
		printf 'hangs\techo started; exec sleep 1000\n'
		printf 'last\tls -A /mnt/dax; kill -KILL $$\n'
	} >"$work/jobs.list"
	mkdir -p "$work/jobs.tmp"
	TMPDIR=$work/jobs.tmp "$here/run-jobs" --out "$work/jobs" --jobs "$work/jobs.list" -- --kernel debian-6.1 --timeout 20 \
		--add "$work/random" --add "$work/random2" --add "$work/see" --add "$work/spoil" >"$work/jobs.out" 2>"$work/jobs.err" || status=$?
	check 'jobs: some failed, so 1' test $status -eq 1
	check 'jobs: status 7 is of the job that gave it' eval \
		'result_of one-sees 0 && result_of one-fails 7 && result_of one-spoils 0 && result_of two-sees 0'
	check 'jobs: stdout is exact and apart' cmp "$work/random" "$work/jobs/one-fails.log"
	check 'jobs: stderr is exact and apart' cmp "$work/random2" "$work/jobs/one-fails.log.err"
	check 'jobs: what it left in /out comes back' eval 'grep -qx kept "$work/jobs/one-spoils.out/d/f" && [[ ! -e "$work/jobs/two-sees.out" ]]'
	check 'jobs: all is seen as before, the filesystem is new' eval \
		'grep -qx "all seen" "$work/jobs/one-sees.log" && diff "$work/jobs/one-sees.log" "$work/jobs/two-sees.log"'
	check 'jobs: that took no fresh boot' eval '! grep -q "Linux version" "$work"/jobs/{one-fails,one-spoils,two-sees,writes}.dmesg'
	check 'jobs: what cannot be put back costs one' eval \
		'result_of booted 0 && grep -q "Linux version" "$work/jobs/booted.dmesg" && ! test -s "$work/jobs/booted.log"'
	check 'jobs: a complaint gives that job 123' result_of complains 123
	check 'jobs: ... and names the line' job_said complains 'WARNING: CPU: 0 PID: 1 at a test'
	check 'jobs: ... and its output is there' grep -qx partial "$work/jobs/complains.log"
	check 'jobs: a panic gives that job 123' result_of panics 123
	check 'jobs: ... is shown' job_said panics 'sysrq triggered crash'
	check 'jobs: ... and the output before it is there' grep -qx before "$work/jobs/panics.log"
	check 'jobs: one that hangs gives 124' result_of hangs 124
	check 'jobs: ... and says so' job_said hangs 'no output and no CPU time used for'
	check 'jobs: ... and its output is there' grep -qx started "$work/jobs/hangs.log"
	check 'jobs: the one after a hang has its own signal, a new filesystem' eval 'result_of last 137 && ! test -s "$work/jobs/last.log"'
	check 'jobs: the other ones have no complaint of it' eval '! grep -l "complained" "$work"/jobs/{one-*,two-*,booted,hangs,last}.log.err'
	check 'jobs: nothing left behind' nothing_left jobs
}

# /dev/kvm may be there and no guest boot with it
test_accel()
{
	local seconds

	if [[ ! -e /dev/kvm ]]; then
		printf 'skip - KVM that does not work: there is no /dev/kvm\n'
		return
	fi
	mkdir -p "$work/accel.cache"
	ln -s "${DAXSCOPE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/daxscope}"/* "$work/accel.cache/"
	rm -f "$work/accel.cache/accel"
	DAXSCOPE_CACHE=$work/accel.cache guest auto -v --accel auto --kernel debian-6.12 --fs none -- true
	check 'auto: the guest runs, whether KVM works or not' status auto 0
	check 'auto: it says what it chose' said auto '^run-vm: (no guest boots with KVM here.*emulating|a guest boots with KVM here: using)'
	seconds=$(sed -n 's/.*looked for KVM for \([0-9]*\).*/\1/p' "$work/auto.err")
	check 'auto: that is known within 5 s' test "${seconds:-99}" -lt 5
	DAXSCOPE_CACHE=$work/accel.cache guest again --accel auto --kernel debian-6.12 --fs none -- true
	check 'auto: the answer is remembered' eval 'status again 0 && ! test -s "$work/again.err"'
}

# It idles beside the other guests, to save its 20 s.
start_time_out()
{
	guest slow --kernel debian-6.1 --fs none --timeout 20 -- sh -c 'echo started; sleep 1000' &
	slow=$!
}

test_time_out()
{
	wait "$slow"
	check 'time-out gives 124' status slow 124
	check 'time-out says so and names the log' said slow 'no output and no CPU time used for .*run-vm-dmesg'
	check 'output before a time-out arrives' has_line slow started
	check 'the log that a time-out names is there' grep -q 'Linux version' "$work"/slow.tmp/run-vm-dmesg.*
	rm -f "$work"/slow.tmp/run-vm-dmesg.*
	check 'a time-out leaves nothing else behind' nothing_left slow
}

test_output_refused()
{
	local pid status=0

	run full --kernel debian-6.1 --fs none -- echo >/dev/full 2>"$work/full.err" &
	pid=$!
	{
		run deaf --kernel debian-6.1 --fs none -- yes 2>"$work/deaf.err" || printf '%s\n' $? >"$work/deaf.status"
	} | head -n 1 >"$work/deaf.out"
	wait $pid || status=$?
	check 'a full disk for the output gives 125' test $status -eq 125
	check 'a full disk for the output is named' said full 'output could not be written'
	check 'a reader that goes away gives 141' status deaf 141
	check 'a reader that goes away ends the guest quietly' test ! -s "$work/deaf.err"
	check 'output that is refused leaves nothing behind' eval 'nothing_left full && nothing_left deaf'
}

# interrupt SIGNAL STATUS
interrupt()
{
	local pid n status=0

	mkdir "$work/$1.tmp"
	TMPDIR=$work/$1.tmp env --default-signal=INT "$here/run-vm" --kernel debian-6.1 --fs none -- sleep 1000 >/dev/null 2>&1 &
	pid=$!
	for ((n = 0; n < 100; n++)); do
		! running "$1" || break
		sleep 0.1
	done
	sleep 1
	check "$1: the guest was running" running "$1"
	kill -s "$1" "$pid"
	wait "$pid" || status=$?
	check "$1 gives $2" test "$status" -eq "$2"
	check "$1 leaves no process and no file behind" nothing_left "$1"
}

# A real terminal: tmux is the user, its window 90 by 30.
test_terminal()
{
	local socket=daxscope-test-$$ n before after

	if ! type -P tmux >/dev/null; then
		printf 'skip - a guest on a terminal: tmux is not installed\n'
		return
	fi
	tmux -L "$socket" -f /dev/null new-session -d -x 90 -y 30 "cd $work; stty -g >before; mkdir tty.tmp
		TMPDIR=$work/tty.tmp $here/run-vm --kernel debian-6.1 --fs none --tty -- sh -c 'stty size; read -r line; echo got \$line; sleep 1000' 2>err
		echo \$? >status; stty -g >after; touch done; sleep 60"
	for ((n = 0; n < 300; n++)); do
		! tmux -L "$socket" capture-pane -p | grep -qx '30 90' || break
		sleep 0.1
	done
	check 'terminal: the guest knows the window size' test $n -lt 300
	tmux -L "$socket" send-keys 'some words' Enter
	for ((n = 0; n < 100; n++)); do
		! tmux -L "$socket" capture-pane -p | grep -qx 'got some words' || break
		sleep 0.1
	done
	check 'terminal: keys go in, output comes out' test $n -lt 100
	tmux -L "$socket" send-keys C-c
	for ((n = 0; n < 100; n++)); do
		[[ ! -e $work/done ]] || break
		sleep 0.1
	done
	tmux -L "$socket" kill-server
	check 'terminal: ctrl-C is a SIGINT in the guest' test "$(cat "$work/status")" = 130
	before=$(<"$work/before") after=$(<"$work/after")
	check 'terminal: it is as before when done' test "$before" = "$after"
	check 'terminal: nothing left behind' nothing_left tty
}

if ! type -P qemu-system-x86_64 >/dev/null; then
	printf 'skip - the guest harness: qemu-system-x86_64 is not installed\n'
	exit 0
fi
for kernel in debian-6.1 debian-6.12; do
	if ! "$here/fetch-kernel" "$kernel" >/dev/null; then
		printf 'skip - the guest harness: %s cannot be fetched\n' "$kernel"
		exit 0
	fi
done
# To look into one part alone: test-run-vm.sh jobs accel
if [[ $# -gt 0 ]]; then
	head -c 300000 /dev/urandom >"$work/random"
	head -c 70000 /dev/urandom >"$work/random2"
	for part; do
		"test_$part"
	done
	exit $failed
fi
test_usage
test_fetch
test_fetch_qemu
test_fetch_jq
test_emulator_fails
start_time_out
test_two_at_once
test_more_filesystems
test_kernel_complaints
test_probes
test_time_out
test_output_refused
test_jobs
test_accel
interrupt TERM 143
interrupt INT 130
interrupt HUP 129
test_terminal
exit $failed
