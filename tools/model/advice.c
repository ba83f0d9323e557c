// SPDX-License-Identifier: GPL-2.0-only
/* advice.c - choose the reason to show first, and what to do about it. */
#include "fields.h"
#include "model/num.h"

static bool needs_extent(enum dax_reason reason)
{
	return reason == DAX_WHY_PTE_ENTRY || reason == DAX_WHY_LOOKUP_FAILED ||
	       reason == DAX_WHY_EXTENT_SHORT || reason == DAX_WHY_EXTENT_MISALIGNED ||
	       reason == DAX_WHY_DEVICE_SHORT;
}

struct dax_num dax_reason_num(const struct dax_item *item, enum dax_window window,
			      enum dax_reason reason)
{
	const struct dax_counts *cell = dax_item_cell(item, window);
	struct dax_num num = num_count(cell->reason[reason]);
	__u64 untold = cell->reason[DAX_WHY_UNKNOWN];

	/* Some fallbacks with an unknown reason may belong here. */
	if ((item->known & DAX_KNOWN_EXTENTS) || !needs_extent(reason) || !untold)
		return num;
	num.partial = true;
	return num.count ? num : num_unknown();
}

size_t dax_reasons_by_count(const struct dax_item *item, enum dax_window window,
			    enum dax_reason order[DAX_NR_REASONS])
{
	const struct dax_counts *cell = dax_item_cell(item, window);
	size_t nr = 0, at;
	int reason;

	for (reason = DAX_WHY_NONE + 1; reason < DAX_NR_REASONS; reason++) {
		__u64 count = cell->reason[reason];

		if (!count || count == DAX_NOT_KNOWN)
			continue;
		for (at = nr++; at > 0 && cell->reason[order[at - 1]] < count; at--)
			order[at] = order[at - 1];
		order[at] = (enum dax_reason)reason;
	}
	return nr;
}

static struct dax_advice never_tried(__u64 count, __u64 of)
{
	return (struct dax_advice){
		.cause = "never_tried",
		.count = count,
		.of = of,
		.of_what = "4 KiB faults",
		.means = "2 MiB was never attempted: disabled for the process, unsupported by the "
			 "filesystem, or mapped before daxtop started",
		.fix = "in the program: no MADV_NOHUGEPAGE (nh), no PR_SET_THP_DISABLE "
		       "(THP_enabled: 0); ext2 has no 2 MiB faults",
		.run = "daxdoctor -p {pid}",
	};
}

static __u64 known_or_0(__u64 count)
{
	return count == DAX_NOT_KNOWN ? 0 : count;
}

const char *dax_item_fs(const struct dax_item *item)
{
	return item->kind == DAX_FILE || item->kind == DAX_MOUNT ? item->fs_type : item->most_fs_type;
}

/*
 * If the filesystem has no extent, the 4 KiB fault after the fallback fails too. If none failed,
 * the kernel gave up before it asked the filesystem, as Linux 5.3 did for every fault.
 */
static bool refused_by_kernel(const struct dax_counts *cell)
{
	return !known_or_0(cell->fault[DAX_PTE_ERROR][0]) && !known_or_0(cell->fault[DAX_PTE_ERROR][1]);
}

struct dax_advice dax_advise(const struct dax_item *item, enum dax_window window)
{
	const struct dax_counts *cell = dax_item_cell(item, window);
	__u64 fallbacks = 0, pte = 0;
	__u64 sticky = known_or_0(cell->range[DAX_RANGE_STICKY]);
	__u64 untried = known_or_0(cell->range[DAX_RANGE_NEVER_TRIED]);
	enum dax_reason order[DAX_NR_REASONS], cause;
	size_t nr = dax_reasons_by_count(item, window, order), i;
	struct dax_advice advice = {0};

	for (i = 0; i < nr; i++)
		fallbacks += cell->reason[order[i]];
	for (i = DAX_PTE_MAPPED; i <= DAX_PTE_COPY; i++)
		pte += known_or_0(cell->fault[i][0]) + known_or_0(cell->fault[i][1]);
	/* A fallback costs the 4 KiB fault after it, and the sticky faults after that. */
	if (untried > fallbacks + sticky)
		return never_tried(untried, pte > untried ? pte : untried);
	if (!nr)
		return advice;
	cause = order[0];
	advice.cause = dax_reason_name(cause);
	advice.count = cell->reason[cause];
	advice.of = fallbacks;
	advice.of_what = "fallbacks";
	/* The entry came from a 4 KiB fault: fix the cause of that one. */
	if (cause == DAX_WHY_PTE_ENTRY && nr > 1 && order[1] != DAX_WHY_UNKNOWN) {
		advice.behind = dax_reason_name(order[1]);
		cause = order[1];
	}
	advice.means = dax_reason_means(cause);
	advice.fix = dax_reason_fix(cause, dax_item_fs(item));
	advice.run = dax_reason_run(cause, dax_item_fs(item));
	if (cause == DAX_WHY_LOOKUP_FAILED && refused_by_kernel(cell)) {
		advice.means = "the kernel never asked the filesystem for an extent, although no 4 KiB entry is in "
			       "the range, and the 4 KiB faults that followed succeeded";
		advice.fix = "probably a bug of this kernel, as in Linux 5.3: compare with another version, and "
			     "report it";
		advice.run = "uname -r; daxdoctor {file}";
	}
	return advice;
}
