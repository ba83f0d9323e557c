// SPDX-License-Identifier: GPL-2.0-only
/* test-dash-judge.c - which series fails a job, which asks for another run, and which is left alone. */
#include "dash-make.h"
#include "unit.h"

static struct dash_verdicts judged(struct dash_history *h, const struct dash_ack *ack)
{
	struct judge_opts opts = judge_defaults;
	struct dash_verdicts v;

	opts.ack = ack;
	opts.nr_acks = ack ? 1 : 0;
	if (judge_history(h, &opts, &v))
		exit(1);
	return v;
}

static enum dash_verdict verdict(struct dash_history *h, const struct dash_ack *ack, int *status)
{
	struct dash_verdicts v = judged(h, ack);
	enum dash_verdict first = v.judged[0].verdict;

	*status = v.status;
	judge_free(&v);
	return first;
}

static void test_exact(void)
{
	double still[10] = {0}, one[10] = {0}, fixed[10] = {0}, old[40] = {0};
	struct dash_history *h = make_history(40, 1);
	struct dash_ack ack = {"100000a", "test/*", "as planned", NULL};
	int status, i;

	make_series(h, 0, "fallbacks", DASH_EXACT, DASH_EQUAL, still, 10);
	h->nr_commits = h->nr_runs = 10;
	CHECK(verdict(h, NULL, &status) == DASH_PASS && status == 0, "exact: nothing moved");
	one[9] = 1;
	make_series(h, 0, "fallbacks", DASH_EXACT, DASH_EQUAL, one, 10);
	CHECK(verdict(h, NULL, &status) == DASH_REGRESSION && status == 1,
	      "exact: one more, at the last commit, fails");
	ack.sha = "0000000000000000000000000000000001000009";
	CHECK(verdict(h, &ack, &status) == DASH_ACKNOWLEDGED && status == 0, "... unless accepted");
	ack.metric = "other/*";
	CHECK(verdict(h, &ack, &status) == DASH_REGRESSION, "... of this metric");
	ack.metric = "test/*";
	ack.sha = "0000000000000000000000000000000001000008";
	CHECK(verdict(h, &ack, &status) == DASH_REGRESSION, "... and this commit");
	h->series[0].better = DASH_HIGHER;
	CHECK(verdict(h, NULL, &status) == DASH_IMPROVED && status == 0, "more of what is good is good");
	h->series[0].better = DASH_EQUAL;
	h->series[0].gate = false;
	CHECK(verdict(h, NULL, &status) == DASH_PASS && status == 4,
	      "what nobody gates on does not fail, and nothing judged is no pass");
	fixed[7] = 5;
	make_series(h, 0, "fallbacks", DASH_EXACT, DASH_EQUAL, fixed, 10);
	CHECK(verdict(h, NULL, &status) == DASH_PASS, "what was put right since does not fail");
	h->nr_commits = h->nr_runs = 40;
	for (i = 20; i < 40; i++)
		old[i] = 3;
	make_series(h, 0, "fallbacks", DASH_EXACT, DASH_EQUAL, old, 40);
	CHECK(verdict(h, NULL, &status) == DASH_PASS, "what changed 20 commits ago is no news");
	free_history(h);
}

static void test_spread(void)
{
	struct dash_history *h = make_history(30, 1);
	double z[30];
	struct dash_verdicts v;
	int i;

	for (i = 0; i < 30; i++)
		z[i] = 100 + i % 3;
	make_series(h, 0, "wanders", DASH_EXACT, DASH_EQUAL, z, 30);
	v = judged(h, NULL);
	CHECK(v.judged[0].verdict == DASH_PASS && !v.judged[0].step[0].passed,
	      "an exact metric that wanders is judged as a noisy one");
	judge_free(&v);
	free_history(h);
}

static void test_icount(void)
{
	struct dash_history *h = make_history(20, 1);
	struct stat_random random = {3};
	double z[20];
	int status, i;

	for (i = 0; i < 20; i++)
		z[i] = 5340 * (1 + 0.0001 * make_normal(&random));
	make_series(h, 0, "instructions", DASH_ICOUNT, DASH_LOWER, z, 20);
	CHECK(verdict(h, NULL, &status) == DASH_PASS, "icount: 0.01 %% of noise is none");
	z[19] = 5340 * 1.02;
	make_series(h, 0, "instructions", DASH_ICOUNT, DASH_LOWER, z, 20);
	CHECK(verdict(h, NULL, &status) == DASH_REGRESSION && status == 1, "... 2 %% more fail at once");
	z[19] = 5340 * 0.98;
	make_series(h, 0, "instructions", DASH_ICOUNT, DASH_LOWER, z, 20);
	CHECK(verdict(h, NULL, &status) == DASH_IMPROVED && status == 0, "... 2 %% less is better");
	for (i = 0; i < 20; i++)
		z[i] = 5340 * (1 + 0.0002 * i);
	make_series(h, 0, "instructions", DASH_ICOUNT, DASH_LOWER, z, 20);
	CHECK(verdict(h, NULL, &status) == DASH_REGRESSION, "... and so does what creeps up by 0.02 %% a commit");
	free_history(h);
}

