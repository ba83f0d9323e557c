// SPDX-License-Identifier: GPL-2.0-only
/* divisive.c - E-divisive with a permutation test, for points with one or more values. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "dash/judge/split.h"
#include "dash/judge/stats.h"

struct divisive {
	const struct divisive_opts *opts;
	double *z;	/* n points with dim values each */
	double *within; /* n + 1 entries each: the sums of split_best(), for vectors */
	double *across;
};

static double distance(const struct divisive *d, size_t i, size_t j)
{
	const double *a = d->z + i * d->opts->dim, *b = d->z + j * d->opts->dim;
	double sum = 0;
	unsigned k;

	if (d->opts->dim == 1)
		return fabs(*a - *b);
	for (k = 0; k < d->opts->dim; k++)
		sum += (a[k] - b[k]) * (a[k] - b[k]);
	return sqrt(sum);
}

static double q_of(const struct divisive *d, size_t n, size_t m, double left, double within,
		   double across)
{
	bool mongo = d->opts->kind == DIVISIVE_MONGO;
	double e = 2 * across / ((double)n * m);

	/* MongoDB's variant divides by all pairs, including those of a point with itself. */
	if (n > 1)
		e -= 2 * left / ((double)n * (mongo ? n : n - 1));
	if (m > 1)
		e -= 2 * within / ((double)m * (mongo ? m : m - 1));
	return (double)n * m / (n + m) * e;
}

/* As split_best(), for any number of values and for both variants. */
static size_t best_of(struct divisive *d, size_t from, size_t to, double *q)
{
	size_t n = to - from, t, i, j, k, at = from, least = d->opts->segment;
	double left = 0;

	*q = -INFINITY;
	if (n < 2)
		return from;
	d->within[1] = d->across[1] = 0;
	for (k = 2; k <= n; k++) {
		double more = 0;

		for (j = 1; j < k - 1; j++)
			more += distance(d, from + j, from + k - 1);
		d->within[k] = d->within[k - 1] + more;
		d->across[k] = d->across[k - 1] + distance(d, from, from + k - 1);
	}
	for (t = 1; t < n; t++) {
		double add_left = 0, add = 0;

		for (k = d->opts->kind == DIVISIVE_MONGO ? n : t + 1; k <= n; k++) {
			double here;

			if (t < least || k - t < least)
				continue;
			here = q_of(d, t, k - t, left, d->within[k], d->across[k]);
			if (here > *q) {
				*q = here;
				at = from + t;
			}
		}
		for (i = 0; i < t; i++)
			add_left += distance(d, from + i, from + t);
		left += add_left;
		for (k = t + 2; k <= n; k++) {
			add += distance(d, from + t, from + k - 1);
			d->within[k] -= add;
			d->across[k] += add - add_left;
		}
	}
	return at;
}

/* The best division of all segments. @edge: the ends of the segments; the last one is n. */
static size_t best_of_all(struct divisive *d, const size_t *edge, size_t nr, double *q)
{
	size_t i, from = 0, at = 0;

	*q = -INFINITY;
	for (i = 0; i < nr; from = edge[i++]) {
		double here;
		size_t found = best_of(d, from, edge[i], &here);

		if (here > *q) {
			*q = here;
			at = found;
		}
	}
	return at;
}

static void shuffle(struct divisive *d, size_t from, size_t to, struct stat_random *random)
{
	unsigned dim = d->opts->dim, k;
	size_t i;

	for (i = to - from; i > 1; i--) {
		double *a = d->z + (from + i - 1) * dim;
		double *b = d->z + (from + stat_random_below(random, i)) * dim;

		for (k = 0; k < dim; k++) {
			double swap = a[k];

			a[k] = b[k];
			b[k] = swap;
		}
	}
}

static double permutation_p(struct divisive *d, const double *z, size_t n, const size_t *edge,
			    size_t nr, double q, struct stat_random *random)
{
	bool mongo = d->opts->kind == DIVISIVE_MONGO;
	unsigned above = 0, r;

	for (r = 0; r < d->opts->permutations; r++) {
		size_t i, from = 0;
		double here;

		for (i = 0; i < nr; from = edge[i++])
			shuffle(d, from, edge[i], random);
		best_of_all(d, edge, nr, &here);
		above += here >= q;
	}
	memcpy(d->z, z, n * d->opts->dim * sizeof(*z));
	return (above + (mongo ? 0.0 : 1.0)) / (d->opts->permutations + 1.0);
}

static int divide(struct divisive *d, const double *z, size_t n, struct splits *out)
{
	struct stat_random random = {d->opts->seed};
	size_t *edge = malloc((n + 1) * sizeof(*edge)), nr = 1, i;

	if (!edge)
		return -ENOMEM;
	edge[0] = n;
	while (nr < n) {
		struct split found = {.p = 1};

		found.at = best_of_all(d, edge, nr, &found.q);
		/* A segment of equal values is not divided. */
		if (found.q <= 0)
			break;
		found.p = permutation_p(d, z, n, edge, nr, found.q, &random);
		if (found.p > d->opts->p)
			break;
		out->split[out->nr++] = found;
		for (i = nr++; i && edge[i - 1] > found.at; i--)
			edge[i] = edge[i - 1];
		edge[i] = found.at;
	}
	free(edge);
	return 0;
}

int split_divisive(const double *z, size_t n, const struct divisive_opts *opts, struct splits *out)
{
	size_t values = n * opts->dim;
	struct divisive d = {.opts = opts};
	int err = -ENOMEM;

	*out = (struct splits){.split = calloc(n + 1, sizeof(*out->split))};
	d.z = malloc((values + 1) * sizeof(*d.z));
	d.within = malloc((n + 1) * sizeof(*d.within));
	d.across = malloc((n + 1) * sizeof(*d.across));
	if (out->split && d.z && d.within && d.across) {
		memcpy(d.z, z, values * sizeof(*z));
		err = divide(&d, z, n, out);
	}
	free(d.z);
	free(d.within);
	free(d.across);
	return err;
}
