/* SPDX-License-Identifier: GPL-2.0-only */
/* predict.h - between which limits one more value is expected, by those before it. */
#ifndef DASH_JUDGE_PREDICT_H
#define DASH_JUDGE_PREDICT_H

#include <stddef.h>

/* All but the first and the last are the thresholds of Bencher, with its numbers. */
enum predict_rule {
	PREDICT_MADS,	    /* median and deviations, and beyond all values: see judge_last() */
	PREDICT_STATIC,	    /* the boundary itself */
	PREDICT_PERCENTAGE, /* so much of the mean */
	PREDICT_Z,	    /* a percentile of a normal distribution */
	PREDICT_T,	    /* ... of Student's, of as many degrees of freedom as values but one */
	PREDICT_LOG_NORMAL, /* ... of the logarithms' normal one */
	PREDICT_IQR,	    /* so many interquartile ranges from the median */
	PREDICT_DELTA_IQR,  /* ... those of the relative changes from value to value */
	PREDICT_INTERVAL,   /* Student's prediction interval: the mean is not known exactly either */
	PREDICT_NR,
};

extern const struct predict_name {
	const char *name, *what;
	double boundary; /* when none is given; NaN: one has to be */
	double least, most;
} predict_names[PREDICT_NR];

struct predict {
	double baseline, lower, upper;
};

/* Limits after @n values @v in their order. -1: too few or without spread, and @out is all NaN. */
int predict_limits(enum predict_rule rule, double boundary, const double *v, size_t n,
		   struct predict *out);

#endif
