#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# doctor.sh - in a guest: what daxdoctor predicts for each 2 MiB range of a file is what the first
# access to it then comes to, by the kernel's own events.
#
# usage: doctor.sh DIRECTORY_ON_DAX [layouts|limits|places|process|names]...
#
# Remounts the filesystem between the rounds, as entries of earlier faults would decide otherwise;
# 'places' makes other filesystems in its stead.
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

make_layouts() {
	io "$dir/written" 'falloc 0 16m' 'pwrite -q -b 2m 0 16m'
	io "$dir/unwritten" 'falloc 0 16m'
	io "$dir/hole" 'truncate 10m'
	io "$dir/short-end" 'falloc 0 5m' 'pwrite -q 0 5m' 'truncate 5242980'
	io "$dir/last-page" 'falloc 0 4m' 'pwrite -q 0 4m' 'truncate 4194204'
	io "$dir/page-missing" 'falloc 0 4m' 'pwrite -q 0 4m' 'truncate 4190208'
	io "$dir/page-each" 'truncate 12m' 'pwrite -q 0 4k' 'pwrite -q 3m 4k' 'pwrite -q 6295552 4k'
	io "$dir/halves" 'falloc 0 8m' 'pwrite -q 1m 1m' 'pwrite -q 2m 1m' 'pwrite -q 5m 4k'
	io "$dir/punched" 'falloc 0 12m' 'pwrite -q -b 2m 0 12m' 'fpunch 3m 4k' 'fpunch 6m 2m' 'fpunch 9m 2m'
	io "$dir/zeroed" 'falloc 0 8m' 'pwrite -q -b 2m 0 8m' 'fzero 2m 2m' 'fzero 5m 1m'
	xfs_io -f -c 'extsize 0' "$dir/knit-a" >/dev/null 2>&1 || true
	xfs_io -f -c 'extsize 0' "$dir/knit-b" >/dev/null 2>&1 || true
	at=0
	while [ "$at" -lt 10 ]; do
		io "$dir/knit-a" "pwrite -q ${at}m 1m"
		io "$dir/knit-b" "pwrite -q ${at}m 1m"
		at=$((at + 1))
	done
	for kind in $(daxbench kinds | awk '{ print $1 }' | grep -v mixed); do
		daxbench faults --kind "$kind" --count 7 --seed 3 "$dir/bench-$kind" >/dev/null
	done
}

test_layouts() {
	make_layouts
	for way in read write; do
		remount
		witness_on
		for file in "$dir"/*; do
			[ -f "$file" ] || continue
			may_be_unknown=0
			[ "$way" = read ] || may_be_unknown=$(daxdoctor --json "$file" |
				jq '[.runs[] | select(.extent == null and .read == "zero") | .count] | add // 0')
			compare "$file" "${file##*/}" "$way"
		done
		witness_off "all layouts, $way"
	done
	may_be_unknown=0
	rm -f "$dir"/bench-* "$dir"/knit-*
}

# new_fs OPTION...: another filesystem in the place of this one
new_fs() {
	umount "$dir"
	# mkfs.xfs makes a single allocation group only for tests.
	TEST_DIR=$dir TEST_DEV=$device QA_CHECK_FS=1 "mkfs.$fs" "$@" "$device" >"$work/mkfs" 2>&1 ||
		cat "$work/mkfs" >&2
	mount -t "$fs" -o dax=always "$device" "$dir"
}

# Without copies of the superblock in between, extents can touch from group to group. The first is
# 32767 blocks long, the next ones follow right behind it.
make_limit() {
	new_fs -F -b 4096 -O sparse_super2 -E stride=512,num_backup_sb=0
	io "$dir/limit" 'falloc 0 112m' 'falloc 112m 14m' 'falloc 126m 2044k' 'falloc 134213632 4k' \
		'falloc 134217728 16m'
}

