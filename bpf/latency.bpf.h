/* SPDX-License-Identifier: GPL-2.0-only */
/* latency.bpf.h - add the time of a fault or a wait to the histogram of its class. */
#ifndef LATENCY_BPF_H
#define LATENCY_BPF_H

#include "bucket.bpf.h"
#include "state.bpf.h"

/* The clock may step back a little from one CPU to another when its rate changes. */
static __always_inline __u64 elapsed(__u64 begin, __u64 now)
{
	return now > begin ? now - begin : 0;
}

static __always_inline __u32 latency_class(__u32 outcome)
{
	switch (outcome) {
	case DAX_PTE_ZERO:
	case DAX_PMD_ZERO:
		return DAX_LAT_ZERO;
	case DAX_PTE_SYNC:
	case DAX_PMD_SYNC:
		return DAX_LAT_SYNC;
	case DAX_PMD_FALLBACK:
		return DAX_LAT_FALLBACK;
	case DAX_PMD_MAPPED:
		return DAX_LAT_PMD;
	case DAX_PTE_MAPPED:
	case DAX_PTE_COPY:
		return DAX_LAT_PTE;
	default: /* retries and errors are counted, not timed */
		return DAX_NR_CLASSES;
	}
}

/* CPUs share cells, so another CPU may raise the maximum between the load and the store. */
static __always_inline void latency_max(__u64 *max, __u64 ns)
{
	__u64 old;
	int tries;

	for (tries = 0; tries < 8; tries++) {
		old = *(volatile __u64 *)max;
		if (ns <= old || __sync_val_compare_and_swap(max, old, ns) == old)
			return;
	}
}

__noinline int latency_add(struct dax_cell *cell, __u64 class, __u64 ns)
{
	__u64 bucket = latency_bucket(ns);

	ONE_REGISTER(class);
	if (!cell || class >= DAX_NR_CLASSES)
		return 0;

	ONE_REGISTER(bucket);
	if (bucket < DAX_LAT_BUCKETS)
		__sync_fetch_and_add(&cell->lat[class][bucket], 1);
	__sync_fetch_and_add(&cell->lat_sum[class], ns);
	if (ns > cell->lat_max[class])
		latency_max(&cell->lat_max[class], ns);
	return 0;
}

/* Change a wait that was counted as @before ns to one of @ns. */
static __always_inline void latency_move(struct dax_cell *cell, __u32 class, __u64 before, __u64 ns)
{
	__u64 bucket = latency_bucket(before);

	ONE_REGISTER(bucket);
	if (bucket < DAX_LAT_BUCKETS)
		__sync_fetch_and_sub(&cell->lat[class][bucket], 1);
	__sync_fetch_and_sub(&cell->lat_sum[class], before);
	latency_add(cell, class, ns);
}

#endif /* LATENCY_BPF_H */
