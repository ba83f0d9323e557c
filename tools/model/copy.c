// SPDX-License-Identifier: GPL-2.0-only
/* copy.c - copy a sample, so that it outlives the buffers of its source. */
#include <stdlib.h>
#include <string.h>
#include "model/model.h"
#include "util/counts.h"

#define NR_TEXTS 5

static void texts_of(struct dax_row *row, const char **text[NR_TEXTS])
{
	text[0] = &row->path;
	text[1] = &row->path_was;
	text[2] = &row->cgroup_path;
	text[3] = &row->mount;
	text[4] = &row->fs_type;
}

/* False when out of memory; the row then has only the texts that were copied. */
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

static bool copy_absorbed(struct dax_row *row)
{
	const struct dax_counts *from = row->absorbed;
	struct dax_counts *copy = from ? calloc(1, sizeof(*copy)) : NULL;

	row->absorbed = copy;
	return !from || (copy && counts_set(copy, from));
}

static bool copy_count(struct dax_row *row)
{
	const struct dax_counts from = row->count;

	memset(&row->count, 0, sizeof(row->count));
	return counts_set(&row->count, &from);
}

static struct dax_resident *copy_residents(const struct dax_sample *sample, size_t *nr)
{
	struct dax_resident *copy = calloc(sample->nr_residents + 1, sizeof(*copy));

	for (*nr = 0; copy && *nr < sample->nr_residents; ++*nr) {
		copy[*nr] = sample->residents[*nr];
		if (!copy[*nr].path)
			continue;
		copy[*nr].path = strdup(copy[*nr].path);
		if (!copy[*nr].path)
			break;
	}
	return copy;
}

struct dax_sample *dax_sample_copy(const struct dax_sample *sample)
{
	struct dax_sample *copy = malloc(sizeof(*copy));
	struct dax_row *rows = calloc(sample->nr_rows + 1, sizeof(*rows));
	struct dax_resident *residents;
	size_t nr_residents, i;
	bool absorbed, counted;

	residents = copy_residents(sample, &nr_residents);
	if (!copy || !rows || !residents) {
		free(copy);
		free(rows);
		for (i = 0; residents && i < nr_residents; i++)
			free((char *)residents[i].path);
		free(residents);
		return NULL;
	}
	*copy = *sample;
	copy->rows = rows;
	copy->nr_rows = 0;
	copy->residents = residents;
	copy->nr_residents = nr_residents;
	if (nr_residents < sample->nr_residents) {
		dax_sample_free(copy);
		return NULL;
	}
	for (i = 0; i < sample->nr_rows; i++) {
		rows[i] = sample->rows[i];
		copy->nr_rows = i + 1;
		/* Do this for each row: otherwise freeing the copy would free the source's data. */
		absorbed = copy_absorbed(&rows[i]);
		counted = copy_count(&rows[i]);
		if (copy_texts(&rows[i]) && absorbed && counted)
			continue;
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
		counts_free((struct dax_counts *)&sample->rows[i].count);
		if (sample->rows[i].absorbed)
			counts_free((struct dax_counts *)sample->rows[i].absorbed);
		free((struct dax_counts *)sample->rows[i].absorbed);
	}
	free((struct dax_row *)sample->rows);
	for (i = 0; i < sample->nr_residents; i++)
		free((char *)sample->residents[i].path);
	free((struct dax_resident *)sample->residents);
	free(sample);
}