# XFS: a record of extents holds 2^21 - 1 blocks; ext4: 32768 blocks, 32767 when unwritten.
test_limits() {
	if [ "$fs" = xfs ]; then
		new_fs -f -m reflink=0 -d su=2m,sw=1,agcount=1
		for hint in 0 2m; do
			io "$dir/huge" "extsize $hint" 'falloc 0 8704m'
			[ "$hint" != 0 ] || {
				predicts "$dir/huge" 4094 write pmd
				predicts "$dir/huge" 4095 read extent_short
				predicts "$dir/huge" 4096 write pmd
			}
			for way in read write; do
				remount
				witness_on
				compare "$dir/huge" "8 GiB - 4 KiB, extsize $hint" "$way" 4088 16
				witness_off "8 GiB - 4 KiB, extsize $hint, $way"
			done
			rm "$dir/huge"
			remount
		done
		return
	fi
	make_limit
	predicts "$dir/limit" 62 write pmd
	predicts "$dir/limit" 63 read zero
	predicts "$dir/limit" 63 write extent_short
	predicts "$dir/limit" 64 write pmd
	for way in read write; do
		remount
		witness_on
		compare "$dir/limit" "unwritten, 128 MiB - 4 KiB" "$way"
		witness_off "unwritten, 128 MiB - 4 KiB, $way"
	done
	# Written storage joins to 32768 blocks, here counted from the second page.
	make_limit
	io "$dir/limit" 'fpunch 0 4k' 'pwrite -q -b 4m 4k 143m'
	remount
	meet=$(daxdoctor --json "$dir/limit" | jq '[.runs[] | select(.extents_meet) | .first] | .[0]')
	if [ "$meet" = null ]; then
		not_ok "ext4's limit of 128 MiB lies inside a written range" "$(daxdoctor --json "$dir/limit" | jq -c '.runs[]')"
		return
	fi
	ok "ext4's limit of 128 MiB lies inside written range $meet"
	for way in read write; do
		remount
		compare "$dir/limit" "written, 128 MiB" "$way"
	done
	# The same range with nothing cached: what daxdoctor says it cannot know.
	remount
	touch_ranges "$dir/limit" read "$meet" 1
	cold=$(cut -d' ' -f2 "$work/happened")
	check "status 3 for a range that only the cache makes whole (now $cold, with an empty cache)" \
		sh -c "daxdoctor '$dir/limit' | grep -q 'unknown  disk_extents'"
}

# Storage that starts in the wrong place, cannot be read, is shared, or is not DAX at all.
test_places() {
	[ "$fs" = xfs ] || {
		skip "places" "are the same for all filesystems; tried with xfs"
		return
	}
	new_fs -f -m reflink=1 -d su=2m,sw=1
	io "$dir/own" 'falloc 0 16m' 'pwrite -q -b 2m 0 16m'
	if xfs_io -f -c "reflink $dir/own 0 0 16m" "$dir/clone" >/dev/null 2>"$work/err" &&
		xfs_io -f -c 'falloc 0 16m' -c 'pwrite -q -b 2m 0 16m' -c "reflink $dir/own 4m 5m 1m" \
			"$dir/part" >/dev/null 2>>"$work/err"; then
		compare "$dir/clone" "shared blocks" read
		may_be_unknown=$(daxdoctor --json "$dir/part" | jq '.ranges.write.unknown // 0')
		compare "$dir/part" "a shared MiB" write
		may_be_unknown=0
		remount
		status=0
		daxdoctor "$dir/clone" >"$work/text" || status=$?
		if [ "$status" -eq 3 ]; then
			check "no DAX for a file with shared blocks after a mount: a copy is advised" \
				grep -q -- "daxdoctor --repair $dir/clone" "$work/text"
		else
			skip "shared blocks after a mount" "this kernel keeps DAX for them"
		fi
	else
		skip "shared blocks" "$(cat "$work/err")"
	fi

	new_fs -f -m reflink=0 -d su=2m,sw=1
	io "$dir/bad" 'falloc 0 16m' 'pwrite -q -b 2m 0 16m'
	at=$(daxdoctor --json "$dir/bad" | jq '.runs[0].extent.device_bytes')
	echo "$(((at + 7 * 1048576) / 512)) 8" >"/sys/block/${device##*/}/badblocks"
	for way in read write; do
		remount
		predicts "$dir/bad" 3 read device_short
		witness_on
		compare "$dir/bad" "bad blocks" "$way"
		witness_off "bad blocks, $way"
	done
	# Clear them: the next filesystem needs the place.
	umount "$dir"
	dd if=/dev/zero of="$device" bs=1M seek=$(((at >> 20) + 6)) count=2 2>/dev/null
	mount -t "$fs" -o dax=inode "$device" "$dir"
	status_is "$dir/bad" 3
	check "the DAX attribute is advised" grep -q "chattr +x" "$work/text"
	mkdir "$dir/folder"
	status_is "$dir/folder" 3
	sed -n 's/^      //p' "$work/text" | grep chattr >"$work/command"
	check "the command for a folder: $(cat "$work/command")" sh -eu "$work/command"
	check "... is about the folder, and no other" \
		test "$(xfs_io -c 'lsattr' "$dir/folder" | grep -c -- '^[^ ]*x') $(xfs_io -c 'lsattr' "$dir" | grep -c -- '^[^ ]*x')" = "1 0"
	io "$dir/folder/new" 'falloc 0 4m' 'pwrite -q 0 4m'
	status_is "$dir/folder/new" 0
	xfs_io -c 'chattr +x' "$dir"
	io "$dir/flagged" 'falloc 0 4m' 'pwrite -q 0 4m'
	status_is "$dir/flagged" 0
	umount "$dir"
	mount -t "$fs" -o dax=never "$device" "$dir"
	status_is "$dir/flagged" 3
	status_is "$dir" 3

	# One partition from sector 2048: 1 MiB past a multiple of 2 MiB.
	umount "$dir"
	disk=$device
	dd if=/dev/zero of="$disk" bs=1M count=4 2>/dev/null
	printf '\000\000\000\000\203\000\000\000\000\010\000\000\000\000\030\000' |
		dd of="$disk" bs=1 seek=446 conv=notrunc 2>/dev/null
	printf '\125\252' | dd of="$disk" bs=1 seek=510 conv=notrunc 2>/dev/null
	blockdev --rereadpt "$disk"
	device=${disk}p1
	mkfs.xfs -f -m reflink=0 -d su=2m,sw=1 "$device" >/dev/null
	mount -t xfs -o dax=always "$device" "$dir"
	io "$dir/shifted" 'falloc 0 16m' 'pwrite -q -b 2m 0 16m'
	for way in read write; do
		remount
		predicts "$dir/shifted" 0 read extent_misaligned
		witness_on
		compare "$dir/shifted" "partition at 1 MiB" "$way"
		witness_off "partition at 1 MiB, $way"
	done
	status_is "$dir/shifted" 1
	check "the partition's start is the cause" grep -q 'problem  partition_start' "$work/text"
	check "and the way out is 4096 sectors" grep -q 'start at a multiple of 4096 sectors' "$work/text"
}

