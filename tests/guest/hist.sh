# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# hist.sh - the kernel's own counts of the fs_dax events, by ftrace's hist triggers, against ours. Wants
# $work, a directory.

tracing=/sys/kernel/tracing

# The kernel's own counts of an event by result, as 'RESULT HITS' lines.
hist_on() {
	for event in dax_pte_fault_done dax_pmd_fault_done dax_insert_pfn_mkwrite dax_load_hole dax_pmd_load_hole; do
		key=result
		[ $event = dax_pmd_load_hole ] && key=dev
		echo "hist:keys=$key" >$tracing/events/fs_dax/$event/trigger
	done
}
hist_read() {
	for event in dax_pte_fault_done dax_pmd_fault_done dax_insert_pfn_mkwrite dax_load_hole dax_pmd_load_hole; do
		cat $tracing/events/fs_dax/$event/hist >"$work/$event.hist"
	done
}
hist_off() {
	hist_read
	for event in dax_pte_fault_done dax_pmd_fault_done dax_insert_pfn_mkwrite dax_load_hole dax_pmd_load_hole; do
		key=result
		[ $event = dax_pmd_load_hole ] && key=dev
		echo "!hist:keys=$key" >$tracing/events/fs_dax/$event/trigger
	done
}
# What was hit until now is not counted. ftrace may drop a hit while another CPU makes the same key's first,
# so what comes on several CPUs at once should have come once before.
hist_seeded() {
	for event in dax_pte_fault_done dax_pmd_fault_done dax_insert_pfn_mkwrite dax_load_hole dax_pmd_load_hole; do
		cat $tracing/events/fs_dax/$event/hist >"$work/$event.seed"
	done
}
hits_of() { # file mask: sum of the hits whose result has a bit of mask; without mask, of all
	[ -e "$1" ] || set -- /dev/null
	sed -n 's/^{ [a-z]*: *\([0-9]*\).*} hitcount: *\([0-9]*\).*/\1 \2/p' "$1" |
		while read -r result n; do
			[ -z "${2:-}" ] || [ $((result & $2)) -ne 0 ] && echo "$n"
		done | awk '{ n += $1 } END { print n + 0 }'
}
hits() { # event mask
	echo $(($(hits_of "$work/$1.hist" "${2:-}") - $(hits_of "$work/$1.seed" "${2:-}")))
}

# What ftrace must have seen, from what was counted: all outcomes of each size, each MAP_SYNC pair
# once more as its second half.
agrees_with_ftrace() { # counts.json
	jq -r '.faults | map_values(.read + .write) |
		"\(.pte_mapped + .pte_zero + .pte_sync + .pte_copy + .pte_retry + .pte_error) \(.pmd_mapped + .pmd_zero + .pmd_sync) \(.pmd_fallback) \(.pte_sync + .pmd_sync) \(.pte_zero) \(.pmd_zero)"' \
		"$1" >"$work/expect"
	pmd_ok=$(($(hits dax_pmd_fault_done 256) + $(hits dax_pmd_fault_done 8192)))
	echo "$(hits dax_pte_fault_done) $pmd_ok $(hits dax_pmd_fault_done 2048) $(hits dax_insert_pfn_mkwrite 256) $(hits dax_load_hole) $(hits dax_pmd_load_hole)" >"$work/seen"
	cmp -s "$work/expect" "$work/seen" || {
		echo "# counted: $(cat "$work/expect")  ftrace: $(cat "$work/seen"), which it says dropped" \
			"$(cat "$work"/*.hist | awk '/Dropped:/ { n += $2 } END { print n + 0 }')"
		return 1
	}
}

# caused, counted: the same where caused names something, and 0 everywhere else
same_counts() {
	jq -en --slurpfile a "$1" --slurpfile b "$2" '
		def flat: [paths(numbers) as $p | {key: ($p | join(".")), value: getpath($p)}] |
			map(select(.value != 0)) | from_entries;
		($a[0] | flat) == ($b[0] | flat)' >/dev/null || {
		echo "# caused:  $(jq -Sc . "$1")"
		echo "# counted: $(jq -Sc 'walk(if type == "object" then with_entries(select(.value != 0 and .value != {} and .value != {"read":0,"write":0})) else . end)' "$2")"
		return 1
	}
}

# losses FILE.json: how many faults the tool says it lost, and for how many it cannot be sure of file, reason or range.
# Only a kernel that preempts programs, 7.0 and later, may skip any, on a slow machine more than on others.
losses() {
	case $(uname -r) in
	[3-6].*) echo "0 0" ;;
	*) jq -r '.lost | "\(.faults) \(.faults + .details + .slots)"' "$1" ;;
	esac
}
# all_or_lost CAUSED COUNTED LOST UNSURE [all]: what was caused was counted. Of what the tool is unsure of no counter is
# off by more than it says, and with 'all' exactly LOST faults are missing.
all_or_lost() {
	if [ "${4:-0}" = 0 ]; then
		same_counts "$1" "$2"
		return
	fi
	jq -en --slurpfile a "$1" --slurpfile b "$2" --argjson lost "$3" --argjson unsure "$4" --arg all "${5:-}" '
		def nums: [paths(numbers) as $p | {key: ($p | join(".")), value: getpath($p)}] | from_entries;
		def faults: [.faults // {} | .. | numbers] | add // 0;
		($a[0] | nums) as $caused | ($b[0] | nums) as $counted |
		(($a[0] | faults) - ($b[0] | faults)) as $missing |
		($caused + $counted | keys | all((($caused[.] // 0) - ($counted[.] // 0)) as $off |
			$off <= $unsure and -$off <= $unsure)) and
		if $all == "" then $missing >= 0 and $missing <= $unsure else $missing == $lost end' >/dev/null || {
		echo "# caused: $(jq -Sc . "$1")"
		echo "# counted, with $3 lost and $4 unsure: $(jq -Sc . "$2")"
		return 1
	}
}
