// SPDX-License-Identifier: GPL-2.0-only
/* latency.c - quantiles of the log-linear histograms. */
#include "fields.h"
#include "model/num.h"
#include "util/counts.h"
#include "util/lat.h"

static __u64 timed(const struct dax_counts *cell, enum dax_class cls)
{
	__u64 sum = 0;
	unsigned int i;

	for (i = 0; i < DAX_LAT_BUCKETS; i++)
		sum = known_add(sum, counts_lat(cell, cls)[i]);
	return sum;
}

struct dax_num dax_lat_count(const struct dax_item *item, enum dax_window window,
			     enum dax_class cls)
{
	if (cls == DAX_LAT_WAIT && !(item->known & DAX_KNOWN_WAITS))
		return num_unknown();
	return num_count(timed(dax_item_cell(item, window), cls));
}

/* The number, counted from 1, of the fault at @quantile; exact up to 2^53 faults. */
static __u64 rank(__u64 nr, double quantile)
{
	double exact = quantile * (double)nr;
	__u64 at = (__u64)exact;

	if ((double)at < exact)
		at++;
	if (!at)
		at = 1;
	return at > nr ? nr : at;
}

struct dax_num dax_lat_quantile(const struct dax_item *item, enum dax_window window,
				enum dax_class cls, double quantile)
{
	const struct dax_counts *cell = dax_item_cell(item, window);
	__u64 nr = timed(cell, cls), below = 0, wanted, upper;
	__u64 largest = item->total.lat_max[cls];
	unsigned int i;

	if (nr == DAX_NOT_KNOWN || !nr || (cls == DAX_LAT_WAIT && !(item->known & DAX_KNOWN_WAITS)))
		return num_unknown();
	wanted = rank(nr, quantile);
	for (i = 0; i < DAX_LAT_BUCKETS - 1; i++) {
		below += counts_lat(cell, cls)[i];
		if (below >= wanted)
			break;
	}
	/* The maximum may lag behind the histogram, because they are read while faults continue. */
	if (i && largest < dax_lat_upper(i - 1))
		largest = DAX_NOT_KNOWN;
	upper = dax_lat_upper(i);
	return num_count(upper < largest ? upper : largest);
}