# The keys and types of $work/json, but the facts of checks and the names of fates, are those of the schema; KEYS: all of a report.
schema_holds() { # what keys
	new=$(json_keys <"$work/json" | grep -vE '\.facts\.|\.ranges\.(read|write)\.' |
		grep -vxFf "$(dirname "$0")/daxdoctor-1.golden" || true)
	check "what the JSON of $1 is compared with is here" test -s "$(dirname "$0")/daxdoctor-1.golden"
	check "the JSON of $1 has keys and types of daxdoctor/1 alone: $new" test -z "$new"
	check "... and all of them" test "$(jq -r 'keys_unsorted | join(" ")' "$work/json")" = "$2"
}

# The command that is printed for a file with a hostile name does what it says, to that file.
test_names() {
	name=$dir/$(printf 'a\033[31m\n%s\377' "'\"\$(touch pwned); touch pwned #")
	io "$name" 'falloc 0 3m' 'pwrite -q 0 3m'
	status=0
	daxdoctor --json "$name" >"$work/json" || status=$?
	check "status 1 for a short file with a hostile name" test "$status" -eq 1
	schema_holds "a file" "schema version subject pid status checks size_bytes ranges runs mappings fixes not_seen"
	status=0
	daxdoctor --is-dax "$name" >"$work/text" 2>&1 || status=$?
	check "--is-dax answers yes on DAX, and prints nothing" test "$status$(cat "$work/text")" = 0
	status=0
	daxdoctor --is-dax /root/lib.sh >"$work/text" 2>&1 || status=$?
	check "--is-dax answers no elsewhere, and prints nothing" test "$status$(cat "$work/text")" = 1
	jq -r '.fixes[] | select(.cause == "past_eof") | .run' "$work/json" >"$work/run"
	bash "$work/run" || not_ok "the command printed for it runs" "$(cat "$work/run")"
	check "the command printed for it mends it" test "$(stat -c %s "$name")" -eq 4194304
	check "... and does nothing else" test ! -e pwned
	rm "$name"
}

# xfs_io has done all it was told: it is in read() of its standard input.
waits_for_input() { # pid
	until grep -qs '^0 0x0 ' "/proc/$1/syscall"; do sleep 0.05; done
}

