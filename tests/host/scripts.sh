#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# scripts.sh - the tools in scripts, containers and shared directories: a terminal that is not theirs, numbers
# of another pid namespace, no privilege, files that others planted. Needs no DAX.
# shellcheck disable=SC2016 # the inner shells' own variables
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
PATH=$PWD/build:$PATH
export PATH TERM=xterm
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ "$(id -u)" -ne 0 ] || [ ! -e /sys/kernel/btf/vmlinux ]; then
	skip "the tools in scripts" "needs root and BTF"
	exit 0
fi

# on_terminal COMMAND: what it prints on a terminal of its own; a minute is for ever
on_terminal() {
	timeout -k 1 60 script -qec "$1" /dev/null </dev/null | tr -d '\r'
}
on_terminal 'stty -g; timeout 3 daxtop; echo " status $?"; stty -g' >"$work/out" || true
check "timeout 3 daxtop in a script ends, with 124" grep -q 'status 124' "$work/out"
check "... and leaves the terminal as it was" test "$(grep -cE '^[0-9a-f]+(:[0-9a-f]+)+$' "$work/out") $(grep -E '^[0-9a-f]+(:[0-9a-f]+)+$' "$work/out" | sort -u | wc -l)" = "2 1"
on_terminal 'bash -mc "daxtop & sleep 2; kill %1; wait %1; echo ended"' >"$work/out" || true
check "kill ends a daxtop in the background" grep -q '^ended' "$work/out"
on_terminal 'timeout --foreground 3 daxtop; echo " status $?"' >"$work/out" || true
check "in the foreground it draws, and ends all the same" sh -c "grep -q 'interval' '$work/out' && grep -q 'status 124' '$work/out'"
# The terminal's Ctrl-C is not for a background job of a script; a signal that is sent to it is.
# nohup: script(1) hangs its terminal up when all is over.
{ until [ -s "$work/frames" ]; do sleep 0.1; done; printf '\003'; sleep 2; } |
	timeout -k 1 60 script -qec 'bash -c '"'"'nohup daxtop -b -d 0.1 -n 100000 >'"$work/frames"' 2>&1 & echo $! >'"$work/pid"'; wait'"'"'' /dev/null >/dev/null || true
pid=$(cat "$work/pid")
check "a background job of a script goes on after Ctrl-C" kill -0 "$pid"
kill -INT "$pid" || true
tries=0
while kill -0 "$pid" 2>/dev/null && [ $((tries += 1)) -lt 300 ]; do sleep 0.1; done
check "... and ends at kill -INT" sh -c "! kill -0 $pid 2>/dev/null"

# A command as another user, who has none of root's groups and privileges.
chmod 755 "$work"
as_nobody='id -un; id -Gn; echo "$HOME $USER $LOGNAME"; grep CapEff /proc/self/status'
home=$(getent passwd nobody | cut -d : -f 6)
daxtrace stat --json --user nobody -- sh -c "($as_nobody) >&2" >"$work/json" 2>"$work/out"
check "--user: daxtrace stat runs COMMAND as that user" test "$(head -3 "$work/out" | xargs)" = "nobody nogroup $home nobody nobody"
check "... without privileges" grep -q 'CapEff:[[:space:]]*0000000000000000$' "$work/out"
check "... and counts" jq -e '.exit_status == 0' "$work/json"
check "... so does record" sh -c "daxtrace record -q -o '$work/user.data' -u nobody id -un | grep -qx nobody"
check "... and daxtop" sh -c "daxtop -b -u nobody -- id -un | grep -qx nobody"
check "... a number will do" test "$(daxtrace stat -u "$(id -u nobody)" id -un 2>/dev/null)" = nobody
expect "--user without root ends with 3" 3 'only root can' setpriv --reuid nobody --clear-groups daxtrace stat -u root true
expect "--user of nobody there ends with 2" 2 'there is no such user' daxtrace stat -u no-such-user true

# Spellings of release 0.1.
daxtrace record -q -m 1M --per-thread -o "$work/old.data" true
check "record: -m and --per-thread are taken still" test -s "$work/old.data"
check "daxtop: -r and --read too" test "$(daxtop -r "$work/old.data" -b | wc -l)" -gt 0 -a "$(daxtop --read "$work/old.data" -b | wc -l)" -gt 0
check "stat: --json=FILE too" sh -c "daxtrace stat --json='$work/old.json' true 2>/dev/null && jq -e .schema '$work/old.json'"
check "on a terminal they are told the new one" sh -c "script -qec 'daxtop -b -r $work/old.data' /dev/null </dev/null | grep -q -- '-r is now --input'"
check "elsewhere nothing is added" test -z "$(daxtop -b -r "$work/old.data" 2>&1 >/dev/null)"

