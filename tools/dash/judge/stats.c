// SPDX-License-Identifier: GPL-2.0-only
/* stats.c - medians, intervals, corrections for many tests, and random numbers from a seed. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "dash/judge/stats.h"

int stat_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The @k-th smallest value of @v; afterwards no larger value is before it (Hoare's selection). */
static double select_kth(double *v, size_t n, size_t k)
{
	ptrdiff_t lo = 0, hi = (ptrdiff_t)n - 1, want = (ptrdiff_t)k;

	while (lo < hi) {
		double pivot = v[lo + (hi - lo) / 2];
		ptrdiff_t i = lo, j = hi;

		while (i <= j) {
			while (v[i] < pivot)
				i++;
			while (pivot < v[j])
				j--;
			if (i <= j) {
				double swap = v[i];

				v[i++] = v[j];
				v[j--] = swap;
			}
		}
		if (want <= j)
			hi = j;
		else if (want >= i)
			lo = i;
		else
			break;
	}
	return v[k];
}

double stat_median_of(double *v, size_t n)
{
	double upper, lower;
	size_t i;

	if (!n)
		return NAN;
	upper = select_kth(v, n, n / 2);
	if (n % 2)
		return upper;
	lower = v[0];
	for (i = 1; i < n / 2; i++)
		if (v[i] > lower)
			lower = v[i];
	return lower + (upper - lower) / 2;
}

double stat_quantile_of(double *v, size_t n, double quantile)
{
	double rank;
	size_t at;

	if (!n)
		return NAN;
	rank = quantile * (n - 1.0);
	at = (size_t)rank;
	qsort(v, n, sizeof(*v), stat_compare);
	return at + 1 < n ? v[at] + (v[at + 1] - v[at]) * (rank - at) : v[n - 1];
}

double stat_median(const double *v, size_t n)
{
	double *copy, median;

	if (!n)
		return NAN;
	copy = calloc(n, sizeof(*copy));
	if (!copy)
		return NAN;
	memcpy(copy, v, n * sizeof(*copy));
	median = stat_median_of(copy, n);
	free(copy);
	return median;
}

/* P(X <= k) of Binomial(n, 1/2). */
static double binomial_half(size_t n, size_t k)
{
	double term = ldexp(1, -(int)n), sum = 0;
	size_t i;

	for (i = 0; i <= k; i++) {
		sum += term;
		term *= (double)(n - i) / (i + 1);
	}
	return sum;
}

struct interval stat_median_interval(const double *v, size_t n)
{
	struct interval out = {NAN, -INFINITY, INFINITY, 1};
	double *copy;
	size_t cut = 0; /* order statistics left out on each side */

	if (!n)
		return out;
	copy = calloc(n, sizeof(*copy));
	if (!copy)
		return out;
	memcpy(copy, v, n * sizeof(*copy));
	qsort(copy, n, sizeof(*copy), stat_compare);
	out.at = n % 2 ? copy[n / 2] : (copy[n / 2 - 1] + copy[n / 2]) / 2;
	if (n <= 1000) {
		while (cut < n / 2 && binomial_half(n, cut) <= 0.025)
			cut++;
		out.level = cut ? 1 - 2 * binomial_half(n, cut - 1) : 1;
	} else {
		/*
		 * 2^-1000 is near the smallest double; here the normal approximation is exact to
		 * 10^-3.
		 */
		cut = (size_t)(n / 2.0 - 1.959963984540054 * sqrt(n) / 2);
		out.level = 0.95;
	}
	if (cut) {
		out.lo = copy[cut - 1];
		out.hi = copy[n - cut];
	}
	free(copy);
	return out;
}

