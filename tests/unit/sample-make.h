/* SPDX-License-Identifier: GPL-2.0-only */
/* sample-make.h - samples written down by hand, for tests of the model and the views. */
#ifndef DAX_SAMPLE_MAKE_H
#define DAX_SAMPLE_MAKE_H

#include <string.h>
#include "model/model.h"

#define MADE_ROWS 16

struct made {
	struct dax_sample sample;
	struct dax_row row[MADE_ROWS];
	__u64 lat[MADE_ROWS][DAX_NR_CLASSES][DAX_LAT_BUCKETS]; /* all histograms that rows may have */
};

static inline struct made *made_init(struct made *made)
{
	memset(made, 0, sizeof(*made));
	made->sample.tier = DAX_T1;
	made->sample.known |= DAX_KNOWN_EXTENTS;
	made->sample.rows = made->row;
	return made;
}

static inline struct dax_counts *made_row(struct made *made, __u32 dev, __u64 ino, __u32 tgid,
					const char *path, const char *comm)
{
	size_t nr = made->sample.nr_rows++;
	struct dax_row *row = &made->row[nr];
	int cls;

	for (cls = 0; cls < DAX_NR_CLASSES; cls++)
		row->count.lat[cls] = made->lat[nr][cls];
	row->key.dev = dev;
	row->key.ino = ino;
	row->key.gen = 7;
	row->key.tgid = tgid;
	row->path = path;
	strncpy(row->comm, comm, sizeof(row->comm) - 1);
	return &row->count;
}

/* What a struct copy is not: histograms of its own. */
static inline void made_copy(struct made *to, const struct made *from)
{
	int row, cls;

	*to = *from;
	to->sample.rows = to->row;
	for (row = 0; row < MADE_ROWS; row++)
		for (cls = 0; cls < DAX_NR_CLASSES; cls++)
			if (to->row[row].count.lat[cls])
				to->row[row].count.lat[cls] = to->lat[row][cls];
}

/* The value of a field, as a double; -1 when it is unknown. */
static inline double value(const struct dax_item *item, enum dax_window window, const char *name)
{
	struct dax_num num = dax_field_num(dax_field_find(name), item, window);

	if (num.kind == DAX_NUM_UNKNOWN)
		return -1;
	return num.kind == DAX_NUM_COUNT ? (double)num.count : num.real;
}

static inline double total(const struct dax_item *item, const char *name)
{
	return value(item, DAX_TOTAL, name);
}

static inline double last(const struct dax_item *item, const char *name)
{
	return value(item, DAX_INTERVAL, name);
}

static inline const char *text_of(const struct dax_item *item, const char *name)
{
	const char *text = dax_field_text(dax_field_find(name), item, DAX_TOTAL);

	return text ? text : "(unknown)";
}

#endif
