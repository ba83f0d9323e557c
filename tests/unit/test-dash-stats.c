// SPDX-License-Identifier: GPL-2.0-only
/* test-dash-stats.c - the statistics of daxdash, by numbers that others computed. */
#include "dash-make.h"
#include "dash/judge/predict.h"
#include "dash/judge/robust.h"
#include "dash/judge/shape.h"
#include "unit.h"

/* As many digits as the reference has. */
static bool near(double got, double want, double rel)
{
	return fabs(got - want) <= rel * fabs(want);
}

/* json and gob of benchstat's own documentation, ns/op, 10 runs each. */
static const double json_old[] = {1726, 1723, 1707, 1707, 1713, 1729, 1736, 1707, 1705, 1774};
static const double json_new[] = {1423, 1416, 1411, 1413, 1412, 1426, 1422, 1424, 1447, 1425};
static const double gob_old[] = {3069, 3075, 3069, 3067, 3207, 3064, 3064, 3058, 3059, 3062};
static const double gob_new[] = {3075, 3065, 3059, 3065, 3060, 3081, 3186, 3135, 3087, 3062};

/* Flow of the Nile at Aswan, 1871 to 1970 (public data; R's datasets::Nile). */
static const double nile[] = {
	1120, 1160, 963,  1210, 1160, 1160, 813,  1230, 1370, 1140, 995, 935,  1110, 994,  1020,
	960,  1180, 799,  958,	1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774,  840,
	874,  694,  940,  833,	701,  916,  692,  1020, 1050, 969,  831, 726,  456,  824,  702,
	1120, 1100, 832,  764,	821,  768,  845,  864,	862,  698,  845, 744,  796,  1040, 759,
	781,  865,  845,  944,	984,  897,  822,  1010, 771,  676,  649, 846,  812,  742,  801,
	1040, 860,  874,  848,	890,  744,  749,  838,	1050, 918,  986, 797,  923,  975,  815,
	1020, 906,  901,  1170, 912,  746,  919,  718,	714,  740};

static void test_student(void)
{
	CHECK(near(stat_student(2, 10), 0.0733880347707, 1e-11) &&
		      near(stat_student(0.5, 1), 0.704832764699, 1e-11) &&
		      near(stat_student(12, 3), 0.00124501580079, 1e-11) &&
		      near(stat_student(8.71376895651276, 98), 7.43904230981e-14, 1e-11),
	      "Student's p, from 0.7 to 1e-13");
	CHECK(stat_student(0, 5) == 1 && stat_student(INFINITY, 5) == 0 && stat_student(NAN, 5) == 1,
	      "... and where there is nothing to compute");
}

static void test_mwu(void)
{
	static const double a[] = {2, 1, 3, 5}, b[] = {12, 11, 13, 15}, c[] = {0, 4, 6, 7},
			    d[] = {2, 2, 2, 2}, e[] = {1, 1, 1, 1, 1};
	struct mwu gob = stat_mwu(gob_old, 10, gob_new, 10), n;

	CHECK(near(stat_mwu(a, 4, b, 4).p, 0.0285714286, 2e-9) &&
		      near(stat_mwu(a, 4, c, 4).p, 0.4857142857, 2e-9),
	      "exact Mann-Whitney without ties");
	CHECK(near(stat_mwu(a, 4, d, 4).p, 0.7142857143, 1e-9) &&
		      near(stat_mwu(a, 4, e, 5).p, 0.0476190476, 1e-9),
	      "... and with ties on either side");
	CHECK(near(stat_mwu(json_old, 10, json_new, 10).p, 1.08250882e-05, 1e-8),
	      "benchstat's json");
	CHECK(near(gob.p, 0.4461018857, 1e-9) && gob.exact && near(gob.ps, 0.605, 1e-12),
	      "benchstat's gob, which it prints as p=0.446, superiority 0.605");
	CHECK(stat_shift(gob_old, 10, gob_new, 10).at == 3, "... its Hodges-Lehmann shift is 3");
	CHECK(stat_median(json_old, 10) == 1718 && stat_median(json_new, 10) == 1422.5 &&
		      near(100 * (stat_median(json_new, 10) / stat_median(json_old, 10) - 1), -17.20, 1e-4),
	      "... json's medians 1718 and 1422.5 differ by 17.20 %%");
	n = stat_mwu_normal(nile, 28, nile + 28, 72, true);
	CHECK(near(n.p, 5.5275e-10, 1e-4) && 28 * 72 - n.u == 1816.5,
	      "the Nile before and after 1898: U 1816.5, p 5.5275e-10");
	CHECK(near(stat_mwu_normal(nile, 28, nile + 28, 72, false).p, 5.3942e-10, 1e-4),
	      "... without correction for continuity 5.3942e-10");
}

