/* SPDX-License-Identifier: GPL-2.0-only */
/* counts.h - the counters of a cell, with histograms only where there is something in them. */
#ifndef DAX_UTIL_COUNTS_H
#define DAX_UTIL_COUNTS_H

#include "sample.h"

/* Most rows have faults of one or two classes, and a histogram is as large as all the other counters. */

/* The histogram of @cls to read: zeros when there is none. */
const __u64 *counts_lat(const struct dax_counts *counts, unsigned int cls);

/* ... to write, made when there is none; NULL: no memory. */
__u64 *counts_lat_make(struct dax_counts *counts, unsigned int cls);

/* Nothing is counted; memory of histograms stays for what comes next. */
void counts_clear(struct dax_counts *counts);

/* @to becomes @from, in memory of its own. False: no memory, and @to is cleared. */
bool counts_set(struct dax_counts *to, const struct dax_counts *from);

/* Add @from to @to. False: no memory, and a part was added. */
bool counts_add(struct dax_counts *to, const struct dax_counts *from);

bool counts_empty(const struct dax_counts *counts);

/* A cell in which all of it stands, as the kernel has it. */
void counts_flat(const struct dax_counts *counts, struct dax_cell *out);

/* Give the memory back; @counts itself is the caller's. */
void counts_free(struct dax_counts *counts);

#endif
