# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # run-vm sets the variables
# The guest's machine for run-vm: starts QEMU, follows what the guest reports, stops it. Sourced, not run.

# A modest CPU spelt out feature by feature: the host's CPU and QEMU's idea of "max" must not change a result.
readonly CPU='qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt,+movbe,+aes,+pclmulqdq,+bmi1,+bmi2,+erms,+fsgsbase,+smep,+smap,'\
'+clflushopt,+clwb,+rdrand,+rdtscp,+pdpe1gb,-svm'

# plan_memory: the pmem lies at 4 GiB; a PC of more than 3.5 GiB has what is beyond 3 GiB there
plan_memory()
{
	local high least

	pmem_bytes=$(bytes "$pmem")
	mem_bytes=$(bytes "$mem")
	memmap=''
	if [[ $pmem_bytes -eq 0 ]]; then
		[[ $fs == none ]] || die "--pmem 0 needs --fs none"
		fs=off
		return
	fi
	[[ $((pmem_bytes % (2 << 20))) -eq 0 ]] || die "--pmem $pmem: not a multiple of 2M"
	high=$((pmem_bytes < (1 << 30) ? (1 << 30) : pmem_bytes))
	least=$(((3 << 30) + high))
	[[ $mem_bytes -ge $least ]] || mem_bytes=$least
	memmap="memmap=$((pmem_bytes >> 10))K!4G"
}

# tsc_rate: the kernel argument that says how fast the time stamp counter runs. A guest that finds out by itself
# compares it with timers that QEMU serves late on a busy machine: its clock was seen to run 27 times too fast. One that
# counts instructions has 10^9 of them a second; another has this machine's counter.
tsc_rate()
{
	local program

	if [[ -n $icount ]]; then
		echo tsc_early_khz=1000000
		return
	fi
	[[ $(uname -m) == x86_64 ]] || return 0
	program=$cache/tsc-khz-$(cksum <"$here/tsc-khz.c" | cut -d ' ' -f 1)
	if [[ ! -x $program ]]; then
		mkdir -p "$cache"
		"${CC:-gcc}" -O2 -o "$program.$$" "$here/tsc-khz.c" || die "tsc-khz.c: does not build; install gcc"
		mv "$program.$$" "$program"
	fi
	echo "tsc_early_khz=$("$program")"
}

