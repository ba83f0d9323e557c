// SPDX-License-Identifier: GPL-2.0-only
/* compare.c - compare two commits: by equality, by pairs of runs, or by groups of runs. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "dash/judge/parts.h"
#include "dash/judge/stats.h"

#define ALPHA	     0.05
#define CLEARLY_SAME 0.3 /* p above this: no change; between ALPHA and this: more runs are needed */
#define SEPARATE     0.85

const struct judge_opts judge_pr_defaults = {
	.fail_segment = 5,
	.recent = 10,
	.q = 0.05,
	.by_chance = DASH_CHANGE_RERUN,
	.rel_floor = 0.05,
	.icount_floor = 0.001,
	.ratio_floor = 0.5,
};

/* The runs of one of the two commits. */
struct side {
	double *z;
	const struct dash_sample **sample;
	size_t n, lost;
	struct dash_point point;
};

static double scale_of(const struct dash_series *series)
{
	return series->class == DASH_RATIO ? 100 : 1;
}

static int side_make(const struct dash_history *h, const struct dash_series *series, __u32 commit,
		     struct side *side)
{
	__u64 num = 0, den = 0;
	size_t i;

	*side = (struct side){.z = calloc(series->nr + 1, sizeof(*side->z)),
			      .sample = malloc((series->nr + 1) * sizeof(*side->sample)),
			      .point = {.commit = commit, .lo = INFINITY, .hi = -INFINITY}};
	if (!side->z || !side->sample)
		return -ENOMEM;
	for (i = 0; i < series->nr; i++) {
		const struct dash_sample *s = &series->sample[i];
		const struct dash_ran *run = &h->run[s->run];

		if (run->commit != commit)
			continue;
		if (!side->point.nr_samples++)
			side->point.sample = (__u32)i;
		side->point.env = run->env;
		if (run->lost) {
			side->lost++;
			continue;
		}
		side->sample[side->n] = s;
		side->z[side->n++] = scale_of(series) * s->value;
		side->point.lo = fmin(side->point.lo, s->value);
		side->point.hi = fmax(side->point.hi, s->value);
		num += s->num;
		den += s->den;
	}
	side->point.n = (__u32)side->n;
	side->point.value = stat_median(side->z, side->n) / scale_of(series);
	if (series->class == DASH_RATIO && den) {
		side->point.num = num;
		side->point.den = den;
		side->point.value = (double)num / den;
	}
	return 0;
}

static int undecided(struct dash_judged *out, enum dash_unjudged why, const char *text)
{
	out->verdict = DASH_UNJUDGED;
	out->unjudged = why;
	return set_reason(out, "%s", text);
}

/* Add the change from @a to @b with this @state; a state that means no change is not added. */
static int put_change(const struct dash_history *h, const struct judge_opts *opts,
		      struct dash_judged *out, enum dash_change_state state, double p, double ps)
{
	const struct dash_point *a = &out->point[0], *b = &out->point[1];
	double scale = scale_of(out->series);
	struct dash_change c = {
		.point = 1,
		.lo = a->commit < b->commit ? a->commit + 1 : b->commit,
		.hi = b->commit,
		.before = a->value,
		.after = b->value,
		.shift = scale * (b->value - a->value),
		.rel = a->value == 0 || scale != 1 ? NAN : (b->value - a->value) / fabs(a->value),
		.p = p,
		.q = NAN,
		.ps = ps,
		.worse = is_worse(out->series->better, a->value, b->value),
		.state = state,
		.event = ~0U,
	};
	const struct dash_ack *ack = find_ack(h, opts, out->series, &c);

	if (state != DASH_CHANGE_WEAK && !c.worse)
		c.state = DASH_CHANGE_SHOWN;
	if (ack) {
		c.ack = ack->reason;
		if (c.state == DASH_CHANGE_FAIL || c.state == DASH_CHANGE_RERUN)
			c.state = DASH_CHANGE_ACK;
	}
	return add_change(out, &c) ? 0 : -ENOMEM;
}

/*
 * Without statistics: a difference is a change if it is above @rel of the old value and above @abs.
 */
static int by_level(const struct dash_history *h, const struct judge_opts *opts,
		    struct dash_judged *out, double rel, double abs)
{
	double scale = scale_of(out->series);
	double before = scale * out->point[0].value, after = scale * out->point[1].value;
	bool changed = fabs(after - before) > rel * fabs(before) && fabs(after - before) > abs;

	if (add_step(out, !changed, "same level at both commits", "%.10g before, %.10g after",
		     before, after))
		return -ENOMEM;
	return changed ? put_change(h, opts, out, DASH_CHANGE_FAIL, NAN, NAN) : 0;
}

