#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# fix.sh - in a guest: the command that daxtop tells the user to type does mend the file, and harms nothing,
# whatever lies in its folder and whoever has the file open.
#
# usage: fix.sh DIRECTORY_ON_DAX
set -eu
dir=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# watch FILE FRAMES...: daxtop while every page of FILE is read through a mapping
watch() {
	watch_file=$1
	size=$(stat -c %s "$watch_file")
	shift
	daxtop -d 60 "$@" -- xfs_io -r -c "mmap -r 0 $size" -c "mread 0 $size" "$watch_file" 2>&1
}

# all_huge WHAT FILE: every page of FILE is read, and each of its 2 MiB ranges makes one fault, at 2 MiB
all_huge() {
	size=$(stat -c %s "$2")
	daxtrace stat --json-file "$work/json" -- xfs_io -r -c "mmap -r 0 $size" -c "mread 0 $size" "$2" >"$work/out" 2>&1
	got=$(jq -c '.files[0].totals | [.pmd_faults, .fallbacks, .pte_faults]' "$work/json") || true
	if [ "$got" = "[$((size / 2097152)),0,0]" ]; then
		ok "$1: $((size / 2097152)) faults, all at 2 MiB"
	else
		not_ok "$1: every range is served at 2 MiB" "2 MiB, fallbacks, 4 KiB: $got; $(tail -c 300 "$work/out")"
	fi
}

# Only a new mount forgets the 4 KiB entries that daxbench itself left.
remount() {
	read -r device _ type options _ <<-EOT
		$(grep " $dir " /proc/mounts)
	EOT
	umount "$dir"
	mount -t "$type" -o "$options" "$device" "$dir"
}

try() { # KIND REASON
	file="$dir/it's $1"
	daxbench faults --kind "$1" --count 4 "$file" >/dev/null
	[ "$2" = pte_entry ] || remount
	sum=$(md5sum <"$file")
	watch "$file" -b >"$work/text"
	check "$1: reading the file anew falls back with $2" grep -q "^why: $2, " "$work/text"
	sed -n 's/^run: //p' "$work/text" | head -n 1 >"$work/command"
	echo "# $(cat "$work/command")"
	check "$1: the command to type is daxdoctor's" grep -q '^daxdoctor --repair ' "$work/command"
	check "... which can be typed as it is" bash -eu "$work/command"
	check "... and keeps what is in the file" test "$(md5sum <"$file")" = "$sum"
	all_huge "$1, repaired" "$file"
	rm -f "$file"
}

# bad FILE: 8 MiB of data, all of it one page beside where it would give 2 MiB
bad() {
	rm -f "$1"
	bad_at=0
	{
		while [ $bad_at -lt 8196 ]; do
			echo "pwrite -q -S 0x$((bad_at / 512 + 10)) ${bad_at}k 512k"
			bad_at=$((bad_at + 512))
		done
		echo 'fcollapse 0 4k'
		echo 'truncate 8m'
	} >"$work/commands"
	xfs_io -f "$1" <"$work/commands" >/dev/null 2>&1
}

# all_of FILE: what it is and holds, and what is beside it
all_of() {
	find "$dir" -maxdepth 1 | sort
	md5sum <"$1"
	stat -c '%i %Z %Y %s %a' "$1"
}

# refused WHAT STATUS PATTERN ARGUMENT...: it says why, and the file is as it was, with nothing beside it
refused() {
	refused_what=$1 refused_status=$2 refused_pattern=$3
	shift 3
	refused_before=$(all_of "$file")
	expect "$refused_what: refused" "$refused_status" "$refused_pattern" daxdoctor --repair "$@"
	check "... and nothing is changed" test \
		"$(all_of "$file")" = "$refused_before"
}

try fb-pte-entry pte_entry
if grep -q " $dir xfs " /proc/mounts; then
	try fb-extent-short extent_short
	try fb-extent-misaligned extent_misaligned
fi

