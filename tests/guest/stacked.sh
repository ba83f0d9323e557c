#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# stacked.sh - in a guest with two pmem devices and no filesystem: on device-mapper devices made of them,
# 2 MiB faults come out as the pieces allow, and are counted so, with the reason; daxdoctor
# follows linear pieces, and says of others that it cannot know.
#
# usage: stacked.sh DIRECTORY        needs the programs dmsetup and touch in PATH
set -eu

dir=$1
fs=xfs
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/guest/fates.sh
. "$(dirname "$0")/fates.sh"

# stack NAME TABLE: XFS with DAX on the device-mapper device that the table, in sectors, makes
stack() {
	name=$1
	printf '%s\n' "$2" | dmsetup create "$name"
	device=/dev/$(dmsetup info -c --noheadings -o blkdevname "$name")
	# A single allocation group is only for tests.
	TEST_DIR=$dir TEST_DEV=$device QA_CHECK_FS=1 \
		mkfs.xfs -f -m reflink=0 -d su=2m,sw=1,agcount=1 "$device" >"$work/mkfs" 2>&1 || cat "$work/mkfs"
	mount -t xfs -o dax=always "$device" "$dir"
	xfs_io -c 'extsize 2m' "$dir"
	: >"$dir/probe"
	attributes=$(xfs_io -c 'statx -r' "$dir/probe" | sed -n 's/^stat\.attributes = //p')
	check "$name: files on it are DAX" test $((attributes & 0x200000)) -ne 0
}

unstack() {
	umount "$dir"
	dmsetup remove "$name"
}

