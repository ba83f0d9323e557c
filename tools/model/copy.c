// SPDX-License-Identifier: GPL-2.0-only
/* copy.c - keeps a sample beyond the life of its source's buffers. */
#include <stdlib.h>
#include <string.h>
#include "model/model.h"

#define NR_TEXTS 5

static void texts_of(struct dax_row *row, const char **text[NR_TEXTS])
{
	text[0] = &row->path;
	text[1] = &row->path_was;
	text[2] = &row->cgroup_path;
	text[3] = &row->mount;
	text[4] = &row->fs_type;
}

/* False when out of memory; then the row has those that were copied, and no others. */
static bool copy_texts(struct dax_row *row)
{
	const char **text[NR_TEXTS];
	bool all = true;
	size_t i;

	texts_of(row, text);
	for (i = 0; i < NR_TEXTS; i++) {
		const char *from = *text[i];

		*text[i] = from && all ? strdup(from) : NULL;
		all = all && (!from || *text[i]);
	}
	return all;
}

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
		if (copy_texts(&rows[i]))
			continue;
		copy->nr_rows = i + 1;
		dax_sample_free(copy);
		return NULL;
	}
	return copy;
}

void dax_sample_free(struct dax_sample *sample)
{
	size_t i, j;

	if (!sample)
		return;
	for (i = 0; i < sample->nr_rows; i++) {
		const char **text[NR_TEXTS];

		texts_of((struct dax_row *)&sample->rows[i], text);
		for (j = 0; j < NR_TEXTS; j++)
			free((char *)*text[j]);
	}
	free((struct dax_row *)sample->rows);
	free(sample);
}
