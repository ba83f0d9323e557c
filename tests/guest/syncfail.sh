#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# syncfail.sh - in a guest with two pmem devices and no filesystem: writes through MAP_SYNC whose sync fails,
# for the filesystem's log is on a device that began to fail, are counted as errors, each once, as many as
# the program got SIGBUS. The kernel has no event for them: they show in what it says before and not after.
#
# usage: syncfail.sh DIRECTORY        needs the programs dmsetup and touch in PATH
set -eu
dir=$1
tracing=/sys/kernel/tracing
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

export DM_DISABLE_UDEV=1 # there is none: dmsetup makes /dev/mapper by itself
modprobe dm_mod
modprobe crc32c_generic
modprobe xfs
sectors=$(cat /sys/block/pmem1/size)
device=/dev/pmem0
dmsetup create log --table "0 $sectors linear /dev/pmem1 0"
log=/dev/$(dmsetup info -c --noheadings -o blkdevname log)
for event in dax_pmd_fault_done dax_pte_fault_done dax_insert_pfn_mkwrite dax_insert_pfn_mkwrite_no_entry; do
	echo 1 >$tracing/events/fs_dax/$event/enable
done

swap() { # table
	dmsetup suspend --noflush --nolockfs log
	dmsetup load log --table "$1"
	dmsetup resume log
}
seen() { # pattern
	grep -cE -- "$1" "$work/trace" || true
}

# failed HOW RANGES COMMAND...: the command runs touch HOW on so many ranges, each of whose writes is SIGBUS
failed() {
	how=$1
	ranges=$2
	shift 2
	# A single allocation group is only for tests.
	TEST_DIR=$dir TEST_DEV=$device QA_CHECK_FS=1 \
		mkfs.xfs -q -f -m reflink=0 -d su=2m,sw=1,agcount=1 -l "logdev=$log,size=64m" "$device"
	mount -t xfs -o dax=always,logdev="$log" "$device" "$dir"
	xfs_io -f -c 'extsize 2m' -c 'falloc 0 20m' "$dir/f"
	sync
	swap "0 $sectors error"
	echo >$tracing/trace
	"$@" /usr/bin/dax-touch "$how" "$dir/f" "$ranges" >"$work/out" 2>"$work/err" || cat "$work/err"
	cp $tracing/trace "$work/trace"
	umount "$dir"
	swap "0 $sectors linear /dev/pmem1 0"
	check "$how, $ranges: each write was SIGBUS" test "$(grep -x '[0-9]*' "$work/out")" = "$ranges"
}

for how in sync sync-small; do
	# With one range nothing comes after the failed sync but the end of the process.
	for ranges in 1 4; do
		failed "$how" "$ranges" daxtrace stat --json-file "$work/stat" --
		what="$how, $ranges"
		# Where the filesystem fails at 2 MiB, 4 KiB are tried.
		sizes="[1, $((ranges - 1))]"
		[ "$how" = sync ] || sizes="[0, $ranges]"
		check "$what: the kernel asked for one sync" test "$(seen 'fault_done: .*NEEDDSYNC')" -eq 1
		check "$what: ... after which no page was put in" test "$(seen 'insert_pfn_mkwrite')" -eq 0
		check "$what: the other writes failed before" \
			test "$(seen 'dax_pte_fault_done: .*SIGBUS')" -eq $((ranges - 1))
		check "$what: as many errors are counted: $(jq -c .totals.errors "$work/stat")" \
			jq -e ".totals.errors == $ranges" "$work/stat"
		check "$what: ... at the size that was asked for: $(jq -c .counts.faults "$work/stat")" jq -e \
			".counts.faults | [.pmd_error.write, .pte_error.write] == $sizes" "$work/stat"
		check "$what: ... and no sync" jq -e '.totals | .pte_sync == 0 and .pmd_sync == 0' "$work/stat"
		failed "$how" "$ranges" daxtrace record -q -o "$work/rec" --
		daxtrace report --json -i "$work/rec" >"$work/report"
		check "$what: a recording has the same" test "$(jq -c .counts.faults "$work/report")" = \
			"$(jq -c .counts.faults "$work/stat")"
		rm "$work/rec"
	done
done
dmsetup remove log
exit "$failed"
