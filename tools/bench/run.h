/* SPDX-License-Identifier: GPL-2.0-only */
/* run.h - cause the planned faults in workers, and measure the time. */
#ifndef DAX_BENCH_RUN_H
#define DAX_BENCH_RUN_H

#include "bench/plan.h"

struct run_result {
	__u64 elapsed_ns;    /* CLOCK_MONOTONIC time in the fault loops, of the slowest worker */
	__u64 thread_cpu_ns; /* CPU time in the fault loops, sum of all workers */
};

/*
 * Cause the faults of all plans, and store the result of plan i in result[i]. A single plan with
 * one process and without a worker name runs in this process; otherwise each plan gets plan->procs
 * processes, all at the same time. Exits with a message when a fault was of another kind than
 * planned.
 */
void run_plans(const struct plan *plans, size_t nr, struct run_result *result);

#endif
