// SPDX-License-Identifier: GPL-2.0-only
/* text.c - verdicts for a terminal: events first, then what could not be judged; and explain. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include "dash/judge/judge.h"
#include "dash/report/report.h"

static void put_commit(FILE *to, const struct dash_commit *c)
{
	fprintf(to, "%.12s", c->sha);
	if (c->subject) {
		fputs(" \"", to);
		put_terminal(to, c->subject);
		fputc('"', to);
	}
}

static void put_env_line(void *ctx, const char *key, const char *before, const char *after)
{
	FILE *to = ctx;

	fputs("    environment: ", to);
	put_terminal(to, key);
	fputs(" was ", to);
	put_terminal(to, before ?: "unknown");
	fputs(", is ", to);
	put_terminal(to, after ?: "unknown");
	fputc('\n', to);
}

static void put_event(FILE *to, const struct dash_verdicts *v, const struct dash_event *e,
		      const struct report_opts *opts)
{
	const struct dash_history *h = v->history;
	size_t i;

	fprintf(to, "\n%s ", judge_state_name(e->state));
	put_commit(to, &h->commit[e->hi]);
	if (e->lo < e->hi)
		fprintf(to, " (or one of %u before, from %.12s on)", e->hi - e->lo, h->commit[e->lo].sha);
	fputc('\n', to);
	for (i = 0; i < e->nr && (!opts->rows || i < opts->rows); i++) {
		const struct dash_judged *j = &v->judged[e->at[i].judged];
		const struct dash_change *c = &j->change[e->at[i].change];
		char name[1600], text[400];

		report_name(j->series, name, sizeof(name));
		report_change(j, c, text, sizeof(text));
		fprintf(to, "    %-12s ", c->worse ? judge_state_name(c->state) : "better");
		put_terminal(to, name);
		fputs(": ", to);
		put_terminal(to, text);
		if (c->ack) {
			fputs("; accepted: ", to);
			put_terminal(to, c->ack);
		}
		fputc('\n', to);
	}
	if (i < e->nr)
		fprintf(to, "    and %zu more\n", e->nr - i);
	report_env(v, e, put_env_line, to);
}

static void put_series(FILE *to, const struct dash_judged *j)
{
	char name[1600];

	report_name(j->series, name, sizeof(name));
	fprintf(to, "  %-12s ", judge_verdict_name(j->verdict));
	put_terminal(to, name);
	fputs(": ", to);
	put_terminal(to, j->reason ?: "");
	if (!j->series->gate)
		fputs(" (only shown)", to);
	fputc('\n', to);
}

int report_text(FILE *to, const struct dash_verdicts *v, const struct report_opts *opts)
{
	char summary[400];
	size_t i, k, shown = 0;

	report_summary(v, summary, sizeof(summary));
	fprintf(to, "%s\n", summary);
	for (k = DASH_NR_CHANGE_STATES; k-- > DASH_CHANGE_SHOWN;)
		for (i = 0; i < v->nr_events; i++)
			if (v->event[i].state == k && (k > DASH_CHANGE_SHOWN || opts->all_series))
				put_event(to, v, &v->event[i], opts);
	for (i = 0; i < v->nr; i++) {
		const struct dash_judged *j = &v->judged[i];

		if (!opts->all_series && j->verdict != DASH_UNJUDGED)
			continue;
		if (!shown++)
			fputs(opts->all_series ? "\nall series:\n" : "\nnot judged:\n", to);
		put_series(to, j);
	}
	return ferror(to) ? -EIO : 0;
}

int report_explain(FILE *to, const struct dash_judged *j, const struct dash_history *h)
{
	const struct dash_series *s = j->series;
	char name[1600];
	size_t i;

	report_name(s, name, sizeof(name));
	put_terminal(to, name);
	fprintf(to, "\n  series %.12s, class %s, better %s, %s\n", s->id, judge_class_name(s->class),
		judge_better_name(s->better), s->gate ? "in the gate set" : "only shown");
	fprintf(to, "  %zu points of %zu runs\n", j->nr_points, s->nr);
	for (i = 0; i < j->nr_points; i++) {
		const struct dash_point *p = &j->point[i];

		if (!p->flags)
			continue;
		fprintf(to, "  left out: %.12s, %.10g:%s%s%s\n", h->commit[p->commit].sha, p->value,
			p->flags & DASH_POINT_OUTLIER ? " outlier" : "",
			p->flags & DASH_POINT_LOST ? " events were lost" : "",
			p->flags & DASH_POINT_MACHINE ? " another machine" : "");
	}
	for (i = 0; i < j->nr_steps; i++)
		fprintf(to, "  [%s] %s: %s\n", j->step[i].passed ? "yes" : "no", j->step[i].what,
			j->step[i].found);
	for (i = 0; i < j->nr_changes; i++) {
		const struct dash_change *c = &j->change[i];
		char text[400];

		report_change(j, c, text, sizeof(text));
		fprintf(to, "  %s at %.12s (%s): ", judge_state_name(c->state),
			h->commit[j->point[c->point].commit].sha, c->worse ? "worse" : "not worse");
		put_terminal(to, text);
		if (!isnan(c->p))
			fprintf(to, ", p %.3g", c->p);
		if (!isnan(c->q))
			fprintf(to, ", q %.3g", c->q);
		if (!isnan(c->ps))
			fprintf(to, ", superiority %.3f", c->ps);
		if (c->ack) {
			fputs(", accepted: ", to);
			put_terminal(to, c->ack);
		}
		fputc('\n', to);
	}
	fprintf(to, "  %s: ", judge_verdict_name(j->verdict));
	put_terminal(to, j->reason ?: "");
	fputc('\n', to);
	return ferror(to) ? -EIO : 0;
}
