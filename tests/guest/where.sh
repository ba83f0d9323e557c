#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# where.sh - in a guest: a file is shown where it is: renamed, deleted, replaced, with names of any bytes,
# deeper than the kernel side keeps, behind a bind mount, in another mount namespace, on an overlay.
#
# usage: where.sh DIRECTORY_ON_DAX        needs the program dax-who in PATH
set -eu
dir=$1
work=$(mktemp -d)
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
type=$(awk -v dir="$dir" '$2 == dir { print $3 }' /proc/mounts)

daxtop --json -d 0.2 -n 100000 >"$work/top" 2>/dev/null &
top=$!
until [ -s "$work/top" ]; do sleep 0.1; done

nr=0
hold() { # file [command...]: have it mapped by a process of its own, run by the command
	nr=$((nr + 1))
	held=$1
	shift
	rm -f "$work/in" "$work/said"
	mkfifo "$work/in"
	"$@" dax-who hold "$held" 5 <"$work/in" >"$work/said" &
	holder=$!
	exec 9>"$work/in"
	until [ -s "$work/said" ]; do sleep 0.1; done
}
again() {
	echo >&9
	until [ "$(wc -l <"$work/said")" -eq 2 ]; do sleep 0.1; done
}
release() {
	echo >&9
	exec 9>&-
	wait $holder || true
}
# shown INODE JQ...: soon the file with this inode is one for which jq says true
shown() {
	ino=$1
	shift
	tries=0
	while :; do
		tail -n 2 "$work/top" | head -n 1 >"$work/last"
		# shellcheck disable=SC2016 # jq's own variable
		jq -e --argjson ino "$ino" '[.files[] | select(.ino == $ino)] | last | '"$1" \
			"$work/last" >/dev/null 2>&1 && return 0
		tries=$((tries + 1))
		[ "$tries" -lt 1200 ] || break
		sleep 0.1
	done
	# shellcheck disable=SC2016 # jq's own variable
	jq -c --argjson ino "$ino" '.files[] | select(.ino == $ino) | {path, path_was, path_deleted, path_gone, mount, fs_type}' \
		"$work/last"
	return 1
}
inode() {
	stat -c %i "$1"
}

hold "$dir/one"
ino=$(inode "$dir/one")
check "a file has its path, mount and filesystem" shown "$ino" \
	".path == \"$dir/one\" and .path_was == null and .path_deleted == false and .path_gone == false and .mount == \"$dir\" and .fs_type == \"$type\""
mv "$dir/one" "$dir/two"
again
check "a renamed file has its new path, and the old one" shown "$ino" \
	".path == \"$dir/two\" and .path_was == \"$dir/one\" and .path_deleted == false"
mkdir "$dir/sub"
mv "$dir/two" "$dir/sub/three"
check "... also when it moves to another directory, without another fault" shown "$ino" \
	".path == \"$dir/sub/three\" and .path_was == \"$dir/one\""
mv "$dir/sub" "$dir/bus"
check "... or when a directory above it is renamed" shown "$ino" ".path == \"$dir/bus/three\""
mv "$dir/bus/three" "$dir/one"
check "... and back again it is as if nothing had been" shown "$ino" \
	".path == \"$dir/one\" and .path_was == null and .path_gone == false"
rm "$dir/one"
check "a deleted file is said to be" shown "$ino" ".path == \"$dir/one\" and .path_deleted"
release
check "... also when nobody has it any more" shown "$ino" ".path == \"$dir/one\" and .path_deleted"

hold "$dir/replaced"
ino=$(inode "$dir/replaced")
echo new >"$dir/new"
mv "$dir/new" "$dir/replaced"
check "a file that another one replaced is deleted" shown "$ino" ".path == \"$dir/replaced\" and .path_deleted"
release

hold "$dir/linked"
ino=$(inode "$dir/linked")
ln "$dir/linked" "$dir/link"
rm "$dir/linked"
check "a file with another hard link is not deleted" shown "$ino" '.path_deleted == false'
release
rm "$dir/link"

# Not mapped any more, its process gone: found by its number.
hold "$dir/left"
ino=$(inode "$dir/left")
release
mv "$dir/left" "$dir/right"
check "a file that nobody has any more is found after a rename" shown "$ino" \
	".path == \"$dir/right\" and .path_was == \"$dir/left\""
