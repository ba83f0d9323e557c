// SPDX-License-Identifier: GPL-2.0-only
/* cells.c - add up the cells of one slot while the kernel goes on counting in them. */
#include <stddef.h>
#include <string.h>
#include <linux/types.h>
#include "collect/cells.h"

#define CELL_WORDS (sizeof(struct dax_cell) / sizeof(__u64))
#define MAX_WORD   (offsetof(struct dax_cell, lat_max) / sizeof(__u64))

static void add_untimed(struct dax_cell *cell)
{
	int i, j;

	for (i = 0; i < DAX_NR_OUTCOMES; i++)
		for (j = 0; j < 2; j++) {
			cell->fault[i][j] += cell->fault_untimed[i][j];
			cell->untimed += cell->fault_untimed[i][j];
			cell->fault_untimed[i][j] = 0;
		}
}

void cells_sum(const struct dax_cell *cells, __u32 nr, struct dax_cell *out)
{
	__u64 *sum = (__u64 *)out;
	__u32 cell;
	size_t i;

	memset(out, 0, sizeof(*out));
	for (cell = 0; cell < nr; cell++) {
		const volatile __u64 *word = (const volatile __u64 *)&cells[cell];

		for (i = 0; i < CELL_WORDS; i++) {
			__u64 now = word[i];

			if (i < MAX_WORD || i >= MAX_WORD + DAX_NR_CLASSES)
				sum[i] += now;
			else if (now > sum[i])
				sum[i] = now;
		}
	}
	add_untimed(out);
}

void cell_fold(struct dax_cell *to, const struct dax_cell *from)
{
	const struct dax_cell both[] = {*to, *from};

	cells_sum(both, 2, to);
}

bool cell_empty(const struct dax_cell *cell)
{
	const __u64 *word = (const __u64 *)cell;
	size_t i;

	for (i = 0; i < CELL_WORDS; i++)
		if (word[i])
			return false;
	return true;
}
