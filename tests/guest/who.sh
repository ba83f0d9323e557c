#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# who.sh - in a guest: faults are counted for the thread, the process and the cgroup that cause them, as
# many as the kernel's own histogram by thread has; and a filter by cgroup counts its tasks and those below
# to the last fault, while others fork, fault and exit.
#
# usage: who.sh DIRECTORY_ON_DAX        needs the program dax-who in PATH
set -eu
dir=$1
tracing=/sys/kernel/tracing
cgroups=/sys/fs/cgroup
event=$tracing/events/fs_dax/dax_pte_fault_done
work=$(mktemp -d)
trap 'status=$?; [ $status -eq 0 ] || cat "$work/err" >&2; rm -rf "$work"' EXIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

faults() { # json: all faults counted, of all outcomes
	jq '[.counts.faults[] | .read, .write] | add' "$1"
}
hist_on() {
	echo 'hist:keys=common_pid:size=16384' >$event/trigger
}
hist_off() { # file: 'TID HITS' lines, sorted
	sed -n 's/^{ common_pid: *\([0-9]*\) *} hitcount: *\([0-9]*\).*/\1 \2/p' $event/hist | sort >"$1"
	echo '!hist:keys=common_pid' >$event/trigger
}
# All tables of one JSON object add up to the totals.
adds_up() { # json
	jq -e '.counts.faults as $all | [.threads, .processes, .cgroups, .mounts, .files | select(. != null)] |
		all(.[]; [.[].counts.faults] | (map([.[] | .read, .write] | add) | add) ==
			([$all[] | .read, .write] | add))' "$1"
}
into() { # cgroup command...: run it there
	(
		echo 0 >"$cgroups/$1/cgroup.procs"
		shift
		exec "$@"
	)
}

# Threads: the first table is who's own word, the second the kernel's.
hist_on
daxtop --json -d 60 --threads -- daxtrace stat --threads --json-file "$work/stat" -- \
	daxtrace record -q --per-thread -o "$work/rec" -- \
	sh -c "for i in 1 2 3; do dax-who threads $dir/t\$i 8 100 || exit; done; daxbench faults --kind pte-read \
		--count 600 -T 3 -P 4 --force $dir/tp >$work/bench" >"$work/out" 2>"$work/err"
hist_off "$work/kernel"
grep '"daxtop/1"' "$work/out" | tail -n 1 >"$work/top"
grep '^[0-9]* [0-9]* [0-9]*$' "$work/out" | sort >"$work/caused"
cut -d ' ' -f 2,3 "$work/caused" | sort >"$work/caused.tid"
daxtrace report --json --per-thread -i "$work/rec" >"$work/report"
check "24 threads of 3 processes caused faults" test "$(wc -l <"$work/caused")" -eq 24
for who in top stat report; do
	jq -r '.threads[] | "\(.tid) \(.totals.pte_faults)"' "$work/$who" | sort >"$work/threads"
	check "$who: each thread has as many faults as ftrace saw of it" cmp "$work/threads" "$work/kernel"
	jq -r '.threads[] | select(.comm == "dax-who") | "\(.pid) \(.tid) \(.totals.pte_faults)"' "$work/$who" |
		sort >"$work/own"
	check "$who: ... and as it caused itself" cmp "$work/own" "$work/caused"
	check "$who: 3 threads of 4 processes of daxbench have 50 each" \
		jq -e '[.threads[] | select(.comm == "daxbench") | .totals.pte_faults] == [range(12) | 50]' \
		"$work/$who"
	check "$who: threads add up to processes, cgroups, files, mounts and totals" adds_up "$work/$who"
	check "$who: threads have their names, whatever the bytes" jq -e '[.threads[] | select(.comm == "dax-who") | .thread] |
		unique == ["t0", "t1\u001b[31m\n\\xff", "t2", "t3", "t4", "t5", "t6", "t7"]' "$work/$who"
	check "$who: the 8 threads of a process add up to its 828 on its file" jq -e '[.processes[] |
		select(.comm == "dax-who") | .totals.pte_faults] == [828, 828, 828] and .files[0].totals.pte_faults == 828' \
		"$work/$who"
	check "$who: nothing was lost" jq -e '.lost | add == 0' "$work/$who"
done
daxtrace report --per-thread --rows 0 -i "$work/rec" >"$work/text"
check "in text a thread's name does nothing to the terminal" sh -c \
	"grep -q 't1.x1b.31m.x' $work/text && ! tr -d '\n' <$work/text | LC_ALL=C grep -q '[[:cntrl:]]'"