# touched WHAT read|write RANGES FALLBACKS: counted by daxtrace, and by the kernel
touched() {
	echo >"$tracing/trace"
	echo 1 >"$tracing/tracing_on"
	daxtrace stat --max-tier 1 --json-file "$work/stat" -- /usr/bin/dax-touch "$2" "$dir/f" "$3" >"$work/out" 2>&1
	echo 0 >"$tracing/tracing_on"
	ours=$(jq -c '[.totals.pmd_faults, .totals.fallbacks, .counts.fallbacks.device_short, .totals.pte_faults]' "$work/stat")
	kernels=$(awk '/ dax_pmd_fault_done: .*NOPAGE/ { whole++ } / dax_pmd_fault_done: .*FALLBACK/ { fell++ }
		/ dax_pte_fault_done: / { small++ }
		END { printf "[%d,%d,%d,%d]", whole, fell, fell, small }' "$tracing/trace")
	check "$1, $3 ${2}s: $4 fallbacks, all device_short: $ours" \
		test "$ours" = "[$(($3 - $4)),$4,$4,$4]"
	check "... by the kernel's own events too" test "$kernels" = "$ours"
}

# counted WHAT FALLBACKS: of 20 ranges read, written, and written where only allocated
counted() {
	rm -f "$dir/f"
	/usr/bin/dax-touch make "$dir/f" 20
	touched "$1" read 20 "$2"
	remount
	touched "$1" write 20 "$2"
	rm "$dir/f"
	io "$dir/f" 'falloc 0 40m'
	touched "$1, unwritten" write 20 "$2"
	rm "$dir/f"
}

# all_come_to WHAT FATE: each range of $dir/file, of which daxdoctor may call $may_be_unknown unknown
all_come_to() {
	io "$dir/file" 'falloc 0 40m' 'pwrite -q -b 2m 0 40m'
	for way in read write; do
		remount
		witness_on
		compare "$dir/file" "$1" "$way"
		witness_off "$1, $way"
		check "$1, $way: all come to $2" test "$(awk '{ print $2 }' "$work/happened" | uniq -c | xargs)" = "20 $2"
	done
}

# known WHAT FATE: each range of a file comes to that, which daxdoctor says it does not know
known() {
	may_be_unknown=20
	all_come_to "$1" "$2"
	status_is "$dir/file" 3
	check "$1: it names the device, and what is below" \
		grep -q "unknown  stacked_device .* device-mapper $name on.* pmem0" "$work/text"
	sed -n 's/^      //p' "$work/text" | grep 'dmsetup table' >"$work/command"
	check "$1: and how to see where the pieces lie: $(cat "$work/command")" sh -eu "$work/command"
	check "$1: ... $name's, and how large a request may be" test "$(sh -eu "$work/command" | sed -n '1p; $p' | xargs)" = \
		"$(dmsetup table "$name" | sed -n '1p') $(cat "/sys/block/${device##*/}/queue/max_sectors_kb")"
	rm "$dir/file"
}

# told WHAT FATE PATTERN: each range of a file comes to that, as daxdoctor says, which follows linear pieces
told() {
	may_be_unknown=0
	all_come_to "$1" "$2"
	daxdoctor "$dir/file" | tr -s '\n ' '  ' >"$work/text" || true
	check "$1: it says how the device lies" grep -q "$(echo "$3" | tr -s ' ')" "$work/text"
	rm "$dir/file"
}

export DM_DISABLE_UDEV=1 # there is none: dmsetup makes /dev/mapper by itself
modprobe dm_mod
modprobe crc32c_generic
modprobe xfs
trace_on
all=$(($(cat /sys/block/pmem0/size) + $(cat /sys/block/pmem1/size)))
check "there are two devices of 512 MiB" test "$all" -eq 2097152

# No 2 MiB lie on one device, whichever it is.
stack small-stripes "0 $all striped 2 128 /dev/pmem0 0 /dev/pmem1 0"
counted "stripes of 64 KiB" 20
known "stripes of 64 KiB" device_short
daxbench faults --kind pmd-read --count 5 "$dir/bench" >"$work/out" 2>"$work/err" && status=0 || status=$?
check "stripes of 64 KiB: daxbench claims no 2 MiB faults: $(cat "$work/err")" test "$status" -eq 3
unstack

stack large-stripes "0 $all striped 2 4096 /dev/pmem0 0 /dev/pmem1 0"
# Device-mapper hands out no more at once than the device takes in one request: 1280 KiB, when nobody asks for more.
check "a request is below 2 MiB by default: $(cat "/sys/block/${device##*/}/queue/max_sectors_kb") KiB" \
	test "$(cat "/sys/block/${device##*/}/queue/max_sectors_kb")" -lt 2048
counted "stripes of 2 MiB, small requests" 20
echo 2048 >"/sys/block/${device##*/}/queue/max_sectors_kb"
counted "stripes of 2 MiB" 0
known "stripes of 2 MiB" pmd
daxbench faults --kind pmd-read --count 5 "$dir/bench" >"$work/out" 2>"$work/err" || true
check "stripes of 2 MiB: daxbench has 5 faults of 2 MiB" jq -e '.caused.faults.pmd_mapped.read == 5' "$work/out"
unstack

# As LVM begins when nothing else is asked for.
stack shifted "0 $((all / 2 - 4096)) linear /dev/pmem0 2048"
counted "from 1 MiB on" 20
told "from 1 MiB on" device_short 'problem  stacked_device .* device-mapper shifted, 1 linear piece, which starts not at'
unstack

# The seam lies in the middle of a range, the only one that is on two devices.
seam=$((257 * 2048))
stack joined "0 $seam linear /dev/pmem0 0
$seam $seam linear /dev/pmem1 2048"
io "$dir/f" 'falloc 0 400m'
touched "a seam" write 200 1
at=$(daxdoctor --json "$dir/f" | jq --argjson seam $((256 << 20)) '[.runs[] | .extent |
	select(. and .device_bytes <= $seam and $seam < .device_bytes + .length_bytes) |
	($seam - .device_bytes + .offset_bytes) / 2097152] | first')
remount
compare "$dir/f" "a seam" write
check "a seam: the range it is in, $at, is the only one that falls back" \
	test "$(grep -v ' pmd$' "$work/happened")" = "$at device_short"
unstack
exit "$failed"
