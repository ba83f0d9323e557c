// SPDX-License-Identifier: GPL-2.0-only
/* page.c - daxdash-page/1: everything that the page shows, as one JSON document. */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "dash/judge/judge.h"
#include "dash/judge/stats.h"
#include "dash/report/report.h"
#include "util/escape.h"
#include "util/version.h"

/* Older points have no histogram, as these would be most of the document. */
#define HISTS 200

static json_t *page_text(const char *raw)
{
	char clean[4096];

	if (!raw)
		return json_null();
	escape_text(clean, sizeof(clean), raw, ESCAPE_JSON);
	return json_string(clean);
}

static json_t *real(double value)
{
	if (!isfinite(value))
		return json_null();
	if (value == rint(value) && fabs(value) < 9e15)
		return json_integer((json_int_t)value);
	return json_real(value);
}

static json_t *link_of(const char *url)
{
	bool safe = url && (!strncmp(url, "https://", 8) || !strncmp(url, "http://", 7));

	return safe ? page_text(url) : json_null();
}

static json_t *since(__s64 value)
{
	return value < 0 ? json_null() : json_integer(value);
}

static json_t *commits(const struct dash_history *h)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < h->nr_commits; i++) {
		const struct dash_commit *c = &h->commit[i];

		json_array_append_new(list, json_pack("{s:o,s:o,s:o,s:o}", "sha", page_text(c->sha),
						      "subject", page_text(c->subject), "time",
						      since(c->time), "branch", page_text(c->branch)));
	}
	return list;
}

static json_t *envs(const struct dash_history *h)
{
	json_t *list = json_array();
	size_t i, k;

	for (i = 0; i < h->nr_envs; i++) {
		json_t *one = json_object();

		for (k = 0; k < h->env[i].nr; k++)
			json_object_set_new(one, h->env[i].pair[k].key, page_text(h->env[i].pair[k].value));
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *runs(const struct dash_history *h)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < h->nr_runs; i++) {
		const struct dash_ran *r = &h->run[i];

		json_array_append_new(
			list, json_pack("{s:i,s:i,s:o,s:o,s:o,s:I,s:o}", "commit", (int)r->commit, "env",
					(int)r->env, "uuid", page_text(r->uuid), "kind", page_text(r->kind),
					"ci_url", link_of(r->ci_url), "lost", (json_int_t)r->lost,
					"started", since(r->started)));
	}
	return list;
}

static json_t *points(const struct dash_judged *j)
{
	static const char *const keys[] = {"commit", "env", "value", "lo", "hi", "n", "flags", "run"};
	json_t *all = json_object(), *column[8];
	size_t i, k;

	for (k = 0; k < 8; k++) {
		column[k] = json_array();
		json_object_set_new(all, keys[k], column[k]);
	}
	for (i = 0; i < j->nr_points; i++) {
		const struct dash_point *p = &j->point[i];
		const struct dash_sample *newest =
			p->nr_samples ? &j->series->sample[p->sample + p->nr_samples - 1] : NULL;

		json_array_append_new(column[0], json_integer(p->commit));
		json_array_append_new(column[1], json_integer(p->env));
		json_array_append_new(column[2], real(p->value));
		json_array_append_new(column[3], real(p->lo));
		json_array_append_new(column[4], real(p->hi));
		json_array_append_new(column[5], json_integer(p->n));
		json_array_append_new(column[6], json_integer(p->flags));
		json_array_append_new(column[7], json_integer(newest ? newest->run : 0));
	}
	return all;
}

static json_t *segment(const struct dash_judged *j, size_t from, size_t to)
{
	double *v = malloc((to - from + 1) * sizeof(*v));
	struct interval level;
	size_t i, n = 0;

	if (!v)
		return NULL;
	for (i = from; i < to; i++)
		if (!j->point[i].flags)
			v[n++] = j->point[i].value;
	level = stat_median_interval(v, n);
	free(v);
	return json_pack("{s:i,s:i,s:o,s:o,s:o}", "from", (int)from, "to", (int)to - 1, "median",
			 real(level.at), "lo", real(level.lo), "hi", real(level.hi));
}

/* The levels between changes, without weak changes. */
static json_t *segments(const struct dash_judged *j)
{
	json_t *list = json_array();
	size_t i, from = 0;

	for (i = 0; i < j->nr_changes; i++) {
		if (j->change[i].state == DASH_CHANGE_WEAK || j->change[i].point <= from)
			continue;
		json_array_append_new(list, segment(j, from, j->change[i].point));
		from = j->change[i].point;
	}
	if (from < j->nr_points)
		json_array_append_new(list, segment(j, from, j->nr_points));
	return list;
}

