// SPDX-License-Identifier: GPL-2.0-only
/* series.c - judge one series: choose its rule, and go through the steps to its verdict. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "dash/judge/parts.h"
#include "dash/judge/robust.h"
#include "dash/judge/shape.h"
#include "dash/judge/stats.h"

/*
 * Later points are compared with a level of the first values only, so that the level cannot creep.
 */
#define REFERENCE 5
/* If a ratio did not change at all for this many points, it is a ratio of exact counts. */
#define STILL 5
/* If neighbours are correlated by more than this, the environment drifts. */
#define DRIFT 0.3

const struct judge_opts judge_defaults = {
	.algo = JUDGE_ROBUST,
	.hunter = {.window = 50, .p = 0.001, .magnitude = 0, .ddof = 0},
	.permutations = 999,
	.seed = 1,
	.fail_segment = 5,
	.show_runs = 10,
	.fail_runs = 20,
	.recent = 10,
	.last = PREDICT_MADS,
	.q = 0.05,
	.by_chance = DASH_CHANGE_SHOWN,
	.rel_floor = 0.03,
	.icount_floor = 0.001,
	.ratio_floor = 0.5,
	.head = JUDGE_NEWEST,
};

/* The points that are judged, and their values on the scale that is used. */
struct used {
	double *z;
	size_t *at; /* index into the points */
	size_t n;
	double scale; /* factor; ratios are judged in points of 0.01 */
};

static int use(const struct dash_judged *out, struct used *used)
{
	size_t i;

	used->n = 0;
	used->scale = out->series->class == DASH_RATIO ? 100 : 1;
	used->z = malloc((out->nr_points + 1) * sizeof(*used->z));
	used->at = malloc((out->nr_points + 1) * sizeof(*used->at));
	if (!used->z || !used->at)
		return -ENOMEM;
	for (i = 0; i < out->nr_points; i++) {
		if (out->point[i].flags & (DASH_POINT_LOST | DASH_POINT_MACHINE))
			continue;
		used->z[used->n] = used->scale * out->point[i].value;
		used->at[used->n++] = i;
	}
	return 0;
}

static int unjudged(struct dash_judged *out, enum dash_unjudged why)
{
	out->verdict = DASH_UNJUDGED;
	out->unjudged = why;
	return set_reason(out, "%s", judge_unjudged_text(why));
}

static double floor_or(double given, double otherwise)
{
	return isnan(given) ? otherwise : given;
}

/*
 * The change at used value @i, after a level whose last value was @prev. Its range includes commits
 * without a value of this series.
 */
static struct dash_change change_at(const struct dash_judged *out, const struct used *used, size_t prev,
				    size_t i, double before, double after)
{
	struct dash_change change = {.point = (__u32)used->at[i], .event = ~0U};
	const struct dash_point *p = out->point;

	change.lo = p[used->at[prev]].commit + 1;
	change.hi = p[used->at[i]].commit;
	change.before = before / used->scale;
	change.after = after / used->scale;
	change.shift = after - before;
	change.rel = before == 0 || used->scale != 1 ? NAN : change.shift / fabs(before);
	change.p = change.q = change.ps = NAN;
	change.worse = is_worse(out->series->better, before, after);
	return change;
}

static bool is_recent(const struct judge_opts *opts, const struct used *used, size_t i)
{
	return i + opts->recent >= used->n;
}

/* Set the state of a change for the worse: it fails, is accepted, or is only shown. */
static void state_of(const struct dash_history *h, const struct judge_opts *opts,
		     struct dash_judged *out, struct dash_change *change, bool fails)
{
	const struct dash_ack *ack = find_ack(h, opts, out->series, change);

	if (ack)
		change->ack = ack->reason;
	if (change->state == DASH_CHANGE_WEAK)
		return;
	if (!change->worse || !fails)
		change->state = DASH_CHANGE_SHOWN;
	else if (ack)
		change->state = DASH_CHANGE_ACK;
	else
		change->state = change->state == DASH_CHANGE_RERUN ? DASH_CHANGE_RERUN :
								     DASH_CHANGE_FAIL;
}

static bool now_worse(enum dash_better better, double level, double now, double rel, double abs)
{
	return is_worse(better, level, now) && fabs(now - level) > fmax(rel * fabs(level), abs);
}

/*
 * For levels without noise: a value that differs from the level by more than @tolerance begins a
 * new level. A level is the median of its first REFERENCE values, so it cannot creep.
 */
static int judge_levels(const struct dash_history *h, const struct judge_opts *opts,
			struct dash_judged *out, const struct used *used, double rel, double abs)
{
	double head = used->z[used->n - 1], baseline = NAN;
	size_t from = 0, i, nr = 0;