static void test_least(void)
{
	static const double want[] = {0.333333, 0.1,	   0.0285714,	0.00793651, 0.0021645,
				      0.000582751, 0.0001554, 4.11353e-05, 1.08251e-05};
	size_t n;

	for (n = 2; n <= 10; n++)
		EXPECT(near(stat_mwu_least(n, n), want[n - 2], 1e-5));
	CHECK(unit_quiet(), "the least p of 2+2 to 10+10 runs");
}

static void test_intervals(void)
{
	static const struct {
		size_t n;
		double lo, hi, level;
	} want[] = {{6, 1, 6, 0.96875}, {8, 1, 8, 0.99219}, {10, 2, 9, 0.97852}, {20, 6, 15, 0.95861}};
	double v[20], d[11];
	size_t i;

	for (i = 0; i < 20; i++)
		v[i] = (double)i + 1;
	for (i = 0; i < 4; i++) {
		struct interval got = stat_median_interval(v, want[i].n);

		EXPECT(got.lo == want[i].lo && got.hi == want[i].hi &&
		       fabs(got.level - want[i].level) < 1e-5);
	}
	EXPECT(isinf(stat_median_interval(v, 5).lo));
	CHECK(unit_quiet(), "intervals of the median: none below 6 values, [2,9] of 10, [6,15] of 20");
	for (i = 0; i < 11; i++)
		d[i] = (double)i + 1;
	CHECK(near(stat_signed_rank(d, 6, NULL), 0.03125, 1e-12) &&
		      near(stat_signed_rank(d, 8, NULL), 0.0078125, 1e-12) &&
		      near(stat_signed_rank(d, 10, NULL), 0.001953125, 1e-12) &&
		      near(stat_signed_rank(d, 11, NULL), 0.0009765625, 1e-12),
	      "least p of the signed rank of 6, 8, 10, 11 pairs");
	CHECK(stat_quantile_needs(0.9) == 29 && stat_quantile_needs(0.99) == 299 &&
		      stat_quantile_needs(0.999) == 2995,
	      "p90 needs 29 samples, p99 299, p99.9 2995");
}

static void test_bh(void)
{
	static const double p[] = {.001, .008, .039, .041, .9}, want[] = {.005, .02, .05125, .05125, .9};
	double q[5];
	int i;

	stat_bh(p, q, 5);
	for (i = 0; i < 5; i++)
		EXPECT(near(q[i], want[i], 1e-12));
	CHECK(unit_quiet(), "Benjamini-Hochberg");
}

static void test_ratio(void)
{
	struct interval a = stat_ratio(json_old, 10, json_new, 10);
	struct interval b = stat_ratio(json_old, 10, json_new, 10);

	CHECK(near(a.at, 1422.5 / 1718, 1e-12) && a.lo <= a.at && a.at <= a.hi && a.lo == b.lo &&
		      a.hi == b.hi,
	      "the bootstrap of a ratio gives the same interval each time");
	a = stat_wilson(0, 100);
	CHECK(a.lo < 1e-12 && near(a.hi, 0.0369935, 1e-5), "Wilson of 0 in 100 ends at 3.7 %%");
	CHECK(near(stat_logit(0, 100), log(0.5 / 100.5), 1e-12), "logit of 0 in 100 is finite");
}

static bool splits_are(const double *z, size_t n, const struct hunter_opts *opts, const size_t *want,
		       size_t nr)
{
	struct splits got;
	bool same;
	size_t i;

	if (split_hunter(z, n, opts, &got))
		return false;
	same = got.nr == nr;
	for (i = 0; i < nr && same; i++)
		same = got.split[i].at == want[i];
	free(got.split);
	return same;
}