__u64 stat_random_next(struct stat_random *random)
{
	/* splitmix64: any seed works, also 0. */
	__u64 z = random->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

size_t stat_random_below(struct stat_random *random, size_t n)
{
	return (size_t)(((unsigned __int128)stat_random_next(random) * n) >> 64);
}

double stat_random_unit(struct stat_random *random)
{
	return ldexp((double)(stat_random_next(random) >> 11), -53);
}

static __u64 hash_of(__u64 hash, const double *v, size_t n)
{
	const unsigned char *byte = (const unsigned char *)v;
	size_t i;

	for (i = 0; i < n * sizeof(*v); i++)
		hash = (hash ^ byte[i]) * 0x100000001b3ULL;
	return hash;
}

struct interval stat_ratio(const double *x, size_t n, const double *y, size_t m)
{
	enum { RESAMPLES = 1000 };
	struct stat_random random = {hash_of(hash_of(0xcbf29ce484222325ULL, x, n), y, m)};
	struct interval out = {NAN, NAN, NAN, 0.95};
	double *all = malloc(RESAMPLES * sizeof(*all)), *a = malloc((n + m + 1) * sizeof(*a));
	size_t i, k;

	if (n && m && all && a) {
		double *b = a + n;

		out.at = stat_median(y, m) / stat_median(x, n);
		for (k = 0; k < RESAMPLES; k++) {
			for (i = 0; i < n; i++)
				a[i] = x[stat_random_below(&random, n)];
			for (i = 0; i < m; i++)
				b[i] = y[stat_random_below(&random, m)];
			all[k] = stat_median_of(b, m) / stat_median_of(a, n);
		}
		qsort(all, RESAMPLES, sizeof(*all), stat_compare);
		out.lo = all[RESAMPLES * 25 / 1000];
		out.hi = all[RESAMPLES * 975 / 1000 - 1];
	}
	free(all);
	free(a);
	return out;
}

double stat_ks(const double *x, size_t n, const double *y, size_t m)
{
	double *a = malloc((n + m + 1) * sizeof(*a)), *b = a + n, worst = 0;
	size_t i = 0, j = 0;

	if (!a || !n || !m) {
		free(a);
		return NAN;
	}
	memcpy(a, x, n * sizeof(*a));
	memcpy(b, y, m * sizeof(*b));
	qsort(a, n, sizeof(*a), stat_compare);
	qsort(b, m, sizeof(*b), stat_compare);
	while (i < n && j < m) {
		double at = a[i] < b[j] ? a[i] : b[j];

		while (i < n && a[i] <= at)
			i++;
		while (j < m && b[j] <= at)
			j++;
		worst = fmax(worst, fabs((double)i / n - (double)j / m));
	}
	free(a);
	return worst;
}

struct bh {
	double p;
	size_t at;
};

static int by_p(const void *a, const void *b)
{
	return stat_compare(&((const struct bh *)a)->p, &((const struct bh *)b)->p);
}

int stat_bh(const double *p, double *q, size_t n)
{
	struct bh *all = malloc((n + 1) * sizeof(*all));
	double least = 1;
	size_t i;

	if (!all)
		return -1;
	for (i = 0; i < n; i++)
		all[i] = (struct bh){p[i], i};
	qsort(all, n, sizeof(*all), by_p);
	for (i = n; i-- > 0;) {
		least = fmin(least, all[i].p * n / (i + 1));
		q[all[i].at] = least;
	}
	free(all);
	return 0;
}

double stat_autocorrelation(const double *v, size_t n)
{
	double mean = stat_mean(v, n), with = 0, all = 0;
	size_t i;

	if (n < 3)
		return NAN;
	for (i = 0; i < n; i++) {
		all += (v[i] - mean) * (v[i] - mean);
		if (i)
			with += (v[i] - mean) * (v[i - 1] - mean);
	}
	return all > 0 ? with / all : NAN;
}

double stat_logit(__u64 num, __u64 den)
{
	return log((num + 0.5) / ((double)(den - num) + 0.5));
}

struct interval stat_wilson(__u64 num, __u64 den)
{
	const double z = 1.959963984540054;
	struct interval out = {NAN, NAN, NAN, 0.95};
	double n = den, p, middle, half;

	if (!den)
		return out;
	p = num / n;
	middle = (p + z * z / (2 * n)) / (1 + z * z / n);
	half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
	out.at = p;
	out.lo = fmax(0, middle - half);
	out.hi = fmin(1, middle + half);
	return out;
}

__u64 stat_quantile_needs(double quantile)
{
	return (__u64)ceil(log(0.05) / log(quantile));
}
