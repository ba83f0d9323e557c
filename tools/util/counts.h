/* SPDX-License-Identifier: GPL-2.0-only */
/* counts.h - the counters of a cell; a histogram exists only if something is in it. */
#ifndef DAX_UTIL_COUNTS_H
#define DAX_UTIL_COUNTS_H

#include "sample.h"

/*
 * Most rows have faults of one or two classes, and a histogram is as large as all the other
 * counters together.
 */

/* The histogram of @cls, for reading: zeros when there is none. */
const __u64 *counts_lat(const struct dax_counts *counts, unsigned int cls);

/* The histogram of @cls, for writing, allocated if needed; NULL: out of memory. */
__u64 *counts_lat_make(struct dax_counts *counts, unsigned int cls);

/* Set all counts to 0. Memory of histograms is kept for reuse. */
void counts_clear(struct dax_counts *counts);

/* Copy @from to @to. False: out of memory, and @to is cleared. */
bool counts_set(struct dax_counts *to, const struct dax_counts *from);

/* Add @from to @to. False: out of memory, and only a part was added. */
bool counts_add(struct dax_counts *to, const struct dax_counts *from);

bool counts_empty(const struct dax_counts *counts);

/* Write all counts to a cell as the kernel side has it. */
void counts_flat(const struct dax_counts *counts, struct dax_cell *out);

/* Free the memory in @counts; @counts itself stays the caller's. */
void counts_free(struct dax_counts *counts);

#endif