daxtrace record -q -o "$work/plain" -- dax-who threads "$dir/t1" 4 10 >"$work/caused"
daxtrace report --json --per-thread -i "$work/plain" >"$work/report"
jq -r '.threads[] | "\(.pid) \(.tid) \(.totals.pte_faults)"' "$work/report" | sort >"$work/threads"
sort "$work/caused" >"$work/own"
check "a recording tells threads apart without names too" cmp "$work/own" "$work/threads"
check "... which are null then" jq -e '[.threads[].thread] | unique == [null]' "$work/report"
daxtrace report --json -i "$work/plain" >"$work/report"
check "without --per-thread there is no such table: null" jq -e '.threads == null and .nr_threads == null' "$work/report"

# Cgroups: three, one below another, one with a name that does something to a terminal.
odd=$(printf 'o d,d\033[31m\377')
mkdir "$cgroups/a" "$cgroups/a/b" "$cgroups/$odd"
(
	# Others: short-lived processes that fault all the time, outside the three.
	while [ ! -e "$work/stop" ]; do
		daxbench faults --kind pte-read --count 40 -P 2 --force "$dir/others" >/dev/null 2>&1 || true
		echo x >>"$work/others"
	done
) &
others=$!
until [ -s "$work/others" ]; do sleep 0.1; done
cat >"$work/load" <<EOF
run() { # cgroup faults
	echo 0 >"$cgroups/\$1/cgroup.procs"
	for i in 1 2 3; do
		daxbench faults --kind pte-read --count \$2 -T 2 -P 2 --force "$dir/\$2" >/dev/null || exit 1
	done
}
(run a 100) & (run a/b 200) & (run '$odd' 300) &
wait
EOF
daxtrace stat -a --json-file "$work/all" -- daxtrace stat --json-file "$work/stat" -G /a -G "$odd" -- \
	daxtrace record -q -o "$work/rec" -G a -- daxtop --json -d 60 -G "$cgroups/a/b" -- \
	sh "$work/load" >"$work/out" 2>"$work/err"
tail -n 1 "$work/out" >"$work/top"
touch "$work/stop"
wait $others
daxtrace report --json -i "$work/rec" >"$work/report"
check "-G counts the faults in its cgroups and below: 300 + 600 + 900" test "$(faults "$work/stat")" -eq 1800
check "... record -G those of its own: 300 + 600" test "$(faults "$work/report")" -eq 900
check "... daxtop -G those of the one below: 600" test "$(faults "$work/top")" -eq 600
check "others faulted meanwhile, and without -G they are counted" test "$(faults "$work/all")" -gt 1880
of() { # path
	# shellcheck disable=SC2016 # jq's own variable
	jq -c --arg path "$1" '[.cgroups[] | select(.cgroup == $path) | .totals.pte_faults]' "$work/$2"
}
odd_json=$(printf '/o d,d\033[31m\\xff')
for who in all stat; do
	check "$who: each cgroup has its own" test \
		"$(of /a $who) $(of /a/b $who) $(of "$odd_json" $who)" = '[300] [600] [900]'
	check "$who: ... with its number" test "$(jq '.cgroups[] | select(.cgroup == "/a/b").cgroup_id' "$work/$who")" \
		-eq "$(stat -c %i "$cgroups/a/b")"
	check "$who: ... and processes say in which they are" test \
		"$(jq '[.processes[] | select(.cgroup == "/a/b")] | length' "$work/$who")" -eq 6
	check "$who: cgroups add up to the totals" adds_up "$work/$who"
done
check "a recording holds the cgroups' paths" test "$(of /a report) $(of /a/b report)" = '[300] [600]'

# A task that is moved is under the filter only while it is in the cgroup, and so is its thread's sum.
mkfifo "$work/in"
hist_on
daxtrace stat --json-file "$work/moved" -G a -- sh -c "
	dax-who hold $dir/moved 70 <$work/in >$work/said &
	exec 3>$work/in
	until [ -s $work/said ]; do sleep 0.1; done
	echo \$! >$cgroups/a/cgroup.procs
	echo >&3
	until [ \$(wc -l <$work/said) -eq 2 ]; do sleep 0.1; done
	echo >&3
	wait" 2>"$work/err"
hist_off "$work/kernel"
check "a task that moves in caused 140 faults" test "$(awk '{ n += $2 } END { print n }' "$work/kernel")" -eq 140
check "... of which the 70 after its move are counted" test "$(faults "$work/moved")" -eq 70

expect "-G of no cgroup is wrong usage" 2 'no cgroup below /sys/fs/cgroup' daxtop -b -G /nothing
expect "-G of a directory that is none is wrong usage" 2 'No such file' daxtrace stat -G /tmp true
rmdir "$cgroups/a/b" "$cgroups/a" "$cgroups/$odd"
check "a cgroup that is gone keeps its number and name in a recording" \
	test "$(daxtrace report --json -i "$work/rec" | jq -c '[.cgroups[].cgroup] | sort')" = '["/a","/a/b"]'
exit "$failed"
