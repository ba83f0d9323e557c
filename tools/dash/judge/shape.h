/* SPDX-License-Identifier: GPL-2.0-only */
/* shape.h - how far apart two distributions are, by their histograms: effect sizes, without p. */
#ifndef DASH_JUDGE_SHAPE_H
#define DASH_JUDGE_SHAPE_H

#include "dash_history.h"

struct shape {
	double hellinger; /* sqrt(1 - sum of sqrt(p q)): 0: equal, 1: nothing in common */
	double ks;	  /* largest distance of the two distribution functions */
	/*
	 * Area between the distribution functions over the logarithm of the value: the factor, on
	 * average, from a value of one to a value of the other. shift is the same with its sign:
	 * above 0, b is larger.
	 */
	double wasserstein, shift;
};

/*
 * For @a and @b, which must both have counts. A bucket counts at its upper bound; the last one,
 * without a bound, at twice the one before.
 */
struct shape shape_distance(const struct dash_hist *a, const struct dash_hist *b);

/*
 * With fewer values the shape is unknown; a smaller distance is not a change (both as in Mozilla's
 * Cerberus).
 */
#define SHAPE_VALUES   1000
#define SHAPE_DISTANCE 0.12

/*
 * The 99th percentile of the Hellinger distances between all pairs of @hist: how far unchanged runs
 * are apart. NaN with fewer than 10 pairs, or when out of memory.
 */
double shape_scatter(const struct dash_hist *const *hist, size_t n);
/* Median distance of @one from each of @hist; *shift: the same with its sign. */
double shape_off(const struct dash_hist *const *hist, size_t n, const struct dash_hist *one, double *shift);

#endif
