// SPDX-License-Identifier: GPL-2.0-only
/* shape.c - distances between histograms, and how much of them is due to chance. */
#include <math.h>
#include <stdlib.h>
#include "dash/judge/shape.h"
#include "dash/judge/stats.h"

/* With fewer pairs there is no 99th percentile. */
#define FEWEST 10

/* The value that stands for bucket @i. */
static double place(const struct dash_hist *hist, size_t i)
{
	if (hist->bucket[i].upper != ~0ULL)
		return hist->bucket[i].upper ? (double)hist->bucket[i].upper : 0.5;
	return i ? 2.0 * (double)hist->bucket[i - 1].upper : 1;
}

struct shape shape_distance(const struct dash_hist *a, const struct dash_hist *b)
{
	double fa = 0, fb = 0, common = 0, last = 0;
	struct shape out = {0};
	size_t i = 0, k = 0;

	while (i < a->nr || k < b->nr) {
		double x = i < a->nr ? place(a, i) : INFINITY, y = k < b->nr ? place(b, k) : INFINITY;
		double at = fmin(x, y), p = 0, q = 0;

		if (fa + fb > 0) {
			out.wasserstein += fabs(fa - fb) * (log(at) - last);
			out.shift += (fa - fb) * (log(at) - last);
		}
		if (x <= at)
			p = (double)a->bucket[i++].count / (double)a->count;
		if (y <= at)
			q = (double)b->bucket[k++].count / (double)b->count;
		fa += p;
		fb += q;
		common += sqrt(p * q);
		out.ks = fmax(out.ks, fabs(fa - fb));
		last = log(at);
	}
	out.hellinger = sqrt(fmax(0, 1 - common));
	return out;
}

double shape_scatter(const struct dash_hist *const *hist, size_t n)
{
	size_t i, k, nr = 0;
	double *all, out;

	if (n < FEWEST || !(all = malloc(n * (n - 1) / 2 * sizeof(*all))))
		return NAN;
	for (i = 0; i < n; i++)
		for (k = i + 1; k < n; k++)
			all[nr++] = shape_distance(hist[i], hist[k]).hellinger;
	out = stat_quantile_of(all, nr, 0.99);
	free(all);
	return out;
}

double shape_off(const struct dash_hist *const *hist, size_t n, const struct dash_hist *one, double *shift)
{
	double *all = malloc((2 * n + 1) * sizeof(*all)), out = NAN;
	size_t i;

	*shift = NAN;
	if (!all)
		return NAN;
	for (i = 0; i < n; i++) {
		struct shape got = shape_distance(hist[i], one);

		all[i] = got.hellinger;
		all[n + i] = got.shift;
	}
	out = stat_median_of(all, n);
	*shift = stat_median_of(all + n, n);
	free(all);
	return out;
}
