/* SPDX-License-Identifier: GPL-2.0-only */
/* num.h - arithmetic that keeps unknown numbers unknown. */
#ifndef DAX_MODEL_NUM_H
#define DAX_MODEL_NUM_H

#include "fields.h"

static inline __u64 known_add(__u64 a, __u64 b)
{
	return a == DAX_NOT_KNOWN || b == DAX_NOT_KNOWN ? DAX_NOT_KNOWN : a + b;
}

/* The increase of a counter; unknown when it decreased. */
static inline __u64 known_gain(__u64 now, __u64 before)
{
	return now < before ? DAX_NOT_KNOWN : now - before;
}

static inline struct dax_num num_unknown(void)
{
	return (struct dax_num){.kind = DAX_NUM_UNKNOWN};
}

static inline struct dax_num num_count(__u64 count)
{
	if (count == DAX_NOT_KNOWN)
		return num_unknown();
	return (struct dax_num){.kind = DAX_NUM_COUNT, .count = count};
}

/* @count, or with @more at least @count. */
static inline struct dax_num num_least(__u64 count, bool more)
{
	struct dax_num num = num_count(count);

	num.partial = more;
	return num;
}

static inline struct dax_num num_real(double real)
{
	return (struct dax_num){.kind = DAX_NUM_REAL, .real = real};
}

/* @part / @whole, from 0 to 1; unknown when it cannot be computed. */
static inline struct dax_num num_ratio(__u64 part, __u64 whole)
{
	if (part == DAX_NOT_KNOWN || whole == DAX_NOT_KNOWN || !whole || part > whole)
		return num_unknown();
	return num_real((double)part / (double)whole);
}

#endif
