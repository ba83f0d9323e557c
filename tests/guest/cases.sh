#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# cases.sh - in a guest: troubles that people reported, each as a small thing to do, and the right answer.
#
# usage: cases.sh DIRECTORY_ON_DAX PART...      for the parts see the functions test_PART; 'refused' comes last
set -eu

dir=$1
shift
device=$(awk -v dir="$dir" '$2 == dir { print $1 }' /proc/mounts)
fs=$(awk -v dir="$dir" '$2 == dir { print $3 }' /proc/mounts)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/guest/fates.sh
. "$(dirname "$0")/fates.sh"

doctor() { # ARGUMENT...: its report in $work/text and $work/json, its status in $status
	status=0
	daxdoctor "$@" >"$work/text" 2>&1 || status=$?
	daxdoctor --json "$@" >"$work/json" 2>/dev/null || true
	# As one line: the text is wrapped.
	tr -s '\n ' ' ' <"$work/text" >"$work/line"
}

says() { # WHAT PATTERN
	if grep -q -e "$2" "$work/line"; then
		ok "$1"
	else
		not_ok "$1" "no '$2' in: $(cat "$work/text")"
	fi
}

says_not() { # WHAT PATTERN
	if grep -q -e "$2" "$work/line"; then
		not_ok "$1" "'$2' in: $(cat "$work/text")"
	else
		ok "$1"
	fi
}

mount_as() { # OPTIONS
	umount "$dir"
	mount -t "$fs" -o "$1" "$device" "$dir"
}

# is_dax FILE: by the filesystem's own word
is_dax() {
	attributes=$(xfs_io -r -c 'statx -r' "$1" | sed -n 's/^stat\.attributes = //p')
	[ $((attributes & 0x200000)) -ne 0 ]
}

hold_file() { # FILE: mapped by a process, $holder, until let_go
	rm -f "$work/pipe" "$work/held"
	mkfifo "$work/pipe"
	hold "$1" "${2:-none:0:4}" <"$work/pipe" >"$work/held" &
	holder=$!
	exec 7>"$work/pipe"
	until [ -s "$work/held" ]; do usleep 50000; done
}

let_go() {
	exec 7>&-
	wait "$holder"
}

# A database file that is mostly hole, far larger than the disk.
test_sparse() {
	xfs_io -f -c 'truncate 1t' -c 'pwrite -q 0 8m' "$dir/data.mdb"
	begin=$(date +%s)
	doctor "$dir/data.mdb"
	check "a file of 1 TiB is looked at in seconds" test $(($(date +%s) - begin)) -lt 20
	says "its hole and the free space are counted" 'hole 1048568 MiB of hole, [0-9]* MiB free'
	says "... and it is told to allocate only what will be used" '1048568 MiB of hole, [0-9]* MiB free: allocate only what you will use'
	says_not "... with no command that fills the disk" 'fallocate -'
	check "its JSON is small: $(wc -c <"$work/json") bytes" test "$(wc -c <"$work/json")" -lt 8000
	if [ "$fs" = xfs ]; then
		xfs_io -f -c 'truncate 7e' "$dir/huge"
		doctor "$dir/huge"
		says "a file of 7 EiB too" '7696581394432 MiB of hole'
		rm "$dir/huge"
	fi
	rm "$dir/data.mdb"
	xfs_io -f -c 'truncate 4m' "$dir/small"
	doctor "$dir/small"
	says "a small hole may be allocated, without a change of the length" 'fallocate -n -l 4194304 '
	sed -n 's/^      \(fallocate\)/\1/p' "$work/text" >"$work/command"
	check "... by the command that is printed" bash -eu "$work/command"
	check "... of the same length" test "$(stat -c %s "$dir/small")" -eq 4194304
	doctor "$dir/small"
	check "... after which all can be 2 MiB" test "$status" -eq 0
	rm "$dir/small"
}

