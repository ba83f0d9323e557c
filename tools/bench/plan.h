/* SPDX-License-Identifier: GPL-2.0-only */
/* plan.h - one run: its kind, the number of faults, and their places in the file. */
#ifndef DAX_BENCH_PLAN_H
#define DAX_BENCH_PLAN_H

#include "bench/kinds.h"
#include "bench/target.h"

#define MAX_COUNT   100000000ULL
#define MAX_FOLLOW  (WINDOW_PAGES - 1)
#define MAX_WORKERS 256 /* threads of a process; also the limit for processes */

struct plan {
	const struct bench_kind *kind;
	struct target target;
	__u64 count;
	__u64 seed;	      /* 0: in file order, at the first page of each range */
	unsigned int follow;  /* more pages of the same range to touch after each fallback */
	unsigned int threads; /* in each process */
	unsigned int procs;
	__u64 spread_ns;    /* spread the faults evenly over this time; 0: no delay */
	const char *worker; /* name for the worker process; NULL: unchanged */
	__u32 *range;	    /* range of each fault, ascending; NULL: fault i uses range (or page) i */
};

/* A pseudo-random number from the seed and @n. */
__u64 plan_random(const struct plan *plan, __u64 n);

/* The place of fault @i: its range, and its page in the range (0..511). */
__u64 plan_range(const struct plan *plan, __u64 i);
unsigned int plan_page(const struct plan *plan, __u64 i);

/*
 * Fill the new, empty file so that it can have faults of this kind. Uses no mapping, so that no DAX
 * entries remain. Sets plan->range. Exits with a message when the filesystem has no room or does
 * not make such extents.
 */
void layout_prepare(struct plan *plan);

/* The most free space, in bytes, that the layout needs. */
__u64 layout_bytes(const struct plan *plan);

#endif
