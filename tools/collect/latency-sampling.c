// SPDX-License-Identifier: GPL-2.0-only
/* latency-sampling.c - when to observe the begin of 4 KiB faults. */
#include "collect/latency-sampling.h"

#define NSEC 1000000000ULL

static bool few(__u32 gained, __u64 ns)
{
	return gained * NSEC <= SAMPLING_FEW_PER_S * ns;
}

bool latency_sampling_next(struct latency_sampling *sampling, __u32 begun, __u64 *ns)
{
	__u32 gained = begun - sampling->begun;

	sampling->begun = begun;
	if (sampling->state == SAMPLING_REST) {
		sampling->state = SAMPLING_MOMENT;
		*ns = SAMPLING_MOMENT_NS;
		return true;
	}
	if (few(gained, sampling->state == SAMPLING_CALM ? SAMPLING_CALM_NS : SAMPLING_MOMENT_NS)) {
		sampling->state = SAMPLING_CALM;
		*ns = SAMPLING_CALM_NS;
		return true;
	}
	sampling->state = SAMPLING_REST;
	sampling->seed = sampling->seed * 1664525 + 1013904223;
	*ns = SAMPLING_REST_NS + (sampling->seed >> 16) % 200 * (NSEC / 1000);
	return false;
}