echo 2 >/proc/sys/vm/drop_caches
mv "$dir/right" "$dir/over"
rm "$dir/over"
check "... and missed when it is deleted" shown "$ino" '.path_deleted'

# Names: bytes that would do something to a terminal, and no UTF-8.
odd=$(printf '%s/e\033[31m\nx\377\\012 (deleted)' "$dir")
hold "$odd"
ino=$(inode "$odd")
odd_json=$(printf '%s' "$dir/e\\u001b[31m\\nx\\\\xff\\\\012 (deleted)")
check "a name of any bytes, that ends in (deleted) and is not" shown "$ino" \
	".path == \"$odd_json\" and .path_deleted == false"
mv "$odd" "$odd+"
check "... renamed" shown "$ino" ".path == \"$odd_json+\" and .path_was == \"$odd_json\" and .path_deleted == false"
daxtop -b -n 1 -d 0.2 >"$work/text" &
text=$!
sleep 0.1
again
wait $text
rm "$odd+"
check "... deleted" shown "$ino" ".path == \"$odd_json+\" and .path_deleted"
release
check "in text they do nothing to the terminal" sh -c \
	"! tr -d '\n' <$work/text | LC_ALL=C grep -q '[[:cntrl:]]'"

# Deeper and longer than what the kernel side keeps.
deep=$dir/1/2/3/4/5/6/7/8/9/10
mkdir -p "$deep"
hold "$deep/file"
ino=$(inode "$deep/file")
check "a path of more components than are kept is whole" shown "$ino" ".path == \"$deep/file\""
mv "$dir/1" "$dir/one"
check "... and followed" shown "$ino" ".path == \"$dir/one/2/3/4/5/6/7/8/9/10/file\""
release
long=$dir/$(head -c 200 /dev/zero | tr '\0' n)
hold "$long"
ino=$(inode "$long")
release
check "a name longer than is kept is whole, although its process has ended" shown "$ino" ".path == \"$long\""

# Bind mounts, other namespaces, an overlay.
mkdir -p "$dir/inner" "$work/bound"
mount --bind "$dir/inner" "$work/bound"
hold "$work/bound/file"
ino=$(inode "$dir/inner/file")
check "through a bind mount it is the file of the whole filesystem" shown "$ino" ".path == \"$dir/inner/file\""
release
umount "$work/bound"

# The mount is there in the other namespace only while ours has let go of it.
hold "$dir/private" unshare -m
ino=$(inode "$dir/private")
pid=$(pidof dax-who)
device=$(awk -v dir="$dir" '$2 == dir { print $1 }' /proc/mounts)
options=$(awk -v dir="$dir" '$2 == dir { print $4 }' /proc/mounts)
umount "$dir"
kill -INT $top
wait $top || true
# The next one's, not what the last one left: its shell empties the file when it comes to run.
rm "$work/top"
daxtop --json -d 0.2 -n 100000 >"$work/top" 2>/dev/null &
top=$!
until [ -s "$work/top" ]; do sleep 0.1; done
again
check "in another mount namespace it is shown below that process's root" shown "$ino" \
	".path == \"/proc/$pid/root$dir/private\" and .mount == null"
check "... where it can be opened" test "$(inode "/proc/$pid/root$dir/private")" -eq "$ino"
mount -t "$type" -o "$options" "$device" "$dir"
check "... and in ours once that has it mounted" shown "$ino" ".path | endswith(\"$dir/private\")"
release

if modprobe overlay 2>/dev/null || grep -qw overlay /proc/filesystems; then
	mkdir -p "$dir/lower" "$dir/upper" "$dir/worker" "$work/merged"
	mount -t overlay -o "lowerdir=$dir/lower,upperdir=$dir/upper,workdir=$dir/worker" overlay "$work/merged"
	hold "$work/merged/file"
	ino=$(inode "$dir/upper/file")
	check "on an overlay it is one of the two names it has" shown "$ino" \
		".path == \"$work/merged/file\" or .path == \"$dir/upper/file\""
	release
	umount "$work/merged"
else
	skip "a file on an overlay" "the guest has no overlay filesystem"
fi
kill -INT $top
wait $top || true
rm -rf "$work"
exit "$failed"