# Whatever lies where the command of old would have written.
file=$dir/f
bad "$file"
sum=$(md5sum <"$file")
is_bad() {
	daxdoctor --json "$1" >"$work/json" || true
	jq -e '.ranges.count == 4 and (.ranges.read.pmd | not)' "$work/json"
}
check "no range of the file can be 2 MiB" is_bad "$file"
echo precious >"$dir/target"
ln -s target "$dir/f.new"
daxdoctor --repair --dry-run "$file" >"$work/out" 2>&1 || not_ok "a dry run" "$(cat "$work/out")"
check "a dry run says what would be: $(head -n 1 "$work/out")" grep -q '4 of 4 ranges can be 2 MiB by their storage, 0 before' "$work/out"
check "... and leaves it as it is" is_bad "$file"
check "a symbolic link FILE.new is not followed" daxdoctor --repair "$file"
check "... its target is whole" test "$(cat "$dir/target")" = precious
check "... and it is still there" test -L "$dir/f.new"
check "... while the file has its data" test "$(md5sum <"$file")" = "$sum"
all_huge "... and is repaired" "$file"
rm "$dir/f.new" "$dir/target"
bad "$file"
mkdir "$dir/f.new"
check "a folder FILE.new does not matter" daxdoctor --repair "$file"
check "... nothing is put there" test -z "$(ls -A "$dir/f.new")"
rmdir "$dir/f.new"

# What it is, is kept. The group's other name for the file would be the old one.
bad "$file"
chown 123:456 "$file"
chmod 2750 "$file"
setfacl -m u:77:rw "$file"
setfacl -d -m u:88:r "$dir"
setfattr -n user.note -v "it's" "$file"
setfattr -n trusted.secret -v 0x00ff "$file"
touch -d '2001-02-03 04:05:06' "$file"
what_it_is() {
	stat -c '%u %g %a %s %Y %X %h' "$file"
	getfacl -np "$file"
	getfattr -d -m - -e hex --absolute-names "$file"
}
was=$(what_it_is)
inode=$(stat -c %i "$file")
check "a file with owner, ACL, attributes" daxdoctor --repair "$file"
check "... is a new one" test "$(stat -c %i "$file")" -ne "$inode"
now=$(what_it_is)
check "... with the same owner, mode, times, ACL and attributes" test "$now" = "$was"
check "... and its data" test "$(md5sum <"$file")" = "$sum"
all_huge "... at 2 MiB" "$file"
setfacl -k "$dir"
if grep -q " $dir xfs " /proc/mounts; then
	xfs_io -c 'chproj 42' "$file"
	check "a file of a project" daxdoctor --repair "$file"
	check "... stays in it, with a hint of 2 MiB" test \
		"$(xfs_io -c lsproj -c extsize "$file" | tr -dc '0-9 \n' | tr '\n' ' ' | xargs)" = "42 2097152"
	rm "$file"
	bad "$file"
fi

# Open, by whomever.
bad "$file"
mkfifo "$work/pipe"
hold "$file" none:0:4 <"$work/pipe" >"$work/held" &
holder=$!
exec 7>"$work/pipe"
until [ -s "$work/held" ]; do usleep 50000; done
refused "a file that is open in a process" 3 "open or mapped in process $holder (hold)" "$file"
refused "... also for a dry run" 3 "open or mapped in process $holder (hold)" --dry-run "$file"
mkdir "$work/empty"
# The process that hides /proc cannot be told to do so by busybox, which runs itself by /proc/self/exe.
cat >"$work/hidden" <<-EOT
	#!/bin/bash
	mount --bind "$work/empty" /proc
	exec /tools/daxdoctor --repair "$file"
EOT
expect "a file that is open, with /proc hidden: refused" 3 'the kernel reports that it is open or mapped' \
	unshare -m bash "$work/hidden"
exec 7>&-
wait $holder
modprobe loop
loop=$(losetup -f)
losetup "$loop" "$file"
refused "a loop device on the file" 3 'the kernel reports that it is open or mapped' "$file"
losetup -d "$loop"
# busybox's losetup -d lets the kernel do it when the last one closes.
until ! losetup -a | grep -q "$loop"; do usleep 50000; done

ln "$file" "$dir/other"
refused "a file of two names" 3 'has 2 names (hard links)' "$file"
daxdoctor --repair --force "$file" >"$work/out" 2>&1 || not_ok "... unless forced" "$(cat "$work/out")"
check "... unless forced, which says what becomes of the other" grep -q 'other names (hard links) are the old file' "$work/out"
check "... with the same data in both" cmp "$file" "$dir/other"
check "... which are two files" test "$(stat -c %h "$file") $(stat -c %h "$dir/other")" = "1 1"
rm "$dir/other"