/* @nr runs of 100 with 3 % of noise, times @factor from @from on. */
static void noisy(double *z, size_t nr, size_t from, double factor, __u64 seed)
{
	struct stat_random random = {seed};
	size_t i;

	for (i = 0; i < nr; i++)
		z[i] = 100 * (1 + 0.03 * make_normal(&random)) * (i >= from ? factor : 1);
}

static void test_noisy(void)
{
	struct dash_history *h = make_history(40, 1);
	struct dash_verdicts v;
	double z[40];
	int status;

	noisy(z, 40, 40, 1, 5);
	make_series(h, 0, "p99_ns", DASH_TIME, DASH_LOWER, z, 40);
	CHECK(verdict(h, NULL, &status) == DASH_PASS && status == 0, "noise alone passes");
	noisy(z, 40, 39, 2, 5);
	make_series(h, 0, "p99_ns", DASH_TIME, DASH_LOWER, z, 40);
	CHECK(verdict(h, NULL, &status) == DASH_RERUN && status == 4,
	      "an alarm on the last point alone asks for a rerun, and does not fail");
	noisy(z, 40, 36, 2, 5);
	make_series(h, 0, "p99_ns", DASH_TIME, DASH_LOWER, z, 40);
	CHECK(verdict(h, NULL, &status) == DASH_RERUN && status == 4, "... on the last four as well");
	noisy(z, 40, 34, 2, 5);
	make_series(h, 0, "p99_ns", DASH_TIME, DASH_LOWER, z, 40);
	v = judged(h, NULL);
	CHECK(v.judged[0].verdict == DASH_REGRESSION && v.status == 1 && v.nr_events == 1 &&
		      v.event[0].lo <= 34 && v.event[0].hi >= 34 && v.judged[0].change[0].q < 0.05,
	      "six runs at twice the time fail, and name the commit");
	judge_free(&v);
	h->series[0].better = DASH_HIGHER;
	CHECK(verdict(h, NULL, &status) == DASH_IMPROVED && status == 0, "... unless more is better");
	noisy(z, 15, 9, 2, 5);
	make_series(h, 0, "p99_ns", DASH_TIME, DASH_LOWER, z, 15);
	h->nr_commits = h->nr_runs = 15;
	CHECK(verdict(h, NULL, &status) == DASH_UNJUDGED && status == 4, "15 runs are too few to fail a job");
	h->nr_commits = h->nr_runs = 40;
	free_history(h);
}

/* The newest value alone, by each of the rules. */
static void test_last_point(void)
{
	struct dash_history *h = make_history(40, 1);
	struct judge_opts opts = judge_defaults;
	double z[40];
	int rule;

	for (rule = 0; rule < PREDICT_NR; rule++) {
		struct dash_verdicts v;

		opts.last = (enum predict_rule)rule;
		opts.last_boundary = rule == PREDICT_STATIC ? 115 : predict_names[rule].boundary;
		noisy(z, 40, 39, 1.3, 5);
		make_series(h, 0, "p99_ns", DASH_TIME, DASH_LOWER, z, 40);
		EXPECT(!judge_history(h, &opts, &v) && v.judged[0].verdict == DASH_RERUN && v.status == 4);
		judge_free(&v);
		noisy(z, 40, 40, 1, 5);
		make_series(h, 0, "p99_ns", DASH_TIME, DASH_LOWER, z, 40);
		EXPECT(!judge_history(h, &opts, &v) && v.judged[0].verdict == DASH_PASS && v.status == 0);
		judge_free(&v);
	}
	CHECK(unit_quiet(), "each rule for the last point asks for a rerun at +30 %%, and is quiet without");
	free_history(h);
}

/* 2,000 latencies round @centre, in buckets of 1/16 of an octave; every @slow-th ten times as long. */
static struct dash_hist *latencies(double centre, size_t slow, struct stat_random *random)
{
	struct dash_hist *hist = calloc(1, sizeof(*hist));
	unsigned count[400] = {0};
	size_t i;

