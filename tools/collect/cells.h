/* SPDX-License-Identifier: GPL-2.0-only */
/* cells.h - add up the cells of one slot while the kernel goes on counting in them. */
#ifndef DAX_COLLECT_CELLS_H
#define DAX_COLLECT_CELLS_H

#include <stdbool.h>
#include "sample.h"

/*
 * Sum @nr cells into @out; of the maxima take the largest. Each word is read once. False: out of
 * memory.
 */
bool cells_sum(const struct dax_cell *cells, __u32 nr, struct dax_counts *out);

#endif