static void test_lcg(void)
{
	static const size_t both[] = {40, 87}, first[] = {40}, narrow[] = {40, 47, 83, 87};
	struct hunter_opts opts = {50, 0.001, 0, 0};
	struct splits got;
	struct mwu mwu;
	double z[120], sum = 0, q;
	size_t i, at;

	make_lcg(z);
	for (i = 0; i < 120; i++)
		sum += z[i];
	CHECK(sum == 121630.0625 && z[0] == 987.5 && z[1] == 1001 && z[2] == 1002.625 &&
		      z[3] == 1003.1875 && z[4] == 1011.375,
	      "the generated series is the one that others had");
	at = split_best(z, 0, 120, &q);
	CHECK(at == 41 && near(q, 599.6297254150703, 1e-13), "E-divisive divides it at 41, Q 599.6297");
	CHECK(splits_are(z, 120, &opts, both, 2), "Otava finds 40 and 87");
	split_hunter(z, 120, &opts, &got);
	CHECK(near(got.split[0].p, 1.60906e-23, 1e-5) && near(got.split[1].p, 4.61599e-08, 1e-5) &&
		      near(got.split[0].before, 1002.05, 1e-6) &&
		      near(got.split[0].after, 1024.1051, 1e-7) &&
		      near(got.split[1].after, 1012.5795, 1e-7),
	      "... with its p-values and means");
	free(got.split);
	opts.magnitude = 0.02;
	CHECK(splits_are(z, 120, &opts, first, 1), "... with magnitude 2 %% only 40");
	opts = (struct hunter_opts){30, 0.01, 0, 0};
	CHECK(splits_are(z, 120, &opts, narrow, 4), "... with window 30 and p 0.01 four");
	mwu = stat_mwu_normal(z, 40, z + 40, 45, true);
	CHECK(40 * 45 - mwu.u == 17 && near(mwu.p, 7.8428e-15, 1e-4) && near(mwu.ps, .99056, 1e-5) &&
		      stat_shift(z, 40, z + 40, 45).at == 21.4375 &&
		      near(stat_welch(z, 40, z + 40, 45), 1.0614e-22, 1e-4) &&
		      near(stat_ks(z, 40, z + 40, 45), .905556, 1e-5),
	      "its first two levels by rank, shift, Welch and Kolmogorov-Smirnov");
}

static void test_nile(void)
{
	static const size_t want[] = {28}, windows[] = {30, 50, 100};
	struct hunter_opts opts = {50, 0.001, 0, 0};
	struct splits got;
	double q;
	size_t at = split_best(nile, 0, 100, &q), i;

	CHECK(at == 28 && near(q, 4916.590807675146, 1e-13), "the Nile divides at 28, Q 4916.59");
	for (i = 0; i < 3; i++) {
		opts.window = windows[i];
		EXPECT(splits_are(nile, 100, &opts, want, 1));
	}
	CHECK(unit_quiet(), "Otava finds 28 alone, whatever the window");
	split_hunter(nile, 100, &opts, &got);
	CHECK(near(got.split[0].p, 4.72574e-14, 1e-5) && got.split[0].before == 1097.75 &&
		      near(got.split[0].after, 849.9722222, 1e-9),
	      "... with Otava's p 4.72574e-14");
	free(got.split);
	opts.ddof = 1;
	split_hunter(nile, 100, &opts, &got);
	CHECK(near(got.split[0].p, 7.43904e-14, 1e-5), "... and the right one 7.43904e-14");
	free(got.split);
	CHECK(near(stat_welch(nile, 28, nile + 28, 72), 7.3079e-11, 1e-4) &&
		      near(stat_ks(nile, 28, nile + 28, 72), .7063492063, 1e-9),
	      "Welch and Kolmogorov-Smirnov of both parts");
}

