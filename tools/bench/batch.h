/* SPDX-License-Identifier: GPL-2.0-only */
/* batch.h - map a few ranges, touch them, verify the result, and unmap them. */
#ifndef DAX_BENCH_BATCH_H
#define DAX_BENCH_BATCH_H

#include <pthread.h>
#include "bench/plan.h"

#define BATCH_RANGES 512 /* 1 GiB of addresses, at most 2 MiB of page tables */

/* Descriptors for touching memory, opened once for each process. */
struct toucher {
	int read_fd;  /* eventfd: write() to it reads 8 bytes of our memory */
	int write_fd; /* /dev/zero: read() from it writes a byte to our memory */
	int pagemap_fd;
};

void toucher_open(struct toucher *touch);
void toucher_close(struct toucher *touch);

/* Data of one thread; order[] and where[] have room for a batch. */
struct batch {
	const struct plan *plan;
	const struct toucher *touch;
	/*
	 * Held during each access, if not NULL: a MAP_SYNC fault of one worker may write back what
	 * another one has just allocated, whose fault then needs no sync.
	 */
	pthread_mutex_t *one_by_one;
	__u64 *order; /* order of the faults, by numbers from 0 */
	__u8 **where; /* address of each fault, in that order */
	__u8 *area;   /* reserved addresses, aligned to 2 MiB */
	size_t area_len;
	__u64 elapsed_ns, cpu_ns; /* sums over all batches */
};

void batch_init(struct batch *batch, const struct plan *plan, const struct toucher *touch);
void batch_free(struct batch *batch);

/* The largest number of faults in one batch. */
size_t batch_faults(const struct plan *plan);

/* Cause faults @first to @end - 1 of the plan. */
void batch_run(struct batch *batch, __u64 first, __u64 end);

#endif
