#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# daxbench-ftrace.sh - in a guest: what daxbench says it caused is what the kernel's own events show.
#
# Counts every fs_dax event that ftrace saw during a run, derives outcome, reason and range state
# from the events' own arguments, and compares that with daxbench's JSON as text.
set -eu

dir=/mnt/dax
tracing=/sys/kernel/tracing
fs=$(awk -v dir=$dir '$2 == dir { print $3 }' /proc/mounts)
kernel=$(uname -r)
failed=0

[ -d $tracing/events ] || mount -t tracefs none $tracing

ok()
{
	echo "ok - daxbench $*"
}

not_ok()
{
	echo "not ok - daxbench $*"
	failed=1
}

trace_on()
{
	echo 0 >$tracing/tracing_on
	echo nop >$tracing/current_tracer
	echo 16384 >$tracing/buffer_size_kb
	for event in dax_pmd_fault dax_pmd_fault_done dax_pmd_load_hole dax_pte_fault_done \
		dax_load_hole dax_insert_pfn_mkwrite dax_insert_pfn_mkwrite_no_entry; do
		echo 1 >$tracing/events/fs_dax/$event/enable
	done
	echo 1 >$tracing/events/iomap/iomap_iter_dstmap/enable
}

# The trace, as daxbench's "caused" object: keys sorted, no spaces.
count_trace()
{
	grep -v '^#' $tracing/trace | awk '
	function hex(s,   i, n) {
		n = 0
		s = tolower(substr(s, 3))
		for (i = 1; i <= length(s); i++)
			n = n * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1
		return n
	}
	function after(word,   i) {
		for (i = at; i < NF; i++)
			if ($i == word)
				return $(i + 1)
		return ""
	}
	function result() {
		return $(NF - 1) == "pgoff" || $(NF - 1) == "max_pgoff" ? "" : $NF
	}
	function count(outcome) {
		n[outcome, $0 ~ /[ |]WRITE[ |]/ ? "write" : "read"]++
		seen[outcome] = 1
	}
	function touch() {
		if (!(range in touched))
			range_touched++
		touched[range] = 1
	}
	function serve() {
		if (!(range in served))
			range_pmd++
		served[range] = 1
	}
	function why(   start, a, end) {
		a = hex(after("address"))
		start = int(a / 2097152) * 2097152
		if (int(a / 4096) % 512 != hex(after("pgoff")) % 512)
			return "misaligned_addr"
		if ($0 ~ / private / && $0 ~ /[ |]WRITE[ |]/)
			return "private_write"
		if (start < hex(after("vm_start")))
			return "vma_start"
		if (start + 2097152 > hex(after("vm_end")))
			return "vma_end"
		if ((page - page % 512) + 511 >= hex(after("max_pgoff")))
			return "past_eof"
		if (!(task in map_end))
			return "pte_entry"
		if (map_end[task] < (range_no + 1) * 2097152)
			return "extent_short"
		return "extent_misaligned"
	}
	function join(names, nr, kind,   i, j, text, swap) {
		for (i = 2; i <= nr; i++)
			for (j = i; j > 1 && names[j] < names[j - 1]; j--) {
				swap = names[j]
				names[j] = names[j - 1]
				names[j - 1] = swap
			}
		for (i = 1; i <= nr; i++)
			text = text (i > 1 ? "," : "") "\"" names[i] "\":" (kind == "fault" ? \
				"{\"read\":" n[names[i], "read"] + 0 ",\"write\":" \
				n[names[i], "write"] + 0 "}" : reasons[names[i]])
		return text
	}
	{
		task = ""
		for (at = 1; at <= NF; at++)
			if ($at ~ /^(dax_|iomap_iter_dstmap)/)
				break
		task = $1
		if ($at == "iomap_iter_dstmap:") {
			map_end[task] = hex(after("offset")) + hex(after("length"))
			next
		}
		if ($at == "dax_pmd_fault:") {
			delete map_end[task]
			next
		}
		if ($at ~ /load_hole:$/) {
			hole[task] = 1
			next
		}
		page = hex(after("pgoff"))
		range_no = int(page / 512)
		range = after("ino") " " range_no
	}
	$at == "dax_pmd_fault_done:" {
		touch()
		if (result() ~ /NEEDDSYNC/) {
			wait[task] = "pmd_sync"
		} else if (result() ~ /FALLBACK/) {
			count("pmd_fallback")
			reasons[why()]++
			fell[range] = 1
			completes[task] = range
		} else if (result() ~ /NOPAGE/) {
			count(hole[task] ? "pmd_zero" : "pmd_mapped")
			serve()
		} else {
			count(result() == "" ? "pmd_retry" : "pmd_error")
		}
		tried[range] = 1
		hole[task] = 0
	}
	$at == "dax_pte_fault_done:" {
		touch()
		if (completes[task] == range)
			;
		else if (range in fell)
			sticky++
		else if (!(range in tried))
			never++
		completes[task] = ""
		if (result() ~ /NEEDDSYNC/)
			wait[task] = "pte_sync"
		else if (result() ~ /DONE_COW/)
			count("pte_copy")
		else if (result() ~ /NOPAGE/)
			count(hole[task] ? "pte_zero" : "pte_mapped")
		else
			count(result() == "" ? "pte_retry" : "pte_error")
		hole[task] = 0
	}
	$at ~ /^dax_insert_pfn_mkwrite/ {
		count(result() ~ /NOPAGE/ && $at !~ /no_entry/ ? wait[task] : "sync_lost")
		if (wait[task] == "pmd_sync")
			serve()
	}
	END {
		for (name in seen)
			outcomes[++nr] = name
		for (name in reasons)
			order[++nr_reasons] = name
		printf "{\"fallbacks\":{%s},\"faults\":{%s},\"ranges\":{\"never_tried\":%d,\"pmd\":%d,\"sticky\":%d,\"touched\":%d}}\n", \
			join(order, nr_reasons, "reason"), join(outcomes, nr, "fault"), \
			never, range_pmd, sticky, range_touched
	}'
}