static void test_divisive(void)
{
	static const double tiny[] = {.3, 2.4, 1.5, -.9, -.5, 99.7, 98.3, 99.1, 149, 149.7, 149.5, 149.1, 148.8, 150};
	static const size_t want[] = {5, 8};
	struct hunter_opts opts = {50, 0.01, 0, 0};
	struct divisive_opts d = {DIVISIVE_ECP, 0.05, 9999, 1, 1, 1};
	double step[2000], pairs[600];
	struct splits got;
	int i;

	CHECK(splits_are(tiny, 14, &opts, want, 2), "14 values on three levels divide at 5 and 8");
	split_divisive(tiny, 14, &d, &got);
	/* The second one's p is 2/C(9,3): the three low values in front, or behind. */
	CHECK(got.nr == 2 && got.split[0].at == 5 && got.split[1].at == 8 &&
		      fabs(got.split[1].p - 2.0 / 84) < 0.005,
	      "... by permutations too, the second with p near 2/84 (%.4f)", got.split[1].p);
	free(got.split);
	for (i = 0; i < 2000; i++)
		step[i] = i >= 1000;
	d = (struct divisive_opts){DIVISIVE_MONGO, 0.05, 100, 1, 1, 1};
	split_divisive(step, 2000, &d, &got);
	CHECK(got.nr == 1 && got.split[0].at == 1000, "1000 zeros and 1000 ones divide at 1000");
	free(got.split);
	for (i = 0; i < 300; i++)
		pairs[2 * i] = pairs[2 * i + 1] = i < 100 ? 0 : i < 200 ? 1 : 20;
	d.dim = 2;
	split_divisive(pairs, 300, &d, &got);
	CHECK(got.nr == 2 && got.split[0].at == 200 && got.split[1].at == 100,
	      "points of two values divide at 200, then at 100");
	free(got.split);
	for (i = 0; i < 100; i++)
		step[i] = 7;
	d.dim = 1;
	split_divisive(step, 100, &d, &got);
	CHECK(got.nr == 0, "what does not move divides nowhere");
	free(got.split);
}

static void test_robust(void)
{
	struct robust_opts opts = robust_defaults;
	struct hunter_opts otava = {50, 0.001, 0, 0};
	struct robust got;
	double z[120], sum = 0;
	size_t i, flagged = 0, clear = 0;

	opts.scatter = 0; /* floors off, as where the numbers come from */
	make_lcg(z);
	robust_find(z, 120, &opts, &got);
	for (i = 0; i < 120; i++)
		flagged += got.outlier[i];
	for (i = 0; i < got.nr; i++)
		clear += !got.step[i].weak;
	CHECK(clear == 1 && got.step[0].at == 40 && !flagged && got.nr == 2 && got.step[1].weak,
	      "robust: 40 is a change, 87 a weak one, and nothing an outlier");
	robust_free(&got);
	z[60] += 400;
	for (i = 0; i < 120; i++)
		sum += z[i];
	CHECK(sum == 122030.0625 && splits_are(z, 120, &otava, NULL, 0),
	      "with one outlier Otava finds nothing");
	robust_find(z, 120, &opts, &got);
	for (flagged = 0, i = 0; i < 120; i++)
		flagged += got.outlier[i];
	for (clear = 0, i = 0; i < got.nr; i++)
		clear += !got.step[i].weak;
	CHECK(clear == 1 && got.step[0].at == 40 && flagged == 1 && got.outlier[60],
	      "robust finds 40, and the outlier at 60");
	robust_free(&got);
}

