// SPDX-License-Identifier: GPL-2.0-only
/* lat.c - the latency buckets of dax_wire.h as numbers. */
#include "util/lat.h"
#include "dax_wire.h"

unsigned dax_lat_bucket(__u64 ns)
{
	unsigned e;

	if (ns >> DAX_LAT_MIN_EXP == 0)
		return 0;
	e = 63 - __builtin_clzll(ns);
	if (e > DAX_LAT_MAX_EXP)
		return DAX_LAT_BUCKETS - 1;
	return 1 + 4 * (e - DAX_LAT_MIN_EXP) + (unsigned)(ns >> (e - 2) & 3);
}

__u64 dax_lat_upper(unsigned bucket)
{
	if (bucket >= DAX_LAT_BUCKETS - 1)
		return ~0ULL;
	/* Where bucket + 1 begins, which is number `bucket` of those after bucket 0. */
	return (4ULL + bucket % 4) << (bucket / 4 + DAX_LAT_MIN_EXP - 2);
}

unsigned dax_lat_class(unsigned outcome)
{
	switch (outcome) {
	case DAX_PTE_MAPPED:
	case DAX_PTE_COPY:
		return DAX_LAT_PTE;
	case DAX_PMD_MAPPED:
		return DAX_LAT_PMD;
	case DAX_PMD_FALLBACK:
		return DAX_LAT_FALLBACK;
	case DAX_PTE_ZERO:
	case DAX_PMD_ZERO:
		return DAX_LAT_ZERO;
	case DAX_PTE_SYNC:
	case DAX_PMD_SYNC:
		return DAX_LAT_SYNC;
	default:
		return DAX_NR_CLASSES;
	}
}
