/* SPDX-License-Identifier: GPL-2.0-only */
/* cells.h - add up the cells of one slot while the kernel goes on counting in them. */
#ifndef DAX_COLLECT_CELLS_H
#define DAX_COLLECT_CELLS_H

#include <stdbool.h>
#include <linux/types.h>
#include "dax_wire.h"

/* The sum of @nr cells in @out; of the maxima, the largest. Each word is read once. */
void cells_sum(const struct dax_cell *cells, __u32 nr, struct dax_cell *out);

/* Add @from to @to; of the maxima, take the larger. */
void cell_fold(struct dax_cell *to, const struct dax_cell *from);

/* Has nothing been counted in it? */
bool cell_empty(const struct dax_cell *cell);

#endif
