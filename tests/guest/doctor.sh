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
tracing=/sys/kernel/tracing
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

hex_of='function hex(s,   i, n) {
	s = tolower(substr(s, 3))
	for (i = 1; i <= length(s); i++)
		n = n * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1
	return n + 0
}'

remount() {
	umount "$dir"
	mount -t "$fs" -o dax=always "$device" "$dir"
}

trace_on() {
	echo 0 >"$tracing/tracing_on"
	echo 65536 >$tracing/buffer_size_kb
	for event in dax_pmd_fault dax_pmd_fault_done dax_pmd_load_hole dax_pte_fault_done; do
		echo 1 >$tracing/events/fs_dax/$event/enable
	done
	echo 1 >$tracing/events/iomap/iomap_iter_dstmap/enable
}

# The first fault of each range in the trace, as 'RANGE FATE'.
fates() {
	awk "$hex_of"'
	function after(word,   i) {
		for (i = at; i < NF; i++)
			if ($i == word)
				return $(i + 1)
		return ""
	}
	function why(   a, start) {
		a = hex(after("address"))
		start = a - a % 2097152
		if (int(a / 4096) % 512 != page % 512)
			return "misaligned_addr"
		if ($0 ~ / private / && $0 ~ /[ |]WRITE[ |]/)
			return "private_write"
		if (start < hex(after("vm_start")))
			return "vma_start"
		if (start + 2097152 > hex(after("vm_end")))
			return "vma_end"
		if (range * 512 + 511 >= hex(after("max_pgoff")))
			return "past_eof"
		if (map_end < 0)
			return "pte_entry"
		if (map_end < (range + 1) * 2097152)
			return "extent_short"
		return (map_at - map_from + range * 2097152) % 2097152 ? "extent_misaligned" : "device_short"
	}
	/^#/ { next }
	{
		for (at = 1; at < NF; at++)
			if ($at ~ /^(dax_|iomap_iter_dstmap)/)
				break
	}
	$at == "dax_pmd_fault:" { map_end = -1; hole = 0; next }
	$at == "iomap_iter_dstmap:" {
		map_from = hex(after("offset"))
		map_end = map_from + hex(after("length"))
		map_at = hex(after("addr"))
		next
	}
	$at == "dax_pmd_load_hole:" { hole = 1; next }
	{
		page = hex(after("pgoff"))
		range = int(page / 512)
		if (range in seen)
			next
	}
	$at == "dax_pte_fault_done:" { seen[range] = 1; print range, "never_tried"; next }
	$at == "dax_pmd_fault_done:" {
		if ($NF ~ /FALLBACK/)
			print range, why()
		else if ($NF ~ /NOPAGE/)
			print range, hole ? "zero" : "pmd"
		else
			next
		seen[range] = 1
	}' "$tracing/trace"
}

# touch_ranges FILE read|write [FIRST COUNT]: one byte of each range through one fresh mapping
touch_ranges() {
	size=$(stat -c %s "$1")
	nr=$(((size + 2097151) / 2097152))
	first=${3:-0} count=${4:-$nr}
	end=$((first + count))
	[ "$end" -le "$nr" ] || end=$nr
	if [ "$2" = read ]; then
		echo "mmap -r 0 $((nr * 2097152))"
	else
		echo "mmap -rw 0 $((nr * 2097152))"
	fi >"$work/commands"
	while [ "$first" -lt "$end" ]; do
		if [ "$2" = read ]; then
			echo "mread $((first * 2097152)) 1"
		else
			echo "mwrite -S 90 $((first * 2097152)) 1"
		fi
		first=$((first + 1))
	done >>"$work/commands"
	echo >"$tracing/trace"
	echo 1 >"$tracing/tracing_on"
	xfs_io "$1" <"$work/commands" >"$work/said" 2>&1
	echo 0 >"$tracing/tracing_on"
	fates >"$work/happened"
	sed "s|^|${1##*/} |" "$work/happened" >>"$work/round"
}

# A second witness: daxtrace records what happens until witness_off, which compares it with ftrace.
witness_on() {
	rm -f "$work/rec"
	: >"$work/round"
	daxtrace record -q -o "$work/rec" -a &
	witness=$!
	until [ -s "$work/rec" ]; do usleep 100000; done
}

