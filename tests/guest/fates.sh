# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# fates.sh - what the first access to each 2 MiB range of a file comes to, by the kernel's own events, against
# what daxdoctor predicts and what daxtrace records. Wants $dir, the mount; $device and $fs of it; $work,
# a directory.

tracing=/sys/kernel/tracing
hex_of='function hex(s,   i, n) {
	s = tolower(substr(s, 3))
	for (i = 1; i <= length(s); i++)
		n = n * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1
	return n + 0
}'

remount() {
	umount "$dir"
	mount -t "$fs" -o dax=always "$device" "$dir"
}

trace_on() {
	echo 0 >"$tracing/tracing_on"
	echo 65536 >$tracing/buffer_size_kb
	for event in dax_pmd_fault dax_pmd_fault_done dax_pmd_load_hole dax_pte_fault_done; do
		echo 1 >$tracing/events/fs_dax/$event/enable
	done
	echo 1 >$tracing/events/iomap/iomap_iter_dstmap/enable
}

# The first fault of each range in the trace, as 'RANGE FATE'.
fates() {
	awk "$hex_of"'
	function after(word,   i) {
		for (i = at; i < NF; i++)
			if ($i == word)
				return $(i + 1)
		return ""
	}
	function why(   a, start) {
		a = hex(after("address"))
		start = a - a % 2097152
		if (int(a / 4096) % 512 != page % 512)
			return "misaligned_addr"
		if ($0 ~ / private / && $0 ~ /[ |]WRITE[ |]/)
			return "private_write"
		if (start < hex(after("vm_start")))
			return "vma_start"
		if (start + 2097152 > hex(after("vm_end")))
			return "vma_end"
		if (range * 512 + 511 >= hex(after("max_pgoff")))
			return "past_eof"
		if (map_end < 0)
			return "pte_entry"
		if (map_end < (range + 1) * 2097152)
			return "extent_short"
		return (map_at - map_from + range * 2097152) % 2097152 ? "extent_misaligned" : "device_short"
	}
	/^#/ { next }
	{
		for (at = 1; at < NF; at++)
			if ($at ~ /^(dax_|iomap_iter_dstmap)/)
				break
	}
	$at == "dax_pmd_fault:" { map_end = -1; hole = 0; next }
	$at == "iomap_iter_dstmap:" {
		map_from = hex(after("offset"))
		map_end = map_from + hex(after("length"))
		map_at = hex(after("addr"))
		next
	}
	$at == "dax_pmd_load_hole:" { hole = 1; next }
	{
		page = hex(after("pgoff"))
		range = int(page / 512)
		if (range in seen)
			next
	}
	$at == "dax_pte_fault_done:" { seen[range] = 1; print range, "never_tried"; next }
	$at == "dax_pmd_fault_done:" {
		if ($NF ~ /FALLBACK/)
			print range, why()
		else if ($NF ~ /NOPAGE/)
			print range, hole ? "zero" : "pmd"
		else
			next
		seen[range] = 1
	}' "$tracing/trace"
}

# touch_ranges FILE read|write [FIRST COUNT]: one byte of each range through one fresh mapping
touch_ranges() {
	size=$(stat -c %s "$1")
	nr=$(((size + 2097151) / 2097152))
	first=${3:-0} count=${4:-$nr}
	end=$((first + count))
	[ "$end" -le "$nr" ] || end=$nr
	if [ "$2" = read ]; then
		echo "mmap -r 0 $((nr * 2097152))"
	else
		echo "mmap -rw 0 $((nr * 2097152))"
	fi >"$work/commands"
	while [ "$first" -lt "$end" ]; do
		if [ "$2" = read ]; then
			echo "mread $((first * 2097152)) 1"
		else
			echo "mwrite -S 90 $((first * 2097152)) 1"
		fi
		first=$((first + 1))
	done >>"$work/commands"
	echo >"$tracing/trace"
	echo 1 >"$tracing/tracing_on"
	xfs_io "$1" <"$work/commands" >"$work/said" 2>&1
	echo 0 >"$tracing/tracing_on"
	fates >"$work/happened"
	sed "s|^|${1##*/} |" "$work/happened" >>"$work/round"
}

# A second witness: daxtrace records what happens until witness_off, which compares it with ftrace.
witness_on() {
	rm -f "$work/rec"
	: >"$work/round"
	daxtrace record -q -o "$work/rec" -a &
	witness=$!
	until [ -s "$work/rec" ]; do usleep 100000; done
}