	for (i = 1; i < used->n; i++) {
		size_t known = i - from < REFERENCE ? i - from : REFERENCE;
		double level = stat_median(used->z + from, known), off = fabs(used->z[i] - level);
		struct dash_change change;

		if (off <= rel * fabs(level) || off <= abs)
			continue;
		change = change_at(out, used, i - 1, i, level, used->z[i]);
		change.state = DASH_CHANGE_SHOWN;
		if (isnan(baseline) && is_recent(opts, used, i))
			baseline = level;
		/* A change that was undone since is not reported: the level is as before. */
		state_of(h, opts, out, &change,
			 is_recent(opts, used, i) &&
				 now_worse(out->series->better, level, head, rel, abs) &&
				 now_worse(out->series->better, baseline, head, rel, abs));
		if (!add_change(out, &change))
			return -ENOMEM;
		from = i;
		nr++;
	}
	return add_step(out, !nr, "same level at all commits", "%zu changes in %zu points", nr,
			used->n);
}

/* Do repeats of one commit differ, or do values vary from commit to commit? */
static bool has_spread(const struct dash_judged *out, const struct used *used)
{
	size_t i, moves = 0;

	for (i = 0; i < used->n; i++) {
		const struct dash_point *p = &out->point[used->at[i]];

		if (p->lo != p->hi)
			return true;
		moves += i && used->z[i] != used->z[i - 1];
	}
	return used->n >= 8 && 4 * moves > used->n;
}

static bool is_still(const struct used *used)
{
	size_t i;

	for (i = 1; i + 1 < used->n; i++)
		if (used->z[i] != used->z[0])
			return false;
	return used->n > STILL;
}

static bool is_whole(const struct used *used)
{
	size_t i;

	for (i = 0; i < used->n; i++)
		if (used->z[i] != rint(used->z[i]))
			return false;
	return true;
}

/*
 * What the newest value is compared with: by @limit's rule, or by deviations and beyond all values.
 */
struct newest {
	double middle, off;
	bool alarm;
};

/* @base holds the @n earlier values, and is reordered. */
static struct newest by_mads(const struct robust_opts *rules, double *base, size_t n, double last)
{
	struct newest out = {.middle = stat_median_of(base, n)};
	double worst = 0;
	size_t i;

	out.off = fabs(last - out.middle);
	for (i = 0; i < n; i++) {
		base[i] = (last > out.middle ? 1 : -1) * (base[i] - out.middle);
		worst = fmax(worst, base[i]);
		base[i] = fabs(base[i]);
	}
	out.alarm = out.off > worst &&
		    out.off > rules->mads * fmax(1.4826 * stat_median_of(base, n), rules->quantum);
	return out;
}

static struct newest by_rule_of(const struct judge_opts *opts, const double *base, size_t n, double last)
{
	struct predict limit;
	struct newest out = {0};

	if (predict_limits(opts->last, opts->last_boundary, base, n, &limit)) {
		out.middle = stat_median(base, n);
		out.off = fabs(last - out.middle);
		return out;
	}
	out.middle = limit.baseline;
	out.off = fabs(last - limit.baseline);
	out.alarm = last > limit.upper || last < limit.lower;
	return out;
}

/* Compare the newest value with the level since the last change, without outliers. */
static int judge_last(const struct dash_history *h, const struct judge_opts *opts,
		      struct dash_judged *out, const struct used *used, const struct robust *found,
		      const struct robust_opts *rules)
{
	size_t from = 0, i, n = 0, last = used->n - 1;
	struct dash_change change;
	struct newest newest;
	double *base;

	for (i = 0; i < found->nr; i++)
		if (!found->step[i].weak)
			from = found->step[i].at;
	base = malloc((last + 1) * sizeof(*base));
	if (!base)
		return -ENOMEM;
	for (i = from; i < last; i++)
		if (!found->outlier[i])
			base[n++] = used->z[i];
	if (n < opts->show_runs) {
		free(base);
		return 0;
	}
	newest = opts->last == PREDICT_MADS ? by_mads(rules, base, n, used->z[last]) :
					      by_rule_of(opts, base, n, used->z[last]);
	free(base);
	change = change_at(out, used, last - 1, last, newest.middle, used->z[last]);
	if (!newest.alarm || newest.off < rules->rel_floor * fabs(newest.middle) ||
	    newest.off < rules->abs_floor || !change.worse)
		return add_step(out, true, "last point is like those before",
				"%.6g off their level %.6g, by the rule %s", newest.off,
				newest.middle, predict_names[opts->last].name);
	change.state = DASH_CHANGE_RERUN;
	state_of(h, opts, out, &change, true);
	if (!add_change(out, &change))
		return -ENOMEM;
	return add_step(out, false, "last point is like those before",
			"%.6g off their level %.6g, by the rule %s; one run proves nothing: rerun",
			newest.off, newest.middle, predict_names[opts->last].name);
}