witness_off() { # WHAT
	kill -INT "$witness"
	wait "$witness" || not_ok "daxtrace record ends with 0"
	daxtrace report --events "$work/rec" | awk "$hex_of"'
	$2 == "xfs_io" {
		for (i = 1; i < NF; i++)
			if ($i ~ /^offset=/)
				range = int(hex(substr($i, 8)) / 2097152)
		name = $NF
		sub(/.*\//, "", name)
		if ((name, range) in seen || $5 ~ /_retry$/)
			next
		seen[name, range] = 1
		print name, range, $5 == "pmd_fallback" ? $7 : $5 == "pmd_zero" ? "zero" : \
			$5 ~ /^pmd_/ ? "pmd" : "never_tried"
	}' | sort >"$work/recorded"
	sort "$work/round" >"$work/traced"
	if [ -s "$work/traced" ] && cmp -s "$work/traced" "$work/recorded"; then
		ok "$1: daxtrace recorded the same $(wc -l <"$work/traced") fates"
	else
		not_ok "$1: daxtrace recorded the same" "$(diff "$work/traced" "$work/recorded" | head -n 20)"
	fi
}

# compare FILE WHAT read|write [FIRST COUNT]: predict, touch, and hold one against the other
compare() {
	status=0
	daxdoctor --json "$1" >"$work/json" || status=$?
	jq -r --arg way "$3" '.runs[] | .[$way] as $fate | range(.first; .first + .count) | "\(.) \($fate)"' \
		"$work/json" >"$work/all"
	touch_ranges "$1" "$3" ${4:+"$4" "$5"}
	# Only ranges that were touched; each of them must have shown up.
	awk 'NR == FNR { want[$1]; next } $1 in want' "$work/happened" "$work/all" >"$work/predicted"
	nr=$(wc -l <"$work/happened")
	if [ "$nr" -ne "$(wc -l <"$work/predicted")" ] || [ "$nr" -ne $((end - ${4:-0})) ]; then
		not_ok "$2, $3: every touched range is predicted and seen" \
			"touched $((end - ${4:-0})), seen $nr, predicted $(wc -l <"$work/predicted"); $(tail -n 3 "$work/said")"
		return
	fi
	# What the kernel will allocate cannot be known; a hole and shared blocks are all that may be so.
	unknown=$(grep -c ' unknown$' "$work/predicted" || true)
	awk 'NR == FNR { said[$1] = $2; next } said[$1] != "unknown" && said[$1] != $2 {
		print "range " $1 ": predicted " said[$1] ", came to " $2 }' \
		"$work/predicted" "$work/happened" >"$work/wrong"
	if [ -s "$work/wrong" ]; then
		not_ok "$2, $3: $nr ranges on $fs" "$(head -n 12 "$work/wrong")
$(jq -c '.runs[]' "$work/json" | head -n 12)"
	elif [ "$unknown" -gt 0 ] && [ "${may_be_unknown:-0}" -ne "$unknown" ]; then
		not_ok "$2, $3: $unknown of $nr ranges unknown instead of ${may_be_unknown:-0}" \
			"$(jq -c '.runs[]' "$work/json" | head -n 12)"
	else
		ok "$2, $3: $((nr - unknown)) ranges predicted on $fs: $(awk '{ n[$2]++ } END {
			for (f in n) { printf "%s%s %d", sep, f, n[f]; sep = ", " } }' "$work/happened")$(
			[ "$unknown" -eq 0 ] || echo "; $unknown said to be unknown")"
	fi
}

# The status that says: all, some, unknown.
status_is() { # FILE STATUS
	status=0
	daxdoctor "$1" >"$work/text" 2>&1 || status=$?
	if [ "$status" -eq "$2" ]; then
		ok "status $2 for ${1##*/}"
	else
		not_ok "status $status instead of $2 for ${1##*/}" "$(cat "$work/text")"
	fi
}

io() { # FILE COMMAND...
	file=$1
	shift
	for command; do
		xfs_io -f -c "$command" "$file" >/dev/null
	done
}

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


# Does daxdoctor say FATE for reads of RANGE? (Else the limit was never met.)
predicts() { # FILE RANGE read|write FATE
	daxdoctor --json "$1" >"$work/json" || true
	said=$(jq -r --argjson n "$2" --arg way "$3" \
		'.runs[] | select(.first <= $n and $n < .first + .count) | .[$way]' "$work/json")
	if [ "$said" = "$4" ]; then
		ok "a $3 of range $2 of ${1##*/} is predicted to be $4"
	else
		not_ok "a $3 of range $2 of ${1##*/} is predicted to be $4" "$said: $(jq -c '.runs[]' "$work/json")"
	fi
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
				grep -q -- "cp -a --reflink=never --sparse=never $dir/clone" "$work/text"
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
	check "and the way out is 4096 sectors" grep -q 'mkpart dax 4096s' "$work/text"
}

# The command that is printed for a file with a hostile name does what it says, to that file.
test_names() {
	name=$dir/$(printf 'a\033[31m\n%s\377' "'\"\$(touch pwned); touch pwned #")
	io "$name" 'falloc 0 3m' 'pwrite -q 0 3m'
	status=0
	daxdoctor --json "$name" >"$work/json" || status=$?
	check "status 1 for a short file with a hostile name" test "$status" -eq 1
	jq -r '.fixes[] | select(.cause == "past_eof") | .run' "$work/json" >"$work/run"
	bash "$work/run" || not_ok "the command printed for it runs" "$(cat "$work/run")"
	check "the command printed for it mends it" test "$(stat -c %s "$name")" -eq 4194304
	check "... and does nothing else" test ! -e pwned
	rm "$name"
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
	sleep 1
	status=0
	daxdoctor --json -p "$holder" >"$work/json" || status=$?
	check "status 1 for a mapping with cut edges" test "$status" -eq 1
	jq -r '.mappings[0].runs[] | .read as $fate | range(.first; .first + .count) | "\(.) \($fate)"' \
		"$work/json" >"$work/predicted"
	echo >"$tracing/trace"
	echo 1 >"$tracing/tracing_on"
	for at in 1m 2m 4m 6m; do
		echo "mread $at 1" >&7
	done
	sleep 1
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

	# A program on DAX: its segments are private and end where they like.
	cp /busybox/busybox "$dir/busybox"
	"$dir/busybox" sleep 60 &
	holder=$!
	sleep 1
	status=0
	daxdoctor --json -p "$holder" >"$work/json" || status=$?
	check "status 1 for a program that runs from DAX" test "$status" -eq 1
	check "its segments are private and smaller than 2 MiB" jq -e \
		'.mappings | (length > 1) and all(.[]; .private) and all(.[].runs[]; .read != "pmd")' "$work/json"
	kill "$holder"
	wait "$holder" 2>/dev/null || true

	daxbench faults --kind pte-read --count 4 "$dir/small" >/dev/null
	sleep 30 &
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