# The DAX attribute, set and taken away while the file is in use.
test_attribute() {
	mount_as dax=inode
	xfs_io -f -c 'falloc 0 8m' -c 'pwrite -q 0 8m' "$dir/f"
	hold_file "$dir/f"
	xfs_io -r -c 'chattr +x' "$dir/f"
	if is_dax "$dir/f"; then
		skip "the DAX attribute on a file in use" "this kernel heeds it at once"
	else
		doctor "$dir/f"
		check "has the attribute, is in use: status 3" test "$status" -eq 3
		says "... is not DAX yet" 'has the DAX attribute, but is not DAX yet: that takes effect when no process has the file open and the kernel drops its inode'
		says "... and who has it open" "open in process $holder (hold, mapped)\|open in process $holder (hold)"
		says_not "... without a mount or umount" 'mount -o\|umount'
		sed -n 's/^      \(echo 2\)/\1/p' "$work/text" >"$work/command"
		let_go
		holder=
		sync
		sh -eu "$work/command"
		n=0
		until is_dax "$dir/f" || [ "$n" -gt 50 ]; do
			sh -eu "$work/command"
			usleep 100000
			n=$((n + 1))
		done
		doctor "$dir/f"
		check "after what it says to do the file is DAX" is_dax "$dir/f"
		says "... and daxdoctor says so" 'is a DAX file (has the DAX attribute)'
		says_not "... with no attribute lost" 'dax_attribute'
	fi
	[ -z "${holder:-}" ] || let_go
	hold_file "$dir/f"
	xfs_io -r -c 'chattr -x' "$dir/f"
	doctor "$dir/f"
	says "the attribute is taken away: DAX for now, and not after" 'problem dax_attribute its DAX attribute was cleared: it is still a DAX file, but will not stay one'
	let_go
	rm "$dir/f"
	mount_as dax=always
}

# ext4 files that are never DAX.
test_ext4() {
	# A file that is DAX now cannot be given the attribute.
	# With delayed allocation, the default, the kernel does not heed attribute j.
	mount_as dax=inode,nodelalloc
	: >"$dir/j"
	chattr +j "$dir/j"
	xfs_io -c 'falloc 0 8m' -c 'pwrite -q 0 8m' "$dir/j"
	mount_as dax=always
	check "with delayed allocation a file that journals its data is a DAX file" is_dax "$dir/j"
	doctor "$dir/j"
	says "... as daxdoctor says" 'is a DAX file'
	mount_as dax=always,nodelalloc
	doctor "$dir/j"
	check "a file that journals its data: status 3" test "$status" -eq 3
	says "... says so" 'journals its data (attribute j): ext4 has no DAX for such files, whatever the mount option is'
	says_not "... and does not blame the mount" 'mount with -o dax'
	check "--repair would lose the attribute: refused" sh -c "! daxdoctor --repair '$dir/j'"
	daxtrace stat --json-file "$work/stat" -- xfs_io -r -c 'mmap -r 0 8m' -c 'mread 0 8m' "$dir/j" >/dev/null 2>&1
	check "... and has no DAX fault" jq -e '.totals.pmd_faults == 0 and .totals.pte_faults == 0' "$work/stat"
	sed -n 's/^      \(chattr -j\)/\1/p' "$work/text" >"$work/command"
	echo "# $(cat "$work/command")"
	check "the command that is printed" sh -eu "$work/command"
	check "... makes it a DAX file" is_dax "$dir/j"
	daxtrace stat --json-file "$work/stat" -- xfs_io -r -c 'mmap -r 0 8m' -c 'mread 0 8m' "$dir/j" >/dev/null 2>&1
	check "... of 4 faults at 2 MiB: $(jq -c .totals.pmd_faults "$work/stat")" jq -e '.totals.pmd_faults == 4 and .totals.pte_faults == 0' "$work/stat"
	rm "$dir/j"

	# New files inherit the attribute of their folder.
	mount_as dax=always,nodelalloc
	mkdir "$dir/jd"
	chattr +j "$dir/jd"
	xfs_io -f -c 'falloc 0 8m' -c 'pwrite -q 0 8m' "$dir/jd/f"
	check "a file made in a folder whose new files journal their data is no DAX file" sh -c "! daxdoctor --is-dax '$dir/jd/f'"
	doctor "$dir/jd"
	says "... new files in it are not DAX" 'new files in .* are not DAX'
	says "... and why" 'the folder journals its data (attribute j), and new files in it inherit that'
	sed -n 's/^      \(chattr -j\)/\1/p' "$work/text" >"$work/command"
	mount_as dax=always
	check "... with delayed allocation they are" daxdoctor --is-dax "$dir/jd"
	xfs_io -f -c 'falloc 0 8m' -c 'pwrite -q 0 8m' "$dir/jd/h"
	check "... as one that is made is" is_dax "$dir/jd/h"
	mount_as dax=always,nodelalloc
	check "the command that is printed" sh -eu "$work/command"
	check "... new files are DAX then" daxdoctor --is-dax "$dir/jd"
	xfs_io -f -c 'falloc 0 8m' -c 'pwrite -q 0 8m' "$dir/jd/g"
	check "... as one that is made is" is_dax "$dir/jd/g"
	rm -r "$dir/jd"
}

