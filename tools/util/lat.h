/* SPDX-License-Identifier: GPL-2.0-only */
/* lat.h - the latency buckets of dax_wire.h as numbers. */
#ifndef DAX_UTIL_LAT_H
#define DAX_UTIL_LAT_H

#include <linux/types.h>

/* The bucket for a latency of @ns. */
unsigned dax_lat_bucket(__u64 ns);

/*
 * The first ns above @bucket; ~0 for the last bucket, which has no upper bound, and for any after
 * it.
 */
__u64 dax_lat_upper(unsigned bucket);

/* The latency class (enum dax_class) of @outcome; DAX_NR_CLASSES: it is counted, but not timed. */
unsigned dax_lat_class(unsigned outcome);

#endif
