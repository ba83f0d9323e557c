// SPDX-License-Identifier: GPL-2.0-only
/* words.c - texts that all reports share, and escaping of hostile texts for each of them. */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "dash/judge/judge.h"
#include "dash/report/report.h"
#include "util/escape.h"

#define REPLACEMENT "\xef\xbf\xbd"

void put_terminal(FILE *to, const char *text)
{
	char clean[4096];

	escape_text(clean, sizeof(clean), text, ESCAPE_TERMINAL);
	fputs(clean, to);
}

void put_xml(FILE *to, const char *text)
{
	char clean[4096];
	const char *p;

	/* Invalid UTF-8 becomes \xNN. */
	escape_text(clean, sizeof(clean), text, ESCAPE_JSON);
	for (p = clean; *p; p++) {
		if (*p == '&')
			fputs("&amp;", to);
		else if (*p == '<')
			fputs("&lt;", to);
		else if (*p == '>')
			fputs("&gt;", to);
		else if (*p == '"')
			fputs("&quot;", to);
		else if ((unsigned char)*p < 0x20)
			fputs(REPLACEMENT, to);
		else
			fputc(*p, to);
	}
}

void put_markdown(FILE *to, const char *text)
{
	char clean[4096];
	const char *p;

	escape_text(clean, sizeof(clean), text, ESCAPE_TERMINAL);
	for (p = clean; *p; p++) {
		/* Characters that may be markup, HTML, a table, a mention or an issue. */
		if (ispunct((unsigned char)*p) && !strchr("-./,:=+%()?", *p))
			fprintf(to, "&#%d;", *p);
		else
			fputc(*p, to);
	}
}

void report_name(const struct dash_series *s, char *out, size_t size)
{
	if (*s->params)
		snprintf(out, size, "%s{%s} %s", s->workload, s->params, s->metric);
	else
		snprintf(out, size, "%s %s", s->workload, s->metric);
}

void report_change(const struct dash_judged *j, const struct dash_change *c, char *out, size_t size)
{
	const char *unit = j->series->unit;
	char by[64];

	if (j->series->class == DASH_RATIO)
		snprintf(by, sizeof(by), "%+.4g points", c->shift);
	else if (j->series->class == DASH_EXACT || isnan(c->rel))
		snprintf(by, sizeof(by), "%+.10g", c->shift);
	else
		snprintf(by, sizeof(by), "%+.2f %%", 100 * c->rel);
	snprintf(out, size, "%.10g instead of %.10g%s%s (%s%s)", c->after, c->before, *unit ? " " : "",
		 unit, by, c->shape > 0 ? "; another distribution" : "");
}

void report_summary(const struct dash_verdicts *v, char *out, size_t size)
{
	size_t judged = v->unjudged[DASH_JUDGED], by[DASH_NR_VERDICTS] = {0}, events = 0, i, len;
	const char *sep = ": ";

	for (i = 0; i < v->nr; i++)
		if (v->judged[i].series->gate)
			by[v->judged[i].verdict]++;
	for (i = 0; i < v->nr_events; i++)
		events += v->event[i].state == DASH_CHANGE_FAIL;
	len = (size_t)snprintf(out, size, "%s: ", judge_verdict_name(v->verdict));
	if (by[DASH_REGRESSION])
		len += (size_t)snprintf(out + len, size - len,
					"%zu of %zu judged series, in %zu event%s", by[DASH_REGRESSION],
					judged, events, events == 1 ? "" : "s");
	else
		len += (size_t)snprintf(out + len, size - len, "%zu of %zu series judged", judged,
					v->gated);
	if (by[DASH_RERUN] && len < size)
		len += (size_t)snprintf(out + len, size - len, "; %zu to run again", by[DASH_RERUN]);
	if (by[DASH_ACKNOWLEDGED] && len < size)
		len += (size_t)snprintf(out + len, size - len, "; %zu accepted",
					by[DASH_ACKNOWLEDGED]);
	if (judged < v->gated && len < size) {
		len += (size_t)snprintf(out + len, size - len, "; not judged");
		for (i = DASH_JUDGED + 1; i < DASH_NR_UNJUDGED && len < size; i++)
			if (v->unjudged[i]) {
				len += (size_t)snprintf(out + len, size - len, "%s%zu %s", sep,
							v->unjudged[i],
							judge_unjudged_text((enum dash_unjudged)i));
				sep = ", ";
			}
	}
}

static const char *value_of(const struct dash_env *env, const char *key)
{
	size_t i;

	for (i = 0; i < env->nr; i++)
		if (!strcmp(env->pair[i].key, key))
			return env->pair[i].value;
	return NULL;
}

/* The last point before a change that was judged, so not an outlier. */
static const struct dash_point *point_before(const struct dash_judged *j, const struct dash_change *c)
{
	size_t i;

	for (i = c->point; i-- > 0;)
		if (!j->point[i].flags)
			return &j->point[i];
	return c->point ? &j->point[c->point - 1] : NULL;
}

void report_env(const struct dash_verdicts *v, const struct dash_event *event,
		void (*fn)(void *ctx, const char *key, const char *before, const char *after), void *ctx)
{
	const struct dash_judged *j;
	const struct dash_change *c;
	const struct dash_point *before;
	const struct dash_env *a, *b;
	size_t i;

	if (!event->nr)
		return;
	j = &v->judged[event->at[0].judged];
	c = &j->change[event->at[0].change];
	before = point_before(j, c);
	if (!before || before->env == j->point[c->point].env)
		return;
	a = &v->history->env[before->env];
	b = &v->history->env[j->point[c->point].env];
	for (i = 0; i < b->nr; i++) {
		const char *was = value_of(a, b->pair[i].key);

		if (!was || strcmp(was, b->pair[i].value))
			fn(ctx, b->pair[i].key, was, b->pair[i].value);
	}
	for (i = 0; i < a->nr; i++)
		if (!value_of(b, a->pair[i].key))
			fn(ctx, a->pair[i].key, a->pair[i].value, NULL);
}