# never_dax FILE WHAT REASON: FILE, with WHAT, is no DAX file under dax=always, and no tool takes it for one
never_dax() {
	check "a file with $2 is no DAX file" sh -c "! daxdoctor --is-dax '$1'"
	check "... one beside it is" is_dax "$dir/plain"
	doctor "$1"
	check "... status 3" test "$status" -eq 3
	says "... and that is why" "the file $3: ext4 has no DAX for such files, whatever the mount option is"
	says_not "... and not the mount" 'mount with -o dax'
	expect "--repair of a file with $2: refused" 3 "$4" daxdoctor --repair "$1"
	daxtrace stat --json-file "$work/stat" -- xfs_io -r -c 'mmap -r 0 8m' -c 'mread 0 8m' "$1" >/dev/null 2>&1
	check "... and it has no DAX fault" jq -e '.totals.pmd_faults == 0 and .totals.pte_faults == 0' "$work/stat"
}

# A file with fs-verity: the filesystem is made again with that feature.
test_verity() {
	umount "$dir"
	mkfs.ext4 -q -F -b 4096 -E stride=512 -O verity "$device"
	# A DAX file cannot be given it.
	mount -t ext4 -o dax=inode "$device" "$dir"
	xfs_io -f -c 'falloc 0 8m' -c 'pwrite -q 0 8m' "$dir/v"
	cp "$dir/v" "$dir/plain"
	check "a file is given fs-verity" verity "$dir/v"
	mount_as dax=always
	never_dax "$dir/v" fs-verity 'has fs-verity' 'it has fs-verity, which a copy loses'
}

# An encrypted file, with its key and without it: the filesystem is made again with that feature.
test_fscrypt() {
	modprobe xts
	modprobe cts
	umount "$dir"
	mkfs.ext4 -q -F -b 4096 -E stride=512 -O encrypt "$device"
	mount -t ext4 -o dax=always "$device" "$dir"
	mkdir "$dir/secret"
	check "a folder is encrypted" crypt "$dir/secret"
	xfs_io -f -c 'falloc 0 8m' -c 'pwrite -q -S 7 0 8m' "$dir/secret/c"
	cp "$dir/secret/c" "$dir/plain"
	sum=$(md5sum <"$dir/plain")
	never_dax "$dir/secret/c" fscrypt 'is encrypted (fscrypt)' 'it is encrypted (fscrypt)'
	check "... and what it holds is still there" test "$(md5sum <"$dir/secret/c")" = "$sum"
	check "new files in that folder are not DAX" sh -c "! daxdoctor --is-dax '$dir/secret'"
	doctor "$dir/secret"
	says "... and that is why" 'the folder is encrypted (fscrypt), and new files in it inherit that'
	check "the key is taken away" crypt -r "$dir/secret"
	mount_as dax=always
	locked=$(find "$dir/secret" -type f)
	check "without the key it has another name, of one line" test "$(printf '%s\n' "$locked" | wc -l)" -eq 1
	expect "... what it is is said" 3 'secret/.*: it is encrypted (fscrypt), and such files are never DAX' daxdoctor "$locked"
	doctor "$locked"
	echo "# $(cat "$work/line")"
	says_not "... nor is a mount option asked for" 'mount with -o dax'
	expect "... and --repair leaves it" 3 'secret/.*' daxdoctor --repair "$locked"
	crypt "$dir/secret"
	check "with the key it is whole again" test "$(md5sum <"$dir/secret/c")" = "$sum"
}