/* One cell of the table of false alarms and one of power, wide enough for chance with 200 series. */
static void test_rates(void)
{
	struct stat_random random = {2026};
	struct robust_opts opts = robust_defaults;
	unsigned k, alarms = 0, found = 0;
	double z[100];
	struct robust got;
	size_t i;

	opts.scatter = 0;
	for (k = 0; k < 200; k++) {
		bool any = false;

		for (i = 0; i < 100; i++)
			z[i] = 100 + 3 * make_normal(&random) + (stat_random_unit(&random) < .02 ? 45 : 0);
		robust_find(z, 100, &opts, &got);
		for (i = 0; i < got.nr; i++)
			any = any || !got.step[i].weak;
		alarms += any;
		robust_free(&got);
	}
	CHECK(alarms <= 8, "no change, 2 %% outliers: %u of 200 series have a false one (1.25 %% expected)",
	      alarms);
	for (k = 0; k < 200; k++) {
		bool any = false;

		for (i = 0; i < 67; i++)
			z[i] = 100 + 3 * make_normal(&random) + (i >= 60 ? 9 : 0);
		robust_find(z, 67, &opts, &got);
		for (i = 0; i < got.nr; i++)
			any = any || (!got.step[i].weak && got.step[i].at >= 58 && got.step[i].at <= 62);
		found += any;
		robust_free(&got);
	}
	CHECK(found >= 185, "a step of 3 deviations is found 7 runs later in %u of 200 series (98 %% expected)",
	      found);
}

/* scipy's t.ppf and norm.ppf. */
static void test_quantiles(void)
{
	double v[] = {9, -6, 1, 9, -6, 1};

	CHECK(near(stat_student_quantile(.85, 5), 1.15576734288, 1e-10) &&
		      near(stat_student_quantile(.999, 1), 318.308838985, 1e-9) &&
		      near(stat_student_quantile(.999, 29), 3.39624028834, 1e-10) &&
		      near(stat_student_quantile(.999, 1000), 3.09840216391, 1e-10) &&
		      near(stat_student_quantile(.001, 10), -4.14370049405, 1e-10),
	      "quantiles of Student's t");
	CHECK(near(stat_normal_quantile(.85), 1.0364333894937898, 1e-14) &&
		      near(stat_normal_quantile(.999), 3.090232306167813, 1e-14) &&
		      near(stat_normal_quantile(.0001), -3.7190164854556804, 1e-14) &&
		      stat_normal_quantile(0) == -INFINITY && isnan(stat_normal_quantile(2)),
	      "... and of the normal distribution");
	CHECK(stat_quantile_of(v, 6, .25) == -4.25 && stat_quantile_of(v, 6, .5) == 1 &&
		      stat_quantile_of(v, 6, .75) == 7 && stat_quantile_of(v, 6, 1) == 9,
	      "quartiles of six values are Bencher's");
	CHECK(isnan(stat_quantile_of(v, 0, 1)), "no values have no quantile");
}

static bool limits_are(enum predict_rule rule, double boundary, const double *v, size_t n, double baseline,
		       double lower, double upper)
{
	struct predict got;

	return !predict_limits(rule, boundary, v, n, &got) && fabs(got.baseline - baseline) < 1e-9 &&
	       fabs(got.lower - lower) < 1e-9 && fabs(got.upper - upper) < 1e-9;
}

/* The numbers of Bencher's own tests, and the interval of scipy's t.ppf. */
static void test_predict(void)
{
	static const double ten[] = {100, 102, 99, 101, 98, 103, 100, 97, 104, 96}, rising[] = {1, 2, 3, 4, 5},
			    below[] = {-1, 2}, same[] = {7, 7, 7};
	double logs[30], plain[6] = {-1, 1, -1, 1, -1, 1};
	struct predict got;
	int i;

	for (i = 0; i < 30; i++)
		logs[i] = i % 5 + 1;
	CHECK(limits_are(PREDICT_Z, .85, plain, 6, 0, -1.0364333894937898, 1.0364333894937898),
	      "z-score: percentile 85 of mean 0 and deviation 1 is 1.0364");
	CHECK(limits_are(PREDICT_T, .85, plain, 6, 0, -1.15576734288, 1.15576734288),
	      "t-test: with 5 degrees of freedom 1.1558");
	CHECK(limits_are(PREDICT_LOG_NORMAL, .85, logs, 30, 2.6051710846973517, 0.5147481524981812,
			 4.695594016896522),
	      "log-normal: 0.515 and 4.696 around 2.605");
	CHECK(limits_are(PREDICT_PERCENTAGE, .1, rising, 5, 3, 2.7, 3.3) &&
		      limits_are(PREDICT_STATIC, 42, rising, 5, 42, 42, 42),
	      "percentage and static");
	CHECK(limits_are(PREDICT_IQR, 1.5, rising, 5, 3, 0, 6), "iqr: 3 round the median");
	CHECK(limits_are(PREDICT_DELTA_IQR, 2, rising, 5, 3, 3 - 3 * .625, 3 + 3 * .625),
	      "delta-iqr: of the relative changes 1, 1/2, 1/3, 1/4");
	CHECK(limits_are(PREDICT_INTERVAL, .999, ten, 10, 100, 200 - 111.63580474042557, 111.63580474042557),
	      "prediction interval: 111.636 after ten values round 100");
	CHECK(predict_limits(PREDICT_T, .999, same, 3, &got) && isnan(got.upper) &&
		      predict_limits(PREDICT_Z, .999, ten, 1, &got) &&
		      predict_limits(PREDICT_LOG_NORMAL, .999, below, 2, &got),
	      "no limits without spread, of one value, of logarithms below 0");
}