/* This many runs show how far unchanged distributions are apart, ... */
#define SHAPE_BASE 20
/*
 * ... and this many of the newest are compared with them. A change that lasts longer is no alarm.
 */
#define SHAPE_NEWEST 3

/* The distribution of a point: of a run on its machine without losses, and with enough values. */
static const struct dash_hist *hist_of(const struct dash_history *h, const struct dash_judged *out,
				       const struct dash_point *p)
{
	__u32 i;

	for (i = p->sample; i < p->sample + p->nr_samples; i++) {
		const struct dash_sample *s = &out->series->sample[i];
		const struct dash_ran *run = &h->run[s->run];

		if (s->hist && s->hist->count >= SHAPE_VALUES && !run->lost &&
		    !strcmp(h->env[run->env].machine, h->env[p->env].machine))
			return s->hist;
	}
	return NULL;
}

static bool has_news(const struct dash_judged *out, size_t point)
{
	size_t i;

	for (i = 0; i < out->nr_changes; i++)
		if (out->change[i].state != DASH_CHANGE_WEAK && out->change[i].point >= point)
			return true;
	return false;
}

/* Add the change of the distribution of the newest @nr points. */
static int add_shape(const struct dash_history *h, const struct judge_opts *opts,
		     struct dash_judged *out, const struct used *used, size_t nr, double distance,
		     double shift)
{
	size_t at = used->n - nr;
	struct dash_change change = change_at(out, used, at - 1, at, used->z[at - 1], used->z[at]);

	change.shape = distance;
	change.worse = is_worse(out->series->better, 0, shift);
	change.state = nr < SHAPE_NEWEST ? DASH_CHANGE_RERUN : DASH_CHANGE_SHOWN;
	state_of(h, opts, out, &change, nr < SHAPE_NEWEST);
	return add_change(out, &change) ? 0 : -ENOMEM;
}

/*
 * Compare the newest distributions with those before: are they farther apart than unchanged ones?
 * This does not show which value is worse, so it asks for another run and never fails a job.
 */
static int judge_shape(const struct dash_history *h, const struct judge_opts *opts,
		       struct dash_judged *out, const struct used *used)
{
	const struct dash_hist *base[SHAPE_BASE], *one;
	double scatter, off = NAN, shift = NAN, newest = NAN, direction = NAN;
	size_t i, n = 0, nr = 0;

	if (used->n <= SHAPE_NEWEST)
		return 0;
	for (i = used->n - SHAPE_NEWEST; i-- > 0 && n < SHAPE_BASE;) {
		base[n] = hist_of(h, out, &out->point[used->at[i]]);
		n += base[n] != NULL;
	}
	scatter = shape_scatter(base, n);
	if (isnan(scatter))
		return 0;
	for (i = used->n; nr < SHAPE_NEWEST && i-- > 0; nr++) {
		one = hist_of(h, out, &out->point[used->at[i]]);
		off = one ? shape_off(base, n, one, &shift) : NAN;
		if (!nr) {
			newest = off;
			direction = shift;
		}
		if (!(off > scatter && off > SHAPE_DISTANCE))
			break;
	}
	if (isnan(newest))
		return 0;
	if (nr && !has_news(out, used->at[used->n - nr]) &&
	    add_shape(h, opts, out, used, nr, newest, direction))
		return -ENOMEM;
	return add_step(out, !nr, "its distribution is like those before",
			"Hellinger distance %.3f, limits %.3f (of %zu runs) and %g; %.3f times as much on average",
			newest, scatter, n, SHAPE_DISTANCE, exp(direction));
}

/* Is the current level, @now, still worse than the one before @step? */
static bool still_worse(const struct dash_judged *out, const struct robust_step *step, double now,
			const struct robust_opts *rules)
{
	double off = fabs(now - step->before);

	return is_worse(out->series->better, step->before, now) &&
	       off >= rules->rel_floor * fabs(step->before) && off >= rules->abs_floor;
}