# Programs that are started from DAX.
test_programs() {
	trace_on
	cp /usr/bin/bigtext "$dir/bigtext"
	echo >"$tracing/trace"
	echo 1 >"$tracing/tracing_on"
	daxtrace stat --json-file "$work/stat" -- "$dir/bigtext" >"$work/out" 2>&1
	echo 0 >"$tracing/tracing_on"
	kernels=$(awk '/ dax_pmd_fault_done: .*NOPAGE/ { n++ } END { print n + 0 }' "$tracing/trace")
	# shellcheck disable=SC2016 # jq's
	check "a program linked for 2 MiB pages: its code at 2 MiB, as the kernel counts ($kernels)" jq -e \
		--argjson n "$kernels" '.totals.pmd_faults == $n and $n >= 3' "$work/stat"
	cp /busybox/busybox "$dir/busybox"
	n=0
	cat >"$work/loop" <<-EOT
		n=0
		while [ \$n -lt 100 ]; do $dir/busybox true; n=\$((n + 1)); done
	EOT
	daxtrace stat --json-file "$work/stat" -- sh "$work/loop" >/dev/null 2>&1
	check "100 runs of one program from DAX are one file" jq -e '.files | length == 1' "$work/stat"
	"$dir/busybox" sleep 1000 &
	holder=$!
	until grep -q busybox "/proc/$holder/maps" 2>/dev/null; do usleep 50000; done
	doctor -p "$holder"
	says "a program from DAX that is linked as usual is told how to link it" 'link it with -z max-page-size=2097152'
	check "... and not to write its file anew for how it is mapped" jq -e \
		'[.fixes[] | select(.cause | startswith("vma_") or . == "misaligned_addr")] | length > 0 and all(.run | contains("--repair") | not)' "$work/json"
	kill "$holder"
	wait "$holder" 2>/dev/null || true
	rm "$dir/busybox" "$dir/bigtext"
}

# A filesystem in a file on DAX.
test_loop() {
	modprobe loop
	modprobe crc32c_generic 2>/dev/null || true
	modprobe ext4 2>/dev/null || true
	xfs_io -f -c 'truncate 64m' "$dir/img"
	mkfs.ext4 -q "$dir/img"
	loop=$(losetup -f)
	losetup "$loop" "$dir/img"
	mkdir -p /inner
	mount -t ext4 "$loop" /inner
	xfs_io -f -c 'pwrite -q 0 4m' /inner/f
	doctor /inner/f
	check "a file in a filesystem in a file on DAX: status 3" test "$status" -eq 3
	says "... says that the loop device is why, and where it is" "${loop#/dev/} is a loop device on $dir/img: a loop device has no DAX"
	says "... and what to do" 'put the files on the filesystem that holds that file'
	says_not "... nothing about namespaces" 'namespace\|ndctl'
	doctor /inner
	says "a folder of it too" "${loop#/dev/} is a loop device on $dir/img"
	daxtrace stat --json-file "$work/stat" -- xfs_io -r -c 'mmap -r 0 4m' -c 'mread 0 4m' /inner/f >/dev/null 2>&1
	check "... and its files have no DAX faults" jq -e '.totals.pmd_faults == 0 and .totals.pte_faults == 0' "$work/stat"
	umount /inner
	losetup -d "$loop"
	until ! losetup -a | grep -q "$loop"; do usleep 50000; done
	rm "$dir/img"
}

