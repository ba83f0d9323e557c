/* SPDX-License-Identifier: GPL-2.0-only */
/* batch.h - map a few ranges freshly, touch them, see that it came out as planned, unmap. */
#ifndef DAX_BENCH_BATCH_H
#define DAX_BENCH_BATCH_H

#include <pthread.h>
#include "bench/plan.h"

#define BATCH_RANGES 512 /* 1 GiB of addresses, at most 2 MiB of page tables */

/* What touches memory, opened once a process. */
struct toucher {
	int read_fd;  /* eventfd: a write reads 8 bytes of ours */
	int write_fd; /* /dev/zero: a read writes a byte of ours */
	int pagemap_fd;
};

void toucher_open(struct toucher *touch);
void toucher_close(struct toucher *touch);

/* One thread's work space; order[] and where[] have room for a batch. */
struct batch {
	const struct plan *plan;
	const struct toucher *touch;
	/*
	 * Taken around each access, if not NULL: one worker's MAP_SYNC fault may write back what
	 * another's has just allocated, which then needs no sync of its own.
	 */
	pthread_mutex_t *one_by_one;
	__u64 *order; /* of the faults, numbers from 0 */
	__u8 **where; /* address of each, in that order */
	__u8 *area;   /* reserved addresses, aligned to 2 MiB */
	size_t area_len;
	__u64 elapsed_ns, cpu_ns; /* summed over batches */
};

void batch_init(struct batch *batch, const struct plan *plan, const struct toucher *touch);
void batch_free(struct batch *batch);

/* The most faults of one batch. */
size_t batch_faults(const struct plan *plan);

/* Cause faults first..end-1 of the plan. */
void batch_run(struct batch *batch, __u64 first, __u64 end);

#endif
