/* SPDX-License-Identifier: GPL-2.0-only */
/* rows.h - finds a row of one sample in another. */
#ifndef DAX_MODEL_ROWS_H
#define DAX_MODEL_ROWS_H

#include <stdint.h>
#include "sample.h"

/* The rows of a sample by who they are. */
struct rows {
	const struct dax_sample *sample; /* NULL: none */
	uint32_t *table;		 /* row + 1, 0: free */
	size_t mask;
};

/* Index @sample, which must stay; -1: no memory. An index that is all zero has no rows. */
int rows_index(struct rows *rows, const struct dax_sample *sample);
void rows_free(struct rows *rows);

/* The row in the index that is of the same process and file as @row; NULL: there is none. */
const struct dax_row *rows_find(const struct rows *rows, const struct dax_row *row);

#endif