# Two files of different trouble in one process: each has its own advice.
test_two_files() {
	xfs_io -f -c 'pwrite -q 0 3m' "$dir/one"
	xfs_io -f -c 'pwrite -q 0 5m' "$dir/two"
	rm -f "$work/pipe"
	mkfifo "$work/pipe"
	# xfs_io keeps all that it opens.
	xfs_io -r "$dir/one" <"$work/pipe" >"$work/said" 2>&1 &
	holder=$!
	exec 7>"$work/pipe"
	printf 'mmap -r 0 4m\nopen -r %s\nmmap -r 0 6m\nprint\n' "$dir/two" >&7
	until grep -q "$dir/two" "/proc/$holder/maps"; do usleep 50000; done
	doctor -p "$holder"
	says "the first file has its command" "daxdoctor --repair --grow $dir/one"
	says "... and the second its own" "daxdoctor --repair --grow $dir/two"
	ln "$dir/one" "$dir/another"
	doctor "$dir/one"
	says "before a repair: who has the file open" "problem repair it is open or mapped in process $holder (xfs_io)"
	says "... and that it has two names" 'problem repair the file has 2 names (hard links)'
	exec 7>&-
	wait "$holder" || true
	rm "$dir/one" "$dir/two" "$dir/another"
}

# The longest wait of the process for its mmap() while daxdoctor ARGUMENT... looks: of 5 times the NTH, the least first.
# A busy machine makes some longer, and one in which the process did not come to ask shorter.
wait_number() { # NTH ARGUMENT...
	nth=$1
	shift
	: >"$work/waits"
	for _ in 1 2 3 4 5; do
		echo >&7
		read -r _ <&8
		daxdoctor "$@" >"$work/text" 2>&1 || true
		echo >&7
		read -r waited _ <&8
		echo "$waited" >>"$work/waits"
	done
	sort -n "$work/waits" | sed -n "${nth}p"
}

# To look at a large process does not hold it up.
test_stall() {
	xfs_io -f -c 'pwrite -q -b 2m 0 8m' "$dir/f"
	rm -f "$work/pipe" "$work/held"
	mkfifo "$work/pipe" "$work/told"
	stall "$dir/f" 1024 <"$work/pipe" >"$work/told" &
	holder=$!
	exec 7>"$work/pipe" 8<"$work/told"
	read -r _ <&8
	looked=$(wait_number 1 -p "$holder")
	tr -s '\n ' ' ' <"$work/text" >"$work/line"
	says "a process of 1 GiB at 4 KiB: MADV_NOHUGEPAGE is unknown, with the price of asking" \
		'unknown madvise .*only smaps shows it, .* walks 2 MiB of page tables, about [0-9]* ms; --smaps reads it'
	# Whoever opened this would wait for ever.
	mkfifo "$work/fifo"
	mount --bind "$work/fifo" "/proc/$holder/smaps"
	check "... smaps is not opened" timeout 60 sh -c "daxdoctor -p $holder >/dev/null 2>&1; [ \$? -ne 124 ]"
	umount "/proc/$holder/smaps"
	asked=$(wait_number 3 -p "$holder" --smaps)
	tr -s '\n ' ' ' <"$work/text" >"$work/line"
	says_not "with --smaps it is known" 'unknown madvise'
	echo "# the process waited $((looked / 1000)) us, with --smaps $((asked / 1000)) us"
	check "the process waits less than 0.1 s: $((looked / 1000)) us" test "$looked" -lt 100000000
	check "... and a fourth of what --smaps costs, $((asked / 1000)) us, at most" test "$((looked * 4))" -lt "$asked"
	exec 7>&- 8<&-
	wait "$holder"
	# A small one is asked.
	hold_file "$dir/f" small:1:3
	doctor -p "$holder"
	check "a small process: its MADV_NOHUGEPAGE is seen" jq -e '.mappings[0].no_huge == true' "$work/json"
	says "... and said to be the cause" 'the mapping has MADV_NOHUGEPAGE'
	let_go
	rm "$dir/f"
}