static int add_robust(const struct dash_history *h, const struct judge_opts *opts,
		      struct dash_judged *out, const struct used *used,
		      const struct robust_step *step, bool may_fail)
{
	struct dash_change change = change_at(out, used, step->at ? step->at - 1 : 0, step->at,
					      step->before, step->after);
	bool fails = is_recent(opts, used, step->at) && !step->weak;

	change.p = step->p;
	change.ps = step->ps;
	if (step->lo < step->at)
		change.lo = out->point[used->at[step->lo ? step->lo - 1 : 0]].commit + 1;
	change.hi = out->point[used->at[step->hi]].commit;
	if (step->weak)
		change.state = DASH_CHANGE_WEAK;
	else if (step->right < opts->fail_segment)
		change.state = DASH_CHANGE_RERUN;
	else
		change.state = DASH_CHANGE_SHOWN;
	state_of(h, opts, out, &change,
		 fails && may_fail && step->left >= opts->fail_segment);
	return add_change(out, &change) ? 0 : -ENOMEM;
}

/*
 * Were the newest point and the one before it measured with the same build? Then they cannot
 * differ.
 */
static bool same_build(const struct dash_history *h, const struct dash_judged *out,
		       const struct used *used)
{
	const char *build[2];
	size_t i;

	if (used->n < 2)
		return false;
	for (i = 0; i < 2; i++) {
		const struct dash_point *p = &out->point[used->at[used->n - 1 - i]];

		build[i] = h->run[out->series->sample[p->sample + p->nr_samples - 1].run].build;
	}
	return build[0] && build[1] && !strcmp(build[0], build[1]);
}

static int judge_robust(const struct dash_history *h, const struct judge_opts *opts,
			struct dash_judged *out, const struct used *used)
{
	const struct dash_series *s = out->series;
	bool ratio = s->class == DASH_RATIO, drifts, may_fail = used->n >= opts->fail_runs;
	struct robust_opts rules = robust_defaults;
	struct robust found;
	const struct robust_step *newest = NULL;
	size_t i, outliers = 0;
	int err;

	rules.rel_floor = ratio ? 0 : floor_or(s->rel_floor, opts->rel_floor);
	rules.abs_floor = ratio ? floor_or(s->abs_floor, opts->ratio_floor) :
				  floor_or(s->abs_floor, 0);
	rules.quantum = !ratio && is_whole(used) ? 1 : 0;
	err = robust_find(used->z, used->n, &rules, &found);
	for (i = 0; i < used->n && !err; i++)
		if (found.outlier[i]) {
			out->point[used->at[i]].flags |= DASH_POINT_OUTLIER;
			outliers++;
		}
	out->autocorrelation = found.autocorrelation;
	/* With few values it is seldom 0, by chance: 2/sqrt(n) is two of its deviations. */
	for (i = 0; i < found.nr; i++)
		if (!found.step[i].weak)
			newest = &found.step[i];
	drifts = out->autocorrelation > fmax(DRIFT, 2 / sqrt(used->n));
	if (!err)
		err = add_step(out, true, "outliers", "%zu of %zu points", outliers, used->n);
	for (i = 0; i < found.nr && !err; i++) {
		const struct robust_step *step = &found.step[i];

		err = add_robust(h, opts, out, used, step,
				 may_fail && !drifts &&
					 (step == newest || step->right >= opts->fail_segment) &&
					 newest && still_worse(out, step, newest->after, &rules));
		if (!err)
			err = add_step(out, step->weak, "levels beside a step are the same",
				       "%.6g, then %.6g at point %zu; p %.3g, superiority %.3f, %zu and %zu points%s%s",
				       step->before, step->after, used->at[step->at], step->p,
				       step->ps, step->left, step->right,
				       step->gate ? ": " : "", step->gate ? step->gate : "");
	}
	if (!err && !found.nr)
		err = add_step(out, true, "no step", "in %zu points", used->n);
	if (!err)
		err = add_step(out, !drifts, "neighbours are not alike", "autocorrelation %.2f",
			       out->autocorrelation);
	if (!err && !drifts && may_fail && !same_build(h, out, used))
		err = judge_last(h, opts, out, used, &found, &rules) ||
				      judge_shape(h, opts, out, used) ?
			      -ENOMEM :
			      0;
	if (!err && drifts)
		err = unjudged(out, DASH_DRIFT);
	else if (!err && !may_fail)
		err = unjudged(out, DASH_FEW);
	robust_free(&found);
	return err;
}