static double log_or_same(const struct dash_series *series, const struct dash_sample *s)
{
	if (series->class == DASH_RATIO && s->ratio && s->num <= s->den)
		return stat_logit(s->num, s->den);
	return s->value > 0 && series->class != DASH_RATIO ? log(s->value) : s->value;
}

/*
 * Make pairs of runs, one at each commit, and take differences of the logarithms. Returns the
 * number of pairs.
 */
static size_t pair_up(const struct dash_history *h, const struct dash_series *series,
		      const struct side *a, const struct side *b, double *diff)
{
	size_t i, j, k, n = 0;

	for (i = 0; i < a->n; i++) {
		const char *name = h->run[a->sample[i]->run].pair;
		double sum[2] = {0, 0};
		size_t nr[2] = {0, 0};

		if (!name)
			continue;
		/* Once for each pair name, at its first run. */
		for (k = 0; k < i; k++)
			if (h->run[a->sample[k]->run].pair &&
			    !strcmp(h->run[a->sample[k]->run].pair, name))
				break;
		if (k < i)
			continue;
		for (k = 0; k < 2; k++) {
			const struct side *side = k ? b : a;

			for (j = 0; j < side->n; j++) {
				const char *other = h->run[side->sample[j]->run].pair;

				if (!other || strcmp(other, name))
					continue;
				sum[k] += log_or_same(series, side->sample[j]);
				nr[k]++;
			}
		}
		if (nr[0] && nr[1])
			diff[n++] = sum[1] / nr[1] - sum[0] / nr[0];
	}
	return n;
}

static bool above_floor(const struct judge_opts *opts, const struct dash_judged *out)
{
	const struct dash_series *s = out->series;
	double scale = scale_of(s), before = scale * out->point[0].value;
	double off = fabs(scale * out->point[1].value - before);
	double rel = isnan(s->rel_floor) ? opts->rel_floor : s->rel_floor;
	double abs = isnan(s->abs_floor) ? (s->class == DASH_RATIO ? opts->ratio_floor : 0) :
					   s->abs_floor;

	return off >= abs && (s->class == DASH_RATIO || off >= rel * fabs(before));
}

/* Derive the verdict from p and from how clearly one side is above the other. */
static int by_test(const struct dash_history *h, const struct judge_opts *opts,
		   struct dash_judged *out, double p, double ps, bool separate)
{
	bool floor = above_floor(opts, out);

	if (add_step(out, p > ALPHA, "chance explains the difference", "p %.4g, limit %g", p,
		     ALPHA) ||
	    add_step(out, !separate, "the sides overlap", "superiority %.3f", ps) ||
	    add_step(out, !floor, "the difference is below the floor", "%.6g before, %.6g after",
		     out->point[0].value, out->point[1].value))
		return -ENOMEM;
	/*
	 * A Benjamini-Hochberg step follows for failures, so that among many metrics none fails by
	 * chance.
	 */
	out->autocorrelation = 0;
	if (!floor || p > CLEARLY_SAME)
		return p <= ALPHA ? put_change(h, opts, out, DASH_CHANGE_WEAK, p, ps) : 0;
	return put_change(h, opts, out,
			  p <= ALPHA && separate ? DASH_CHANGE_FAIL : DASH_CHANGE_RERUN, p, ps);
}

static int by_pairs(const struct dash_history *h, const struct judge_opts *opts,
		    struct dash_judged *out, const double *diff, size_t n)
{
	struct interval shift;
	double p = stat_signed_rank(diff, n, &shift), up = 0;
	size_t i;

	for (i = 0; i < n; i++)
		up += diff[i] > 0 ? 1 : diff[i] == 0 ? 0.5 : 0;
	if (add_step(out, true, "pairs of runs",
		     "%zu; shift of the logarithm %.4g, 95 %% interval %.4g to %.4g", n, shift.at,
		     shift.lo, shift.hi))
		return -ENOMEM;
	if (ldexp(2, -(int)(n < 60 ? n : 60)) > ALPHA) {
		if (add_step(out, false, "enough pairs", "%zu of 6: no p below %g can be reached",
			     n, ALPHA))
			return -ENOMEM;
		return undecided(out, DASH_FEW, "too few pairs of runs: 6 are needed, 8 are better");
	}
	/* Use the values of the pairs as point values: their difference is what was tested. */
	if (out->series->class != DASH_RATIO && out->point[0].value > 0)
		out->point[1].value = out->point[0].value * exp(shift.at);
	return by_test(h, opts, out, p, up / n, true);
}