# An overlay over DAX, here with both of its layers on it.
test_overlay() {
	modprobe overlay
	mkdir "$dir/lower" "$dir/upper" "$dir/work" /merged
	xfs_io -c 'extsize 2m' "$dir/lower" -c 'extsize 2m' >/dev/null 2>&1 || true
	xfs_io -f -c 'falloc 0 8m' -c 'pwrite -q -b 2m 0 8m' "$dir/lower/good"
	xfs_io -f -c 'pwrite -q -b 2m 0 8196k' -c 'fcollapse 0 4k' "$dir/lower/bad"
	mount -t overlay -o "lowerdir=$dir/lower,upperdir=$dir/upper,workdir=$dir/work" overlay /merged
	trace_on
	for name in good bad; do
		doctor "/merged/$name"
		says "$name: the file below is named" "on an overlay: what lies below is $dir/lower/$name,"
		predicted=$(jq -r '.runs[] | .read as $f | range(.first; .first + .count) | "\(.) \($f)"' "$work/json" | xargs)
		hold_file "/merged/$name" none:0:4
		doctor -p "$holder"
		check "$name: mapped by a process, it is predicted the same" test "$predicted" = \
			"$(jq -r '.mappings[0].runs[] | .read as $f | range(.first; .first + .count) | "\(.) \($f)"' "$work/json" | xargs)"
		let_go
		echo >"$tracing/trace"
		echo 1 >"$tracing/tracing_on"
		daxtrace stat --json-file "$work/stat" -- hold "/merged/$name" huge:0:4 </dev/null >/dev/null 2>&1
		echo 0 >"$tracing/tracing_on"
		check "$name: predicted $predicted, as happens" test "$predicted" = "$(fates | sort -n | xargs)"
		case $name in
		good) want='.totals.pmd_faults == 4 and .totals.fallbacks == 0 and .totals.pte_faults == 0' ;;
		bad) want='.totals.pmd_faults == 0 and .totals.fallbacks == 4 and .totals.pte_faults == 4' ;;
		esac
		check "$name: 4 faults are counted" jq -e "$want" "$work/stat"
	done
	expect "--repair of a file on an overlay: refused" 3 'it is on overlay' daxdoctor --repair /merged/bad
	# What is mapped now is in the one line of the file below. Written to meanwhile, the file moves up.
	rm -f "$work/pipe"
	mkfifo "$work/pipe"
	daxtop --json -d 0.2 --resident -- hold /merged/good huge:0:4 <"$work/pipe" >"$work/top" 2>"$work/err" &
	top=$!
	exec 7>"$work/pipe"
	until grep -q '^[0-9]' "$work/top"; do usleep 50000; done
	new_frame "$work/top"
	xfs_io -c 'pwrite -q 0 1' /merged/good
	new_frame "$work/top"
	exec 7>&-
	wait "$top" || true
	sed -n '/^{/p' "$work/top" >"$work/frames"
	# shellcheck disable=SC2016 # jq's
	check "its mapping is in the line of the file below, with its faults" jq -es --arg path "$dir/lower/good" \
		'any(.[].files[]; .path == $path and .totals.pmd_faults == 4 and .totals.res_pmd_bytes == 8388608)' "$work/frames"
	check "... before the copy up and after it" jq -es \
		'[.[] | select(.totals.res_pmd_bytes == 8388608)] | length > 2' "$work/frames"
	check "... and there is no other line" jq -es '[.[].files | length] | max == 1' "$work/frames"
	hold_file /merged/good huge:0:4
	daxtop --json -d 0.2 -n 2 -p "$holder" >"$work/top"
	check "whoever came too late for its faults sees one line as well" jq -es \
		'all(.[].files; length == 1 and .[0].totals.res_pmd_bytes == 8388608)' "$work/top"
	let_go
	doctor /merged/good
	says "after a copy up the file below is the upper one" "what lies below is $dir/upper/good,"
	doctor /merged
	says "new files of the overlay are those of its upper layer" "what lies below is $dir/upper,"
	umount /merged
	rm -rf "$dir/lower" "$dir/upper" "$dir/work"
}

