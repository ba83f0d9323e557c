// SPDX-License-Identifier: GPL-2.0-only
/*
 * robust.c - outliers, Hunter's splits, and the tests that a split must pass to count as a change.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "dash/judge/robust.h"
#include "dash/judge/stats.h"

#define MAX_REACH 64
/* Values on each side of a step for the rank test: 200 are enough; small numbers get exact ranks. */
#define TEST_NEAR	200
#define TEST_NEAR_SHORT 100
#define MAD_TO_SD 1.4826 /* factor for normally distributed noise */

const struct robust_opts robust_defaults = {
	.hunter = {.window = 50, .p = 0.001, .magnitude = 0, .ddof = 1},
	.reach = 10,
	.mads = 5,
	.segment = 3,
	.p = 0.001,
	.ps = 0.85,
	.scatter = 3,
};

/* Is @z[@i] far from the other values within reach? */
static bool lonely(const double *z, size_t n, size_t i, const struct robust_opts *opts)
{
	double near[2 * MAX_REACH], middle, mad;
	size_t from = i > opts->reach ? i - opts->reach : 0, j, nr = 0;
	size_t to = i + opts->reach < n ? i + opts->reach + 1 : n;

	for (j = from; j < to; j++)
		if (j != i)
			near[nr++] = z[j];
	if (nr < 3)
		return false;
	middle = stat_median_of(near, nr);
	for (j = 0; j < nr; j++)
		near[j] = fabs(near[j] - middle);
	mad = fmax(MAD_TO_SD * stat_median_of(near, nr), opts->quantum);
	return fabs(z[i] - middle) > opts->mads * mad;
}

int robust_outliers(const double *z, size_t n, const struct robust_opts *opts,
		    unsigned char *outlier)
{
	unsigned char *far = calloc(n + 2, 1);
	size_t i;

	if (!far)
		return -ENOMEM;
	/* far[] has one more place at each end, so that every value has neighbours. */
	for (i = 0; i < n; i++)
		far[i + 1] = lonely(z, n, i, opts);
	for (i = 0; i < n; i++)
		outlier[i] = i + 1 < n && far[i + 1] && !far[i] && !far[i + 2];
	free(far);
	return 0;
}

/* The values that are judged (no outliers), and their places in the series. */
struct clean {
	double *z, *room;
	size_t *from, n;
};

static int clean_make(struct clean *clean, const double *z, size_t n, const unsigned char *outlier)
{
	size_t i;

	clean->z = calloc(n + 1, sizeof(*clean->z));
	clean->room = malloc((n + 1) * sizeof(*clean->room));
	clean->from = malloc((n + 1) * sizeof(*clean->from));
	clean->n = 0;
	if (!clean->z || !clean->room || !clean->from)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		if (!outlier[i]) {
			clean->z[clean->n] = z[i];
			clean->from[clean->n++] = i;
		}
	return 0;
}

static void clean_free(struct clean *clean)
{
	free(clean->z);
	free(clean->room);
	free(clean->from);
}

static struct mwu rank_test(const double *x, size_t n, const double *y, size_t m)
{
	size_t near = n < 5 || m < 5 ? TEST_NEAR_SHORT : TEST_NEAR;
	size_t left = n < near ? n : near, right = m < near ? m : near;

	return stat_mwu(x + n - left, left, y, right);
}

/* Measure the step at @at between @from and @to, and find the test that it fails. */
static void measure(const struct clean *c, size_t from, size_t at, size_t to,
		    const struct robust_opts *opts, struct robust_step *step)
{
	const double *x = c->z + from, *y = c->z + at;
	size_t n = at - from, m = to - at, i;
	struct mwu test;
	double shift;

	step->at = at;
	step->left = n;
	step->right = m;
	step->before = stat_median(x, n);
	step->after = stat_median(y, m);
	for (i = from; i < to; i++)
		c->room[i - from] = fabs(c->z[i] - (i < at ? step->before : step->after));
	step->residual = stat_median_of(c->room, n + m);
	test = rank_test(x, n, y, m);
	step->p = test.p;
	step->ps = test.ps;
	shift = fabs(step->after - step->before);
	step->gate = NULL;
	if (n < opts->segment || m < opts->segment)
		step->gate = "too few runs beside it";
	else if (stat_mwu_least(n, m) < opts->p && step->p >= opts->p)
		step->gate = "ranks do not differ enough";
	else if (fmax(step->ps, 1 - step->ps) < opts->ps)
		step->gate = "levels overlap";
	else if (shift < opts->rel_floor * fabs(step->before))
		step->gate = "below the relative floor";
	else if (shift < opts->abs_floor)
		step->gate = "below the absolute floor";
	else if (shift < opts->scatter * step->residual)
		step->gate = "within the scatter";
}

