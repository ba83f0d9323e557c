/* SPDX-License-Identifier: GPL-2.0-only */
/* split.h - where a series changes its level: E-divisive, and how Hunter (Apache Otava) uses it. */
#ifndef DASH_JUDGE_SPLIT_H
#define DASH_JUDGE_SPLIT_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

struct split {
	size_t at;	      /* first value of the new level */
	double q;	      /* from E-divisive; 0: not computed */
	double p;	      /* of the t-test, or of the permutation test */
	double before, after; /* means of the neighbouring segments */
	double magnitude;     /* relative size of the change, in the direction in which it is larger */
};

struct splits {
	struct split *split;
	size_t nr;
};

/* The best place to divide @z[@from, @to): the first value of the second part. *q: its quality. */
size_t split_best(const double *z, size_t from, size_t to, double *q);

struct hunter_opts {
	size_t window;	  /* 50 */
	double p;	  /* 0.001 */
	double magnitude; /* 0 */
	unsigned ddof;	  /* 1; Otava has 0 */
};

/* Find splits of @z, in the order of places. Returns 0 or -ENOMEM. */
int split_hunter(const double *z, size_t n, const struct hunter_opts *opts, struct splits *out);

/*
 * The commits that may have made the change at @at, between its neighbouring changes @from and @to:
 * the stretch around @at where a division is at least 0.9 times as good.
 */
void split_range(const double *z, size_t from, size_t at, size_t to, size_t *lo, size_t *hi);

enum divisive_kind {
	DIVISIVE_ECP,	/* U-statistic, any stretch; p by permutation inside each segment */
	DIVISIVE_MONGO, /* V-statistic, the whole rest */
};

struct divisive_opts {
	enum divisive_kind kind;
	double p;
	unsigned permutations;
	__u64 seed;
	unsigned dim;	/* values in each point; 1 */
	size_t segment; /* minimum length; 1 */
};

/* Find splits, in the order in which they are found. Returns 0 or -ENOMEM. */
int split_divisive(const double *z, size_t n, const struct divisive_opts *opts, struct splits *out);

/* Replace each NaN by the last known value before it, or else by the first known value. */
void split_fill(double *z, size_t n);

#endif