	for (i = 0; i < 2000; i++) {
		double ns = centre * exp(0.2 * make_normal(random)) * (slow && i % slow == 0 ? 10 : 1);

		count[(size_t)(16 * log2(ns))]++;
	}
	hist->bucket = calloc(400, sizeof(*hist->bucket));
	for (i = 0; i < 400; i++)
		if (count[i])
			hist->bucket[hist->nr++] =
				(struct dash_bucket){(__u64)exp2((i + 1) / 16.0), count[i]};
	hist->count = 2000;
	hist->sum = NAN;
	return hist;
}

/* The verdict when the newest @nr of 40 runs have another distribution, and the same median. */
static enum dash_verdict shaped(size_t nr, enum dash_better better, struct dash_change *change)
{
	struct dash_history *h = make_history(40, 1);
	struct stat_random random = {9};
	enum dash_verdict out;
	struct dash_verdicts v;
	double z[40];
	size_t i;

	noisy(z, 40, 40, 1, 5);
	make_series(h, 0, "p50_ns", DASH_TIME, better, z, 40);
	for (i = 0; i < 40; i++)
		h->series[0].sample[i].hist = latencies(1000, i >= 40 - nr ? 5 : 0, &random);
	v = judged(h, NULL);
	out = v.judged[0].verdict;
	*change = v.judged[0].nr_changes ? v.judged[0].change[v.judged[0].nr_changes - 1] : (struct dash_change){0};
	judge_free(&v);
	for (i = 0; i < 40; i++) {
		free(h->series[0].sample[i].hist->bucket);
		free((void *)h->series[0].sample[i].hist);
	}
	free_history(h);
	return out;
}

static void test_distribution(void)
{
	struct dash_change c;

	CHECK(shaped(0, DASH_LOWER, &c) == DASH_PASS && c.shape == 0, "distributions that are alike pass");
	CHECK(shaped(1, DASH_LOWER, &c) == DASH_RERUN && c.shape > 0.12 && c.worse && c.point == 39,
	      "one of five ten times as slow asks for a rerun, though the median is the same");
	CHECK(shaped(2, DASH_LOWER, &c) == DASH_RERUN && c.point == 38, "... also in two runs, since the first");
	CHECK(shaped(3, DASH_LOWER, &c) == DASH_PASS && c.state == DASH_CHANGE_SHOWN && c.point == 37,
	      "... in three it is what it is now, and shown");
	CHECK(shaped(1, DASH_HIGHER, &c) == DASH_IMPROVED && !c.worse, "... and no alarm where more is better");
}

static void test_left_out(void)
{
	struct dash_history *h = make_history(40, 1);
	struct dash_verdicts v;
	double z[40];
	int status, i;

	noisy(z, 40, 34, 2, 5);
	make_series(h, 0, "p99_ns", DASH_TIME, DASH_LOWER, z, 40);
	for (i = 34; i < 40; i++)
		h->run[i].env = 1;
	v = judged(h, NULL);
	CHECK(v.judged[0].verdict == DASH_UNJUDGED && v.judged[0].unjudged == DASH_MACHINE && v.status == 4,
	      "twice the time on another machine asks for a rerun");
	CHECK(v.judged[0].point[0].flags & DASH_POINT_MACHINE && !v.judged[0].point[39].flags,
	      "... and the points say on which they were made");
	judge_free(&v);
	for (i = 0; i < 40; i++)
		h->run[i].env = 0;
	h->run[39].lost = 7;
	v = judged(h, NULL);
	CHECK(v.judged[0].unjudged == DASH_LOST && v.status == 4, "a run that lost events is not judged");
	judge_free(&v);
	h->run[39].lost = 0;
	h->series[0].nr = 39;
	v = judged(h, NULL);
	CHECK(v.judged[0].unjudged == DASH_MISSING && v.status == 4, "a metric that is gone is no pass");
	judge_free(&v);
	CHECK(verdict(h, NULL, &status) == DASH_UNJUDGED, "... again");
	free_history(h);
}

static void test_repeats(void)
{
	struct dash_history *h = make_history(3, 1);
	double z[] = {10, 11, 30, 12};
	struct dash_verdicts v;

	/* The second commit is measured twice. */
	make_series(h, 0, "p99_ns", DASH_TIME, DASH_LOWER, z, 3);
	h->run[1].commit = h->run[2].commit = 1;
	v = judged(h, NULL);
	CHECK(v.judged[0].nr_points == 2 && v.judged[0].point[1].n == 2 && v.judged[0].point[1].value == 20.5 &&
		      v.judged[0].point[1].lo == 11 && v.judged[0].point[1].hi == 30,
	      "runs of one commit are one point: n 2, median, least and greatest");
	judge_free(&v);
	free_history(h);
}

