// SPDX-License-Identifier: GPL-2.0-only
/*
 * history.c - judge all series of a history: correction for many tests, changes by commit, and a
 * summary.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "dash/judge/parts.h"
#include "dash/judge/stats.h"

/* The change of @judged that decides: the strongest one; among equal ones the latest. */
static const struct dash_change *deciding(const struct dash_judged *judged)
{
	const struct dash_change *found = NULL;
	size_t i;

	for (i = 0; i < judged->nr_changes; i++) {
		const struct dash_change *c = &judged->change[i];

		if (c->state != DASH_CHANGE_WEAK && (!found || c->state >= found->state))
			found = c;
	}
	return found;
}

static int say_change(const struct dash_history *h, struct dash_judged *out,
		      const struct dash_change *c, const char *what)
{
	const char *unit = out->series->unit;
	char by[64], shape[64] = "";

	if (c->shape > 0)
		snprintf(shape, sizeof(shape), "; another distribution, distance %.3f", c->shape);
	if (out->series->class == DASH_RATIO)
		snprintf(by, sizeof(by), "%+.4g points", c->shift);
	else if (!isnan(c->rel) && out->series->class != DASH_EXACT)
		snprintf(by, sizeof(by), "%+.2f %%", 100 * c->rel);
	else
		snprintf(by, sizeof(by), "%+.10g", c->shift);
	return set_reason(out, "%s%.10g instead of %.10g%s%s (%s%s) since %s%.12s", what, c->after,
			  c->before, *unit ? " " : "", unit, by, shape,
			  c->lo < c->hi ? "about " : "", h->commit[out->point[c->point].commit].sha);
}

int conclude(const struct dash_history *h, const struct judge_opts *opts, struct dash_judged *out)
{
	const struct dash_change *c = deciding(out);
	bool news;

	if (out->verdict == DASH_UNJUDGED)
		return 0;
	if (!c) {
		out->verdict = DASH_PASS;
		return set_reason(out, "no change in %zu points", out->nr_points);
	}
	news = out->nr_points - c->point <= opts->recent;
	switch (c->state) {
	case DASH_CHANGE_FAIL:
		out->verdict = DASH_REGRESSION;
		return say_change(h, out, c, "");
	case DASH_CHANGE_RERUN:
		out->verdict = DASH_RERUN;
		return say_change(h, out, c, "rerun: ");
	case DASH_CHANGE_ACK:
		out->verdict = DASH_ACKNOWLEDGED;
		return say_change(h, out, c, "accepted: ");
	default:
		out->verdict = news && !c->worse ? DASH_IMPROVED : DASH_PASS;
		return say_change(h, out, c, news && !c->worse ? "" : "no news: ");
	}
}

/* The lowest p of the changes of @judged that would fail; 1 when there is none. */
static double least_p(const struct dash_judged *judged)
{
	double p = 1;
	size_t i;

	for (i = 0; i < judged->nr_changes; i++)
		if (judged->change[i].state == DASH_CHANGE_FAIL && judged->change[i].p < p)
			p = judged->change[i].p;
	return p;
}

static bool is_tested(const struct dash_judged *judged)
{
	return judged->series->gate && judged->verdict != DASH_UNJUDGED &&
	       !isnan(judged->autocorrelation);
}

/* Benjamini-Hochberg over all judged series of the gate set whose verdict is based on a test. */
static int correct(const struct judge_opts *opts, struct dash_verdicts *v)
{
	double *p = calloc(v->nr + 1, sizeof(*p)), *q = calloc(v->nr + 1, sizeof(*q));
	size_t i, k, n = 0, at = 0;
	int err = 0;

	if (!p || !q)
		err = -ENOMEM;
	for (i = 0; i < v->nr && !err; i++)
		if (is_tested(&v->judged[i]))
			p[n++] = least_p(&v->judged[i]);
	if (!err)
		err = stat_bh(p, q, n) ? -ENOMEM : 0;
	for (i = 0; i < v->nr && !err; i++) {
		struct dash_judged *j = &v->judged[i];

		if (!is_tested(j))
			continue;
		for (k = 0; k < j->nr_changes; k++)
			if (j->change[k].state == DASH_CHANGE_FAIL && !isnan(j->change[k].p)) {
				j->change[k].q = q[at];
				if (q[at] > opts->q)
					j->change[k].state = opts->by_chance;
			}
		if (p[at] < 1)
			err = add_step(j, q[at] > opts->q, "chance among all series",
				       "q %.3g of %zu tested series, limit %g", q[at], n, opts->q);
		at++;
	}
	free(p);
	free(q);
	return err;
}

/* An advisory metric, or one without a worse direction, does not fail a job. */
static void spare_advisory(struct dash_verdicts *v)
{
	size_t i, k;

	for (i = 0; i < v->nr; i++)
		for (k = 0; k < v->judged[i].nr_changes; k++) {
			struct dash_change *c = &v->judged[i].change[k];

			if (!v->judged[i].series->gate && (c->state == DASH_CHANGE_FAIL ||
							   c->state == DASH_CHANGE_RERUN))
				c->state = DASH_CHANGE_SHOWN;
		}
}

struct ref {
	__u32 judged, change, lo, hi;
	double size; /* for sorting, largest first */
};

/* Changes with an exact commit come first, so that others are grouped with them. */
static int by_range(const void *a, const void *b)
{
	const struct ref *x = a, *y = b;
	__u32 wx = x->hi - x->lo, wy = y->hi - y->lo;

	if (wx != wy)
		return wx < wy ? -1 : 1;
	if (x->lo != y->lo)
		return x->lo < y->lo ? -1 : 1;
	return (x->judged > y->judged) - (x->judged < y->judged);
}