# check WHAT ARGUMENT...: run daxbench, compare what it says with what the kernel did.
check()
{
	what=$1
	shift
	echo >$tracing/trace
	echo 1 >$tracing/tracing_on
	status=0
	daxbench faults "$@" >/tmp/said 2>/tmp/err || status=$?
	echo 0 >$tracing/tracing_on
	if [ $status -ne 0 ]; then
		not_ok "$what on $fs ($kernel): status $status: $(cat /tmp/err)"
		return
	fi
	said=$(sed 's/^{"caused"://; s/,"count":.*//' /tmp/said)
	saw=$(count_trace)
	lost=$(awk '/^overrun:|^dropped events:/ { lost += $NF } END { print lost }' \
		$tracing/per_cpu/cpu*/stats)
	if [ "$said" = "$saw" ] && [ -n "$said" ] && [ "$lost" -eq 0 ]; then
		ok "$what on $fs ($kernel): $saw"
	else
		not_ok "$what on $fs ($kernel), $lost events lost"
		echo "  daxbench: $said"
		echo "  kernel:   $saw"
	fi
}

# refuse WHAT STATUS TEXT COMMAND...: it fails with the status and says the text.
refuse()
{
	what=$1 want=$2 text=$3
	shift 3
	status=0
	"$@" >/tmp/said 2>/tmp/err || status=$?
	if [ $status -eq "$want" ] && grep -q -- "$text" /tmp/err && [ ! -s /tmp/said ]; then
		ok "refuses $what on $fs: $(head -c 200 /tmp/err | head -n 1)"
	else
		not_ok "should refuse $what on $fs: status $status: $(cat /tmp/err /tmp/said)"
	fi
}

nothing_left()
{
	if [ ! -e "$1" ]; then
		ok "leaves nothing behind: $1"
	else
		not_ok "leaves $1 behind"
	fi
}

trace_on