static void test_many(void)
{
	enum { SERIES = 40, RUNS = 60 };
	struct dash_history *h = make_history(RUNS, SERIES);
	struct dash_verdicts v;
	double z[RUNS];
	size_t i, alarms = 0;
	char name[SERIES][16];

	for (i = 0; i < SERIES; i++) {
		snprintf(name[i], sizeof(name[i]), "m%zu", i);
		noisy(z, RUNS, i < 3 ? 50 : RUNS, 1.3, 100 + i);
		make_series(h, i, name[i], DASH_TIME, DASH_LOWER, z, RUNS);
	}
	v = judged(h, NULL);
	for (i = 3; i < SERIES; i++)
		alarms += v.judged[i].verdict == DASH_REGRESSION;
	CHECK(v.judged[0].verdict == DASH_REGRESSION && v.judged[1].verdict == DASH_REGRESSION &&
		      v.judged[2].verdict == DASH_REGRESSION && !alarms,
	      "of 40 series the three that regressed fail, and no other");
	CHECK(v.nr_events >= 1 && v.event[v.nr_events - 1].nr == 3, "... as one event with three metrics");
	judge_free(&v);
	free_history(h);
}

static enum dash_verdict compared(struct dash_history *h, int *status)
{
	struct dash_verdicts v;
	enum dash_verdict got;

	if (judge_compare(h, 0, 1, &judge_pr_defaults, &v))
		exit(1);
	got = v.judged[0].verdict;
	*status = v.status;
	judge_free(&v);
	return got;
}

static void test_compare(void)
{
	struct dash_history *h = make_history(20, 1);
	struct stat_random random = {11};
	double z[20];
	int status, i;

	for (i = 0; i < 20; i++) {
		h->run[i].commit = i % 2;
		z[i] = (i % 2 ? 110 : 100) + make_normal(&random);
	}
	make_series(h, 0, "ns", DASH_TIME, DASH_LOWER, z, 20);
	CHECK(compared(h, &status) == DASH_REGRESSION && status == 1, "compare: 10 runs each, 10 %% slower");
	h->series[0].nr = 6;
	CHECK(compared(h, &status) == DASH_UNJUDGED && status == 4, "... of 3 each nothing can be said");
	h->series[0].nr = 2;
	CHECK(compared(h, &status) == DASH_UNJUDGED && status == 4, "... nor of one each");
	h->series[0].nr = 20;
	h->series[0].rel_floor = 0.2;
	CHECK(compared(h, &status) == DASH_PASS && status == 0, "... below the floor is no regression");
	h->series[0].rel_floor = NAN;
	for (i = 0; i < 20; i += 2)
		h->run[i].env = 1;
	CHECK(compared(h, &status) == DASH_UNJUDGED && status == 4, "... on two machines neither");
	for (i = 0; i < 20; i++)
		h->run[i].env = 0;
	/* Pairs: a drift ten times the difference is in both of a pair. */
	for (i = 0; i < 20; i++) {
		static char name[10][4];

		snprintf(name[i / 2], sizeof(name[0]), "p%d", i / 2);
		h->run[i].pair = name[i / 2];
		z[i] = (100 + 50.0 * (i / 2)) * (i % 2 ? 1.08 : 1) * (1 + 0.005 * make_normal(&random));
	}
	make_series(h, 0, "ns", DASH_TIME, DASH_LOWER, z, 20);
	CHECK(compared(h, &status) == DASH_REGRESSION && status == 1, "pairs find 8 %% under a drift of 500 %%");
	h->series[0].nr = 10;
	CHECK(compared(h, &status) == DASH_UNJUDGED && status == 4, "... of 5 pairs nothing can be said");
	z[0] = z[2] = 5;
	z[1] = 6;
	make_series(h, 0, "faults", DASH_EXACT, DASH_EQUAL, z, 2);
	CHECK(compared(h, &status) == DASH_REGRESSION && status == 1, "an exact count needs one run each");
	free_history(h);
}

int main(void)
{
	test_exact();
	test_spread();
	test_icount();
	test_noisy();
	test_last_point();
	test_distribution();
	test_left_out();
	test_repeats();
	test_many();
	test_compare();
	return UNIT_STATUS;
}
