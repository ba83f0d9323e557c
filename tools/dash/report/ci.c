// SPDX-License-Identifier: GPL-2.0-only
/*
 * ci.c - verdicts in formats of CI systems: JUnit, KTAP, GitHub annotations, Markdown, OpenMetrics.
 */
#include <errno.h>
#include <math.h>
#include <string.h>
#include "dash/judge/judge.h"
#include "dash/report/report.h"

/* GitHub shows at most this many for a step. */
#define ANNOTATIONS 10

int report_junit(FILE *to, const struct dash_verdicts *v, const struct report_opts *opts)
{
	size_t i, tests = 0, failures = 0, skipped = 0;
	char name[1600], summary[400];

	for (i = 0; i < v->nr; i++) {
		const struct dash_judged *j = &v->judged[i];

		if (!j->series->gate)
			continue;
		tests++;
		failures += j->verdict == DASH_REGRESSION;
		skipped += j->verdict == DASH_UNJUDGED || j->verdict == DASH_RERUN;
	}
	report_summary(v, summary, sizeof(summary));
	fprintf(to, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
		    "<testsuite name=\"daxdash %s\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\">\n",
		opts->what, tests, failures, skipped);
	for (i = 0; i < v->nr; i++) {
		const struct dash_judged *j = &v->judged[i];
		const char *tag = j->verdict == DASH_REGRESSION ? "failure" : "skipped";

		if (!j->series->gate)
			continue;
		report_name(j->series, name, sizeof(name));
		fputs("<testcase classname=\"", to);
		put_xml(to, j->series->workload);
		fputs("\" name=\"", to);
		put_xml(to, name);
		if (j->verdict == DASH_REGRESSION || j->verdict == DASH_UNJUDGED ||
		    j->verdict == DASH_RERUN) {
			fprintf(to, "\">\n<%s message=\"", tag);
			put_xml(to, j->reason ?: "");
			fputs("\"/>\n</testcase>\n", to);
		} else {
			fputs("\"/>\n", to);
		}
	}
	fputs("<system-out>", to);
	put_xml(to, summary);
	fputs("</system-out>\n</testsuite>\n</testsuites>\n", to);
	return ferror(to) ? -EIO : 0;
}

/* A description must not contain a directive. */
static void put_ktap(FILE *to, const char *text)
{
	for (; *text; text++)
		fputc(*text == '#' ? '_' : (unsigned char)*text < 0x20 ? '?' : *text, to);
}

int report_ktap(FILE *to, const struct dash_verdicts *v, const struct report_opts *opts)
{
	size_t i, nr = 0;
	char name[1600];

	(void)opts;
	fprintf(to, "KTAP version 1\n1..%zu\n", v->gated);
	for (i = 0; i < v->nr; i++) {
		const struct dash_judged *j = &v->judged[i];

		if (!j->series->gate)
			continue;
		report_name(j->series, name, sizeof(name));
		fprintf(to, "%s %zu ", j->verdict == DASH_REGRESSION ? "not ok" : "ok", ++nr);
		put_ktap(to, name);
		if (j->verdict == DASH_UNJUDGED || j->verdict == DASH_RERUN)
			fputs(" # SKIP ", to);
		else
			fputs(" # ", to);
		put_ktap(to, j->reason ?: "");
		fputc('\n', to);
	}
	return ferror(to) ? -EIO : 0;
}

/* GitHub workflow commands: escape %, CR and LF in data, in properties also : and , */
static void put_command(FILE *to, const char *text, bool property)
{
	for (; *text; text++) {
		if (*text == '%' || (unsigned char)*text < 0x20 ||
		    (property && (*text == ':' || *text == ',')))
			fprintf(to, "%%%02X", (unsigned char)*text);
		else
			fputc(*text, to);
	}
}

int report_github(FILE *to, const struct dash_verdicts *v, const struct report_opts *opts)
{
	char summary[400], name[1600];
	size_t i, nr = 0;

	(void)opts;
	report_summary(v, summary, sizeof(summary));
	for (i = 0; i < v->nr && nr < ANNOTATIONS - 1; i++) {
		const struct dash_judged *j = &v->judged[i];

		if (!j->series->gate || j->verdict != DASH_REGRESSION)
			continue;
		report_name(j->series, name, sizeof(name));
		fputs("::error title=", to);
		put_command(to, name, true);
		fputs("::", to);
		put_command(to, j->reason ?: "", false);
		fputc('\n', to);
		nr++;
	}
	fprintf(to, "::%s title=daxdash::", v->status == 1 ? "error" : v->status ? "warning" : "notice");
	put_command(to, summary, false);
	fputc('\n', to);
	return ferror(to) ? -EIO : 0;
}

static void put_env_row(void *ctx, const char *key, const char *before, const char *after)
{
	FILE *to = ctx;

	fputs("\n* ", to);
	put_markdown(to, key);
	fputs(": was ", to);
	put_markdown(to, before ?: "unknown");
	fputs(", is ", to);
	put_markdown(to, after ?: "unknown");
}

