// SPDX-License-Identifier: GPL-2.0-only
/* counts.c - the counters of a cell; a histogram exists only if something is in it. */
#include <stdlib.h>
#include <string.h>
#include "util/counts.h"

const __u64 *counts_lat(const struct dax_counts *counts, unsigned int cls)
{
	static const __u64 zeros[DAX_LAT_BUCKETS];

	return counts->lat[cls] ? counts->lat[cls] : zeros;
}

__u64 *counts_lat_make(struct dax_counts *counts, unsigned int cls)
{
	if (!counts->lat[cls])
		counts->lat[cls] = calloc(DAX_LAT_BUCKETS, sizeof(__u64));
	return counts->lat[cls];
}

void counts_clear(struct dax_counts *counts)
{
	unsigned int cls;

	memset(counts, 0, offsetof(struct dax_counts, lat));
	for (cls = 0; cls < DAX_NR_CLASSES; cls++)
		if (counts->lat[cls])
			memset(counts->lat[cls], 0, DAX_LAT_BUCKETS * sizeof(__u64));
}

bool counts_set(struct dax_counts *to, const struct dax_counts *from)
{
	unsigned int cls;

	for (cls = 0; cls < DAX_NR_CLASSES; cls++) {
		if (!from->lat[cls] && !to->lat[cls])
			continue;
		if (!counts_lat_make(to, cls)) {
			counts_clear(to);
			return false;
		}
		memcpy(to->lat[cls], counts_lat(from, cls), DAX_LAT_BUCKETS * sizeof(__u64));
	}
	memcpy(to, from, offsetof(struct dax_counts, lat));
	return true;
}

bool counts_add(struct dax_counts *to, const struct dax_counts *from)
{
	__u64 *sum = (__u64 *)to;
	const __u64 *add = (const __u64 *)from;
	size_t i;
	unsigned int cls;

	for (i = 0; i < DAX_COUNT_WORDS; i++)
		if (!DAX_COUNT_IS_MAX(i))
			sum[i] += add[i];
		else if (add[i] > sum[i])
			sum[i] = add[i];
	for (cls = 0; cls < DAX_NR_CLASSES; cls++) {
		if (!from->lat[cls])
			continue;
		if (!counts_lat_make(to, cls))
			return false;
		for (i = 0; i < DAX_LAT_BUCKETS; i++)
			to->lat[cls][i] += from->lat[cls][i];
	}
	return true;
}

bool counts_empty(const struct dax_counts *counts)
{
	const __u64 *word = (const __u64 *)counts;
	unsigned int cls;
	size_t i;

	for (i = 0; i < DAX_COUNT_WORDS; i++)
		if (word[i])
			return false;
	for (cls = 0; cls < DAX_NR_CLASSES; cls++)
		for (i = 0; counts->lat[cls] && i < DAX_LAT_BUCKETS; i++)
			if (counts->lat[cls][i])
				return false;
	return true;
}

void counts_flat(const struct dax_counts *counts, struct dax_cell *out)
{
	unsigned int cls;

	memcpy(out, counts, offsetof(struct dax_counts, lat));
	for (cls = 0; cls < DAX_NR_CLASSES; cls++)
		memcpy(out->lat[cls], counts_lat(counts, cls), sizeof(out->lat[cls]));
}

void counts_free(struct dax_counts *counts)
{
	unsigned int cls;

	for (cls = 0; cls < DAX_NR_CLASSES; cls++) {
		free(counts->lat[cls]);
		counts->lat[cls] = NULL;
	}
}
