/* SPDX-License-Identifier: GPL-2.0-only */
/* run.h - cause the planned faults, in workers, and time them. */
#ifndef DAX_BENCH_RUN_H
#define DAX_BENCH_RUN_H

#include "bench/plan.h"

struct run_result {
	__u64 elapsed_ns;    /* CLOCK_MONOTONIC in the fault loops, the longest of all workers */
	__u64 thread_cpu_ns; /* CPU time in the fault loops, of all workers together */
};

/*
 * Cause the faults of all plans, plan i's into result[i]. A single plan of one process and without
 * worker name runs in this process; otherwise each gets plan->procs processes, all at once. Exits
 * with a message when a fault turned out to be of another kind.
 */
void run_plans(const struct plan *plans, size_t nr, struct run_result *result);

#endif
