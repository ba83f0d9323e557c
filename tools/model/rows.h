/* SPDX-License-Identifier: GPL-2.0-only */
/* rows.h - find a row of one sample in another. */
#ifndef DAX_MODEL_ROWS_H
#define DAX_MODEL_ROWS_H

#include <stdint.h>
#include "sample.h"

/* Index of the rows of a sample by their keys. */
struct rows {
	const struct dax_sample *sample; /* NULL: none */
	uint32_t *table;		 /* row + 1, 0: free */
	size_t mask;
};

/*
 * Index @sample, which must stay valid. Returns -1 when out of memory. A zeroed index has no rows.
 */
int rows_index(struct rows *rows, const struct dax_sample *sample);
void rows_free(struct rows *rows);

/* The row in the index with the same process and file as @row; NULL: there is none. */
const struct dax_row *rows_find(const struct rows *rows, const struct dax_row *row);

#endif