static json_t *changes(const struct dash_judged *j)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < j->nr_changes; i++) {
		const struct dash_change *c = &j->change[i];

		json_array_append_new(
			list,
			json_pack("{s:i,s:[i,i],s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:b,s:s,s:o,s:o}", "point",
				  (int)c->point, "range", (int)c->lo, (int)c->hi, "before",
				  real(c->before), "after", real(c->after), "shift", real(c->shift),
				  "rel", real(c->rel), "p", real(c->p), "q", real(c->q), "ps",
				  real(c->ps), "worse", c->worse, "state", judge_state_name(c->state),
				  "event", c->event == ~0U ? json_null() : json_integer(c->event),
				  "ack", page_text(c->ack)));
	}
	return list;
}

static json_t *steps(const struct dash_judged *j)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < j->nr_steps; i++)
		json_array_append_new(list, json_pack("{s:o,s:o,s:b}", "what", page_text(j->step[i].what),
						      "found", page_text(j->step[i].found), "passed",
						      j->step[i].passed));
	return list;
}

/* The sum of the histograms of the runs of one point. */
static json_t *buckets_of(const struct dash_judged *j, const struct dash_point *p, double *sum)
{
	json_t *list = json_array();
	size_t i, k;

	*sum = 0;
	/*
	 * Runs of one tool have the same buckets; take those of the newest run, and add the others.
	 */
	for (k = p->nr_samples; k-- > 0;) {
		const struct dash_hist *hist = j->series->sample[p->sample + k].hist;

		if (!hist)
			continue;
		*sum = hist->sum;
		for (i = 0; i < hist->nr; i++)
			json_array_append_new(
				list,
				json_pack("[o,I]",
					  hist->bucket[i].upper == ~0ULL ?
						  json_null() :
						  json_integer((json_int_t)hist->bucket[i].upper),
					  (json_int_t)hist->bucket[i].count));
		break;
	}
	return list;
}

static json_t *hists(const struct dash_judged *j)
{
	json_t *point = json_array(), *buckets = json_array(), *sums = json_array();
	size_t i, from = j->nr_points > HISTS ? j->nr_points - HISTS : 0;

	for (i = from; i < j->nr_points; i++) {
		double sum;
		json_t *one = buckets_of(j, &j->point[i], &sum);

		if (!json_array_size(one)) {
			json_decref(one);
			continue;
		}
		json_array_append_new(point, json_integer((json_int_t)i));
		json_array_append_new(buckets, one);
		json_array_append_new(sums, real(sum));
	}
	if (json_array_size(point))
		return json_pack("{s:o,s:o,s:o}", "point", point, "buckets", buckets, "sum", sums);
	json_decref(point);
	json_decref(buckets);
	json_decref(sums);
	return json_null();
}

static json_t *series(const struct dash_judged *j)
{
	const struct dash_series *s = j->series;

	return json_pack(
		"{s:o,s:o,s:o,s:o,s:o,s:s,s:s,s:b,s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "id", page_text(s->id),
		"workload", page_text(s->workload), "params", page_text(s->params), "metric", page_text(s->metric),
		"unit", page_text(s->unit), "class", judge_class_name(s->class), "better",
		judge_better_name(s->better), "gate", s->gate, "verdict",
		judge_verdict_name(j->verdict), "why",
		j->verdict == DASH_UNJUDGED && j->unjudged ? page_text(judge_unjudged_name(j->unjudged)) :
							     json_null(),
		"reason", page_text(j->reason ?: ""), "points", points(j), "segments", segments(j),
		"changes", changes(j), "steps", steps(j), "hist", hists(j));
}

static void add_env(void *ctx, const char *key, const char *before, const char *after)
{
	json_array_append_new(ctx, json_pack("{s:o,s:o,s:o}", "key", page_text(key), "before",
					     page_text(before), "after", page_text(after)));
}

static json_t *events(const struct dash_verdicts *v)
{
	json_t *list = json_array();
	size_t i, k;

	for (i = 0; i < v->nr_events; i++) {
		const struct dash_event *e = &v->event[i];
		json_t *at = json_array(), *env = json_array();

		for (k = 0; k < e->nr; k++)
			json_array_append_new(at, json_pack("[i,i]", (int)e->at[k].judged,
							    (int)e->at[k].change));
		report_env(v, e, add_env, env);
		json_array_append_new(list, json_pack("{s:[i,i],s:s,s:b,s:o,s:o}", "range", (int)e->lo,
						      (int)e->hi, "state", judge_state_name(e->state),
						      "worse", e->worse, "changes", at, "env", env));
	}
	return list;
}