# Numbers of another pid namespace. The filter's own content is looked at: it has those of the initial one.
cat >"$work/look" <<'END'
#!/bin/sh
echo "inside $$"
sed -n 's/^NSpid:[[:space:]]*/nspid /p' /proc/self/status
for fd in /proc/$PPID/fdinfo/*; do
	id=$(awk '$1 == "map_id:" { id = $2 } $1 == "max_entries:" && $2 == 65536 { found = 1 } END { if (found) print id }' "$fd")
	[ -z "$id" ] || bpftool map dump id "$id" -j
done
END
chmod +x "$work/look"
bpftool=$(command -v bpftool || echo /usr/sbin/bpftool)
sed -i "s|bpftool map|$bpftool map|" "$work/look"
# The command's own number outside is read outside, where it is the child of daxtrace.
mkfifo "$work/go"
unshare -pf --mount-proc daxtrace stat -- sh -c 'echo $$ >"$0/inner"; read -r _ <"$0/go"; exec "$0/look"' "$work" >"$work/out" 2>/dev/null &
job=$!
until [ -s "$work/inner" ] || ! kill -0 $job 2>/dev/null; do sleep 0.1; done
check "a command runs in a pid namespace with a /proc of its own" test -s "$work/inner"
outer=
for status in /proc/[0-9]*/status; do
	if awk -v inner="$(cat "$work/inner")" '$1 == "NSpid:" && NF == 3 && $3 == inner { found = 1 } END { exit !found }' "$status" 2>/dev/null &&
		tr '\0' ' ' <"${status%status}cmdline" 2>/dev/null | grep -q "$work"; then
		outer=${status#/proc/} outer=${outer%/status}
	fi
done
[ ! -s "$work/inner" ] || echo >"$work/go"
status=0
wait $job || status=$?
check "... and ends with 0" test $status -eq 0
check "the command has a number inside, and another outside" test "$(cat "$work/inner")" -ne "${outer:-0}" -a -n "$outer"
hex() { # number: as bpftool prints a key in JSON
	printf '"0x%02x","0x%02x","0x%02x","0x%02x"' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255))
}
check "the filter holds the number outside" grep -qF "$(hex "${outer:-0}")" "$work/out"
check "... and not the one inside" sh -c "! grep -qF '$(hex "$(cat "$work/inner")")' '$work/out'"
expect "with the /proc of another namespace -p is refused" 3 'mount -t proc proc /proc' unshare -pf daxtop -b -n 1 -p 1
expect "root of a user namespace is none" 3 'user namespace' unshare -Ur daxtop -b -n 1
expect "without privilege: how to give it, to one group" 3 'chmod 0750 PROGRAM' \
	setpriv --reuid 65534 --clear-groups --inh-caps=-all --bounding-set=-all daxtop -b -n 1

# A thread is no process.
threads=$(for task in /proc/[0-9]*/task/*; do [ "${task##*/}" = "$(echo "$task" | cut -d/ -f3)" ] || echo "$task"; done | grep -v '/proc/self' | head -n 1)
if [ -n "$threads" ]; then
	leader=$(echo "$threads" | cut -d/ -f3)
	expect "-p of a thread is refused, and names its process" 2 "use its process, $leader" daxtop -b -n 1 -p "${threads##*/}"
	expect "... by daxtrace too" 2 "use its process, $leader" daxtrace stat -p "${threads##*/}"
else
	skip "-p of a thread" "no process here has two threads"
fi

# Recordings.
rec=$work/rec.data
umask 022
daxtrace record -q -o "$rec" -- true
check "a recording is for its owner only" test "$(stat -c %a "$rec")" = 600
cp "$rec" "$work/first"
daxtrace record -q -o "$rec" -- true
check "the one before it is kept" cmp -s "$rec.old" "$work/first"
check "... and nothing else is left" test "$(find "$work" -name 'rec.data*' | wc -l)" -eq 2
expect "a command that cannot start leaves both as they are" 2 'no-such-program' daxtrace record -q -o "$rec" -- ./no-such-program
check "... they are" cmp -s "$rec.old" "$work/first"
echo precious >"$work/victim"
ln -s victim "$work/planted"
expect "a planted link is refused" 2 'symbolic link' daxtrace record -q -o "$work/planted" -- true
expect "... by stat --json too" 2 'symbolic link' daxtrace stat --json="$work/planted" -- true
check "... and its target is as it was" test "$(cat "$work/victim")" = precious
rm "$rec.old"
ln -s victim "$rec.old"
daxtrace record -q -o "$rec" -- true
check "a link planted as the old name is replaced, not followed" test "$(cat "$work/victim")" = precious -a ! -L "$rec.old"
cat "$rec" "$rec" >"$work/two"
expect "two recordings in one file are refused" 2 'two recordings' daxtrace report "$work/two"
expect "... by daxtop too" 2 'two recordings' daxtop -b -r "$work/two"
check "standard output by another name is one" sh -c "daxtrace record -q -o /dev/stdout -- true 2>/dev/null | head -c 4 | tail -c 3 | grep -q DAX"
exit "$failed"
