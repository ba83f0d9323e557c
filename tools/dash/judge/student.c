// SPDX-License-Identifier: GPL-2.0-only
/* student.c - Student's t, by the incomplete beta function, and the tests based on it. */
#include <math.h>
#include "dash/judge/stats.h"

double stat_mean(const double *v, size_t n)
{
	double sum = 0;
	size_t i;

	for (i = 0; i < n; i++)
		sum += v[i];
	return n ? sum / n : NAN;
}

double stat_sd(const double *v, size_t n, unsigned ddof)
{
	double mean = stat_mean(v, n), sum = 0;
	size_t i;

	if (n <= ddof)
		return 0;
	for (i = 0; i < n; i++)
		sum += (v[i] - mean) * (v[i] - mean);
	return sqrt(sum / (n - ddof));
}

/* Lentz's continued fraction; it converges fast for x below (a+1)/(a+b+2). */
static double beta_fraction(double x, double a, double b)
{
	const double tiny = 1e-300;
	double c = 1, d = 1 - (a + b) * x / (a + 1), f;
	int m;

	d = 1 / (fabs(d) < tiny ? tiny : d);
	f = d;
	for (m = 1; m < 10000; m++) {
		double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
		double delta;

		d = 1 + even * d;
		c = 1 + even / c;
		d = 1 / (fabs(d) < tiny ? tiny : d);
		c = fabs(c) < tiny ? tiny : c;
		f *= d * c;
		d = 1 + odd * d;
		c = 1 + odd / c;
		d = 1 / (fabs(d) < tiny ? tiny : d);
		c = fabs(c) < tiny ? tiny : c;
		delta = d * c;
		f *= delta;
		if (fabs(delta - 1) < 1e-15)
			break;
	}
	return f;
}

static double log_gamma(double x)
{
	int sign;

	return lgamma_r(x, &sign); /* lgamma() would write a global variable */
}

static double incomplete_beta(double x, double a, double b)
{
	double front;

	if (x <= 0)
		return 0;
	if (x >= 1)
		return 1;
	front = exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * log(x) + b * log1p(-x));
	if (x < (a + 1) / (a + b + 2))
		return front * beta_fraction(x, a, b) / a;
	return 1 - front * beta_fraction(1 - x, b, a) / b;
}

double stat_student(double t, double df)
{
	if (isnan(t) || !(df > 0))
		return 1;
	if (isinf(t))
		return 0;
	return incomplete_beta(df / (df + t * t), df / 2, 0.5);
}

/* Two-sided p of the normal distribution: stat_student() with infinite @df. */
static double normal(double z, double df)
{
	(void)df;
	return erfc(fabs(z) / sqrt(2));
}

/* Bisect for the place where @two_sided falls to @p, up to the precision of doubles. */
static double quantile(double p, double df, double (*two_sided)(double, double))
{
	double tail = p < 0.5 ? 2 * p : 2 * (1 - p), lo = 0, hi = 1;

	if (!(p > 0 && p < 1))
		return p == 0 ? -INFINITY : p == 1 ? INFINITY : NAN;
	while (two_sided(hi, df) > tail && hi < 1e300)
		hi *= 2;
	for (;;) {
		double middle = lo + (hi - lo) / 2;

		if (middle <= lo || middle >= hi)
			return p < 0.5 ? -hi : hi;
		if (two_sided(middle, df) > tail)
			lo = middle;
		else
			hi = middle;
	}
}

double stat_student_quantile(double p, double df)
{
	return quantile(p, df, stat_student);
}

double stat_normal_quantile(double p)
{
	return quantile(p, INFINITY, normal);
}

/*
 * t of the difference @diff with standard error @error; without any spread, two levels certainly
 * differ.
 */
static double p_of(double diff, double error, double df)
{
	if (error > 0)
		return stat_student(diff / error, df);
	return diff == 0 ? 1 : 0;
}

double stat_pooled(const double *x, size_t n, const double *y, size_t m, unsigned ddof)
{
	double sx, sy, var;

	if (n + m <= 2 || !n || !m)
		return 1;
	sx = stat_sd(x, n, ddof);
	sy = stat_sd(y, m, ddof);
	var = ((n - 1) * sx * sx + (m - 1) * sy * sy) / (n + m - 2);
	return p_of(stat_mean(x, n) - stat_mean(y, m), sqrt(var * (1.0 / n + 1.0 / m)), n + m - 2);
}

double stat_welch(const double *x, size_t n, const double *y, size_t m)
{
	double vx, vy, sum, df;

	if (n < 2 || m < 2)
		return 1;
	vx = pow(stat_sd(x, n, 1), 2) / n;
	vy = pow(stat_sd(y, m, 1), 2) / m;
	sum = vx + vy;
	df = sum > 0 ? sum * sum / (vx * vx / (n - 1) + vy * vy / (m - 1)) : n + m - 2;
	return p_of(stat_mean(x, n) - stat_mean(y, m), sqrt(sum), df);
}
