#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# carriers.sh - in a guest with a pmem of 1 GiB, an NVDIMM and a virtio-pmem: on whatever carries DAX
# files, faults are counted exactly and with their reason, names are right, and what daxdoctor predicts happens.
#
# usage: carriers.sh DIRECTORY      needs mkfs.erofs' images /root/erofs-plain and /root/erofs-aligned, dmsetup
# shellcheck disable=SC2016 # jq's variables
set -eu

dir=$1
fs=xfs
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/guest/fates.sh
. "$(dirname "$0")/fates.sh"

# exactly WHAT FILE RANGES FATE TYPE: the first read of each range of FILE comes to FATE, as daxdoctor says
# before; daxtrace counts RANGES, and daxtop names the file and the type of its filesystem
exactly() {
	status=0
	daxdoctor --json "$2" >"$work/json" || status=$?
	predicted=$(jq -r '.runs[] | .read as $f | range(.first; .first + .count) | $f' "$work/json" | uniq -c | xargs)
	check "$1: predicted to be $3 of $4: $predicted" test "$predicted" = "$3 $4"
	echo >"$tracing/trace"
	echo 1 >"$tracing/tracing_on"
	daxtrace stat --json-file "$work/stat" -- hold "$2" "huge:0:$3" </dev/null >"$work/out" 2>&1
	echo 0 >"$tracing/tracing_on"
	happened=$(fates | awk '{ print $2 }' | uniq -c | xargs)
	check "$1: and $happened happens" test "$happened" = "$3 $4"
	if [ "$4" = pmd ]; then
		want='[$n, 0, 0]'
	else
		want='[0, $n, $n]'
	fi
	# Without --smp noise: hold is the only one that maps it.
	got=$(jq -c --arg path "$2" '.files[] | select(.path == $path) | .totals | [.pmd_faults, .fallbacks, .pte_faults]' "$work/stat")
	check "$1: counted: $got" test "$got" = "$(jq -nc --argjson n "$3" "$want")"
	if [ "$4" != pmd ]; then
		check "$1: each for that reason" jq -e --arg path "$2" --arg why "$4" --argjson n "$3" \
			'.files[] | select(.path == $path) | .counts.fallbacks[$why] == $n' "$work/stat"
	fi
	check "$1: on $5" jq -e --arg type "$5" '.mounts[0].fs_type == $type' "$work/stat"
}

# make_files: 8 MiB that give 2 MiB pages, and 8 MiB that lie one page beside
make_files() {
	xfs_io -c 'extsize 2m' "$dir" >/dev/null 2>&1 || true
	xfs_io -f -c 'falloc 0 8m' -c 'pwrite -q -b 2m 0 8m' "$dir/good"
	xfs_io -f -c 'falloc 0 8196k' -c 'pwrite -q -b 2m 0 8196k' -c 'fcollapse 0 4k' "$dir/bad"
}

# on_xfs WHAT DEVICE: both kinds of files on an XFS there
on_xfs() {
	# 512 MiB are less than mkfs.xfs has a log for, but in tests.
	TEST_DIR=$dir TEST_DEV=$2 QA_CHECK_FS=1 mkfs.xfs -f -m reflink=0 -d su=2m,sw=1 "$2" >"$work/mkfs" 2>&1 || cat "$work/mkfs"
	device=$2 fs=xfs
	mount -t xfs -o dax=always "$2" "$dir"
	make_files
	remount
	exactly "$1" "$dir/good" 4 pmd xfs
	exactly "$1" "$dir/bad" 4 extent_misaligned xfs
	cp "$work/json" "$work/last"
	check "$1: daxdoctor --repair mends the file" daxdoctor --repair "$dir/bad"
	exactly "$1, repaired" "$dir/bad" 4 pmd xfs
	umount "$dir"
}

# new_device MODULE...: the pmem that appears with them
new_device() {
	before=$(ls /dev/pmem*)
	for module; do
		modprobe "$module"
	done
	new=
	n=0
	until [ -n "$new" ] || [ $n -gt 300 ]; do
		for new in /dev/pmem*; do
			case " $(echo "$before" | xargs) " in *" $new "*) new='' ;; *) break ;; esac
		done
		usleep 100000
		n=$((n + 1))
	done
}

