/* SPDX-License-Identifier: GPL-2.0-only */
/* robust.h - Hunter's method, with outliers removed before, and unclear steps removed after. */
#ifndef DASH_JUDGE_ROBUST_H
#define DASH_JUDGE_ROBUST_H

#include "dash/judge/split.h"

struct robust_opts {
	struct hunter_opts hunter;
	size_t reach;	   /* neighbours on each side that an outlier is compared with: 10 */
	double mads;	   /* ... by how many of their deviations it must differ: 5 */
	size_t segment;	   /* minimum length: 3 to show */
	double p;	   /* limit of the rank test: 0.001 */
	double ps;	   /* limit of the probability of superiority: 0.85 */
	double rel_floor;  /* relative to the level before */
	double abs_floor;  /* in the metric's unit */
	double scatter;	   /* number of median distances from the levels: 3 */
	double quantum;	   /* smaller deviations count as none: 1 for integers, else 0 */
};

extern const struct robust_opts robust_defaults;

struct robust_step {
	size_t at;	      /* first value of the new level, index in the series as given */
	size_t lo, hi;	      /* range of values that may be the first */
	size_t left, right;   /* number of values in the levels on both sides, without outliers */
	double before, after; /* medians */
	double residual;      /* median distance from them */
	double p, ps;	      /* of the rank test; ps: probability that after is above before */
	bool weak;	      /* found by Hunter, but it fails a test */
	const char *gate;     /* which test; NULL: none */
};

struct robust {
	struct robust_step *step; /* in the order of their place */
	size_t nr;
	unsigned char *outlier; /* one flag for each value */
	double autocorrelation; /* of the values without their levels; NaN: unknown */
};

/* Flag values that are far from their neighbours; never the last one. Returns 0 or -ENOMEM. */
int robust_outliers(const double *z, size_t n, const struct robust_opts *opts,
		    unsigned char *outlier);

/*
 * Find outliers and steps of @z, which has no NaN. Returns 0 or -ENOMEM; call robust_free() in both
 * cases.
 */
int robust_find(const double *z, size_t n, const struct robust_opts *opts, struct robust *out);
void robust_free(struct robust *found);

#endif