static int event_add(struct dash_verdicts *v, const struct ref *ref)
{
	struct dash_change *c = &v->judged[ref->judged].change[ref->change];
	struct dash_event *e = NULL;
	struct dash_at *more;
	size_t i;

	for (i = 0; i < v->nr_events && !e; i++)
		if (v->event[i].lo <= ref->hi && ref->lo <= v->event[i].hi)
			e = &v->event[i];
	if (!e) {
		struct dash_event *all = reallocarray(v->event, v->nr_events + 1, sizeof(*all));

		if (!all)
			return -ENOMEM;
		v->event = all;
		e = &all[v->nr_events++];
		*e = (struct dash_event){.lo = ref->lo, .hi = ref->hi};
	}
	more = reallocarray(e->at, e->nr + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	e->at = more;
	more[e->nr++] = (struct dash_at){ref->judged, ref->change};
	e->lo = ref->lo > e->lo ? ref->lo : e->lo;
	e->hi = ref->hi < e->hi ? ref->hi : e->hi;
	e->state = c->state > e->state ? c->state : e->state;
	e->worse = e->worse || c->worse;
	return 0;
}

static int event_by_commit(const void *a, const void *b)
{
	const struct dash_event *x = a, *y = b;

	return (x->lo > y->lo) - (x->lo < y->lo);
}

static double size_of(const struct dash_verdicts *v, const struct dash_at *at)
{
	const struct dash_change *c = &v->judged[at->judged].change[at->change];

	return c->state * 1e6 + (isnan(c->rel) ? fmin(fabs(c->shift), 1e5) : fmin(fabs(c->rel), 1e5));
}

static int by_size(const void *a, const void *b, void *v)
{
	double x = size_of(v, a), y = size_of(v, b);

	return (x < y) - (x > y);
}

static int group(struct dash_verdicts *v)
{
	struct ref *ref;
	size_t i, k, n = 0;
	int err = 0;

	for (i = 0; i < v->nr; i++)
		n += v->judged[i].nr_changes;
	ref = calloc(n + 1, sizeof(*ref));
	if (!ref)
		return -ENOMEM;
	n = 0;
	for (i = 0; i < v->nr; i++)
		for (k = 0; k < v->judged[i].nr_changes; k++) {
			const struct dash_change *c = &v->judged[i].change[k];

			if (c->state != DASH_CHANGE_WEAK)
				ref[n++] = (struct ref){(__u32)i, (__u32)k, c->lo, c->hi, 0};
		}
	qsort(ref, n, sizeof(*ref), by_range);
	for (i = 0; i < n && !err; i++)
		err = event_add(v, &ref[i]);
	free(ref);
	if (err)
		return err;
	if (v->nr_events)
		qsort(v->event, v->nr_events, sizeof(*v->event), event_by_commit);
	for (i = 0; i < v->nr_events; i++) {
		qsort_r(v->event[i].at, v->event[i].nr, sizeof(*v->event[i].at), by_size, v);
		for (k = 0; k < v->event[i].nr; k++)
			v->judged[v->event[i].at[k].judged].change[v->event[i].at[k].change].event =
				(__u32)i;
	}
	return 0;
}

/* A metric that is missing, lost events or ran on another machine must not look as if it passed. */
static bool must_rerun(const struct dash_judged *j)
{
	return j->series->gate &&
	       (j->verdict == DASH_RERUN ||
		(j->verdict == DASH_UNJUDGED &&
		 (j->unjudged == DASH_LOST || j->unjudged == DASH_MACHINE ||
		  j->unjudged == DASH_MISSING)));
}

static void total(struct dash_verdicts *v)
{
	bool failed = false, rerun = false, improved = false, acked = false;
	size_t i;

	for (i = 0; i < v->nr; i++) {
		const struct dash_judged *j = &v->judged[i];

		if (!j->series->gate)
			continue;
		v->gated++;
		v->unjudged[j->verdict == DASH_UNJUDGED ? j->unjudged : DASH_JUDGED]++;
		failed = failed || j->verdict == DASH_REGRESSION;
		rerun = rerun || must_rerun(j);
		improved = improved || j->verdict == DASH_IMPROVED;
		acked = acked || j->verdict == DASH_ACKNOWLEDGED;
	}
	if (failed)
		v->verdict = DASH_REGRESSION;
	else if (rerun)
		v->verdict = DASH_RERUN;
	else if (!v->unjudged[DASH_JUDGED])
		v->verdict = DASH_UNJUDGED;
	else if (acked)
		v->verdict = DASH_ACKNOWLEDGED;
	else
		v->verdict = improved ? DASH_IMPROVED : DASH_PASS;
	v->status = failed ? 1 : v->verdict == DASH_RERUN || v->verdict == DASH_UNJUDGED ? 4 : 0;
}

int sum_up(const struct dash_history *h, const struct judge_opts *opts, struct dash_verdicts *out)
{
	int err = correct(opts, out);
	size_t i;

	spare_advisory(out);
	for (i = 0; i < out->nr && !err; i++)
		err = conclude(h, opts, &out->judged[i]);
	if (!err)
		err = group(out);
	if (!err)
		total(out);
	return err;
}

int judge_history(const struct dash_history *h, const struct judge_opts *opts,
		  struct dash_verdicts *out)
{
	size_t i;
	int err;

	err = begin_verdicts(h, opts, out);
	for (i = 0; i < out->nr && !err; i++) {
		err = fold_points(h, opts->head, &out->judged[i]);
		if (!err)
			err = judge_series(h, opts, &out->judged[i]);
	}
	return err ? err : sum_up(h, opts, out);
}
