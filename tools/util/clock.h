/* SPDX-License-Identifier: GPL-2.0-only */
/* clock.h - a clock's time as one number. */
#ifndef DAX_UTIL_CLOCK_H
#define DAX_UTIL_CLOCK_H

#include <time.h>
#include <linux/types.h>

#define NSEC_PER_SEC 1000000000ULL

static inline __u64 clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (__u64)now.tv_sec * NSEC_PER_SEC + (__u64)now.tv_nsec;
}

#endif
