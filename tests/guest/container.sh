#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# container.sh - in a guest: hosts that are not the plain one. A pid namespace, cgroups of version 1, a user
# namespace, a full disk, a log that is replaced, a tmpfs, read(2) only; at the end, as there is no way
# back, lockdown.
#
# usage: container.sh DIRECTORY_ON_DAX
set -eu
dir=$1
work=$(mktemp -d)
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

all='[.counts.faults[] | .read, .write] | add'
# same WHAT EXPECTED JQ FILE
same() {
	got=$(jq -c "$3" "$4" 2>&1) || true
	check "$1: $2" test "$got" = "$2"
}
wait_for() { # command...: until it succeeds; the harness ends a guest that does nothing for long
	until "$@" 2>/dev/null; do sleep 0.1; done
}

# A pid namespace. Outside, a process has the number that the command gets inside, and faults all the time.
dax-touch make "$dir/outside" 2
dax-touch make "$dir/inside" 2
dax-touch storm "$dir/outside" 2 &
storm=$!
cat >"$work/inside" <<END
echo \$\$ >$work/own
echo $((storm - 1)) >/proc/sys/kernel/ns_last_pid
exec daxtrace stat --json-file $work/stat -- sh -c 'echo \$\$ >$work/number; exec daxbench faults --kind pmd-read --count 8 $dir/a'
END
unshare -pf --mount-proc sh "$work/inside" >"$work/caused" 2>"$work/err"
check "the command's number inside is that of the other process outside" test "$(cat "$work/number")" -eq $storm
same "daxtrace stat -- COMMAND counts the command" "8" '.counts.faults.pmd_mapped.read' "$work/stat"
same "... all of its faults" "$(jq "[.caused.faults[] | .read, .write] | add" "$work/caused")" "$all" "$work/stat"
same "... and nobody else's" '["'"$dir"'/a"]' '[.files[].path]' "$work/stat"

cat >"$work/inside" <<END
echo $((storm - 1)) >/proc/sys/kernel/ns_last_pid
dax-touch storm $dir/inside 2 &
echo \$! >$work/number
daxtop --json -d 0.3 -n 2 -p \$! >$work/top || echo failed >>$work/number
daxtrace record -q -o $work/rec -p \$! --duration 0.5 || echo failed >>$work/number
daxtrace stat --duration 0.1 -p 4000000 2>$work/nobody || echo \$? >>$work/nobody
kill \$!
END
unshare -pf --mount-proc sh "$work/inside" 2>"$work/err" || true
sed 's/^/# /' "$work/err"
check "-p inside is a number that another process has outside" test "$(cat "$work/number")" = $storm
tail -n 1 "$work/top" >"$work/last"
same "daxtop -p counts the process of that number inside" '["'"$dir"'/inside"]' '[.files[].path]' "$work/last"
check "... which is seen to fault" jq -e "$all > 0" "$work/last"
same "... with its number in the initial namespace, and says so" '["initial",false]' \
	"[.pid_namespace, .processes[0].pid == $storm]" "$work/last"
daxtrace report --json -i "$work/rec" >"$work/report"
same "so does daxtrace record -p" '["'"$dir"'/inside"]' '[.files[].path]' "$work/report"
check "a number of nobody there is refused" grep -q '^2$' "$work/nobody"
kill $storm
wait $storm 2>/dev/null || true
expect "with the /proc of another namespace, -p is refused" 3 'mount -t proc proc /proc' \
	unshare -pf daxtrace stat --duration 0.1 -p 1
expect "root of a user namespace is told that it is none" 3 'user namespace' unshare -Ur daxtrace stat -- true

# read() and write() make no faults.
dax-touch make "$dir/plain" 1
expect "what only reads is inconclusive, and is told why" 4 'read() and write() do not fault' \
	daxtrace stat --assert "faults{file=\"$dir/plain\"} > 0" -- cat "$dir/plain"

# A tmpfs that passes for persistent memory.
: >"$work/none"
expect "a log in /dev/shm is inconclusive" 4 'no fault on a DAX file' \
	daxtrace stat --assert 'pte_faults == 0' -- dax-redo /dev/shm
# A log that is replaced while it is mapped.
mkfifo "$work/go"
daxtop --json -d 0.2 -- dax-redo "$dir" <"$work/go" >"$work/top" 2>"$work/err" &
top=$!
exec 9>"$work/go"
wait_for grep -q both "$work/top"
sleep 0.5
echo >&9
wait_for grep -q replaced "$work/top"
sleep 0.5
echo >&9
exec 9>&-
wait $top || true
grep '^{"schema"' "$work/top" | tail -n 1 >"$work/last"
same "sync faults of the old log and of the new one are apart, by their names" \
	'[[true,"'"$dir"'/ib_logfile0",null,5],[false,"'"$dir"'/ib_logfile0","'"$dir"'/ib_logfile101",7]]' \
	'[.files[] | [.path_deleted, .path, .path_was, .counts.faults.pte_sync.write]] | sort_by(.[3])' "$work/last"

