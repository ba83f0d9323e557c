#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# fleet.sh - in a guest: what daxtop gives Prometheus of real faults is what was caused, number by number, what
# ftrace saw, and has the names of mounts and cgroups; with CAP_BPF and CAP_PERFMON alone.
#
# usage: fleet.sh DIRECTORY_ON_DAX
set -eu

dir=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=37
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/guest/hist.sh
. "$(dirname "$0")/hist.sh"

ip link set lo up
device=$(stat -c %d "$dir")
device=$((device >> 8 & 0xfff)):$((device & 0xff | device >> 12 & 0xfff00))
caps=+bpf,+perfmon
for kind in pmd-read pte-write pmd-zero sync-pmd fb-extent-short fb-past-eof fb-private-write; do
	file=$dir/fleet.$kind
	hist_on
	daxbench faults --kind $kind --count 1 --force "$file" >/dev/null
	hist_seeded
	# The background shell empties the file only when it comes to run: the last daxtop's address must not be there.
	rm -f "$work/err"
	/usr/bin/setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs --bounding-set=-all,$caps \
		--inh-caps=-all,$caps --ambient-caps=-all,$caps daxtop --listen 0 --by-cgroup 2>"$work/err" &
	pid=$!
	until url=$(sed -n 's|^daxtop: figures are at \(.*/metrics\)$|\1|p' "$work/err" 2>/dev/null) && [ -n "$url" ]; do
		kill -0 $pid || { cat "$work/err" >&2; exit 1; }
		sleep 0.1
	done
	daxbench faults --kind $kind --count $count --force "$file" | grep '"caused"' | jq .caused >"$work/caused"
	# What was read less than a second ago is not read again.
	sleep 1.1
	wget -q -O "$work/prom" "$url"
	hist_off
	rm -f "$file"
	kill $pid
	status=0
	wait $pid || status=$?
	# The figures as the counts of the other tools.
	jq -Rn '[inputs | capture("^(?<name>dax_[a-z_]+)\\{(?<labels>.*)\\} (?<value>[0-9.]+)$") | .value |= tonumber |
			.labels |= (split(",") | map(split("=") | {key: .[0], value: .[1][1:-1]}) | from_entries)] |
		def of(n): map(select(.name == n and .labels.mount == $mount and .labels.device == $device));
		{
			faults: (of("dax_faults_total") | group_by(.labels.size + .labels.outcome) | map({
				key: ((if .[0].labels.size == "4KiB" then "pte_" else "pmd_" end) + .[0].labels.outcome),
				value: (map({key: .labels.access, value: .value}) | from_entries)}) | from_entries),
			fallbacks: (of("dax_fallbacks_total") | map({key: .labels.reason, value: .value}) | from_entries),
			ranges: {touched: of("dax_ranges_touched_total")[0].value, pmd: of("dax_ranges_pmd_total")[0].value,
				sticky: of("dax_sticky_faults_total")[0].value,
				never_tried: of("dax_never_tried_faults_total")[0].value}
		}' --arg mount "$dir" --arg device "$device" "$work/prom" >"$work/counts"
	check "$kind x $count: the figures of $dir are what was caused" same_counts "$work/caused" "$work/counts"
	check "$kind x $count: ftrace saw the same" agrees_with_ftrace "$work/counts"
	check "$kind x $count: nothing is of another mount" test -z \
		"$(grep '^dax_faults_total' "$work/prom" | grep -v "mount=\"$dir\",device=\"$device\"" | grep -v ' 0$')"
	sum() { grep "^$1{" "$work/prom" | awk '{ n += $NF } END { print n + 0 }'; }
	check "$kind x $count: cgroups have the same sum" test "$(sum dax_cgroup_faults_total)" = "$(sum dax_faults_total)"
	check "$kind x $count: timed and untimed are all" test \
		"$(sum dax_fault_duration_seconds_count)" -le "$(sum dax_faults_total)"
	check "$kind x $count: SIGTERM ends it with 0" test $status -eq 0
done
exit "$failed"
