// SPDX-License-Identifier: GPL-2.0-only
/* ranks.c - rank tests: Mann-Whitney and Wilcoxon's signed ranks, exact where that is cheap. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "dash/judge/stats.h"

struct ranked {
	double value;
	size_t rank2; /* twice the midrank, which is an integer */
	bool second;  /* from y; for a signed rank: positive */
};

static int by_value(const void *a, const void *b)
{
	return stat_compare(&((const struct ranked *)a)->value, &((const struct ranked *)b)->value);
}

/* Sort and rank. Returns the sum of t^3 - t over groups of t equal values. */
static double rank_all(struct ranked *r, size_t n)
{
	double ties = 0;
	size_t i, j, k;

	qsort(r, n, sizeof(*r), by_value);
	for (i = 0; i < n; i = j) {
		for (j = i; j < n && r[j].value == r[i].value; j++)
			;
		for (k = i; k < j; k++)
			r[k].rank2 = i + j + 1;
		ties += (double)(j - i) * (j - i) * (j - i) - (double)(j - i);
	}
	return ties;
}

static struct ranked *rank_two(const double *x, size_t n, const double *y, size_t m, double *ties)
{
	struct ranked *r = calloc(n + m + 1, sizeof(*r));
	size_t i;

	if (!r)
		return NULL;
	for (i = 0; i < n + m; i++) {
		r[i].second = i >= n;
		r[i].value = i < n ? x[i] : y[i - n];
	}
	*ties = rank_all(r, n + m);
	return r;
}

/*
 * Two-sided p over all ways to choose @k of the @n ranks: how often their sum is at least as far
 * from its mean as @sum2. Counts are doubles: C(60, 30) is below 2^57, and only the quotient
 * matters.
 */
static double choose_p(const struct ranked *r, size_t n, size_t k, size_t sum2)
{
	size_t total = 0, i, j, s, reach = 0;
	double mean, far = 0, all = 0, *ways;

	for (i = 0; i < n; i++)
		total += r[i].rank2;
	ways = calloc((k + 1) * (total + 1), sizeof(*ways));
	if (!ways)
		return NAN;
	ways[0] = 1;
	for (i = 0; i < n; i++) {
		size_t rank = r[i].rank2;

		reach += rank;
		for (j = i + 1 < k ? i + 1 : k; j >= 1; j--) {
			double *to = &ways[j * (total + 1)], *from = to - (total + 1);

			for (s = reach; s + 1 > rank; s--)
				to[s] += from[s - rank];
		}
	}
	mean = (double)total * k / n;
	for (s = 0; s <= total; s++) {
		double here = ways[k * (total + 1) + s];

		all += here;
		if (fabs(s - mean) >= fabs(sum2 - mean) - 1e-9)
			far += here;
	}
	free(ways);
	return far / all;
}

static struct mwu mwu(const double *x, size_t n, const double *y, size_t m, bool exact,
		      bool continuity)
{
	struct mwu out = {.u = NAN, .ps = NAN, .p = 1, .exact = exact};
	double ties, sd, off;
	struct ranked *r;
	size_t i, sum_y = 0, sum_x = 0;

	if (!n || !m)
		return out;
	r = rank_two(x, n, y, m, &ties);
	if (!r)
		return out;
	for (i = 0; i < n + m; i++) {
		if (r[i].second)
			sum_y += r[i].rank2;
		else
			sum_x += r[i].rank2;
	}
	out.u = sum_y / 2.0 - (double)m * (m + 1) / 2;
	out.ps = out.u / ((double)n * m);
	if (exact) {
		out.p = n < m ? choose_p(r, n + m, n, sum_x) : choose_p(r, n + m, m, sum_y);
	} else {
		double all = n + m;

		sd = sqrt((double)n * m / 12 * (all + 1 - ties / (all * (all - 1))));
		off = fabs(out.u - (double)n * m / 2) - (continuity ? 0.5 : 0);
		out.p = sd > 0 ? fmin(1, erfc(fmax(off, 0) / sd / M_SQRT2)) : 1;
	}
	free(r);
	return out;
}

struct mwu stat_mwu(const double *x, size_t n, const double *y, size_t m)
{
	double all = n + m, few = n < m ? n : m;

	/* Steps of choose_p(). */
	return mwu(x, n, y, m, all <= STAT_EXACT || few * all * all * all <= STAT_EXACT_STEPS, true);
}

struct mwu stat_mwu_normal(const double *x, size_t n, const double *y, size_t m, bool continuity)
{
	return mwu(x, n, y, m, false, continuity);
}

double stat_mwu_least(size_t n, size_t m)
{
	double ways = 1;
	size_t i;

	for (i = 1; i <= n; i++)
		ways *= (double)(m + i) / i;
	return fmin(1, 2 / ways);
}

/*
 * How many values a 95 % interval leaves out on each side: the largest k with P(U < k) <= 0.025,
 * where U counts pairs, from 0 to n*m.
 */
