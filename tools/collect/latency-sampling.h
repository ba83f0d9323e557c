/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * latency-sampling.h - when to look at the begin of 4 KiB faults, which a latency needs and which costs nearly as
 * much as all counting. While few come, each is timed. While many come, those of short moments
 * are, at distances that no periodic workload keeps in step with.
 */
#ifndef DAX_COLLECT_LATENCY_SAMPLING_H
#define DAX_COLLECT_LATENCY_SAMPLING_H

#include <stdbool.h>
#include <linux/types.h>

#define SAMPLING_CALM_NS   200000000ULL /* while each is timed: how often to count them */
#define SAMPLING_MOMENT_NS 50000000ULL  /* while they are many: how long to look... */
#define SAMPLING_REST_NS   850000000ULL /* ... and how long not to, with up to 200 ms more */
#define SAMPLING_FEW_PER_S 1000	    /* all are timed up to so many */

/* Zeroed it is calm, with the begin looked at. */
struct latency_sampling {
	enum { SAMPLING_CALM, SAMPLING_MOMENT, SAMPLING_REST } state;
	__u32 begun; /* when the state began */
	__u32 seed;
};

/*
 * The time that the last call gave (at first SAMPLING_CALM_NS) is over, and @begun begins have been seen
 * in all, modulo 2^32. Shall the begin be looked at from here on? *ns: when to call again.
 */
bool latency_sampling_next(struct latency_sampling *sampling, __u32 begun, __u64 *ns);

#endif
