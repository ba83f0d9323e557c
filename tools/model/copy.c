// SPDX-License-Identifier: GPL-2.0-only
/* copy.c - keeps a sample beyond the life of its source's buffers. */
#include <stdlib.h>
#include <string.h>
#include "model/model.h"

struct dax_sample *dax_sample_copy(const struct dax_sample *sample)
{
	struct dax_sample *copy = malloc(sizeof(*copy));
	struct dax_row *rows = calloc(sample->nr_rows + 1, sizeof(*rows));
	size_t i;

	if (!copy || !rows) {
		free(copy);
		free(rows);
		return NULL;
	}
	*copy = *sample;
	copy->rows = rows;
	for (i = 0; i < sample->nr_rows; i++) {
		rows[i] = sample->rows[i];
		if (!rows[i].path)
			continue;
		rows[i].path = strdup(rows[i].path);
		if (!rows[i].path) {
			copy->nr_rows = i;
			dax_sample_free(copy);
			return NULL;
		}
	}
	return copy;
}

void dax_sample_free(struct dax_sample *sample)
{
	size_t i;

	if (!sample)
		return;
	for (i = 0; i < sample->nr_rows; i++)
		free((char *)sample->rows[i].path);
	free((struct dax_row *)sample->rows);
	free(sample);
}