static size_t shift_cut(size_t n, size_t m, double *level)
{
	size_t pairs = n * m, i, j, u, k = 0;
	double *ways, all = 0, below = 0;

	if (n + m > STAT_EXACT) {
		double sd = sqrt((double)pairs * (n + m + 1) / 12);
		double cut = pairs / 2.0 - 1.959963984540054 * sd;

		*level = 0.95;
		return cut > 0 ? (size_t)cut : 0;
	}
	/* ways[j][u]: number of ways to choose j of the first i ranks with u pairs won. */
	ways = calloc((n + 1) * (pairs + 1), sizeof(*ways));
	*level = NAN;
	if (!ways)
		return 0;
	ways[0] = 1;
	for (i = 0; i < n + m; i++)
		for (j = i + 1 < n ? i + 1 : n; j >= 1; j--) {
			/* The j-th chosen at place i wins against i - (j - 1) others. */
			size_t won = i - (j - 1);

			for (u = pairs; u + 1 > won; u--)
				ways[j * (pairs + 1) + u] += ways[(j - 1) * (pairs + 1) + u - won];
		}
	for (u = 0; u <= pairs; u++)
		all += ways[n * (pairs + 1) + u];
	while (k < pairs / 2 && (below + ways[n * (pairs + 1) + k]) / all <= 0.025)
		below += ways[n * (pairs + 1) + k++];
	*level = 1 - 2 * below / all;
	free(ways);
	return k;
}

struct interval stat_shift(const double *x, size_t n, const double *y, size_t m)
{
	struct interval out = {NAN, -INFINITY, INFINITY, 1};
	size_t i, j, cut, nr = 0;
	double *all;

	if (!n || !m)
		return out;
	all = calloc(n * m, sizeof(*all));
	if (!all)
		return out;
	for (i = 0; i < n; i++)
		for (j = 0; j < m; j++)
			all[nr++] = y[j] - x[i];
	qsort(all, nr, sizeof(*all), stat_compare);
	out.at = nr % 2 ? all[nr / 2] : (all[nr / 2 - 1] + all[nr / 2]) / 2;
	cut = shift_cut(n, m, &out.level);
	if (cut) {
		out.lo = all[cut - 1];
		out.hi = all[nr - cut];
	} else {
		out.level = 1;
	}
	free(all);
	return out;
}

/*
 * P of the sum of the positive ranks, over all 2^n signs. *cut as in shift_cut(), for Walsh
 * averages.
 */
static double signs_p(const struct ranked *r, size_t n, size_t sum2, size_t *cut, double *level)
{
	size_t total = 0, i, s;
	double *ways, mean, far = 0, below = 0, all = ldexp(1, (int)n);

	for (i = 0; i < n; i++)
		total += r[i].rank2;
	ways = calloc(total + 1, sizeof(*ways));
	if (!ways)
		return NAN;
	ways[0] = 1;
	for (i = 0; i < n; i++)
		for (s = total; s + 1 > r[i].rank2; s--)
			ways[s] += ways[s - r[i].rank2];
	mean = total / 2.0;
	for (s = 0; s <= total; s++)
		if (fabs(s - mean) >= fabs(sum2 - mean) - 1e-9)
			far += ways[s];
	*cut = 0;
	for (s = 0; s < total / 2 && (below + ways[s]) / all <= 0.025; s++) {
		below += ways[s];
		*cut = s / 2 + 1;
	}
	*level = 1 - 2 * below / all;
	free(ways);
	return far / all;
}

static void walsh(const double *d, size_t n, size_t cut, struct interval *out)
{
	size_t i, j, nr = 0;
	double *all = calloc(n * (n + 1) / 2, sizeof(*all));

	if (!all)
		return;
	for (i = 0; i < n; i++)
		for (j = i; j < n; j++)
			all[nr++] = (d[i] + d[j]) / 2;
	qsort(all, nr, sizeof(*all), stat_compare);
	out->at = nr % 2 ? all[nr / 2] : (all[nr / 2 - 1] + all[nr / 2]) / 2;
	if (cut && cut <= nr / 2) {
		out->lo = all[cut - 1];
		out->hi = all[nr - cut];
	}
	free(all);
}

double stat_signed_rank(const double *d, size_t n, struct interval *shift)
{
	struct ranked *r = calloc(n + 1, sizeof(*r));
	struct interval out = {n ? 0 : NAN, -INFINITY, INFINITY, 1};
	size_t i, nr = 0, sum2 = 0, cut = 0;
	double p = 1;

	if (!r)
		return NAN;
	for (i = 0; i < n; i++)
		if (d[i] != 0) {
			r[nr].value = fabs(d[i]);
			r[nr++].second = d[i] > 0;
		}
	rank_all(r, nr);
	for (i = 0; i < nr; i++)
		sum2 += r[i].second ? r[i].rank2 : 0;
	/* 1,000 pairs would need 8 MB and 10^9 steps; nobody measures even 200. */
	if (nr && nr <= 200)
		p = signs_p(r, nr, sum2, &cut, &out.level);
	if (n)
		walsh(d, n, cut, &out);
	if (shift)
		*shift = out;
	free(r);
	return p;
}
