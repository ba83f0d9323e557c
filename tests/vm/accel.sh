# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # run-vm sets the variables
# Finds out whether guests run with KVM here, by booting a small one, and remembers that. Sourced, not run.

# Seconds a real KVM has for it; it needs less than one.
readonly KVM_PROBE=4

# boots_with_kvm: this run's kernel with nothing but a shell that prints a line; ends at that line, or when time is up
boots_with_kvm()
{
	local dir=$tmp/kvm probe began works=1

	[[ -r /dev/kvm && -w /dev/kvm ]] || return 1
	mkdir -p "$dir/root/busybox"
	cp "$(type -P busybox)" "$dir/root/busybox/sh"
	printf '#!/busybox/sh\necho daxscope-boots\n/busybox/sh -c "while :; do :; done"\n' >"$dir/root/init"
	chmod +x "$dir/root/init"
	pack "$dir/root" "$dir/initrd"
	: >"$dir/log"
	setpriv --pdeathsig KILL "$qemu" -nodefaults -no-user-config -display none -no-reboot -machine pc -accel kvm -cpu "$CPU" \
		-m 512M -kernel "$image" -initrd "$dir/initrd" -append "console=ttyS0 loglevel=4 rdinit=/init panic=-1" \
		-serial "file:$dir/log" </dev/null >/dev/null 2>&1 &
	probe=$!
	began=$EPOCHREALTIME
	while [[ $((${EPOCHREALTIME/[.,]/} - ${began/[.,]/})) -lt $((KVM_PROBE * 1000000)) ]]; do
		if grep -qs daxscope-boots "$dir/log"; then
			works=0
			break
		fi
		kill -0 "$probe" 2>/dev/null || break
		sleep 0.1
	done
	[[ -z $verbose ]] || say "looked for KVM for $(since "$began") s"
	{ kill -KILL "$probe"; wait "$probe"; } 2>/dev/null || true
	rm -rf "$dir"
	return $works
}

# choose_accel: sets accel to kvm or tcg. The answer holds as long as this machine is up, for this kernel and QEMU.
choose_accel()
{
	local key answer

	if [[ -n $icount ]]; then
		accel=tcg # KVM does not count instructions
		return
	fi
	[[ $accel == auto ]] || return 0
	accel=tcg
	[[ -e /dev/kvm && $(uname -m) == x86_64 ]] || return 0
	key=$({
		cat /proc/sys/kernel/random/boot_id
		stat -Lc '%n %s %Y' "$image" "$qemu"
	} | sha256sum | cut -c1-20)
	answer=$cache/accel/$key
	if [[ ! -s $answer ]]; then
		! boots_with_kvm || accel=kvm
		mkdir -p "$cache/accel"
		find "$cache/accel" -type f -mtime +30 -delete
		printf '%s\n' "$accel" >"$answer.$$" && mv "$answer.$$" "$answer"
		if [[ $accel == kvm ]]; then
			say "a guest boots with KVM here: using it (ACCEL=tcg for emulation)"
		else
			say "no guest boots with KVM here, though there is /dev/kvm: emulating its CPU (ACCEL=kvm to insist)"
		fi
	fi
	accel=$(<"$answer")
	[[ -z $verbose ]] || say "CPU by $accel"
}