# add_devices: further kinds of persistent memory, beyond what the machine has otherwise; into args
# shellcheck disable=SC2054 # QEMU's options have commas
add_devices()
{
	local n=0 kind i

	[[ ${#devices[@]} -gt 0 ]] || return 0
	for kind in "${devices[@]}"; do
		# A virtio-pmem is flushed by fsync() of its memory's file.
		args+=(-object "memory-backend-memfd,id=pmem$n,size=512M")
		case $kind in
		nvdimm) args+=(-device "nvdimm,id=nvdimm$n,memdev=pmem$n") ;;
		virtio-pmem) args+=(-device "virtio-pmem-pci,id=virtio$n,memdev=pmem$n") ;;
		esac
		n=$((n + 1))
	done
	for ((i = 0; i < ${#args[@]}; i++)); do
		case ${args[i]} in
		-machine) args[i + 1]+=,nvdimm=on ;;
		-m) args[i + 1]+=",slots=$n,maxmem=$(((mem_bytes >> 20) + 4096 + 1024 * n))M" ;;
		esac
	done
}

# shellcheck disable=SC2054 # QEMU's options have commas
start_guest()
{
	local args kargs clock=''

	# With KVM the guest asks KVM for its clock.
	[[ $accel == kvm ]] || clock="tsc=reliable $(tsc_rate)"
	kargs="console=ttyS0 loglevel=7 printk.devkmsg=on rdinit=/init oops=panic panic=-1 $clock no_timer_check cryptomgr.notests rcupdate.rcu_cpu_stall_timeout=100 run_vm.first=${job:-1} $memmap$append"
	args=(-nodefaults -no-user-config -display none -no-reboot -machine pc -cpu "$CPU" -smp "$smp"
		-m "$((mem_bytes >> 20))M" -kernel "$image" -initrd initrd -append "$kargs"
		-chardev file,id=log,path=dmesg -serial chardev:log
		-device virtio-serial-pci,max_ports=8)
	add_devices
	if [[ -n $icount ]]; then
		args+=(-accel tcg -icount shift=0,sleep=off -rtc base=2026-01-01,clock=vm -seed 1)
	elif [[ $accel == kvm ]]; then
		args+=(-accel kvm)
	else
		args+=(-accel tcg,thread=multi)
	fi
	if [[ -n $tty ]]; then
		args+=(-chardev stdio,id=tty,signal=off -device virtconsole,chardev=tty)
	fi
	args+=(-chardev pipe,id=ctl,path=ctl -device virtserialport,chardev=ctl,name=daxscope.ctl
		-chardev file,id=out,path=out -device virtserialport,chardev=out,name=daxscope.out
		-chardev file,id=err,path=err -device virtserialport,chardev=err,name=daxscope.err
		-chardev file,id=tar,path=tar -device virtserialport,chardev=tar,name=daxscope.tar)
	cd "$tmp" || die "$tmp: has gone"
	rm -f ctl.in ctl.out
	: >out
	: >err
	: >tar
	: >dmesg
	mkfifo ctl.in ctl.out
	exec 5<>ctl.out 6<>ctl.in
	# Should this shell be killed outright, the kernel ends QEMU.
	begin_progress
	if [[ -n $tty ]]; then
		setpriv --pdeathsig TERM "$qemu" "${args[@]}" </dev/tty >/dev/tty 2>qemu.log 5>&- 6>&- &
		pid=$!
		return
	fi
	setpriv --pdeathsig TERM "$qemu" "${args[@]}" </dev/null >/dev/null 2>qemu.log 5>&- 6>&- &
	pid=$!
	[[ ${#job_names[@]} -eq 0 ]] || return 0
	# Polling, as tail would say on stderr that a machine is short of inotify watches.
	tail ---disable-inotify -c +1 -s 0.05 -f --pid="$pid" out 5>&- 6>&- &
	tails+=($!)
	tail ---disable-inotify -c +1 -s 0.05 -f --pid="$pid" err >&2 5>&- 6>&- &
	tails+=($!)
}

# Without stderr: the shell would report there that QEMU was killed, amid COMMAND's own.
stop_guest()
{
	local n

	[[ -n $pid ]] || return 0
	kill -TERM "$pid" || true
	for ((n = 0; n < 250; n++)); do
		kill -0 "$pid" || break
		sleep 0.02
	done
	kill -KILL "$pid" || true
	wait "$pid" || true
	pid=''
} 2>/dev/null

# The window of the caller changed: QEMU does not pass it on, the guest sets it on its terminal.
tell_window()
{
	[[ -n $pid && -n $tty ]] || return 0
	stty size </dev/tty >&6 || true
}

size_of()
{
	stat -c %s "$tmp/$1"
}

# boot_again: when QEMU failed an assertion of its own before the guest was up, no command has run; twice at most
boot_again()
{
	local t

	[[ $result == gone && -z $ready && $boots -lt 3 ]] && grep -q 'Assertion .* failed' "$tmp/qemu.log" || return 1
	boots=$((boots + 1))
	say "QEMU failed before the guest was up, and is started again: $(grep -m 1 'Assertion .* failed' "$tmp/qemu.log")"
	for t in "${tails[@]}"; do
		kill "$t" 2>/dev/null || true
		wait "$t" 2>/dev/null || true
	done
	tails=()
	stop_guest
	start_guest
	result=''
}

# Fills result: "exit STATUS", "fail WHY", "timeout", "deaf" when nobody takes COMMAND's output any more, "hangs"
# when its kernel says that it does, or "gone" when it ended by itself.
follow_guest()
{
	local line part='' t look=$((SECONDS + 10))

	while :; do
		if IFS= read -r -t 0.5 line <&5; then
			line=$part$line part=''
			case $line in
			ready)
				ready=1
				begin_progress
				[[ -z $verbose ]] || say "boot and set-up took $(since "$begin") s, before that $(since "$start" "$begin") s"
				;;
			fail\ * | exit\ *)
				result=$line
				break
				;;
			esac
		else
			part+=$line # the time was up in the middle of a line: the rest is still to come
			kill -0 "$pid" 2>/dev/null || {
				result=gone
				break
			}
		fi
		for t in "${tails[@]}"; do
			kill -0 "$t" 2>/dev/null || result=deaf
		done
		if [[ $SECONDS -ge $look ]]; then
			look=$((SECONDS + 10))
			! hangs || result=hangs
		fi
		look_at_progress
		[[ -z $result ]] || break
	done
	! boot_again || follow_guest
}

# wait_for_sizes OUT ERR TAR: QEMU may still be writing the last of what the guest says it wrote
wait_for_sizes()
{
	local said='' last='' n

	for ((n = 0; n < 500; n++)); do
		said="$(size_of out) $(size_of err) $(size_of tar)"
		[[ $said != "$1 $2 $3" ]] || return 0
		[[ $said == "$last" ]] || n=0
		last=$said
		sleep 0.02
	done
	return 1
}

wait_for_output()
{
	local out_bytes err_bytes tar_bytes

	read -r _ _ out_bytes err_bytes tar_bytes <<<"$result"
	if ! wait_for_sizes "$out_bytes" "$err_bytes" "$tar_bytes"; then
		stop_guest
		die "the guest's output did not arrive whole: $(size_of out) of $out_bytes, $(size_of err) of $err_bytes," \
			"$(size_of tar) of $tar_bytes bytes"
	fi
}