witness_off() { # WHAT
	kill -INT "$witness"
	wait "$witness" || not_ok "daxtrace record ends with 0"
	daxtrace report --events "$work/rec" | awk "$hex_of"'
	$2 == "xfs_io" {
		for (i = 1; i < NF; i++)
			if ($i ~ /^offset=/)
				range = int(hex(substr($i, 8)) / 2097152)
		name = $NF
		sub(/.*\//, "", name)
		if ((name, range) in seen || $5 ~ /_retry$/)
			next
		seen[name, range] = 1
		print name, range, $5 == "pmd_fallback" ? $7 : $5 == "pmd_zero" ? "zero" : \
			$5 ~ /^pmd_/ ? "pmd" : "never_tried"
	}' | sort >"$work/recorded"
	sort "$work/round" >"$work/traced"
	if [ -s "$work/traced" ] && cmp -s "$work/traced" "$work/recorded"; then
		ok "$1: daxtrace recorded the same $(wc -l <"$work/traced") fates"
	else
		not_ok "$1: daxtrace recorded the same" "$(diff "$work/traced" "$work/recorded" | head -n 20)"
	fi
}

# compare FILE WHAT read|write [FIRST COUNT]: predict, touch, and hold one against the other
compare() {
	status=0
	daxdoctor --json "$1" >"$work/json" || status=$?
	jq -r --arg way "$3" '.runs[] | .[$way] as $fate | range(.first; .first + .count) | "\(.) \($fate)"' \
		"$work/json" >"$work/all"
	touch_ranges "$1" "$3" ${4:+"$4" "$5"}
	# Only ranges that were touched; each of them must have shown up.
	awk 'NR == FNR { want[$1]; next } $1 in want' "$work/happened" "$work/all" >"$work/predicted"
	nr=$(wc -l <"$work/happened")
	if [ "$nr" -ne "$(wc -l <"$work/predicted")" ] || [ "$nr" -ne $((end - ${4:-0})) ]; then
		not_ok "$2, $3: every touched range is predicted and seen" \
			"touched $((end - ${4:-0})), seen $nr, predicted $(wc -l <"$work/predicted"); $(tail -n 3 "$work/said")"
		return
	fi
	# What the kernel will allocate cannot be known; a hole and shared blocks are all that may be so.
	unknown=$(grep -c ' unknown$' "$work/predicted" || true)
	awk 'NR == FNR { said[$1] = $2; next } said[$1] != "unknown" && said[$1] != $2 {
		print "range " $1 ": predicted " said[$1] ", came to " $2 }' \
		"$work/predicted" "$work/happened" >"$work/wrong"
	if [ -s "$work/wrong" ]; then
		not_ok "$2, $3: $nr ranges on $fs" "$(head -n 12 "$work/wrong")
$(jq -c '.runs[]' "$work/json" | head -n 12)"
	elif [ "$unknown" -gt 0 ] && [ "${may_be_unknown:-0}" -ne "$unknown" ]; then
		not_ok "$2, $3: $unknown of $nr ranges unknown instead of ${may_be_unknown:-0}" \
			"$(jq -c '.runs[]' "$work/json" | head -n 12)"
	else
		ok "$2, $3: $((nr - unknown)) ranges predicted on $fs: $(awk '{ n[$2]++ } END {
			for (f in n) { printf "%s%s %d", sep, f, n[f]; sep = ", " } }' "$work/happened")$(
			[ "$unknown" -eq 0 ] || echo "; $unknown said to be unknown")"
	fi
}

# The status that says: all, some, unknown.
status_is() { # FILE STATUS
	status=0
	daxdoctor "$1" >"$work/text" 2>&1 || status=$?
	if [ "$status" -eq "$2" ]; then
		ok "status $2 for ${1##*/}"
	else
		not_ok "status $status instead of $2 for ${1##*/}" "$(cat "$work/text")"
	fi
}

io() { # FILE COMMAND...
	file=$1
	shift
	for command; do
		xfs_io -f -c "$command" "$file" >/dev/null
	done
}

# Does daxdoctor say FATE for reads of RANGE? (Else the limit was never met.)
predicts() { # FILE RANGE read|write FATE
	daxdoctor --json "$1" >"$work/json" || true
	said=$(jq -r --argjson n "$2" --arg way "$3" \
		'.runs[] | select(.first <= $n and $n < .first + .count) | .[$way]' "$work/json")
	if [ "$said" = "$4" ]; then
		ok "a $3 of range $2 of ${1##*/} is predicted to be $4"
	else
		not_ok "a $3 of range $2 of ${1##*/} is predicted to be $4" "$said: $(jq -c '.runs[]' "$work/json")"
	fi
}
