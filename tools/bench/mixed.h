/* SPDX-License-Identifier: GPL-2.0-only */
/* mixed.h - several kinds at once, each in its own process and file, at a speed for watching. */
#ifndef DAX_BENCH_MIXED_H
#define DAX_BENCH_MIXED_H

#include <jansson.h>
#include <stdbool.h>
#include <linux/types.h>

struct mixed {
	const char *file; /* the files are FILE.good, FILE.short .. */
	__u64 count;	  /* faults of all kinds together; 0: decided by time and space */
	__u64 seed;
	unsigned int seconds;
	bool force;
};

/* Run it. The caller owns the JSON object. */
json_t *mixed_run(const struct mixed *mixed);

#endif