# on_erofs WHAT IMAGE FATE: a file of 8 MiB in an image made on another machine
on_erofs() {
	dd if="$2" of="$pmem" bs=1M conv=fsync 2>/dev/null
	mount -t erofs -o dax=always "$pmem" "$dir"
	exactly "$1" "$dir/data" 4 "$3" erofs
	daxdoctor "$dir/data" >"$work/text" 2>&1 || true
	if [ "$3" != pmd ]; then
		check "$1: the advice is about the image" grep -q -- '--dsunit=512' "$work/text"
		check "... no command that writes to a read-only filesystem" sh -c "! grep -qE '^      (daxdoctor --repair|cp|mkfs)' '$work/text'"
		daxtop -b -- hold "$dir/data" huge:0:4 </dev/null 2>&1 | tr -s '\n ' '  ' >"$work/line"
		check "... after whose faults daxtop names their entries, and sends to daxdoctor" \
			grep -q "why: pte_entry, 4 of 4 fallbacks: .* run: daxdoctor $dir/data" "$work/line"
		# Without the entries that the faults before have left.
		umount "$dir"
		mount -t erofs -o dax=always "$pmem" "$dir"
		daxtop -b -- hold "$dir/data" huge:0:4 </dev/null 2>&1 | tr -s '\n ' '  ' >"$work/line"
		check "... daxtop's advice is about the image too" grep -q -- '--dsunit=512' "$work/line"
		check "... with no command that writes" sh -c "! grep -qE 'run: (daxdoctor --repair|cp|mkfs)' '$work/line'"
		expect "--repair there: refused" 3 'it is on erofs' daxdoctor --repair "$dir/data"
	fi
	umount "$dir"
}

trace_on
for module in crc32c_generic xfs ext4 ext2 erofs overlay dm_mod nd_e820 nd_pmem; do
	modprobe "$module" 2>/dev/null || true
done
until [ -e /dev/pmem0 ]; do usleep 100000; done
pmem=/dev/pmem0
on_xfs "a pmem" $pmem

# with_pages NAMESPACE: what ndctl create-namespace --mode=fsdax does, as a raw one has no struct pages and so no DAX
with_pages() {
	bus=/sys/bus/nd
	region=$(dirname "$(readlink -f "$bus/devices/$1")")
	pfn=$(basename "$(cat "$region/pfn_seed")")
	echo "$1" >"$bus/drivers/nd_pmem/unbind"
	echo ram >"$bus/devices/$pfn/mode"
	echo 2097152 >"$bus/devices/$pfn/align"
	cat /proc/sys/kernel/random/uuid >"$bus/devices/$pfn/uuid"
	echo "$1" >"$bus/devices/$pfn/namespace"
	echo "$pfn" >"$bus/drivers/nd_pmem/bind"
}

new_device nfit
nvdimm=$new
check "the NVDIMM is there: $nvdimm" test -n "$nvdimm"
with_pages "$(basename "$(readlink -f "/sys/block/${nvdimm#/dev/}/device")")" || echo "# no struct pages"
n=0
until [ -b "$nvdimm" ] || [ $n -gt 300 ]; do
	usleep 100000
	n=$((n + 1))
done
on_xfs "an NVDIMM" "$nvdimm"
new_device virtio_pmem
check "the virtio-pmem is there: $new" test -n "$new"
on_xfs "a virtio-pmem" "$new"

on_erofs "EROFS" /root/erofs-plain extent_misaligned
on_erofs "an EROFS with its data aligned" /root/erofs-aligned pmd

# ext2 has no 2 MiB faults; Debian mounts it by ext4's driver, which has.
mkfs.ext2 -F -q -b 4096 -E stride=512 $pmem
mount -t ext2 -o dax $pmem "$dir"
device=$pmem fs=ext2
xfs_io -f -c 'pwrite -q -b 2m 0 8m' "$dir/f"
status=0
daxdoctor --json "$dir/f" >"$work/json" || status=$?
daxtrace stat --json-file "$work/stat" -- hold "$dir/f" huge:0:4 </dev/null >/dev/null 2>&1
check "ext2: 4 places are touched, and counted: $(jq -c '.files[0].totals | [.pmd_faults, .fallbacks, .pte_faults]' "$work/stat")" \
	jq -e '.files[0].totals | .pmd_faults + .pte_faults == 4' "$work/stat"
check "ext2: whose block map nobody can foretell: status $status" test "$status" -eq 3
check "ext2: daxdoctor says so" jq -e '.checks[] | select(.check == "extents") | .text | contains("block map")' "$work/json"
umount "$dir"

export DM_DISABLE_UDEV=1 # there is none: dmsetup makes /dev/mapper by itself
dmsetup create joined <<-EOT
	0 1048576 linear $pmem 4096
	1048576 524288 linear $nvdimm 0
EOT
on_xfs "two linear pieces" "/dev/$(dmsetup info -c --noheadings -o blkdevname joined)"
check "... which daxdoctor names" jq -e '.checks[] | select(.check == "stacked_device") | .text | contains("joined, 2 linear pieces")' "$work/last"
dmsetup remove joined

# One partition from sector 4096.
dd if=/dev/zero of="$pmem" bs=1M count=4 2>/dev/null
printf '\000\000\000\000\203\000\000\000\000\020\000\000\000\000\030\000' |
	dd of="$pmem" bs=1 seek=446 conv=notrunc 2>/dev/null
printf '\125\252' | dd of="$pmem" bs=1 seek=510 conv=notrunc 2>/dev/null
blockdev --rereadpt "$pmem"
on_xfs "a partition" "${pmem}p1"
exit "$failed"
