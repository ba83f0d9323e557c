#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# hidepid.sh - in a guest whose /proc hides processes of others: one who may count faults but not look at
# processes takes none that lives for one that has exited, and each that exits for one that has.
#
# usage: hidepid.sh DIRECTORY_ON_DAX       needs the programs storm, dax-who and dax-touch in PATH
set -eu
dir=$1
work=$(mktemp -d)
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
event=/sys/kernel/tracing/events/fs_dax/dax_pte_fault_done

# Of 1024 slots these hold more than three quarters: all others come back as soon as their process is gone.
fill_files=780 fill_pages=2 keep_files=20 keep_pages=3 children=400
fill=$((2 * fill_files * fill_pages)) keep=$((2 * keep_files * keep_pages))

# Programs are called as the rows that they are to be told apart by.
for name in fill keep old new; do
	cp "$(command -v dax-who)" "$work/$name"
done
cp "$(command -v daxtop)" "$(command -v daxtrace)" "$(command -v daxdoctor)" "$work"
chmod 777 "$work"
cat >"$work/nobody" <<'NOBODY'
#!/bin/sh
exec /usr/bin/setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=+bpf,+perfmon --ambient-caps=+bpf,+perfmon "$@"
NOBODY
chmod 755 "$work/nobody"
# prepare NAME, keep NAME FILE PAGES [FILES]: NAME holds files mapped, and has read half of their pages; with
# next NAME it reads the rest, with end NAME it ends.
prepare() {
	mkfifo "$work/$1.in"
	sleep 600 >"$work/$1.in" &
	echo $! >"$work/$1.open"
}
keep() {
	prepare "$1"
	name=$1 file=$2
	shift 2
	"$work/$name" hold "$dir/$file" "$@" <"$work/$name.in" >"$work/$name.out" &
	echo $! >"$work/$name.pid"
	said "$name" 1
}
said() { # name lines
	until [ -e "$work/$1.out" ] && [ "$(wc -l <"$work/$1.out")" -ge "$2" ]; do
		sleep 0.1
		[ -d "/proc/$(pid "$1")" ] || exit 1
	done
}
next() {
	echo >"$work/$1.in"
	said "$1" 2
}
end() {
	echo >"$work/$1.in"
	wait "$(pid "$1")" || true
	kill "$(cat "$work/$1.open")"
	rm "$work/$1.in" "$work/$1.out"
}
pid() {
	cat "$work/$1.pid"
}
storm_on_each_cpu() { # children: what they caused is added to $work/storm
	for cpu in 0 1; do
		taskset -c $cpu storm "$dir/storm" 4 "$1" >>"$work/storm"
	done
}
frames() { # file: wait for a reading that begins and ends from now on
	lines=$(wc -l <"$1")
	until [ "$(wc -l <"$1")" -gt $((lines + 2)) ]; do sleep 0.1; done
	head -n $((lines + 3)) "$1" | tail -n 1
}
# ftrace's count of what a process did; each of these has one thread.
seen() { # name
	sed -n "s/^{ common_pid: *$(pid "$1") *} hitcount: *\([0-9]*\).*/\1/p" $event/hist
}
# rows NAME FILE: [PID, EXITED, 4 KiB FAULTS] of all rows of that name
rows() {
	jq -c --arg name "$1" '[.processes[] | select(.comm == $name) | [.pid, .exited, .totals.pte_faults]]' "$2"
}
# sum NAME FILE: faults of all sizes of all rows of that name
sum() {
	jq -c --arg name "$1" '[.processes[] | select(.comm == $name) | .totals |
		.pte_faults + .pmd_faults + .fallbacks] | add // 0' "$2"
}
caused_by_storm() {
	jq -s '[.[].caused.faults[] | .read, .write] | add' "$work/storm"
}

dax-touch make "$dir/storm" 3
mount -o remount,hidepid=2 /proc
keep fill f $fill_pages $fill_files
check "a process of another is hidden here" sh -c "[ -d /proc/$(pid fill) ] && ! $work/nobody \
	ls -d /proc/$(pid fill)"
next fill
end fill
rm -f "$dir"/f.*

"$work/nobody" "$work/daxtop" -b --json --rows 8 -s pte_faults -d 0.5 -n 100000 >"$work/top" 2>"$work/err" &
top=$!
"$work/nobody" "$work/daxtrace" stat -a --json-file "$work/stat" -- sh -c "until [ -e $work/stop ]; do sleep 0.2; done" \
	2>"$work/err.stat" &
stat=$!
attached daxtop
attached daxtrace
check "without CAP_SYS_PTRACE there are counts" test "$(frames "$work/top" | jq .totals.faults)" -eq 0
echo 'hist:keys=common_pid:size=16384' >$event/trigger