# A process with mappings: held open by xfs_io, which reads its commands from a pipe.
test_process() {
	io "$dir/mapped" 'falloc 0 16m' 'pwrite -q -b 2m 0 16m'
	remount
	mkfifo "$work/pipe"
	xfs_io "$dir/mapped" <"$work/pipe" >"$work/said" 2>&1 &
	holder=$!
	exec 7>"$work/pipe"
	echo 'mmap -r 1m 6m' >&7
	waits_for_input "$holder"
	status=0
	daxdoctor --json -p "$holder" >"$work/json" || status=$?
	check "status 1 for a mapping with cut edges" test "$status" -eq 1
	schema_holds "a process" "schema version subject pid status checks mappings fixes not_seen"
	jq -r '.mappings[0].runs[] | .read as $fate | range(.first; .first + .count) | "\(.) \($fate)"' \
		"$work/json" >"$work/predicted"
	echo >"$tracing/trace"
	echo 1 >"$tracing/tracing_on"
	for at in 1m 2m 4m 6m; do
		echo "mread $at 1" >&7
	done
	waits_for_input "$holder"
	echo 0 >"$tracing/tracing_on"
	# At an edge a neighbour's page table may be there already: then 2 MiB is not even tried.
	fates | awk 'NR == FNR { said[$1] = $2; next }
		$2 == "never_tried" && said[$1] ~ /^vma_/ { $2 = said[$1] }
		{ print }' "$work/predicted" - >"$work/happened"
	check "a mapping that cuts ranges: predicted $(tr '\n' ',' <"$work/predicted") happened $(tr '\n' ',' <"$work/happened")" \
		cmp "$work/predicted" "$work/happened"
	resident=$(daxdoctor --json -p "$holder" | jq -c '[.mappings[0] | .mapped_2m_bytes, .mapped_4k_bytes]')
	case $(uname -r) in
	5.* | 6.[0-6].*) check "residency is unknown before Linux 6.7: $resident" test "$resident" = '[null,null]' ;;
	*) check "residency is what was touched: $resident" test "$resident" = '[4194304,8192]' ;;
	esac
	exec 7>&-
	wait "$holder" || true

	# Huge pages switched off for the process, by the one that started it.
	for switch in on off; do
		remount
		rm "$work/pipe"
		mkfifo "$work/pipe"
		if [ "$switch" = on ]; then
			xfs_io "$dir/mapped" <"$work/pipe" >"$work/said" 2>&1 &
		else
			/usr/bin/dax-touch off xfs_io "$dir/mapped" <"$work/pipe" >"$work/said" 2>&1 &
		fi
		holder=$!
		exec 7>"$work/pipe"
		echo 'mmap -r 0 8m' >&7
		waits_for_input "$holder"
		status=0
		daxdoctor -p "$holder" >"$work/text" || status=$?
		daxdoctor --json -p "$holder" >"$work/json" || true
		echo >"$tracing/trace"
		echo 1 >"$tracing/tracing_on"
		for at in 0 2m 4m 6m; do
			echo "mread $at 1" >&7
		done
		waits_for_input "$holder"
		echo 0 >"$tracing/tracing_on"
		exec 7>&-
		wait "$holder" || true
		said=$(jq -c '[.mappings[0].no_huge, [.mappings[0].runs[] | [.first, .count, .read, .write]]]' "$work/json")
		happened=$(fates | xargs)
		if [ "$switch" = on ]; then
			check "status 0 for a mapping as it should be" test "$status" -eq 0
			check "huge pages are not switched off" grep -q 'ok  *thp_disable' "$work/text"
			check "... as is predicted: $said" test "$said" = '[false,[[0,4,"pmd","pmd"]]]'
			check "... and happens: $happened" test "$happened" = "0 pmd 1 pmd 2 pmd 3 pmd"
		else
			check "status 1 for a process with huge pages switched off" test "$status" -eq 1
			check "it is named" grep -q 'problem  *thp_disable.*PR_SET_THP_DISABLE' "$work/text"
			check "and the way out" grep -q 'start the program without prctl(PR_SET_THP_DISABLE, 1)' "$work/text"
			check "... no MADV_NOHUGEPAGE is" test "$(grep -c MADV_NOHUGEPAGE "$work/text")" -eq 0
			check "... as is predicted: $said" test "$said" = '[true,[[0,4,"never_tried","never_tried"]]]'
			check "... and happens: $happened" test "$happened" = \
				"0 never_tried 1 never_tried 2 never_tried 3 never_tried"
		fi
	done

	# A program on DAX: its segments are private and end where they like.
	cp /busybox/busybox "$dir/busybox"
	"$dir/busybox" sleep 600 &
	holder=$!
	until grep -qsE '^(35|230) ' "/proc/$holder/syscall"; do sleep 0.05; done # it is in a nanosleep()
	status=0
	daxdoctor --json -p "$holder" >"$work/json" || status=$?
	check "status 1 for a program that runs from DAX" test "$status" -eq 1
	check "its segments are private and smaller than 2 MiB" jq -e \
		'.mappings | (length > 1) and all(.[]; .private) and all(.[].runs[]; .read != "pmd")' "$work/json"
	kill "$holder"
	wait "$holder" 2>/dev/null || true

	daxbench faults --kind pte-read --count 4 "$dir/small" >/dev/null
	sleep 600 &
	holder=$!
	status=0
	daxdoctor -p "$holder" >"$work/text" || status=$?
	check "status 3 for a process without DAX" test "$status" -eq 3
	kill "$holder"
	wait "$holder" 2>/dev/null || true
}

trace_on
[ $# -gt 0 ] || set -- layouts
for part; do
	"test_$part"
done
exit "$failed"
