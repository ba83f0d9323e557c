/* SPDX-License-Identifier: GPL-2.0-only */
/* caused.h - everything that the kernel must have counted for a run, and its JSON. */
#ifndef DAX_BENCH_CAUSED_H
#define DAX_BENCH_CAUSED_H

#include <jansson.h>
#include "bench/plan.h"
#include "bench/run.h"

struct caused {
	__u64 fault[DAX_NR_OUTCOMES][2]; /* by outcome, then 0 read, 1 write */
	__u64 reason[DAX_NR_REASONS];
	__u64 range[DAX_NR_RANGE_COUNTS];
};

/* What the faults of the plan are counted as. */
struct caused plan_caused(const struct plan *plan);
void caused_add(struct caused *sum, const struct caused *more);

/* The JSON members of one plan; the caller owns the object. */
json_t *plan_json(const struct plan *plan, const struct run_result *result, bool per_fault);
json_t *caused_json(const struct caused *caused);

#endif
