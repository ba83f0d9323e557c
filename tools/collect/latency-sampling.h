/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * latency-sampling.h - when to observe the begin of 4 KiB faults, which is needed for a latency and
 * costs nearly as much as all counting. While faults are few, each is timed. While they are many,
 * those in short moments are timed, at distances that a periodic workload cannot stay in step with.
 */
#ifndef DAX_COLLECT_LATENCY_SAMPLING_H
#define DAX_COLLECT_LATENCY_SAMPLING_H

#include <stdbool.h>
#include <linux/types.h>

#define SAMPLING_CALM_NS   200000000ULL /* while each fault is timed: how often to count them */
#define SAMPLING_MOMENT_NS 50000000ULL  /* while there are many: how long to observe ... */
#define SAMPLING_REST_NS   850000000ULL /* ... and how long not to, plus up to 200 ms */
#define SAMPLING_FEW_PER_S 1000	    /* up to this rate all faults are timed */

/* Zero-initialized: few faults, and the begin is observed. */
struct latency_sampling {
	enum { SAMPLING_CALM, SAMPLING_MOMENT, SAMPLING_REST } state;
	__u32 begun; /* value of @begun when the state began */
	__u32 seed;
};

/*
 * Call it when the time of the last call (at first SAMPLING_CALM_NS) is over. @begun: number of
 * begins seen so far, modulo 2^32. Returns whether to observe the begin from now on. *ns: when to
 * call again.
 */
bool latency_sampling_next(struct latency_sampling *sampling, __u32 begun, __u64 *ns);

#endif
