// SPDX-License-Identifier: GPL-2.0-only
/*
 * split.c - E-divisive for points with one value, and Hunter: windows, weak splits, then merging.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "dash/judge/split.h"
#include "dash/judge/stats.h"

#define MAX_ON_STACK 64

/*
 * The sums over pairs of values are updated as the place of division moves, so that all places and
 * all ends take n^2 steps: within[k] of [t, k), across[k] of [from, t) against [t, k).
 */
struct sums {
	double left;
	double *within, *across;
};

static double q_of(const struct sums *sums, size_t n, size_t m, size_t k)
{
	double q = 2.0 / (n + m) * sums->across[k];

	if (n > 1)
		q -= 2.0 * m / ((double)(n + m) * (n - 1)) * sums->left;
	if (m > 1)
		q -= 2.0 * n / ((double)(n + m) * (m - 1)) * sums->within[k];
	return q;
}

/* For t = 1 and ends k = 1 to n. */
static void sums_start(struct sums *sums, const double *z, size_t n)
{
	size_t j, k;

	sums->left = 0;
	sums->within[1] = sums->across[1] = 0;
	for (k = 2; k <= n; k++) {
		double more = 0;

		for (j = 1; j < k - 1; j++)
			more += fabs(z[j] - z[k - 1]);
		sums->within[k] = sums->within[k - 1] + more;
		sums->across[k] = sums->across[k - 1] + fabs(z[0] - z[k - 1]);
	}
}

/* Move from t to t + 1. */
static void sums_move(struct sums *sums, const double *z, size_t n, size_t t)
{
	double add_left = 0, add = 0;
	size_t i, k;

	for (i = 0; i < t; i++)
		add_left += fabs(z[i] - z[t]);
	sums->left += add_left;
	for (k = t + 2; k <= n; k++) {
		add += fabs(z[t] - z[k - 1]);
		sums->within[k] -= add;
		sums->across[k] += add - add_left;
	}
}

size_t split_best(const double *all, size_t from, size_t to, double *q)
{
	double room[2 * (MAX_ON_STACK + 1)], *space = room, best = -INFINITY;
	size_t n = to - from, t, k, at = 0;
	const double *z = all + from;
	struct sums sums;

	*q = -INFINITY;
	if (n < 2)
		return from;
	if (n > MAX_ON_STACK)
		space = malloc(2 * (n + 1) * sizeof(*space));
	if (!space)
		return from;
	sums.within = space;
	sums.across = space + n + 1;
	sums_start(&sums, z, n);
	for (t = 1; t < n; t++) {
		for (k = t + 1; k <= n; k++) {
			double here = q_of(&sums, t, k - t, k);

			if (here > best) {
				best = here;
				at = t;
			}
		}
		sums_move(&sums, z, n, t);
	}
	if (space != room)
		free(space);
	*q = best;
	return from + at;
}

void split_range(const double *z, size_t from, size_t at, size_t to, size_t *lo, size_t *hi)
{
	enum { REACH = 30 }; /* farther values do not help to find the exact place */
	double *space, best, here[2 * REACH + 1] = {0};
	size_t n, t;
	struct sums sums;

	from = at - from > REACH ? at - REACH : from;
	to = to - at > REACH ? at + REACH : to;
	n = to - from;
	at -= from;
	*lo = *hi = at + from;
	space = malloc(2 * (n + 1) * sizeof(*space));
	if (!space)
		return;
	sums.within = space;
	sums.across = space + n + 1;
	sums_start(&sums, z + from, n);
	for (t = 1; t < n; t++) {
		here[t] = q_of(&sums, t, n - t, n);
		sums_move(&sums, z + from, n, t);
	}
	best = here[at];
	for (t = 1; t < n; t++)
		best = here[t] > best && here[t] < 1.2 * here[at] ? here[t] : best;
	for (t = at; t > 1 && here[t - 1] >= 0.9 * best; t--)
		;
	*lo = t + from;
	for (t = at; t + 1 < n && here[t + 1] >= 0.9 * best; t++)
		;
	*hi = t + from;
	free(space);
}

void split_fill(double *z, size_t n)
{
	size_t i, first = 0;

	while (first < n && isnan(z[first]))
		first++;
	for (i = 0; i < n; i++) {
		if (!isnan(z[i]))
			continue;
		if (i > first)
			z[i] = z[i - 1];
		else if (first < n)
			z[i] = z[first];
	}
}

