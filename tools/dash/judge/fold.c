// SPDX-License-Identifier: GPL-2.0-only
/* fold.c - combine the runs of one commit into one point: the commit is judged, not the repeat. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "dash/judge/parts.h"
#include "dash/judge/stats.h"

static const char *machine_of(const struct dash_history *h, const struct dash_sample *sample)
{
	return h->env[h->run[sample->run].env].machine;
}

/* Combine samples [@from, @to) of the machine of @from, or of all machines. False: no room. */
static bool fold(const struct dash_history *h, const struct dash_series *series, size_t from,
		 size_t to, bool any_machine, struct dash_point *point)
{
	const struct dash_ran *first = &h->run[series->sample[from].run];
	double *value = malloc((to - from) * sizeof(*value));
	bool lost = true, ratio = true;
	size_t i, n = 0, pass;

	if (!value)
		return false;
	*point = (struct dash_point){.commit = first->commit,
				     .env = first->env,
				     .sample = (__u32)from,
				     .nr_samples = (__u32)(to - from),
				     .lo = INFINITY,
				     .hi = -INFINITY};
	/* Use runs that lost events only when there are no others. */
	for (pass = 0; pass < 2 && !n; pass++) {
		lost = pass == 1;
		for (i = from; i < to; i++) {
			const struct dash_sample *s = &series->sample[i];

			if ((h->run[s->run].lost != 0) != lost ||
			    (!any_machine && strcmp(machine_of(h, s),
						    machine_of(h, &series->sample[from]))))
				continue;
			value[n++] = s->value;
			point->env = h->run[s->run].env;
			point->lo = fmin(point->lo, s->value);
			point->hi = fmax(point->hi, s->value);
			ratio = ratio && s->ratio;
			point->num += s->num;
			point->den += s->den;
		}
	}
	point->n = (__u32)n;
	point->value = stat_median_of(value, n);
	if (ratio && point->den)
		point->value = (double)point->num / point->den;
	else
		point->num = point->den = 0;
	if (lost)
		point->flags |= DASH_POINT_LOST;
	free(value);
	return true;
}

static bool seen_before(const struct dash_history *h, const struct dash_series *series, size_t from,
			size_t i)
{
	size_t j;

	for (j = from; j < i; j++)
		if (!strcmp(machine_of(h, &series->sample[j]), machine_of(h, &series->sample[i])))
			return true;
	return false;
}

static void flag_machines(const struct dash_history *h, struct dash_judged *out)
{
	const char *newest = out->nr_points ? h->env[out->point[out->nr_points - 1].env].machine : "";
	size_t i;

	for (i = 0; i < out->nr_points; i++)
		if (strcmp(h->env[out->point[i].env].machine, newest))
			out->point[i].flags |= DASH_POINT_MACHINE;
}

int fold_points(const struct dash_history *h, __u32 head, struct dash_judged *out)
{
	const struct dash_series *series = out->series;
	bool any = !class_is_noisy(series->class);
	size_t from, to, i;

	out->point = calloc(series->nr + 1, sizeof(*out->point));
	if (!out->point)
		return -ENOMEM;
	for (from = 0; from < series->nr; from = to) {
		__u32 commit = h->run[series->sample[from].run].commit;

		if (commit > head)
			break;
		for (to = from; to < series->nr && h->run[series->sample[to].run].commit == commit;
		     to++)
			;
		for (i = from; i < to; i++) {
			if (i > from && (any || seen_before(h, series, from, i)))
				continue;
			if (!fold(h, series, i, to, any, &out->point[out->nr_points++]))
				return -ENOMEM;
			/*
			 * The samples of one machine are mixed with others, so the point has all
			 * samples of the commit.
			 */
			out->point[out->nr_points - 1].sample = (__u32)from;
			out->point[out->nr_points - 1].nr_samples = (__u32)(to - from);
		}
	}
	if (!any)
		flag_machines(h, out);
	return 0;
}
