/* SPDX-License-Identifier: GPL-2.0-only */
/* exited.h - what processes counted that are gone and whose slots are others' now. */
#ifndef DAX_COLLECT_EXITED_H
#define DAX_COLLECT_EXITED_H

#include <stddef.h>
#include "sample.h"

struct exited;

/* For at most @max sums; NULL: no memory. Free of NULL is fine. */
struct exited *exited_open(__u32 max);
void exited_free(struct exited *exited);

/* Begin a reading: what was told to be absorbed is old now. */
void exited_begin(struct exited *exited);

/*
 * The sum that @meta belongs to, of one file, process name and cgroup, and of one process (@tgid) if
 * only a thread of it is gone, else 0: a number below @max, with @is_new when nothing was in it
 * before; or @max: there is no room.
 */
__u32 exited_find(struct exited *exited, const struct dax_meta *meta, __u32 tgid, bool *is_new);

/* Add @count to sum @at (@max: to that of all others, which is a loss); @told of it was in a row of the last reading. */
void exited_add(struct exited *exited, __u32 at, const struct dax_cell *count,
		const struct dax_cell *told);

__u64 exited_lost(const struct exited *exited);
__u32 exited_nr(const struct exited *exited);
/* Sum @at as a row, without its names; @max: of all others. */
void exited_row(const struct exited *exited, __u32 at, struct dax_row *row);

#endif
