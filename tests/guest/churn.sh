#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# churn.sh - in a guest: every kind of fault, by threads of several processes on two CPUs, is counted to
# the last one while others fork, start threads, fault and exit as fast as they can, and the numbers of
# processes come back every few hundred of them.
#
# usage: churn.sh DIRECTORY_ON_DAX         needs the programs storm and dax-touch in PATH
set -eu
dir=$1
work=$(mktemp -d)
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/guest/hist.sh
. "$(dirname "$0")/hist.sh"

pages=40
echo 450 >/proc/sys/kernel/pid_max
dax-touch make "$dir/storm" 3

sum() { # caused objects, one a line: all counts added
	jq -s 'reduce .[] as $one ({}; . as $sum | reduce ($one | paths(numbers)) as $p ($sum;
		setpath($p; (getpath($p) // 0) + ($one | getpath($p)))))'
}
all() { # counts or caused: faults of all outcomes
	jq '[.faults[] | .read, .write] | add // 0' "$1"
}

# sh kinds: many faults of each kind; with an argument one of each
cat >"$work/kinds" <<EOF
for kind in \$(daxbench kinds | awk '\$1 != "mixed" { print \$1 }'); do
	case \$kind in
	pte-*) many='-n 4000' ;;
	sync-pte) many='-n 400' ;;
	fb-*) many='-n 60 -F 15' ;;
	*) many='-n 60' ;;
	esac
	[ -z "\${1:-}" ] || many='-n 1 -T 1 -P 1'
	daxbench faults --kind \$kind -T 2 -P 3 \$many --force $dir/churn || exit
	rm -f $dir/churn
done
EOF

# Without a filter: all of them, and the kernel's own counts say the same.
daxtop -b --json -n 100000 -d 0.5 >"$work/top" 2>/dev/null &
top=$!
until [ -s "$work/top" ]; do sleep 0.1; done
hist_on
# ftrace may drop a hit while another CPU makes the same key's first: have each once before.
sh "$work/kinds" once >"$work/bench"
storm "$dir/storm" $pages 0 "$work/stop" >"$work/storm" &
storm=$!
sh "$work/kinds" >>"$work/bench"
touch "$work/stop"
wait $storm
hist_off
lines=$(wc -l <"$work/top")
until [ "$(wc -l <"$work/top")" -gt $((lines + 2)) ]; do sleep 0.1; done
kill -INT $top
wait $top || true
tail -n 1 "$work/top" >"$work/last"
jq .counts "$work/last" >"$work/counts"
cat "$work/bench" "$work/storm" | jq -c .caused | sum >"$work/caused"
children=$(jq .children "$work/storm")
check "no filter: $(all "$work/caused") faults, beside $children processes that come and go, are counted" \
	same_counts "$work/caused" "$work/counts"
check "... ftrace saw the same" agrees_with_ftrace "$work/counts"
check "... nothing was lost" jq -e '.lost.events + .lost.unwatched == 0' "$work/last"
check "... numbers of processes came back, as two threads of each take two" test $((2 * children)) -gt 450

# With one: those of the command, and no others.
rm -f "$work/stop"
storm "$dir/storm" $pages 0 "$work/stop" >"$work/storm" &
storm=$!
status=0
daxtrace stat --json-file "$work/stat" -- daxtrace record -q -o "$work/rec" -- sh "$work/kinds" \
	>"$work/bench" 2>"$work/err" || status=$?
touch "$work/stop"
wait $storm
check "filter: the command ends with 0" test $status -eq 0
jq -c .caused "$work/bench" | sum >"$work/caused"
jq .counts "$work/stat" >"$work/counts"
children=$(jq .children "$work/storm")
check "filter: $(all "$work/caused") faults are counted, and none of $children other processes" \
	same_counts "$work/caused" "$work/counts"
check "... none could not be followed" jq -e '.lost.unwatched == 0' "$work/stat"
daxtrace report --json -i "$work/rec" >"$work/report"
jq .counts "$work/report" >"$work/counts"
lost=$(jq .lost.events "$work/report")
check "... daxtrace record wrote all but $lost, which it says" \
	test $(($(all "$work/counts") + lost)) -eq "$(all "$work/caused")"
[ "$lost" -ne 0 ] || check "... of every kind" same_counts "$work/caused" "$work/counts"

# More processes than slots: those that have exited give up theirs, and keep their file and name.
echo 32768 >/proc/sys/kernel/pid_max
many=1300
daxtrace stat --json-file "$work/stat" -- storm "$dir/storm" 4 $many >"$work/storm" 2>/dev/null
jq .caused "$work/storm" >"$work/caused"
jq .counts "$work/stat" >"$work/counts"
check "filter: the faults of $many processes are counted, as they are started" \
	same_counts "$work/caused" "$work/counts"
check "... no slot was lacking, nor anything else" \
	jq -e '.lost | .slots + .events + .unwatched == 0' "$work/stat"
# shellcheck disable=SC2016 # variables of jq
check "... each has a row with all that is theirs, or is one of those that have exited" jq -e --argjson many $many '
	def faults: .totals | .pte_faults + .pmd_faults + .fallbacks;
	(.host.totals // .totals | .pte_faults + .pmd_faults + .fallbacks) as $all |
	[.processes[] | select(.exited | not) | faults] as $rows | [.processes[] | select(.exited)] as $exited |
	($rows | length) > 0 and ($rows | length) < 1024 and ($rows | unique | length) == 1 and
	($exited | length) == 1 and $exited[0].comm == "storm" and $exited[0].pid == null and
	($exited[0] | faults) == ($many - ($rows | length)) * $rows[0] and ($exited[0] | faults) + ($rows | add) == $all and
	([.files[] | select(.other) | faults] | add // 0) == 0 and .nr_files == 1' "$work/stat"

# The same with threads, of which there are two a process, in intervals: each fault is in one of them.
rm "$work/top"
daxtop -b -H --json --rows 4 -s pte_faults -n 100000 -d 0.3 >"$work/top" 2>/dev/null &
top=$!
until [ -s "$work/top" ]; do sleep 0.1; done
storm "$dir/storm" 4 $many >"$work/storm" 2>/dev/null
lines=$(wc -l <"$work/top")
until [ "$(wc -l <"$work/top")" -gt $((lines + 2)) ]; do sleep 0.1; done
kill -INT $top
wait $top || true
jq .caused "$work/storm" >"$work/caused"
tail -n 1 "$work/top" >"$work/last"
jq .counts "$work/last" >"$work/counts"
check "daxtop: the faults of their threads are counted" same_counts "$work/caused" "$work/counts"
check "... no slot was lacking" jq -e '.lost.slots == 0' "$work/last"
check "... threads have given up slots" \
	jq -e '.nr_threads < 2048 and ([.threads[] | select(.exited) | .totals.pte_faults] | add > 0)' "$work/last"
# shellcheck disable=SC2016 # variables of jq
check "... the intervals add up to the totals, of the host, the file and the cgroup" jq -es '
	def sum(f): [.[] | f | .interval.pte_faults // 0] | add;
	.[-1].totals.pte_faults as $all |
	$all > 0 and sum(.) == $all and sum(.files[]) == $all and sum(.cgroups[]) == $all' "$work/top"
rm -rf "$work" "$dir/storm"
exit "$failed"
