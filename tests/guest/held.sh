#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# held.sh - in a guest with two pmem devices that counts one nanosecond an instruction: what a fault costs under our
# tools, alone and while another task has the state of a fault: its sync failed, and no fault of it came after.
#
# usage: held.sh DIRECTORY COUNT     prints 'LABEL|VALUE' lines: instructions a 4 KiB fault; needs dmsetup, touch
set -eu
dir=$1 count=$2
work=$(mktemp -d)
export DM_DISABLE_UDEV=1 # there is none: dmsetup makes /dev/mapper by itself
modprobe dm_mod
modprobe crc32c_generic
modprobe xfs
sectors=$(cat /sys/block/pmem1/size)

device() { # name
	echo "/dev/$(dmsetup info -c --noheadings -o blkdevname "$1")"
}
# The first filesystem has its log on the second device, where the other filesystem is too.
dmsetup create log --table "0 262144 linear /dev/pmem1 0"
dmsetup create rest --table "0 $((sectors - 262144)) linear /dev/pmem1 262144"
mkdir -p "$dir" /other
# So small ones are only for tests.
TEST_DIR=/other TEST_DEV=$(device rest) QA_CHECK_FS=1 mkfs.xfs -q -f -m reflink=0 -d su=2m,sw=1 "$(device rest)"
mount -t xfs -o dax=always "$(device rest)" /other

log_is() { # table
	dmsetup suspend --noflush --nolockfs log
	dmsetup load log --table "$1"
	dmsetup resume log
}

# A new filesystem, whose log fails from now on.
fail_next_sync() {
	TEST_DIR=$dir TEST_DEV=/dev/pmem0 QA_CHECK_FS=1 \
		mkfs.xfs -q -f -m reflink=0 -d su=2m,sw=1,agcount=1 -l "logdev=$(device log),size=64m" /dev/pmem0
	mount -t xfs -o dax=always,logdev="$(device log)" /dev/pmem0 "$dir"
	xfs_io -f -c 'extsize 2m' -c 'falloc 0 20m' "$dir/f"
	sync
	log_is "0 262144 error"
}

bench() { # label command...
	label=$1
	shift
	"$@" >"$work/out" 2>"$work/err" || cat "$work/err" >&2
	echo "$label|$(grep '"caused"' "$work/out" | jq .cpu_ns_per_fault)"
}
bare="daxbench faults --time --kind pte-read --count $count --force /other/cost"
cat >"$work/load" <<-END
	mkfifo $work/go
	dax-touch sync $dir/f 1 wait <$work/go >$work/held &
	exec 9>$work/go
	until grep -qs . $work/held; do sleep 0.1; done
	echo "held|\$(cat $work/held) SIGBUS, \$(pidof dax-touch | wc -w) task" >>$work/state
	$bare
	exec 9>&-
	wait
	rm $work/go $work/held
END

echo "cpus|$(cat /sys/devices/system/cpu/possible) $(cat /sys/devices/system/cpu/online)"
# shellcheck disable=SC2086 # words
bench nothing $bare
# shellcheck disable=SC2086
bench daxtop daxtop -b -d 1000 --latency all -- $bare
# shellcheck disable=SC2086
bench record daxtrace record -q -o "$work/rec" -- $bare
fail_next_sync
bench 'daxtop, held' daxtop -b -d 1000 --latency all -- sh "$work/load"
umount "$dir"
log_is "0 262144 linear /dev/pmem1 0"
fail_next_sync
bench 'record, held' daxtrace record -q -o "$work/rec" -- sh "$work/load"
umount "$dir"
sort -u "$work/state"
