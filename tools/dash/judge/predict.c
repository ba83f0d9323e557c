// SPDX-License-Identifier: GPL-2.0-only
/* predict.c - limits for the next value: Bencher's thresholds, and the prediction interval. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "dash/judge/predict.h"
#include "dash/judge/stats.h"

const struct predict_name predict_names[PREDICT_NR] = {
	[PREDICT_MADS] = {"mads", "deviations from the median, and beyond all values", 5, 1, 100},
	[PREDICT_STATIC] = {"static", "the boundary itself", NAN, -1e300, 1e300},
	[PREDICT_PERCENTAGE] = {"percentage", "so much of the mean", 0.1, 0, 1000},
	[PREDICT_Z] = {"z-score", "percentile of a normal distribution", 0.999, 0.5, 0.999999999},
	[PREDICT_T] = {"t-test", "percentile of Student's distribution", 0.999, 0.5, 0.999999999},
	[PREDICT_LOG_NORMAL] = {"log-normal", "percentile of a log-normal distribution", 0.999, 0.5, 0.999999999},
	[PREDICT_IQR] = {"iqr", "interquartile ranges from the median", 3, 0, 1000},
	[PREDICT_DELTA_IQR] = {"delta-iqr", "interquartile ranges of relative changes", 3, 0, 1000},
	[PREDICT_INTERVAL] = {"interval", "one-sided prediction interval", 0.999, 0.5, 0.999999999},
};

static struct predict around(double baseline, double off)
{
	return (struct predict){baseline, baseline - off, baseline + off};
}

/*
 * Limits by the standard deviation of the values, or of their logarithms. Bencher's divides by n.
 */
static struct predict by_deviation(enum predict_rule rule, double boundary, const double *v, size_t n)
{
	double mean = stat_mean(v, n), sd = stat_sd(v, n, rule == PREDICT_INTERVAL);

	if (!(sd > 0))
		return (struct predict){NAN, NAN, NAN};
	switch (rule) {
	case PREDICT_Z:
		return around(mean, sd * stat_normal_quantile(boundary));
	case PREDICT_T:
		return around(mean, sd * stat_student_quantile(boundary, n - 1.0));
	case PREDICT_LOG_NORMAL:
		/* Bencher's lower limit is as far below the mean as the upper one is above. */
		return around(exp(mean), exp(mean + sd * stat_normal_quantile(boundary)) - exp(mean));
	default:
		return around(mean, sd * sqrt(1 + 1.0 / n) * stat_student_quantile(boundary, n - 1.0));
	}
}

/* @room has space for @n values. */
static struct predict by_quartiles(enum predict_rule rule, double boundary, const double *v, size_t n,
				   double *room)
{
	double middle = stat_median(v, n), range;
	size_t i, nr = n;

	if (rule == PREDICT_IQR)
		memcpy(room, v, n * sizeof(*room));
	else
		for (nr = n - 1, i = 0; i < nr; i++)
			room[i] = fabs((v[i + 1] - v[i]) / v[i]);
	range = stat_quantile_of(room, nr, 0.75) - stat_quantile_of(room, nr, 0.25);
	return around(middle, boundary * range * (rule == PREDICT_IQR ? 1 : middle));
}

int predict_limits(enum predict_rule rule, double boundary, const double *v, size_t n,
		   struct predict *out)
{
	double *room = malloc((n + 1) * sizeof(*room));
	size_t i;

	*out = (struct predict){NAN, NAN, NAN};
	if (room && n >= 2) {
		memcpy(room, v, n * sizeof(*room));
		switch (rule) {
		case PREDICT_STATIC:
			*out = around(boundary, 0);
			break;
		case PREDICT_PERCENTAGE:
			*out = around(stat_mean(v, n), boundary * stat_mean(v, n));
			break;
		case PREDICT_LOG_NORMAL:
			for (i = 0; i < n; i++)
				room[i] = log(v[i]); /* NaN for negative values, and then for the result */
			*out = by_deviation(rule, boundary, room, n);
			break;
		case PREDICT_IQR:
		case PREDICT_DELTA_IQR:
			*out = by_quartiles(rule, boundary, v, n, room);
			break;
		default:
			*out = by_deviation(rule, boundary, v, n);
		}
	}
	free(room);
	if (isfinite(out->lower) && isfinite(out->upper))
		return 0;
	*out = (struct predict){NAN, NAN, NAN};
	return -1;
}