/* A set of places, kept sorted. */
struct places {
	size_t *at, nr, room;
};

static int places_add(struct places *set, size_t at)
{
	size_t i;

	for (i = set->nr; i && set->at[i - 1] >= at; i--)
		if (set->at[i - 1] == at)
			return 0;
	if (set->nr == set->room) {
		size_t room = 2 * set->room + 16, *more;

		more = reallocarray(set->at, room, sizeof(*more));
		if (!more)
			return -ENOMEM;
		set->at = more;
		set->room = room;
	}
	memmove(&set->at[i + 1], &set->at[i], (set->nr - i) * sizeof(*set->at));
	set->at[i] = at;
	set->nr++;
	return 0;
}

/* Split one window [from, to) as long as the best split passes its t-test. */
static int divide_window(const double *z, size_t from, size_t to, double p, unsigned ddof,
			 struct places *found, size_t *last)
{
	struct places in = {0};
	int err = 0;

	for (;;) {
		size_t i, at = 0, left = 0, right = 0;
		double best = -INFINITY;

		for (i = 0; i <= in.nr; i++) {
			size_t a = i ? in.at[i - 1] : from, b = i < in.nr ? in.at[i] : to, here;
			double q;

			if (b - a < 2)
				continue;
			here = split_best(z, a, b, &q);
			if (q > best) {
				best = q;
				at = here;
				left = a;
				right = b;
			}
		}
		if (best == -INFINITY ||
		    stat_pooled(z + left, at - left, z + at, right - at, ddof) > p)
			break;
		err = places_add(&in, at);
		if (!err)
			err = places_add(found, at);
		if (err)
			break;
		*last = in.at[in.nr - 1];
	}
	free(in.at);
	return err;
}

static double magnitude(double a, double b)
{
	double up = a != 0 ? fabs(b / a - 1) : 0, down = b != 0 ? fabs(a / b - 1) : 0;

	return up > down ? up : down;
}

static void measure(const double *z, size_t n, struct splits *all, size_t i, unsigned ddof)
{
	struct split *s = &all->split[i];
	size_t from = i ? all->split[i - 1].at : 0;
	size_t to = i + 1 < all->nr ? all->split[i + 1].at : n;

	s->before = stat_mean(z + from, s->at - from);
	s->after = stat_mean(z + s->at, to - s->at);
	s->p = stat_pooled(z + from, s->at - from, z + s->at, to - s->at, ddof);
	s->magnitude = magnitude(s->before, s->after);
}

static void merge(const double *z, size_t n, struct splits *all, const struct hunter_opts *opts)
{
	size_t i, worst;

	while (all->nr) {
		for (worst = 0, i = 1; i < all->nr; i++)
			if (all->split[i].p > all->split[worst].p)
				worst = i;
		if (all->split[worst].p < opts->p) {
			for (worst = 0, i = 1; i < all->nr; i++)
				if (all->split[i].magnitude < all->split[worst].magnitude)
					worst = i;
			if (all->split[worst].magnitude > opts->magnitude)
				return;
		}
		memmove(&all->split[worst], &all->split[worst + 1],
			(--all->nr - worst) * sizeof(*all->split));
		/*
		 * As Otava does: at this place and the next one of the changed list, not at the one
		 * before.
		 */
		for (i = worst; i <= worst + 1 && i < all->nr; i++)
			measure(z, n, all, i, opts->ddof);
	}
}

int split_hunter(const double *z, size_t n, const struct hunter_opts *opts, struct splits *out)
{
	double p = opts->p < 0.05 ? 10 * opts->p : opts->p < 0.5 ? 2 * opts->p : opts->p;
	size_t step = opts->window / 2, start = 0, i;
	struct places weak = {0};
	int err = 0;

	*out = (struct splits){0};
	while (start < n && !err) {
		size_t end = start + opts->window < n ? start + opts->window : n, last = 0;

		err = divide_window(z, start, end, p, opts->ddof, &weak, &last);
		start = last > start + step ? last : start + step;
	}
	if (!err && weak.nr) {
		out->split = calloc(weak.nr, sizeof(*out->split));
		err = out->split ? 0 : -ENOMEM;
	}
	if (!err) {
		out->nr = weak.nr;
		for (i = 0; i < out->nr; i++)
			out->split[i].at = weak.at[i];
		for (i = 0; i < out->nr; i++)
			measure(z, n, out, i, opts->ddof);
		merge(z, n, out, opts);
	}
	free(weak.at);
	return err;
}