static int by_groups(const struct dash_history *h, const struct judge_opts *opts,
		     struct dash_judged *out, const struct side *a, const struct side *b)
{
	struct mwu test;
	struct interval shift;

	if (class_is_noisy(out->series->class) &&
	    strcmp(h->env[a->point.env].machine, h->env[b->point.env].machine))
		return undecided(out, DASH_MACHINE,
				 "the commits ran on different machines: rerun both on one");
	if (stat_mwu_least(a->n, b->n) > ALPHA) {
		if (add_step(out, false, "enough runs",
			     "%zu and %zu: no p below %g can be reached", a->n, b->n, ALPHA))
			return -ENOMEM;
		return undecided(out, DASH_FEW,
				 "too few runs: 4 of each commit are needed, 10 are better");
	}
	test = stat_mwu(a->z, a->n, b->z, b->n);
	shift = stat_shift(a->z, a->n, b->z, b->n);
	if (add_step(out, true, "groups of runs",
		     "%zu and %zu; shift %.6g, 95 %% interval %.6g to %.6g", a->n, b->n, shift.at,
		     shift.lo, shift.hi))
		return -ENOMEM;
	return by_test(h, opts, out, test.p, test.ps, fmax(test.ps, 1 - test.ps) >= SEPARATE);
}

static int compare_noisy(const struct dash_history *h, const struct judge_opts *opts,
			 struct dash_judged *out, const struct side *a, const struct side *b)
{
	double *diff = malloc((a->n + 1) * sizeof(*diff));
	size_t pairs;
	int err;

	if (!diff)
		return -ENOMEM;
	pairs = pair_up(h, out->series, a, b, diff);
	err = pairs ? by_pairs(h, opts, out, diff, pairs) : by_groups(h, opts, out, a, b);
	free(diff);
	return err;
}

static bool constant(const struct side *side)
{
	return side->point.lo == side->point.hi;
}

static int compare_series(const struct dash_history *h, const struct judge_opts *opts,
			  struct dash_judged *out, const struct side *a, const struct side *b)
{
	const struct dash_series *s = out->series;

	if (!a->point.nr_samples && !b->point.nr_samples)
		return undecided(out, DASH_FEW, "not measured at either commit");
	if (!a->point.nr_samples && b->n)
		return undecided(out, DASH_FEW, "new: no value at the commit before");
	if (!b->point.nr_samples)
		return undecided(out, DASH_MISSING, "no value at the commit that is judged");
	if (!a->n || !b->n)
		return undecided(out, DASH_LOST, "every run of a commit lost events");
	switch (s->class) {
	case DASH_EXACT:
		if (constant(a) && constant(b))
			return by_level(h, opts, out, 0, isnan(s->abs_floor) ? 0 : s->abs_floor);
		break;
	case DASH_ICOUNT:
		return by_level(h, opts, out,
				isnan(s->rel_floor) ? opts->icount_floor : s->rel_floor,
				isnan(s->abs_floor) ? 0 : s->abs_floor);
	case DASH_RATIO:
		/* With one run on each side there is no scatter to compare with. */
		if (constant(a) && constant(b))
			return by_level(h, opts, out, 0,
					isnan(s->abs_floor) ? opts->ratio_floor : s->abs_floor);
		break;
	default:
		break;
	}
	return compare_noisy(h, opts, out, a, b);
}

static int compare_one(const struct dash_history *h, const struct judge_opts *opts, __u32 a, __u32 b,
		       struct dash_judged *out)
{
	struct side before, after = {0};
	int err = side_make(h, out->series, a, &before);

	if (!err)
		err = side_make(h, out->series, b, &after);
	out->autocorrelation = NAN;
	out->point = calloc(2, sizeof(*out->point));
	if (!out->point)
		err = -ENOMEM;
	if (!err) {
		out->point[out->nr_points++] = before.point;
		out->point[out->nr_points++] = after.point;
		err = compare_series(h, opts, out, &before, &after);
	}
	free(before.z);
	free(before.sample);
	free(after.z);
	free(after.sample);
	return err;
}

int judge_compare(const struct dash_history *h, __u32 a, __u32 b, const struct judge_opts *opts,
		  struct dash_verdicts *out)
{
	size_t i;
	int err;

	err = begin_verdicts(h, opts, out);
	for (i = 0; i < out->nr && !err; i++) {
		err = compare_one(h, opts, a, b, &out->judged[i]);
	}
	return err ? err : sum_up(h, opts, out);
}