/* Split NAME{LABEL=VALUE} by the lengths of its three parts. */
static bool labelled(const char *metric, size_t *name, size_t *label, size_t *value)
{
	const char *open = strchr(metric, '{'), *equal = open ? strchr(open, '=') : NULL;
	size_t len = strlen(metric);

	if (!equal || metric[len - 1] != '}' || strchr(equal, ','))
		return false;
	*name = (size_t)(open - metric);
	*label = (size_t)(equal - open) - 1;
	*value = len - (size_t)(equal - metric) - 2;
	return true;
}

static bool same_whole(const struct dash_series *a, const struct dash_series *b, size_t len)
{
	return !strcmp(a->workload, b->workload) && !strcmp(a->params, b->params) &&
	       !strncmp(a->metric, b->metric, len);
}

/* Series are sorted, so the parts of a whole are adjacent. */
static json_t *stacks(const struct dash_verdicts *v)
{
	json_t *list = json_array();
	const struct dash_series *first = NULL;
	json_t *parts = NULL;
	size_t i, name, label, value;

	for (i = 0; i < v->nr; i++) {
		const struct dash_series *s = v->judged[i].series;
		char *copy;

		if (!labelled(s->metric, &name, &label, &value))
			continue;
		if (!first || !same_whole(first, s, name + label + 2)) {
			first = s;
			parts = json_array();
			json_array_append_new(
				list, json_pack("{s:o,s:o,s:s%,s:s%,s:o}", "workload",
						page_text(s->workload), "params", page_text(s->params), "name",
						s->metric, name, "label", s->metric + name + 1, label,
						"parts", parts));
		}
		copy = strndup(s->metric + name + label + 2, value);
		json_array_append_new(parts, json_pack("{s:o,s:i}", "value", page_text(copy), "series", (int)i));
		free(copy);
	}
	return list;
}

static json_t *acks(const struct dash_verdicts *v)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < v->nr_acks; i++)
		json_array_append_new(list, json_pack("{s:o,s:o,s:o,s:o}", "sha", page_text(v->ack[i].sha),
						      "metric", page_text(v->ack[i].metric), "reason",
						      page_text(v->ack[i].reason), "who",
						      page_text(v->ack[i].who)));
	return list;
}

static json_t *coverage(const struct dash_verdicts *v)
{
	json_t *list = json_array();
	size_t i;

	for (i = DASH_JUDGED + 1; i < DASH_NR_UNJUDGED; i++)
		if (v->unjudged[i])
			json_array_append_new(
				list, json_pack("{s:s,s:s,s:i}", "why",
						judge_unjudged_name((enum dash_unjudged)i), "text",
						judge_unjudged_text((enum dash_unjudged)i), "count",
						(int)v->unjudged[i]));
	return json_pack("{s:i,s:i,s:i,s:o}", "series", (int)v->nr, "gated", (int)v->gated, "judged",
			 (int)v->unjudged[DASH_JUDGED], "unjudged", list);
}

int report_page(FILE *to, const struct dash_verdicts *v, const struct report_opts *opts)
{
	json_t *list = json_array(), *page;
	char summary[400];
	size_t i;
	int err = 0;

	report_summary(v, summary, sizeof(summary));
	for (i = 0; i < v->nr; i++)
		json_array_append_new(list, series(&v->judged[i]));
	page = json_pack("{s:s,s:s,s:o,s:s,s:i,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "schema",
			 "daxdash-page/1", "version", daxscope_version, "repo", page_text(opts->repo ?: ""),
			 "verdict", judge_verdict_name(v->verdict), "status", v->status, "summary",
			 page_text(summary), "coverage", coverage(v), "commits", commits(v->history), "envs",
			 envs(v->history), "runs", runs(v->history), "series", list, "events",
			 events(v), "stacks", stacks(v), "acks", acks(v));
	errno = 0;
	if (!page || json_array_size(list) != v->nr)
		err = -ENOMEM;
	else if (json_dumpf(page, to, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(9)) ||
		 fputc('\n', to) == EOF)
		err = errno ? -errno : -EIO;
	json_decref(page);
	return err;
}