# Debian's kernels mount ext2 by the ext4 driver: 2 MiB faults are tried, but without extents none
# can succeed, and daxbench must not claim any.
if [ "$fs" = ext2 ]; then
	for kind in pte-read pte-write pte-copy pte-thp-off pte-zero sync-pte fb-misaligned-addr fb-private-write \
		fb-vma-start fb-vma-end fb-past-eof fb-pte-entry fb-extent-short; do
		check $kind --kind $kind --count 17 $dir/bench
	done
	for kind in pmd-read pmd-write sync-pmd fb-extent-misaligned; do
		refuse $kind 3 "needs extents" daxbench faults -k $kind -n 5 $dir/bench
	done
	refuse pmd-zero 3 "the numbers would be wrong" daxbench faults -k pmd-zero -n 5 $dir/bench
	nothing_left $dir/bench
	exit $failed
fi

for kind in pmd-read pmd-write pmd-zero sync-pmd; do
	check $kind --kind $kind --count 17 $dir/bench
done
for kind in pte-read pte-write pte-copy pte-thp-off pte-zero sync-pte; do
	check $kind --kind $kind --count 600 $dir/bench
done
for kind in misaligned-addr private-write vma-start vma-end past-eof pte-entry extent-short \
	extent-misaligned; do
	check fb-$kind --kind fb-$kind --count 17 $dir/bench
done

# The same file again, at random places, by several workers, more than a batch holds.
check "pmd-read again" --kind pmd-read --count 17 $dir/bench
check "pmd-read by seed" --kind pmd-read --count 17 --seed 7 $dir/bench
check "pmd-write by 2 processes of 2 threads" --kind pmd-write --count 17 -P 2 -T 2 $dir/bench
check "pte-read by 3 threads" --kind pte-read --count 1000 -T 3 --seed 1 $dir/bench
check "pte-thp-off by 2 processes of 2 threads" --kind pte-thp-off --count 600 -P 2 -T 2 $dir/bench
check "sync-pmd by 2 processes" --kind sync-pmd --count 60 -P 2 --seed 3 $dir/bench
check "sync-pte by 2 processes of 2 threads" --kind sync-pte --count 999 -P 2 -T 2 $dir/bench
check "sync-pte by seed" --kind sync-pte --count 300 --seed 3 $dir/bench
check "pmd-zero in batches" --kind pmd-zero --count 1100 --seed 5 $dir/bench
check "fb-vma-start in batches" --kind fb-vma-start --count 600 --seed 5 $dir/bench
check "fb-extent-short and 20 more of each range" --kind fb-extent-short --count 9 -F 20 $dir/bench
check "fb-past-eof and 3 more" --kind fb-past-eof --count 9 -F 3 --seed 2 -P 2 $dir/bench
check "fb-pte-entry and all of each range" --kind fb-pte-entry --count 3 -F 510 $dir/bench
check "fb-private-write and 5 more" --kind fb-private-write --count 20 -F 5 --seed 9 -T 2 $dir/bench
check "mixed" --kind mixed --count 300 --duration 2 $dir/mix
rm -f $dir/mix.*

# What it cannot do it says, and leaves nothing.
refuse "a file not on DAX" 3 "not a DAX file" daxbench faults -k pmd-read -n 1 /tmp/not-dax
nothing_left /tmp/not-dax
refuse "more than fits" 3 "no room" daxbench faults -k pmd-write -n 100000 $dir/big
nothing_left $dir/big
echo precious >$dir/theirs
refuse "a file of someone else" 2 "not made by daxbench" \
	daxbench faults -k pte-read -n 1 $dir/theirs
if [ "$(cat $dir/theirs)" = precious ]; then
	ok "keeps a file of someone else"
else
	not_ok "changed a file of someone else"
fi
refuse "a folder, even with --force" 2 "not a regular file" \
	daxbench faults -f -k pte-read -n 1 $dir
refuse "a kind that is none" 2 "no such kind" daxbench faults -k pmd -n 1 $dir/bench
refuse "no count" 2 "count" daxbench faults -k pmd-read $dir/bench
check "pte-read over a file of someone else by --force" -f -k pte-read -n 5 $dir/theirs

exit $failed