bad "$file"
ln -s f "$dir/link"
refused "a symbolic link" 2 'is a symbolic link to f: name the file itself' "$dir/link"
rm "$dir/link"
refused "a folder" 2 'not a regular file' "$dir"
refused "a file that is not there" 2 'No such file' "$dir/none"
echo plain >/tmp/plain
refused "a file that is not on XFS or ext4" 3 'works only on XFS and ext4' /tmp/plain
xfs_io -c 'chattr +i' "$file"
refused "an immutable file" 3 'immutable or append-only' "$file"
xfs_io -r -c 'chattr -i' "$file"

# No space for a copy of it.
xfs_io -f -c 'extsize 0' "$dir/fill" >/dev/null 2>&1 || true
free=$(stat -f -c '%f %S' "$dir" | awk '{ print int($1 * $2 / 1048576) }')
xfs_io -f -c "falloc 0 $((free - 24))m" "$dir/fill"
xfs_io -f -c "falloc 0 $((free))m" "$dir/fill" >/dev/null 2>&1 || true
left=$(stat -f -c '%f %S' "$dir" | awk '{ print int($1 * $2 / 1048576) }')
[ "$left" -lt 8 ] || xfs_io -f -c "falloc 0 $((left - 4))m" "$dir/fill2" >/dev/null 2>&1 || true
refused "no room for a copy" 3 'MiB are free: make room first\|No space left on device' "$file"
rm -f "$dir/fill" "$dir/fill2"

# Ended in the middle of it: by SIGINT while the copy grows, in each of many moments.
xfs_io -f -c 'pwrite -q -S 0x5a -b 4m 0 32m' -c 'pwrite -q -S 0xa5 -b 4m 32m 32772k' -c 'fcollapse 0 4k' "$dir/long"
sum_long=$(md5sum <"$dir/long")
inode=$(stat -c %i "$dir/long")
n=0 interrupted=0
while [ $n -lt 5 ]; do
	# What runs in the background has SIGINT ignored: the one who sends it does.
	rm -f "$work/pid"
	(
		until [ -s "$work/pid" ] && grep -q 'LEASE.*WRITE' /proc/locks; do :; done
		usleep $((n * 60000))
		kill -INT "$(cat "$work/pid")"
	) 2>/dev/null &
	killer=$!
	status=0
	sh -c 'echo $$ >"$1" && exec daxdoctor --repair --force "$2"' - "$work/pid" "$dir/long" >"$work/out" 2>&1 || status=$?
	kill $killer 2>/dev/null || true
	wait $killer || true
	case $status in
	130) interrupted=$((interrupted + 1)) ;;
	0) ;;
	*) not_ok "interrupted: status $status" "$(cat "$work/out")" ;;
	esac
	[ "$(md5sum <"$dir/long")" = "$sum_long" ] || not_ok "interrupted: the file is whole"
	[ -z "$(find "$dir" -name '.daxdoctor*')" ] || not_ok "interrupted: nothing is left behind"
	[ "$status" -eq 0 ] || [ "$(stat -c %i "$dir/long")" -eq "$inode" ] || not_ok "interrupted: it is the file of before"
	inode=$(stat -c %i "$dir/long")
	n=$((n + 1))
done
check "ended $interrupted times of 5 by SIGINT, the file was whole each time, and nothing left behind" \
	test "$interrupted" -gt 0

# Once the files are being exchanged, SIGINT comes too late: the status says what was done. The exchange takes 50 ms at
# least, in which both files have a name.
n=0 caught=0
while [ $n -lt 10 ] && [ "$caught" -eq 0 ]; do
	n=$((n + 1))
	inode=$(stat -c %i "$dir/long")
	rm -f "$work/pid" "$work/caught"
	(
		until [ -s "$work/pid" ]; do :; done
		until set -- "$dir"/.daxdoctor* && [ -e "$1" ]; do :; done
		kill -INT "$(cat "$work/pid")" && [ -e "$1" ] && echo 1 >"$work/caught"
	) 2>/dev/null &
	killer=$!
	status=0
	sh -c 'echo $$ >"$1" && exec daxdoctor --repair --force "$2"' - "$work/pid" "$dir/long" >"$work/out" 2>&1 || status=$?
	kill $killer 2>/dev/null || true
	wait $killer || true
	caught=$(cat "$work/caught" 2>/dev/null || echo 0)
