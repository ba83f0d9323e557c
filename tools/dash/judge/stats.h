/* SPDX-License-Identifier: GPL-2.0-only */
/* stats.h - the statistics that the judge uses: ranks, tests, intervals. Pure: no clock, no I/O. */
#ifndef DASH_JUDGE_STATS_H
#define DASH_JUDGE_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

/* Each sorts a copy, or @v itself where noted. NaN for no values. */
double stat_median(const double *v, size_t n);
double stat_median_of(double *v, size_t n); /* reorders @v */
double stat_mean(const double *v, size_t n);
double stat_sd(const double *v, size_t n, unsigned ddof);
int stat_compare(const void *a, const void *b); /* compares doubles, for qsort() */
double stat_quantile_of(double *v, size_t n, double quantile); /* sorts @v; interpolates between two values */

/* Two-sided p of Student's t. */
double stat_student(double t, double df);

/*
 * The value that Student's t, or a normal variable of mean 0 and deviation 1, is below with
 * probability @p.
 */
double stat_student_quantile(double p, double df);
double stat_normal_quantile(double p);

/*
 * Pooled t-test, and Welch's test with its own degrees of freedom. Never NaN: equal samples give 1.
 */
double stat_pooled(const double *x, size_t n, const double *y, size_t m, unsigned ddof);
double stat_welch(const double *x, size_t n, const double *y, size_t m);

struct mwu {
	double u;  /* of y: pairs in which y is larger; equal ones count half */
	double ps; /* probability of superiority: u / number of pairs */
	double p;  /* two-sided */
	bool exact;
};

/*
 * Mann-Whitney test: over all permutations of the midranks for up to STAT_EXACT values, or if that
 * takes at most STAT_EXACT_STEPS steps; otherwise the normal approximation.
 */
#define STAT_EXACT	 60
#define STAT_EXACT_STEPS 6e6
struct mwu stat_mwu(const double *x, size_t n, const double *y, size_t m);
struct mwu stat_mwu_normal(const double *x, size_t n, const double *y, size_t m, bool continuity);
/* The lowest p that @n and @m values can reach: 2/C(n+m, n). */
double stat_mwu_least(size_t n, size_t m);

struct interval {
	double at, lo, hi;
	double level; /* its actual coverage is at least this */
};

/* Hodges-Lehmann shift from x to y, with its 95 % interval. */
struct interval stat_shift(const double *x, size_t n, const double *y, size_t m);

/*
 * Median with the shortest interval of order statistics that covers 95 %; infinite if there is
 * none.
 */
struct interval stat_median_interval(const double *v, size_t n);

/* Exact Wilcoxon signed-rank of differences: p, and their pseudomedian with its 95 % interval. */
double stat_signed_rank(const double *d, size_t n, struct interval *shift);

/* median(y)/median(x), with 1,000 resamples seeded by the data. */
struct interval stat_ratio(const double *x, size_t n, const double *y, size_t m);

/* Largest distance of the two distribution functions. */
double stat_ks(const double *x, size_t n, const double *y, size_t m);

/* Benjamini-Hochberg: q-values of @p, in its order. */
int stat_bh(const double *p, double *q, size_t n);

/* Correlation of neighbours; NaN for fewer than 3 values or without spread. */
double stat_autocorrelation(const double *v, size_t n);

/* Logarithm of the odds of @num in @den, with half a count added to both. */
double stat_logit(__u64 num, __u64 den);

/* Wilson's 95 % interval of a proportion, only for display. */
struct interval stat_wilson(__u64 num, __u64 den);

/* How many samples a quantile needs to have a one-sided 95 % bound. */
__u64 stat_quantile_needs(double quantile);

/* A generator of our own, so that a seed gives the same numbers everywhere. */
struct stat_random {
	__u64 state;
};
__u64 stat_random_next(struct stat_random *random);
size_t stat_random_below(struct stat_random *random, size_t n);
double stat_random_unit(struct stat_random *random); /* 0 <= u < 1 */

#endif
