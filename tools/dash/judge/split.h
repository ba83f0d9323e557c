/* SPDX-License-Identifier: GPL-2.0-only */
/* split.h - where a series changes its level: E-divisive, and Hunter's (Apache Otava's) use of it. */
#ifndef DASH_JUDGE_SPLIT_H
#define DASH_JUDGE_SPLIT_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

struct split {
	size_t at;	      /* first value of the new level */
	double q;	      /* of E-divisive; 0: not asked for */
	double p;	      /* of the t-test, or of permutations */
	double before, after; /* means of the neighbouring segments */
	double magnitude;     /* of the change, relative, whichever way is greater */
};

struct splits {
	struct split *split;
	size_t nr;
};

/* The best place to divide @z[@from, @to): the first value of the second part; q of it. */
size_t split_best(const double *z, size_t from, size_t to, double *q);

struct hunter_opts {
	size_t window;	  /* 50 */
	double p;	  /* 0.001 */
	double magnitude; /* 0 */
	unsigned ddof;	  /* 1; Otava has 0 */
};

/* Splits of @z by rising place. 0 or -ENOMEM. */
int split_hunter(const double *z, size_t n, const struct hunter_opts *opts, struct splits *out);

/*
 * Commits that may have made the change at @at, between the changes @from and @to beside it: the
 * stretch round @at where dividing is at least 0.9 as good.
 */
void split_range(const double *z, size_t from, size_t at, size_t to, size_t *lo, size_t *hi);

enum divisive_kind {
	DIVISIVE_ECP,	/* U-statistic, any stretch; p by permutation inside each segment */
	DIVISIVE_MONGO, /* V-statistic, the whole of the rest */
};

struct divisive_opts {
	enum divisive_kind kind;
	double p;
	unsigned permutations;
	__u64 seed;
	unsigned dim;	/* values of each point; 1 */
	size_t segment; /* least length; 1 */
};

/* Splits in the order in which they were found. 0 or -ENOMEM. */
int split_divisive(const double *z, size_t n, const struct divisive_opts *opts, struct splits *out);

/* Put the last value known, else the first one known, where there is none (NaN). */
void split_fill(double *z, size_t n);

#endif
