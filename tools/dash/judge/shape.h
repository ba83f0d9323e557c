/* SPDX-License-Identifier: GPL-2.0-only */
/* shape.h - how far two distributions are apart, by their histograms: sizes of effects, without p. */
#ifndef DASH_JUDGE_SHAPE_H
#define DASH_JUDGE_SHAPE_H

#include "dash_history.h"

struct shape {
	double hellinger; /* sqrt(1 - sum of sqrt(p q)): 0 the same, 1 nothing in common */
	double ks;	  /* greatest distance of the two distribution functions */
	/*
	 * Area between them over the logarithm of the value: by how much, on average, a value has to be
	 * multiplied to get from one to the other. And the same with its sign: above 0, b is greater.
	 */
	double wasserstein, shift;
};

/* Of @a and @b, which both count something. Buckets count at their upper bound, the one without at twice the last. */
struct shape shape_distance(const struct dash_hist *a, const struct dash_hist *b);

/* Fewer values tell too little of a shape; a smaller distance is none (both as Mozilla's Cerberus). */
#define SHAPE_VALUES   1000
#define SHAPE_DISTANCE 0.12

/*
 * The 99th percentile of the Hellinger distances between all pairs of @hist: how far runs are apart
 * that nothing changed in. NaN below 10 of them, or without memory.
 */
double shape_scatter(const struct dash_hist *const *hist, size_t n);
/* Median distance of @one to each of @hist; *shift of its sign. */
double shape_off(const struct dash_hist *const *hist, size_t n, const struct dash_hist *one, double *shift);

#endif
