// SPDX-License-Identifier: GPL-2.0-only
/* lkp.c - compare two commits in the layout of lkp's compare, which kernel developers know. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include "dash/judge/judge.h"
#include "dash/judge/stats.h"
#include "dash/report/report.h"

/* Smaller deviations are not printed. */
#define SHOWN_DEVIATION 2

/*
 * Deviation of the runs of @p in percent of their mean; NaN for fewer than two runs, or around 0.
 */
static double deviation(const struct dash_history *h, const struct dash_judged *j, const struct dash_point *p)
{
	double *z = calloc(p->nr_samples + 1, sizeof(*z)), mean, sd;
	__u32 i;
	size_t n = 0;

	if (!z)
		return NAN;
	for (i = p->sample; i < p->sample + p->nr_samples; i++)
		if (!h->run[j->series->sample[i].run].lost)
			z[n++] = j->series->sample[i].value;
	mean = stat_mean(z, n);
	sd = stat_sd(z, n, 1);
	free(z);
	return n < 2 || mean == 0 ? NAN : 100 * sd / fabs(mean);
}

static void put_value(FILE *to, double value, double dev)
{
	double size = fabs(value);

	fprintf(to, size < 1000 ? "%10.2f" : size > 1e8 ? "%10.4g" : "%10.0f", value);
	if (dev > SHOWN_DEVIATION)
		fprintf(to, " \u00b1%3.0f%%", fmin(dev, 999));
	else
		fputs("      ", to);
}

static void put_row(FILE *to, const struct dash_history *h, const struct dash_judged *j)
{
	const struct dash_point *a = &j->point[0], *b = &j->point[1];
	char name[1600];

	put_value(to, a->value, deviation(h, j, a));
	/* For ratios, and for changes from 0, show the difference itself. */
	if (j->series->class == DASH_RATIO)
		fprintf(to, " %+10.2f ", 100 * (b->value - a->value));
	else if (a->value == 0)
		fprintf(to, " %+10.4g ", b->value - a->value);
	else
		fprintf(to, " %+9.1f%% ", 100 * (b->value - a->value) / fabs(a->value));
	put_value(to, b->value, deviation(h, j, b));
	report_name(j->series, name, sizeof(name));
	fputs("  ", to);
	put_terminal(to, name);
	fputc('\n', to);
}

static bool is_shown(const struct dash_judged *j, const struct report_opts *opts)
{
	size_t i;

	if (j->nr_points < 2 || !j->point[0].nr_samples || !j->point[1].nr_samples)
		return false;
	for (i = 0; i < j->nr_changes; i++)
		if (j->change[i].state != DASH_CHANGE_WEAK)
			return true;
	return opts->all_series;
}

int report_lkp(FILE *to, const struct dash_verdicts *v, const struct report_opts *opts)
{
	const struct dash_history *h = v->history;
	const struct dash_commit *commit[2] = {0};
	char summary[400];
	size_t i, k;

	for (i = 0; i < v->nr && !commit[0]; i++)
		if (v->judged[i].nr_points == 2)
			for (k = 0; k < 2; k++)
				commit[k] = &h->commit[v->judged[i].point[k].commit];
	report_summary(v, summary, sizeof(summary));
	fprintf(to, "%s\n", summary);
	if (!commit[0])
		return ferror(to) ? -EIO : 0;
	fputs("\ncommit:\n", to);
	for (k = 0; k < 2; k++) {
		fprintf(to, "  %.12s", commit[k]->sha);
		if (commit[k]->subject) {
			fputs(" (\"", to);
			put_terminal(to, commit[k]->subject);
			fputs("\")", to);
		}
		fputc('\n', to);
	}
	fprintf(to, "\n%16.12s %27.12s\n---------------- ---------------------------\n", commit[0]->sha,
		commit[1]->sha);
	fputs("         %stddev     %change         %stddev\n             \\          |                \\\n", to);
	for (i = 0; i < v->nr; i++)
		if (is_shown(&v->judged[i], opts))
			put_row(to, h, &v->judged[i]);
	return ferror(to) ? -EIO : 0;
}