static void put_event(FILE *to, const struct dash_verdicts *v, const struct dash_event *e)
{
	const struct dash_commit *c = &v->history->commit[e->hi];
	size_t i;

	fprintf(to, "\n### %s: %.12s ", judge_state_name(e->state), c->sha);
	put_markdown(to, c->subject ?: "");
	if (e->lo < e->hi)
		fprintf(to, " (or one of %u before)", e->hi - e->lo);
	fputs("\n\n| metric | before | after | change | p |\n|---|--:|--:|--:|--:|\n", to);
	for (i = 0; i < e->nr && i < 50; i++) {
		const struct dash_judged *j = &v->judged[e->at[i].judged];
		const struct dash_change *ch = &j->change[e->at[i].change];
		char name[1600];

		report_name(j->series, name, sizeof(name));
		fputs("| ", to);
		put_markdown(to, name);
		fprintf(to, " | %.10g | %.10g | ", ch->before, ch->after);
		if (j->series->class == DASH_RATIO)
			fprintf(to, "%+.4g points", ch->shift);
		else if (isnan(ch->rel))
			fprintf(to, "%+.10g", ch->shift);
		else
			fprintf(to, "%+.2f %%", 100 * ch->rel);
		fputs(ch->worse ? " worse | " : " | ", to);
		if (isnan(ch->p))
			fputs("exact |\n", to);
		else
			fprintf(to, "%.3g |\n", ch->p);
	}
	report_env(v, e, put_env_row, to);
	fputc('\n', to);
}

int report_markdown(FILE *to, const struct dash_verdicts *v, const struct report_opts *opts)
{
	char summary[400], name[1600];
	size_t i, k, shown = 0;

	report_summary(v, summary, sizeof(summary));
	fprintf(to, "## daxdash %s\n\n**", opts->what);
	put_markdown(to, summary);
	fputs("**\n", to);
	for (k = DASH_NR_CHANGE_STATES; k-- > DASH_CHANGE_RERUN;)
		for (i = 0; i < v->nr_events; i++)
			if (v->event[i].state == k)
				put_event(to, v, &v->event[i]);
	for (i = 0; i < v->nr; i++) {
		const struct dash_judged *j = &v->judged[i];

		if (!j->series->gate || j->verdict != DASH_UNJUDGED || shown >= 50)
			continue;
		if (!shown++)
			fputs("\n### not judged\n\n| metric | why |\n|---|---|\n", to);
		report_name(j->series, name, sizeof(name));
		fputs("| ", to);
		put_markdown(to, name);
		fputs(" | ", to);
		put_markdown(to, j->reason ?: "");
		fputs(" |\n", to);
	}
	return ferror(to) ? -EIO : 0;
}

static void put_label(FILE *to, const char *text)
{
	for (; *text; text++) {
		if (*text == '\\' || *text == '"')
			fputc('\\', to);
		fputc(*text == '\n' ? ' ' : *text, to);
	}
}

static void put_labels(FILE *to, const struct dash_series *s, const char *repo)
{
	fputs("{repo=\"", to);
	put_label(to, repo ?: "");
	fputs("\",workload=\"", to);
	put_label(to, s->workload);
	fputs("\",params=\"", to);
	put_label(to, s->params);
	fputs("\",metric=\"", to);
	put_label(to, s->metric);
	fputs("\",unit=\"", to);
	put_label(to, s->unit);
	fputs("\"}", to);
}

int report_openmetrics(FILE *to, const struct dash_verdicts *v, const struct report_opts *opts)
{
	size_t i;

	fputs("# HELP daxdash_value The newest value of a series.\n# TYPE daxdash_value gauge\n", to);
	for (i = 0; i < v->nr; i++) {
		const struct dash_judged *j = &v->judged[i];

		if (!j->nr_points || !isfinite(j->point[j->nr_points - 1].value))
			continue;
		fputs("daxdash_value", to);
		put_labels(to, j->series, opts->repo);
		fprintf(to, " %.17g\n", j->point[j->nr_points - 1].value);
	}
	fputs("# HELP daxdash_regressed Whether the gate fails for the series.\n"
	      "# TYPE daxdash_regressed gauge\n",
	      to);
	for (i = 0; i < v->nr; i++) {
		const struct dash_judged *j = &v->judged[i];

		if (!j->series->gate || j->verdict == DASH_UNJUDGED)
			continue;
		fputs("daxdash_regressed", to);
		put_labels(to, j->series, opts->repo);
		fprintf(to, " %d\n", j->verdict == DASH_REGRESSION);
	}
	fprintf(to,
		"# HELP daxdash_judged_ratio Of the gate set, how much could be judged.\n"
		"# TYPE daxdash_judged_ratio gauge\ndaxdash_judged_ratio %.6g\n# EOF\n",
		v->gated ? (double)v->unjudged[DASH_JUDGED] / v->gated : 0);
	return ferror(to) ? -EIO : 0;
}
