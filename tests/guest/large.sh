#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# large.sh - in a guest with 2 CPUs of 64 possible ones: memory is that of two, faults are counted to the last
# while a CPU goes and comes, and many files and processes have slots, one after the other or with --slots.
#
# usage: large.sh DIRECTORY_ON_DAX
# shellcheck disable=SC2016 # awk's own variables
set -eu
dir=$1
work=$(mktemp -d)
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

check "64 CPUs are possible, 2 are online" test "$(cat /sys/devices/system/cpu/possible) $(cat /sys/devices/system/cpu/online)" = "0-63 0-1"

# Lines 'TYPE VALUE_SIZE ENTRIES' of the maps of whoever started it.
cat >"$work/look" <<END
#!/bin/sh
for info in /proc/\$PPID/fdinfo/*; do
	awk '{ is[\$1] = \$2 } END { if ("map_type:" in is) print is["map_type:"], is["value_size:"], is["max_entries:"] }' \$info 2>/dev/null
done >$work/maps
END
chmod +x "$work/look"
daxtrace record -q -o "$work/rec" -- "$work/look"
check "rings are those of 2 CPUs: 2 of 8 MiB" awk '$1 == 2 && $2 == 64 { found = $3 * $2 == 2 * 8 * 1048576 } END { exit !found }' "$work/maps"
check "cells too: 2 for each of 1024 slots" awk '$1 == 2 && $2 > 5000 && $2 < 10000 { found = $3 == 2 * 1024 } END { exit !found }' "$work/maps"

# A CPU goes while all is recorded and counted, and comes back.
cat >"$work/load" <<END
daxbench faults --kind pte-read --count 8000 -P 2 --force $dir/a >$work/caused.1 &
first=\$!
echo 0 >/sys/devices/system/cpu/cpu1/online
wait \$first
daxbench faults --kind pte-read --count 4000 -P 2 --force $dir/a >$work/caused.2
daxbench faults --kind pte-read --count 8000 -P 2 --force $dir/a >$work/caused.3 &
first=\$!
echo 1 >/sys/devices/system/cpu/cpu1/online
wait \$first
END
daxtrace stat --json-file "$work/stat" -- daxtrace record -o "$work/rec" -- sh "$work/load" 2>"$work/err"
daxtrace report --json -i "$work/rec" >"$work/report"
caused=$(cat "$work"/caused.? | jq -s '[.[].caused.faults[] | .read, .write] | add')
check "20000 faults were caused" test "$caused" -eq 20000
check "daxtrace stat counts them while CPU 1 goes and comes" test "$(jq '[.counts.faults[] | .read, .write] | add' "$work/stat")" -eq 20000
check "recorded and lost are as many" test "$(jq '([.counts.faults[] | .read, .write] | add) + .lost.events' "$work/report")" -eq 20000
check "... both CPUs had their part" sh -c "daxtrace report --events -i $work/rec | grep -o ' \[[0-9]*\] ' | sort -u | wc -l | grep -qx 2"

# A CPU that comes after recording began has no ring: what happens there is counted, and said to be lost.
cat >"$work/load" <<END
daxbench faults --kind pte-read --count 1000 --force $dir/a >$work/caused.1
echo 1 >/sys/devices/system/cpu/cpu1/online
taskset 2 daxbench faults --kind pte-read --count 500 --force $dir/a >$work/caused.2
END
echo 0 >/sys/devices/system/cpu/cpu1/online
daxtrace stat --json-file "$work/stat" -- daxtrace record -o "$work/rec" -- sh "$work/load" 2>"$work/err"
daxtrace report --json -i "$work/rec" >"$work/report"
check "CPU 1 is back" test "$(cat /sys/devices/system/cpu/online)" = 0-1
check "daxtrace stat counts 1000 faults, and 500 on the CPU that came" \
	test "$(jq '[.counts.faults[] | .read, .write] | add' "$work/stat")" -eq 1500
check "those 1000 are recorded, the 500 are lost: $(jq -c '[([.counts.faults[] | .read, .write] | add), .lost.events]' "$work/report")" \
	jq -e '([.counts.faults[] | .read, .write] | add) == 1000 and .lost.events == 500' "$work/report"
check "... which is said" grep -q '1000 faults recorded, 500 lost, ' "$work/err"
check "... with the reason" grep -q '500 of the lost were on CPUs that came online after recording began' "$work/err"

# More processes than slots, one after the other: each has its name and its faults in the recording.
cat >"$work/load" <<END
i=0
while [ \$i -lt 120 ]; do
	daxbench faults --kind pte-read --count 5 --force $dir/a >/dev/null || exit
	i=\$((i + 1))
	[ \$((i % 10)) -ne 0 ] || sleep 1
done
END
daxtrace record --slots 48 -o "$work/rec" -- sh "$work/load" 2>"$work/err"
daxtrace report --json -i "$work/rec" >"$work/report"
check "120 processes have 48 slots in turn: each is told apart in the recording, with its 5 faults" \
	jq -e '[.processes[].totals.pte_faults] == [range(120) | 5]' "$work/report"
check "... none found no slot" jq -e '.recording.lost_slots == 0 or .lost.slots == 0' "$work/report"

# Many files of one process.
mkdir "$dir/many"
daxtop --json --slots 6000 -d 60 -- sh -c "dax-many $dir/many 5000 </dev/null" 2>"$work/err" | grep '^{"schema"' | tail -n 1 >"$work/last"
check "5000 files have a row each with --slots 6000" jq -e \
	'(.nr_files == 5000) and ([.files[].totals.pte_faults] | unique) == [1] and .lost.slots == 0' "$work/last"
daxtop --json -d 60 -- sh -c "dax-many $dir/many 1500 </dev/null" 2>"$work/err" | grep '^{"schema"' | tail -n 1 >"$work/last"
check "of 1500, 1023 have one without it, and the rest together: none is missing: $(jq -c "[.nr_files, .lost.slots]" "$work/last")" jq -e \
	'([.files[].totals.pte_faults] | add) == 1500 and .nr_files == 1024 and .lost.slots == 477' "$work/last"

# What daxtop itself takes with 1000 rows.
cat >"$work/load" <<END
dax-many $dir/many 1000 <$work/hold >$work/many &
until grep -q ready $work/many; do sleep 0.1; done
sleep 3
awk '\$1 == "VmHWM:" { print \$2 }' /proc/\$PPID/status >$work/peak
END
mkfifo "$work/hold"
sleep 1000 >"$work/hold" &
holder=$!
daxtop -b -d 0.5 --rows 0 -- sh "$work/load" >"$work/top" 2>"$work/err"
kill $holder
check "daxtop showed 1000 files" test "$(grep -c "$dir/many/" "$work/top")" -ge 1000
check "... and took at most 40 MB: $(cat "$work/peak") kB" test "$(cat "$work/peak")" -le 40000
exit "$failed"