# The mount was refused, and the folder is looked at all the same. Makes a partition in the device's place.
test_refused() {
	umount "$dir"
	disk=$device
	dd if=/dev/zero of="$disk" bs=1M count=4 2>/dev/null
	# One partition from sector 4096.
	printf '\000\000\000\000\203\000\000\000\000\020\000\000\000\000\030\000' |
		dd of="$disk" bs=1 seek=446 conv=notrunc 2>/dev/null
	printf '\125\252' | dd of="$disk" bs=1 seek=510 conv=notrunc 2>/dev/null
	blockdev --rereadpt "$disk"
	mkfs.xfs -f -m reflink=1 "${disk}p1" >/dev/null
	if mount -t xfs -o dax=always "${disk}p1" "$dir" 2>"$work/err"; then
		skip "XFS with reflink on a partition" "this kernel mounts it"
		umount "$dir"
	else
		doctor "$dir"
		check "an empty folder where a mount was refused: status 3" test "$status" -eq 3
		says "... is no mount point" "problem mount_point $dir is not a mount point: it is a folder of the filesystem at /"
		says "... and what the kernel said" 'the last kernel message about DAX: .*DAX and reflink cannot work with multi-partitions'
		says_not "... no advice for the disk it is on" 'chattr\|ndctl\|stripe unit'
		doctor "${disk}p1"
		check "the device: status 1" test "$status" -eq 1
		says "... reflink on a partition is why" 'problem reflink XFS with reflink on a partition: Linux 6.0 and later refuse -o dax for it'
		says "... what the kernel said" 'problem kernel_log the last kernel message about DAX on it: .*DAX and reflink cannot work with multi-partitions'
		says "... and the way out, which is no command" 'when you make the filesystem again, which erases it, use -m reflink=0'
		check "... none that makes a filesystem" sh -c "! grep -q '^      mkfs' '$work/text'"
	fi
	# mkfs.xfs makes so small a log only for tests.
	TEST_DIR=$dir TEST_DEV=${disk}p1 QA_CHECK_FS=1 mkfs.xfs -f -b size=1024 -m reflink=0 "${disk}p1" >"$work/mkfs" 2>&1 ||
		cat "$work/mkfs"
	doctor "${disk}p1"
	check "blocks of 1 KiB: status 1" test "$status" -eq 1
	says "... and that is why" 'problem block_size xfs with blocks of 1024 bytes, pages of 4096: DAX needs blocks as large as pages'
	mkfs.ext4 -q -F -b 4096 -O inline_data "${disk}p1"
	doctor "${disk}p1"
	says "ext4 with inline_data has no DAX" 'problem inline_data ext4 with inline_data, which has no DAX'
	mkfs.xfs -f -m reflink=0 -d su=2m,sw=1 "${disk}p1" >/dev/null
	doctor "${disk}p1"
	says_not "a filesystem that can be mounted with DAX has no such problem" 'problem reflink\|problem block_size\|problem inline_data'
	mount -t xfs -o dax=always "${disk}p1" "$dir"
	doctor "${disk}p1"
	says "... and mounted, it says where" "ok mount xfs at $dir"
	umount "$dir"
}

for part; do
	"test_$part"
done
exit "$failed"
