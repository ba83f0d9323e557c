// SPDX-License-Identifier: GPL-2.0-only
/* cells.c - add up the cells of one slot while the kernel goes on counting in them. */
#include <stddef.h>
#include <string.h>
#include <linux/types.h>
#include "collect/cells.h"
#include "util/counts.h"

static void add_untimed(struct dax_counts *counts)
{
	int i, j;

	for (i = 0; i < DAX_NR_OUTCOMES; i++)
		for (j = 0; j < 2; j++) {
			counts->fault[i][j] += counts->fault_untimed[i][j];
			counts->untimed += counts->fault_untimed[i][j];
			counts->fault_untimed[i][j] = 0;
		}
}

/* Add a histogram to the one of @cls, which is allocated only when there is something to add. */
static bool add_lat(struct dax_counts *out, unsigned int cls, const volatile __u64 *bucket)
{
	unsigned int i;

	for (i = 0; i < DAX_LAT_BUCKETS; i++) {
		__u64 now = bucket[i];

		if (!now)
			continue;
		if (!counts_lat_make(out, cls))
			return false;
		out->lat[cls][i] += now;
	}
	return true;
}

bool cells_sum(const struct dax_cell *cells, __u32 nr, struct dax_counts *out)
{
	__u64 *sum = (__u64 *)out;
	unsigned int cls;
	__u32 cell;
	size_t i;

	counts_clear(out);
	for (cell = 0; cell < nr; cell++) {
		const volatile __u64 *word = (const volatile __u64 *)&cells[cell];

		for (i = 0; i < DAX_COUNT_WORDS; i++) {
			__u64 now = word[i];

			if (!DAX_COUNT_IS_MAX(i))
				sum[i] += now;
			else if (now > sum[i])
				sum[i] = now;
		}
		for (cls = 0; cls < DAX_NR_CLASSES; cls++)
			if (!add_lat(out, cls, cells[cell].lat[cls]))
				return false;
	}
	add_untimed(out);
	return true;
}