done
check "SIGINT during the exchange is too late: status 0, repaired (sent in time after $n tries)" test \
	"$caught $status $(grep -c 'repaired' "$work/out") $([ "$(stat -c %i "$dir/long")" -ne "$inode" ] && echo new)" = '1 0 1 new'
check "... the file is whole" test "$(md5sum <"$dir/long")" = "$sum_long"
rm "$dir/long"

# Somebody who opens it meanwhile waits, gets the old file, and the repair is given up.
xfs_io -f -c 'pwrite -q -b 4m -S 7 0 100m' "$dir/long" >/dev/null
given_up=0 n=0
while [ $n -lt 6 ] && [ $given_up -eq 0 ]; do
	inode=$(stat -c %i "$dir/long")
	daxdoctor --repair "$dir/long" >"$work/out" 2>&1 &
	pid=$!
	until grep -q 'LEASE.*WRITE' /proc/locks || ! kill -0 $pid 2>/dev/null; do :; done
	echo more >>"$dir/long"
	status=0
	wait $pid || status=$?
	[ $status -eq 3 ] && grep -q 'another process wants to open it' "$work/out" && given_up=1
	[ "$(tail -c 5 "$dir/long")" = more ] || not_ok "what is written meanwhile is kept" "status $status"
	[ $status -ne 3 ] || [ "$(stat -c %i "$dir/long")" -eq "$inode" ] || not_ok "given up: it is the file of before"
	n=$((n + 1))
done
check "who opens the file meanwhile is let in, and the repair is given up: $(cat "$work/out")" test $given_up -eq 1
rm "$dir/long"

# Holes stay holes, in whole ranges; a range with a little data is filled.
xfs_io -f -c 'extsize 0' "$dir/sparse" >/dev/null 2>&1 || true
xfs_io -f -c 'truncate 1t' -c 'pwrite -q -S 3 5m 100k' -c 'pwrite -q -S 4 700g 1m' "$dir/sparse"
blocks=$(stat -c %b "$dir/sparse")
daxdoctor --repair "$dir/sparse" >"$work/out" 2>&1 || not_ok "a sparse file of 1 TiB" "$(cat "$work/out")"
check "a sparse file of 1 TiB takes 4 MiB ($blocks sectors before): $(stat -c %b "$dir/sparse") sectors" \
	test "$(stat -c %b "$dir/sparse")" -ge 8192 -a "$(stat -c %b "$dir/sparse")" -lt 8400
check "... says so" grep -q '^  2 ranges have storage ([0-9]* KiB of holes in them are filled); 524286 ranges are holes, and stay so' "$work/out"
check "... and keeps its data" test "$(xfs_io -c 'pread -v 5242880 1' -c 'pread -v 751619276800 1' "$dir/sparse" |
	awk '/^[0-9a-f]+: / { print $2 }' | xargs)" = "03 04"
rm "$dir/sparse"

# The length changes only when asked for.
xfs_io -f -c 'pwrite -q -S 9 0 5m' "$dir/odd"
check "a file of 5 MiB" daxdoctor --repair "$dir/odd"
check "... keeps its length" test "$(stat -c %s "$dir/odd")" -eq 5242880
check "... unless it is to grow" daxdoctor --repair --grow "$dir/odd"
check "... to 6 MiB" test "$(stat -c %s "$dir/odd")" -eq 6291456
check "... by zeros" test "$(tail -c 1048576 "$dir/odd" | tr -d '\000' | wc -c)" -eq 0
all_huge "... and at 2 MiB" "$dir/odd"
rm "$dir/odd"

# 150 MiB: ext4 ends an extent after 32767 blocks, which must be where a range ends.
xfs_io -f -c 'pwrite -q -b 4m -S 8 0 150m' "$dir/large"
check "a file of 150 MiB" daxdoctor --repair "$dir/large"
remount
all_huge "... after a mount, whatever the kernel's cache held" "$dir/large"
rm "$dir/large"
exit "$failed"