# All slots of those that live are looked at between their halves, and while others come and go.
keep fill f $fill_pages $fill_files
keep keep k $keep_pages $keep_files
storm_on_each_cpu $children
sleep 2
next fill
next keep
storm_on_each_cpu 20
frames "$work/top" >"$work/last"
for name in fill keep; do
	eval "faults=\$$name"
	check "ftrace has $faults faults of $name" test "$(seen $name)" = "$faults"
	got=$(rows $name "$work/last")
	check "daxtop: $name lives, and has its own: $got" test "$got" = "[[$(pid $name),false,$faults]]"
done
check "no process that lives took a slot twice" jq -e '.lost | .slots + .events + .unwatched == 0' "$work/last"
check "others gave theirs up" jq -e '[.processes[] | select(.exited)] |
	map(.comm) == ["storm"] and .[0].totals.pte_faults > 0' "$work/last"

# What really exits is one of those that have, with all that was its own.
end keep
storm_on_each_cpu 20
is_exited() {
	frames "$work/top" >"$work/last"
	test "$(rows keep "$work/last")" = "[[null,true,$keep]]"
}
for try in 1 2 3 4 5 6 7 8 9 10; do
	is_exited && break
	storm_on_each_cpu 4
done
got=$(rows keep "$work/last")
check "daxtop: keep has exited, with its own (look $try): $got" test "$got" = "[[null,true,$keep]]"
got=$(rows fill "$work/last")
check "... and fill has not: $got" test "$got" = "[[$(pid fill),false,$fill]]"
touch "$work/stop"
wait $stat
kill -INT $top
wait $top || true
echo '!hist:keys=common_pid' >$event/trigger
got="$(rows fill "$work/stat") $(rows keep "$work/stat")"
check "daxtrace stat says the same: $got" test "$got" = "[[$(pid fill),false,$fill]] [[null,true,$keep]]"
got=$(sum storm "$work/stat")
check "... and has all $(caused_by_storm) faults of the others: $got" test "$got" -eq "$(caused_by_storm)"
# shellcheck disable=SC2016 # a variable of jq
check "... in rows and in all" jq -e --argjson all $(($(caused_by_storm) + fill + keep)) \
	'.lost.slots == 0 and ([.counts.faults[] | .read, .write] | add) == $all' "$work/stat"

# A hidden process cannot be looked into: that is not one that has nothing mapped, or is not there.
"$work/nobody" "$work/daxtop" --json --resident -d 0.1 -n 1 -p "$(pid fill)" >"$work/now" 2>"$work/err" || true
case $(uname -r) in
5.* | 6.[0-6].*) wanted='["no_kernel",null]' ;;
*) wanted='["denied",null]' ;;
esac
got=$(jq -c '[.resident, .totals.res_pte_bytes]' "$work/now")
check "what is mapped of a hidden process is not known: $got" test "$got" = "$wanted"
expect "daxdoctor says that it is hidden" 3 'process [0-9]*: /proc does not show it' "$work/nobody" "$work/daxdoctor" -p "$(pid fill)"
expect "... and of one that is not there that it is not" 2 'process [0-9]*: no such process' \
	"$work/nobody" "$work/daxdoctor" -p "$(pid keep)"
end fill

# The number of one that has exited goes to another, which cannot be told by its start. Once the first was
# seen to be gone, nothing of the other is the first one's.
rm -f "$work/top" "$work/storm"
"$work/nobody" "$work/daxtop" -b --json --rows 8 -s pte_faults -d 0.5 -n 100000 >"$work/top" 2>"$work/err" &
top=$!
attached daxtop
keep old o 70
next old
end old
storm_on_each_cpu 2
sleep 2
prepare new
tries=0
until [ "$(cat "$work/new.pid" 2>/dev/null)" = "$(pid old)" ] || [ $tries -eq 50 ]; do
	tries=$((tries + 1))
	rm -f "$work/new.pid"
	echo $(($(pid old) - 1)) >/proc/sys/kernel/ns_last_pid
	# shellcheck disable=SC2016 # its own number
	sh -c 'echo $$ >"$2.pid.new"; mv "$2.pid.new" "$2.pid"; [ $$ -ne "$1" ] || exec "$2" hold "$3" 50' \
		sh "$(pid old)" "$work/new" "$dir/o" <"$work/new.in" >"$work/new.out" &
	until [ -e "$work/new.pid" ]; do sleep 0.05; done
done
check "the number of one that exited came back (try $tries)" test "$(pid new)" = "$(pid old)"
said new 1
next new
end new
keep fill f $fill_pages $fill_files
for try in 1 2 3 4 5 6 7 8 9 10; do
	storm_on_each_cpu 20
	frames "$work/top" >"$work/last"
	[ "$(rows new "$work/last")" = '[]' ] || break
done
got="$(rows old "$work/last") $(rows new "$work/last")"
check "both have exited, each with its own: $got" test "$got" = '[[null,true,140]] [[null,true,100]]'
kill -INT $top
wait $top || true
next fill
end fill
rm -rf "$work"
exit "$failed"
