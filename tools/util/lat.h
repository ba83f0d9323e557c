/* SPDX-License-Identifier: GPL-2.0-only */
/* lat.h - the latency buckets of dax_wire.h as numbers. */
#ifndef DAX_UTIL_LAT_H
#define DAX_UTIL_LAT_H

#include <linux/types.h>

/* The bucket that counts a latency of @ns. */
unsigned dax_lat_bucket(__u64 ns);

/* The first ns above @bucket; ~0 for the last one, which has no end, and past it. */
__u64 dax_lat_upper(unsigned bucket);

/* The latency class (enum dax_class) of @outcome, or DAX_NR_CLASSES: counted, but not timed. */
unsigned dax_lat_class(unsigned outcome);

#endif
