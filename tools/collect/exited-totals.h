/* SPDX-License-Identifier: GPL-2.0-only */
/* exited-totals.h - what processes counted that are gone and whose slots are others' now. */
#ifndef DAX_COLLECT_EXITED_TOTALS_H
#define DAX_COLLECT_EXITED_TOTALS_H

#include <stddef.h>
#include "sample.h"

struct exited_totals;

/* For at most @max sums; NULL: no memory. Free of NULL is fine. */
struct exited_totals *exited_totals_open(__u32 max);
void exited_totals_free(struct exited_totals *totals);

/* Begin a reading: what was told to be absorbed is old now. */
void exited_totals_begin(struct exited_totals *totals);

/*
 * The sum that @meta belongs to, of one file, process name and cgroup, and of one process (@tgid) if
 * only a thread of it is gone, else 0: a number below @max, with @is_new when nothing was in it
 * before; or @max: there is no room.
 */
__u32 exited_totals_find(struct exited_totals *totals, const struct dax_meta *meta, __u32 tgid, bool *is_new);

/* Add @count to sum @at (@max: to that of all others, which is a loss); @told of it was in a row of the last reading.
 * False: no memory, and nothing was added. */
bool exited_totals_add(struct exited_totals *totals, __u32 at, const struct dax_counts *count,
		const struct dax_counts *told);

__u64 exited_totals_lost(const struct exited_totals *totals);
__u32 exited_totals_nr(const struct exited_totals *totals);
/*
 * Sum @at as a row, without its names; @max: of all others. @row was zeroed or filled before: the memory of row->count
 * is used again. False: no memory.
 */
bool exited_totals_row(const struct exited_totals *totals, __u32 at, struct dax_row *row);

#endif
