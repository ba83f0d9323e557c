/* SPDX-License-Identifier: GPL-2.0-only */
/* exited-totals.h - what exited processes counted whose slots are reused. */
#ifndef DAX_COLLECT_EXITED_TOTALS_H
#define DAX_COLLECT_EXITED_TOTALS_H

#include <stddef.h>
#include "sample.h"

struct exited_totals;

/* For at most @max sums; NULL: out of memory. Free accepts NULL. */
struct exited_totals *exited_totals_open(__u32 max);
void exited_totals_free(struct exited_totals *totals);

/* Begin a reading: what was absorbed before is no longer new. */
void exited_totals_begin(struct exited_totals *totals);

/*
 * Find the sum for @meta: of one file, process name and cgroup, and also of one process (@tgid) if
 * only a thread of it has exited, else 0. Returns a number below @max, with @is_new when the sum
 * was empty before; or @max: there is no room.
 */
__u32 exited_totals_find(struct exited_totals *totals, const struct dax_meta *meta, __u32 tgid, bool *is_new);

/*
 * Add @count to sum @at (@max: to the sum of all others, which is a loss). @told is the part of it
 * that was in a row of the last reading. False: out of memory, and nothing was added.
 */
bool exited_totals_add(struct exited_totals *totals, __u32 at, const struct dax_counts *count,
		const struct dax_counts *told);

__u64 exited_totals_lost(const struct exited_totals *totals);
__u32 exited_totals_nr(const struct exited_totals *totals);
/*
 * Store sum @at in @row, without its names; @max: the sum of all others. @row was zeroed or filled
 * before: the memory of row->count is reused. False: out of memory.
 */
bool exited_totals_row(const struct exited_totals *totals, __u32 at, struct dax_row *row);

#endif
