/* SPDX-License-Identifier: GPL-2.0-only */
/* robust.h - Hunter with outliers left out before, and steps that are not clear left out behind. */
#ifndef DASH_JUDGE_ROBUST_H
#define DASH_JUDGE_ROBUST_H

#include "dash/judge/split.h"

struct robust_opts {
	struct hunter_opts hunter;
	size_t reach;	   /* neighbours on each side that an outlier is alone among: 10 */
	double mads;	   /* ... by so many of their deviations: 5 */
	size_t segment;	   /* least length: 3 to show */
	double p;	   /* of the rank test: 0.001 */
	double ps;	   /* 0.85 */
	double rel_floor;  /* of the level before */
	double abs_floor;  /* in the metric's unit */
	double scatter;	   /* of the median distance from the levels: 3 */
	double quantum;	   /* deviations below it are none: 1 for integers, else 0 */
};

extern const struct robust_opts robust_defaults;

struct robust_step {
	size_t at;	      /* first value of the new level, in the series as given */
	size_t lo, hi;	      /* first values that may be it */
	size_t left, right;   /* values of the levels beside it, outliers not counted */
	double before, after; /* medians */
	double residual;      /* median distance from them */
	double p, ps;	      /* of the rank test; ps: after above before */
	bool weak;	      /* Hunter has it, but a gate does not let it pass */
	const char *gate;     /* which one; NULL: none */
};

struct robust {
	struct robust_step *step; /* by rising place */
	size_t nr;
	unsigned char *outlier; /* of each value */
	double autocorrelation; /* of what is left without the levels; NaN: unknown */
};

/* Flag values that are alone among their neighbours; never the last one. 0 or -ENOMEM. */
int robust_outliers(const double *z, size_t n, const struct robust_opts *opts,
		    unsigned char *outlier);

/* All of it for @z, which has no NaN. 0 or -ENOMEM; robust_free() either way. */
int robust_find(const double *z, size_t n, const struct robust_opts *opts, struct robust *out);
void robust_free(struct robust *found);

#endif
