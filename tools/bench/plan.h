/* SPDX-License-Identifier: GPL-2.0-only */
/* plan.h - one run: the kind, how often, and which places of the file take the faults. */
#ifndef DAX_BENCH_PLAN_H
#define DAX_BENCH_PLAN_H

#include "bench/kinds.h"
#include "bench/target.h"

#define MAX_COUNT   100000000ULL
#define MAX_FOLLOW  (WINDOW_PAGES - 1)
#define MAX_WORKERS 256 /* threads of a process, and processes */

struct plan {
	const struct bench_kind *kind;
	struct target target;
	__u64 count;
	__u64 seed;	      /* 0: in file order, at the first page of each range */
	unsigned int follow;  /* more pages of the same range to touch after each fallback */
	unsigned int threads; /* of each process */
	unsigned int procs;
	__u64 spread_ns;    /* pace the faults evenly over this time; 0: as fast as they go */
	const char *worker; /* name of the worker process; NULL: as it is */
	__u32 *range;	    /* of each fault, ascending; NULL: fault i takes range (or page) i */
};

/* A well-mixed number from the seed and @n. */
__u64 plan_random(const struct plan *plan, __u64 n);

/* Where fault @i happens: the range, and the page in it (0..511). */
__u64 plan_range(const struct plan *plan, __u64 i);
unsigned int plan_page(const struct plan *plan, __u64 i);

/*
 * Fill the new, empty file so that faults of the kind can be had from it, without a mapping, so
 * that no DAX entry is left behind; sets plan->range. Exits with a message when the filesystem
 * has no room or will not make such extents.
 */
void layout_prepare(struct plan *plan);

/* Bytes of free space the layout needs, at most. */
__u64 layout_bytes(const struct plan *plan);

#endif