/* Otava's and E-divisive's change points, unchanged; recent ones fail. */
static int judge_other(const struct dash_history *h, const struct judge_opts *opts,
		       struct dash_judged *out, const struct used *used)
{
	struct divisive_opts divisive = {.kind = DIVISIVE_ECP,
					 .p = 0.05,
					 .permutations = opts->permutations,
					 .seed = opts->seed,
					 .dim = 1,
					 .segment = 1};
	bool otava = opts->algo == JUDGE_OTAVA;
	struct splits splits;
	size_t i;
	int err = otava ? split_hunter(used->z, used->n, &opts->hunter, &splits) :
			  split_divisive(used->z, used->n, &divisive, &splits);

	for (i = 0; i < splits.nr && !err; i++) {
		struct split *s = &splits.split[i];
		struct dash_change change;

		if (!otava) {
			s->before = stat_mean(used->z, s->at);
			s->after = stat_mean(used->z + s->at, used->n - s->at);
		}
		change = change_at(out, used, s->at - 1, s->at, s->before, s->after);
		change.state = DASH_CHANGE_SHOWN;
		change.p = s->p;
		state_of(h, opts, out, &change, is_recent(opts, used, s->at));
		err = add_change(out, &change) ? 0 : -ENOMEM;
	}
	if (!err)
		err = otava ? add_step(out, !splits.nr, "Otava's change points",
				       "%zu; window %zu, p %g, magnitude %g", splits.nr,
				       opts->hunter.window, opts->hunter.p,
				       opts->hunter.magnitude) :
			      add_step(out, !splits.nr, "E-divisive's change points",
				       "%zu; %u permutations, seed %llu", splits.nr,
				       opts->permutations, (unsigned long long)opts->seed);
	free(splits.split);
	return err;
}

/* The commit that must have a value. */
static __u32 head_of(const struct dash_history *h, const struct judge_opts *opts)
{
	__u32 head = 0;
	size_t i;

	if (opts->head != JUDGE_NEWEST)
		return opts->head;
	for (i = 0; i < h->nr_runs; i++)
		if (h->run[i].commit > head)
			head = h->run[i].commit;
	return head;
}

/* What makes judging impossible. */
static int obstacle(const struct dash_history *h, const struct judge_opts *opts,
		    struct dash_judged *out)
{
	const struct dash_point *last = &out->point[out->nr_points - 1];

	if (last->commit != head_of(h, opts))
		return unjudged(out, DASH_MISSING);
	if (last->flags & DASH_POINT_LOST)
		return unjudged(out, DASH_LOST);
	return 0;
}

static int judge_noisy(const struct dash_history *h, const struct judge_opts *opts,
		       struct dash_judged *out, const struct used *used)
{
	size_t others = out->nr_points - used->n;

	if (opts->algo != JUDGE_ROBUST)
		return judge_other(h, opts, out, used);
	if (used->n < opts->show_runs) {
		int err = add_step(out, false, "enough runs on this machine",
				   "%zu of %zu; %zu on others or with losses", used->n,
				   opts->show_runs, others);

		if (err)
			return err;
		return unjudged(out, used->n + others >= opts->show_runs ? DASH_MACHINE :
									   DASH_FEW);
	}
	return judge_robust(h, opts, out, used);
}

static int by_rule(const struct dash_history *h, const struct judge_opts *opts,
		   struct dash_judged *out, const struct used *used)
{
	const struct dash_series *s = out->series;
	bool spread;

	if (used->n < 2)
		return unjudged(out, DASH_FEW);
	switch (s->class) {
	case DASH_EXACT:
		spread = has_spread(out, used);
		if (add_step(out, !spread, "runs of one commit agree",
			     spread ? "no: judged as a noisy metric" : "judged by equality"))
			return -ENOMEM;
		if (!spread)
			return judge_levels(h, opts, out, used, 0, floor_or(s->abs_floor, 0));
		break;
	case DASH_ICOUNT:
		return judge_levels(h, opts, out, used,
				    floor_or(s->rel_floor, opts->icount_floor),
				    floor_or(s->abs_floor, 0));
	case DASH_RATIO:
		if (is_still(used))
			return judge_levels(h, opts, out, used, 0,
					    floor_or(s->abs_floor, opts->ratio_floor));
		break;
	default:
		break;
	}
	return judge_noisy(h, opts, out, used);
}

int judge_series(const struct dash_history *h, const struct judge_opts *opts,
		 struct dash_judged *out)
{
	struct used used = {0};
	int err;

	out->autocorrelation = NAN;
	if (!out->nr_points)
		return unjudged(out, DASH_MISSING);
	err = obstacle(h, opts, out);
	if (!err && out->verdict != DASH_UNJUDGED) {
		err = use(out, &used);
		if (!err)
			err = by_rule(h, opts, out, &used);
	}
	free(used.z);
	free(used.at);
	return err;
}
