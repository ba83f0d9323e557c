# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # run-vm sets the variables
# Makes the guest's initramfs for run-vm: a cached base, and per run what the command needs. Sourced, not run.

declare -A staged # guest paths that are in the base or staged already

# guest_path PATH: where a host path lies in the guest, whose /bin, /sbin, /lib and /lib64 are links into /usr
guest_path()
{
	case $1 in
	/bin/* | /sbin/* | /lib/* | /lib64/*) printf '/usr%s\n' "$1" ;;
	*) printf '%s\n' "$1" ;;
	esac
}

# stage_file ROOT HOSTFILE GUESTPATH
stage_file()
{
	local root=$1 from=$2 to=$3

	[[ -z ${staged[$to]+set} ]] || return 0
	staged[$to]=1
	mkdir -p "$root${to%/*}"
	cp -Lp -- "$from" "$root$to"
}

# stage_libraries ROOT ELF: the shared libraries and the loader; a static program has none
stage_libraries()
{
	local root=$1 program=$2 lib

	while IFS= read -r lib; do
		stage_file "$root" "$lib" "$(guest_path "$lib")"
	done < <(ldd -- "$program" 2>/dev/null |
		sed -nE 's|^.* => (/[^ ]+) \(0x.*|\1|p; s|^[[:space:]]+(/[^ ]+) \(0x.*|\1|p')
}

# stage_program ROOT HOSTFILE GUESTPATH: a program with its libraries, or a script with its interpreter
stage_program()
{
	local root=$1 from=$2 to=$3 head line interpreter

	stage_file "$root" "$from" "$to"
	head=$(od -An -c -N 4 -- "$from" | tr -d ' \n')
	case $head in
	'177ELF') stage_libraries "$root" "$from" ;;
	'#!'*)
		IFS= read -r line <"$from"
		read -r interpreter line <<<"${line#\#!}"
		[[ ${interpreter##*/} != env ]] || interpreter=${line%% *}
		interpreter=${interpreter##*/}
		if [[ $interpreter != sh ]]; then
			stage_host_program "$root" "$interpreter"
		fi
		;;
	esac
}

# stage_jq ROOT: one that starts quickly, with its own C library when it is not this machine's
stage_jq()
{
	local root=$1 jq file

	[[ -z ${staged[/usr/bin/jq]+set} ]] || return 0
	jq=$("$here/fetch-jq") || die "jq: no such program on this machine (for the guest)"
	if [[ ! -e $jq.elf ]]; then
		stage_program "$root" "$jq" /usr/bin/jq
		return
	fi
	for file in "${jq%/*}"/*; do
		stage_file "$root" "$file" "/usr/lib/jq/${file##*/}"
	done
	staged[/usr/bin/jq]=1
	mkdir -p "$root/usr/bin"
	sed 's|^dir=.*|dir=/usr/lib/jq|' "$jq" >"$root/usr/bin/jq"
	chmod 755 "$root/usr/bin/jq"
}

# stage_host_program ROOT NAME: a program from this machine's PATH, into the guest's /usr/bin
stage_host_program()
{
	local root=$1 name=$2 file

	if [[ $name == jq ]]; then
		stage_jq "$root"
		return
	fi
	file=$(type -P -- "$name") || die "$name: no such program on this machine (for the guest)"
	stage_program "$root" "$file" "/usr/bin/${name##*/}"
}

# pack ROOT OUT
pack()
{
	(cd "$1" && find . -mindepth 1 | LC_ALL=C sort | cpio -o -H newc --quiet --reproducible -R 0:0) >"$2"
}

readonly BASE_PROGRAMS=(mkfs.xfs mkfs.ext4 mkfs.ext2 xfs_io)
readonly BASE_TERMS=(ansi dumb linux screen screen-256color tmux tmux-256color vt100 xterm xterm-256color)

# base_files: what the base is made of, one path a line
base_files()
{
	local name file

	file=$(type -P busybox) || die "busybox: not found; install busybox-static"
	printf '%s\n' "$file" "$here/guest-init" "$here/guest-restore" "$here/initramfs.sh"
	for name in "${BASE_PROGRAMS[@]}"; do
		PATH=$PATH:/usr/sbin:/sbin type -P "$name" ||
			die "$name: not found; install xfsprogs and e2fsprogs"
	done
	for name in "${BASE_TERMS[@]}"; do
		for file in {/lib,/usr/share,/etc}/terminfo/"${name:0:1}/$name"; do
			[[ ! -e $file ]] || printf '%s\n' "$file"
		done
	done
	find /usr/lib/locale/C.utf8 -type f 2>/dev/null || true
}

# stage_base ROOT: reads base_files' list
stage_base()
{
	local root=$1 file name

	mkdir -p "$root"/{busybox,tools,etc,dev,usr/{bin,sbin,lib/modules,lib64}}
	for name in bin sbin lib lib64; do
		ln -s "usr/$name" "$root/$name"
	done
	while IFS= read -r file; do
		case $file in
		*/busybox)
			if ldd -- "$file" 2>/dev/null | grep '=>' >/dev/null; then
				die "$file: is not static; install busybox-static"
			fi
			stage_file "$root" "$file" /busybox/busybox
			while IFS= read -r name; do
				[[ $name == busybox ]] || ln -s busybox "$root/busybox/$name"
			done < <("$file" --list)
			ln -s /busybox/busybox "$root/usr/bin/sh"
			ln -s /busybox/busybox "$root/usr/bin/env"
			ln -s /busybox/modprobe "$root/usr/sbin/modprobe"
			;;
		*/guest-init) stage_file "$root" "$file" /init ;;
		*/guest-restore) stage_file "$root" "$file" /run-vm/restore ;;
		*/initramfs.sh) ;;
		*/terminfo/* | */locale/*) stage_file "$root" "$file" "$(guest_path "$file")" ;;
		*) stage_program "$root" "$file" "/usr/sbin/${file##*/}" ;;
		esac
	done
	printf 'root:x:0:0:root:/root:/bin/sh\n' >"$root/etc/passwd"
	printf 'root:x:0:\n' >"$root/etc/group"
}

# make_base: sets base to the cached archive; base.list beside it names what it holds
make_base()
{
	local files key new dir=$cache/initramfs path

	files=$(base_files)
	# A program that was upgraded has another size or time. The loader stands for the libraries.
	key=$(while IFS= read -r path; do stat -Lc '%n %s %Y' "$path"; done <<<"$files
$(readlink -f /lib64/ld-linux-x86-64.so.2)" | sha256sum | cut -c1-20)
	base=$dir/base-$key.cpio
	if [[ ! -s $base ]]; then
		mkdir -p "$dir" || die "$dir: cannot be made; set DAXSCOPE_CACHE"
		new=$tmp/base
		stage_base "$new" <<<"$files"
		pack "$new" "$tmp/base.cpio"
		(cd "$new" && find . -type f -printf '/%P\n') >"$tmp/base.list"
		rm -rf "$new"
		find "$dir" -name 'base-*' -mtime +30 -delete
		# Rename is atomic only within a filesystem. The list goes first: an archive implies its list.
		cp "$tmp/base.list" "$dir/.$key.$$" && mv "$dir/.$key.$$" "${base%.cpio}.list"
		cp "$tmp/base.cpio" "$dir/.$key.$$" && mv "$dir/.$key.$$" "$base"
		rm -f "$tmp/base.list" "$tmp/base.cpio"
	fi
	staged=()
	while IFS= read -r path; do
		staged[$path]=1
	done <"${base%.cpio}.list"
}