# A full disk under a mapping: each access that gets SIGBUS is one error, in whatever way the kernel tries.
free=$(df -m "$dir" | awk 'END { print $4 }')
ranges=$((free / 2 + 20))
truncate -s $((ranges * 2))M "$dir/sparse"
status=0
daxtrace stat --json-file "$work/stat" -- dax-touch write "$dir/sparse" $ranges >"$work/buses" 2>"$work/err" || status=$?
check "the disk was full for $(cat "$work/buses") of $ranges writes" test "$(cat "$work/buses")" -ge 10
same "errors are as many as SIGBUS" "$(cat "$work/buses")" \
	'.counts.faults | .pte_error.write + .pmd_error.write' "$work/stat"
status=0
daxtrace stat -- sh -c 'kill -BUS $$' 2>"$work/err" || status=$?
check "a command that dies of SIGBUS gives 135" test $status -eq 135
check "... and that is said" grep -q 'signal 7' "$work/err"
rm "$dir/sparse"

# Cgroups of version 1, in a mount namespace of our own.
cat >"$work/v1" <<END
umount /sys/fs/cgroup
mount -t tmpfs none /sys/fs/cgroup
mkdir /sys/fs/cgroup/named && mount -t cgroup -o none,name=daxtest none /sys/fs/cgroup/named
mkdir /sys/fs/cgroup/named/db
daxtop --json -d 30 -- sh -c "echo \\\$\\\$ >/sys/fs/cgroup/named/db/cgroup.procs
	exec daxbench faults --force --kind pte-read --count 7 $dir/a" >$work/v1.json
daxtop -b -d 30 -n 1 -- true >$work/v1.text
daxtop -b -n 1 -G /db 2>$work/v1.refused || echo \$? >>$work/v1.refused
mkdir /sys/fs/cgroup/unified && mount -t cgroup2 none /sys/fs/cgroup/unified
mkdir /sys/fs/cgroup/unified/own
daxtop --json -d 30 -- sh -c "
	echo \\\$\\\$ >/sys/fs/cgroup/unified/own/cgroup.procs
	daxbench faults --force --kind pte-read --count 5 $dir/a >/dev/null
	echo \\\$\\\$ >/sys/fs/cgroup/unified/cgroup.procs
	exec daxbench faults --force --kind pte-read --count 6 $dir/a" >$work/hybrid.json
daxtop -b -n 1 -G /sys/fs/cgroup/named/db 2>$work/hybrid.refused || echo \$? >>$work/hybrid.refused
rmdir /sys/fs/cgroup/unified/own
END
unshare -m sh "$work/v1" || true
last() { # file
	grep '^{"schema"' "$1" | tail -n 1 >"$work/last"
}
last "$work/v1.json"
same "without cgroup2 a process has no cgroup, and there is none to list but the rest" '["v1",[null],[true]]' \
	'[.cgroup_hierarchy, [.processes[].cgroup], [.cgroups[].other]]' "$work/last"
same "... its faults are counted" 7 '.counts.faults.pte_mapped.read' "$work/last"
check "... and text says why" grep -q 'BPF sees only cgroups of version 2' "$work/v1.text"
check "-G is refused there" grep -q 'only cgroups of version 1' "$work/v1.refused"
check "... with 3" grep -q '^3$' "$work/v1.refused"
last "$work/hybrid.json"
same "with both, the cgroup of version 2 is told, and its root is none" '["hybrid",[[null,6],["/own",5]]]' \
	'[.cgroup_hierarchy, ([.processes[] | select(.counts.faults.pte_mapped.read > 0) | [.cgroup, .counts.faults.pte_mapped.read]] | sort)]' "$work/last"
check "-G of a cgroup of version 1 is refused" grep -q 'a cgroup of version 1' "$work/hybrid.refused"
check "... with 3" grep -q '^3$' "$work/hybrid.refused"

# Lockdown, of which there is no way back.
if ! mount -t securityfs none /sys/kernel/security || ! echo integrity >/sys/kernel/security/lockdown; then
	skip "lockdown" "this kernel has none"
	exit "$failed"
fi
daxtrace stat --json-file "$work/stat" -- daxbench faults --force --kind pmd-read --count 3 "$dir/a" >/dev/null 2>&1 || true
same "with lockdown=integrity all works" 3 '.counts.faults.pmd_mapped.read' "$work/stat"
echo confidentiality >/sys/kernel/security/lockdown
expect "lockdown=confidentiality is named by daxtop" 3 'lockdown' daxtop -b -n 1
expect "... by daxtrace stat" 3 'lockdown' daxtrace stat -- true
expect "... by daxtrace record" 3 'lockdown' daxtrace record -o "$work/locked" -- true
daxtop --features >"$work/features" 2>&1 || true
check "... by --features" grep -q 'lockdown' "$work/features"
umount /sys/kernel/security
expect "... also where securityfs is not mounted" 3 'lockdown' daxtop -b -n 1
check "daxdoctor needs no BPF" daxdoctor "$dir/a"
exit "$failed"
