// SPDX-License-Identifier: GPL-2.0-only
/* rows.c - find a row of one sample in another. */
#include <stdlib.h>
#include <string.h>
#include "model/key.h"
#include "model/rows.h"

static size_t hash_row(const struct dax_row *row)
{
	return hash_key(&row->key, row->other ? SORT_OTHER : row->exited ? SORT_EXITED : SORT_ONE) ^
	       (size_t)row->cgroup ^ row->nr;
}

static bool same_row(const struct dax_row *a, const struct dax_row *b)
{
	return a->other == b->other && a->exited == b->exited && a->nr == b->nr &&
	       a->start_ns == b->start_ns &&
	       a->cgroup == b->cgroup && same_key(&a->key, &b->key) &&
	       (!a->exited || !strncmp(a->comm, b->comm, sizeof(a->comm) - 1));
}

int rows_index(struct rows *rows, const struct dax_sample *sample)
{
	size_t size = 16, i, at;

	while (size < 2 * sample->nr_rows)
		size *= 2;
	rows->sample = sample;
	rows->mask = size - 1;
	rows->table = calloc(size, sizeof(*rows->table));
	for (i = 0; rows->table && i < sample->nr_rows; i++) {
		at = hash_row(&sample->rows[i]) & rows->mask;
		while (rows->table[at])
			at = (at + 1) & rows->mask;
		rows->table[at] = (uint32_t)i + 1;
	}
	return rows->table ? 0 : -1;
}

const struct dax_row *rows_find(const struct rows *rows, const struct dax_row *row)
{
	size_t at = hash_row(row) & rows->mask;

	for (; rows->table && rows->table[at]; at = (at + 1) & rows->mask) {
		const struct dax_row *old = &rows->sample->rows[rows->table[at] - 1];

		if (same_row(old, row))
			return old;
	}
	return NULL;
}

void rows_free(struct rows *rows)
{
	free(rows->table);
}
