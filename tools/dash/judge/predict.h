/* SPDX-License-Identifier: GPL-2.0-only */
/* predict.h - limits for the next value, predicted from the earlier values. */
#ifndef DASH_JUDGE_PREDICT_H
#define DASH_JUDGE_PREDICT_H

#include <stddef.h>

/* All but the first and the last are Bencher's thresholds, with its defaults. */
enum predict_rule {
	PREDICT_MADS,	    /* median and deviations, and beyond all values: see judge_last() */
	PREDICT_STATIC,	    /* the boundary itself */
	PREDICT_PERCENTAGE, /* a share of the mean */
	PREDICT_Z,	    /* a percentile of a normal distribution */
	PREDICT_T,	    /* ... of Student's distribution, with n - 1 degrees of freedom */
	PREDICT_LOG_NORMAL, /* ... of a normal distribution of the logarithms */
	PREDICT_IQR,	    /* a number of interquartile ranges from the median */
	PREDICT_DELTA_IQR,  /* ... for the relative changes from value to value */
	PREDICT_INTERVAL,   /* Student's prediction interval, which includes the uncertainty of the mean */
	PREDICT_NR,
};

extern const struct predict_name {
	const char *name, *what;
	double boundary; /* the default; NaN: there is none */
	double least, most;
} predict_names[PREDICT_NR];

struct predict {
	double baseline, lower, upper;
};

/*
 * Compute limits from the @n values @v in their order. Returns -1 with @out all NaN when there are
 * too few values or no spread.
 */
int predict_limits(enum predict_rule rule, double boundary, const double *v, size_t n,
		   struct predict *out);

#endif