static double clearness(const struct robust_step *step)
{
	return fabs(step->ps - 0.5);
}

/* Remove the least clear step that fails a test, and repeat. Removed steps go to @weak. */
static void sieve(const struct clean *c, const struct robust_opts *opts, struct robust_step *step,
		  size_t *nr, struct robust_step *weak, size_t *nr_weak)
{
	for (;;) {
		size_t worst = *nr, i;

		for (i = 0; i < *nr; i++)
			if (step[i].gate &&
			    (worst == *nr || clearness(&step[i]) < clearness(&step[worst])))
				worst = i;
		if (worst == *nr)
			return;
		weak[*nr_weak] = step[worst];
		weak[(*nr_weak)++].weak = true;
		memmove(&step[worst], &step[worst + 1], (--*nr - worst) * sizeof(*step));
		for (i = worst ? worst - 1 : 0; i <= worst && i < *nr; i++)
			measure(c, i ? step[i - 1].at : 0, step[i].at,
				i + 1 < *nr ? step[i + 1].at : c->n, opts, &step[i]);
	}
}

static double residual_correlation(const struct clean *c, const struct robust_step *step, size_t nr)
{
	size_t i, k, from = 0;

	for (k = 0; k <= nr; k++) {
		size_t to = k < nr ? step[k].at : c->n;
		double level = stat_median(c->z + from, to - from);

		for (i = from; i < to; i++)
			c->room[i] = c->z[i] - level;
		from = to;
	}
	return stat_autocorrelation(c->room, c->n);
}

static int by_place(const void *a, const void *b)
{
	size_t x = ((const struct robust_step *)a)->at, y = ((const struct robust_step *)b)->at;

	return (x > y) - (x < y);
}

static int find(const struct clean *c, const struct robust_opts *opts, struct robust *out)
{
	struct robust_step *step, *weak;
	size_t nr, nr_weak = 0, i;
	struct splits splits;
	int err = split_hunter(c->z, c->n, &opts->hunter, &splits);

	nr = splits.nr;
	step = calloc(2 * nr + 1, sizeof(*step));
	if (err || !step) {
		free(splits.split);
		free(step);
		return err ? err : -ENOMEM;
	}
	weak = step + nr;
	for (i = 0; i < nr; i++)
		measure(c, i ? splits.split[i - 1].at : 0, splits.split[i].at,
			i + 1 < nr ? splits.split[i + 1].at : c->n, opts, &step[i]);
	sieve(c, opts, step, &nr, weak, &nr_weak);
	out->autocorrelation = residual_correlation(c, step, nr);
	for (i = 0; i < nr; i++)
		split_range(c->z, i ? step[i - 1].at : 0, step[i].at,
			    i + 1 < nr ? step[i + 1].at : c->n, &step[i].lo, &step[i].hi);
	for (i = 0; i < nr_weak; i++)
		weak[i].lo = weak[i].hi = weak[i].at;
	memmove(step + nr, weak, nr_weak * sizeof(*step));
	out->nr = nr + nr_weak;
	qsort(step, out->nr, sizeof(*step), by_place);
	for (i = 0; i < out->nr; i++) {
		step[i].at = c->from[step[i].at];
		step[i].lo = c->from[step[i].lo];
		step[i].hi = c->from[step[i].hi];
	}
	out->step = step;
	free(splits.split);
	return 0;
}

int robust_find(const double *z, size_t n, const struct robust_opts *opts, struct robust *out)
{
	struct clean clean = {0};
	int err;

	*out = (struct robust){.autocorrelation = NAN, .outlier = calloc(n + 1, 1)};
	if (!out->outlier)
		return -ENOMEM;
	err = robust_outliers(z, n, opts, out->outlier);
	if (!err)
		err = clean_make(&clean, z, n, out->outlier);
	if (!err && clean.n)
		err = find(&clean, opts, out);
	clean_free(&clean);
	return err;
}

void robust_free(struct robust *found)
{
	free(found->step);
	free(found->outlier);
	*found = (struct robust){0};
}