/* P(false alarm) of one more value, no change: the table that these numbers come from has .0007 of B 20 to 30. */
static void test_predict_rate(void)
{
	struct stat_random random = {5};
	unsigned k, alarms = 0;
	double z[26];
	struct predict got;
	size_t i;

	for (k = 0; k < 20000; k++) {
		for (i = 0; i < 26; i++)
			z[i] = 100 + 3 * make_normal(&random);
		if (!predict_limits(PREDICT_INTERVAL, .999, z, 25, &got))
			alarms += z[25] > got.upper;
	}
	CHECK(alarms >= 8 && alarms <= 36, "interval 0.999: %u alarms of 20,000 values (20 expected)", alarms);
}

static struct dash_hist hist_of(struct dash_bucket *bucket, size_t nr)
{
	struct dash_hist hist = {.bucket = bucket, .nr = nr, .sum = NAN};
	size_t i;

	for (i = 0; i < nr; i++)
		hist.count += bucket[i].count;
	return hist;
}

static void test_shape(void)
{
	struct dash_bucket a[] = {{1000, 100}, {2000, 300}, {4000, 500}, {8000, 100}};
	struct dash_bucket b[] = {{1000, 50}, {2000, 150}, {4000, 500}, {8000, 300}};
	struct dash_bucket c[] = {{16000, 7}}, d[] = {{1000, 1}, {~0ULL, 1}};
	struct dash_hist x = hist_of(a, 4), y = hist_of(b, 4), far = hist_of(c, 1), open = hist_of(d, 2);
	struct shape got = shape_distance(&x, &y);

	CHECK(near(got.hellinger, 0.2096478160355915, 1e-13) && near(got.ks, 0.2, 1e-13) &&
		      near(got.wasserstein, 0.3119162312519755, 1e-13) &&
		      near(got.shift, 0.3119162312519755, 1e-13),
	      "two histograms: Hellinger .2096, Kolmogorov-Smirnov .2, Wasserstein .3119");
	got = shape_distance(&y, &x);
	CHECK(got.shift < 0 && near(got.wasserstein, 0.3119162312519755, 1e-13), "... and back");
	got = shape_distance(&x, &x);
	CHECK(got.hellinger < 1e-7 && got.ks == 0 && got.wasserstein == 0, "the same is 0 apart");
	got = shape_distance(&x, &far);
	CHECK(got.hellinger == 1 && near(got.ks, 1, 1e-13) && got.shift > 0, "nothing in common is 1 apart");
	got = shape_distance(&open, &open);
	CHECK(got.hellinger < 1e-7 && isfinite(got.wasserstein), "a bucket without an upper bound");
}

static void test_fill(void)
{
	double z[] = {NAN, NAN, 3, NAN, 5, NAN};

	split_fill(z, 6);
	CHECK(z[0] == 3 && z[1] == 3 && z[3] == 3 && z[5] == 5, "missing values are filled forward, then back");
}

int main(void)
{
	test_student();
	test_mwu();
	test_least();
	test_intervals();
	test_bh();
	test_ratio();
	test_lcg();
	test_nile();
	test_divisive();
	test_robust();
	test_rates();
	test_quantiles();
	test_predict();
	test_predict_rate();
	test_shape();
	test_fill();
	return UNIT_STATUS;
}
