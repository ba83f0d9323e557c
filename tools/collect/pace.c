// SPDX-License-Identifier: GPL-2.0-only
/* pace.c - when to look at the begin of 4 KiB faults. */
#include "collect/pace.h"

#define NSEC 1000000000ULL

static bool few(__u32 gained, __u64 ns)
{
	return gained * NSEC <= PACE_FEW_PER_S * ns;
}

bool pace_next(struct pace *pace, __u32 begun, __u64 *ns)
{
	__u32 gained = begun - pace->begun;

	pace->begun = begun;
	if (pace->state == PACE_REST) {
		pace->state = PACE_MOMENT;
		*ns = PACE_MOMENT_NS;
		return true;
	}
	if (few(gained, pace->state == PACE_CALM ? PACE_CALM_NS : PACE_MOMENT_NS)) {
		pace->state = PACE_CALM;
		*ns = PACE_CALM_NS;
		return true;
	}
	pace->state = PACE_REST;
	pace->seed = pace->seed * 1664525 + 1013904223;
	*ns = PACE_REST_NS + (pace->seed >> 16) % 200 * (NSEC / 1000);
	return false;
}
