// SPDX-License-Identifier: GPL-2.0-only
/* selftest.c - does the gate find a regression that was put in, and none where nothing changed? */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "dash/command/command.h"
#include "dash/judge/stats.h"
#include "util/err.h"

/* So many of the newest commits are made worse: enough for a change that may fail a job. */
#define WORSE_COMMITS 6

static void die_of_memory(int err)
{
	if (err)
		die(DAX_EXIT_UNSUPPORTED, "%s", strerror(-err));
}

/* The value @by times as bad. */
static double worse(const struct dash_series *s, double value, double by)
{
	if (s->better == DASH_HIGHER)
		return value / by;
	value *= by;
	/* A count of 0 stays 0 however often it is taken. */
	return s->class == DASH_EXACT ? ceil(value) + (value == 0) : value;
}

/* Make the newest commits of every series of the gate set worse. Returns how many series. */
static size_t inject(struct dash_history *h, double by, bool *injected)
{
	size_t i, k, nr = 0;

	for (i = 0; i < h->nr_series; i++) {
		struct dash_series *s = &h->series[i];
		__u32 last = ~0U, commits = 0;

		injected[i] = false;
		if (!s->gate || s->better == DASH_NONE || !s->nr)
			continue;
		for (k = s->nr; k-- > 0;) {
			__u32 commit = h->run[s->sample[k].run].commit;

			commits += commit != last;
			last = commit;
			if (commits > WORSE_COMMITS)
				break;
			s->sample[k].value = worse(s, s->sample[k].value, by);
			s->sample[k].ratio = false;
			s->sample[k].num = s->sample[k].den = 0;
		}
		injected[i] = true;
		nr++;
	}
	return nr;
}

static int test_inject(struct dash_args *args, struct dash_history *h)
{
	bool *injected = calloc(h->nr_series + 1, sizeof(*injected));
	size_t nr, i, found = 0, judged = 0;
	struct dash_verdicts v;
	int status;

	if (!injected)
		die(DAX_EXIT_UNSUPPORTED, "out of memory");
	nr = inject(h, args->inject, injected);
	die_of_memory(judge_history(h, &args->judge, &v));
	for (i = 0; i < v.nr; i++) {
		if (!injected[i])
			continue;
		judged += v.judged[i].verdict != DASH_UNJUDGED;
		found += v.judged[i].verdict == DASH_REGRESSION;
	}
	status = v.status;
	printf("%+.4g %% put into the newest %d commits of %zu series: found in %zu of the %zu that can be judged\n",
	       100 * (args->inject - 1), WORSE_COMMITS, nr, found, judged);
	judge_free(&v);
	free(injected);
	if (!judged) {
		warn_msg("nothing can be judged yet: 2 runs of exact metrics or 20 of noisy ones are needed");
		return DAX_EXIT_INCONCLUSIVE;
	}
	if (found < judged)
		warn_msg("the gate missed %zu of them", judged - found);
	return found == judged ? status : DAX_EXIT_OK;
}

/* Values of the level that a series has now, in any order, in place of all its values. */
static void resample(struct dash_series *s, const struct dash_judged *now, struct stat_random *random)
{
	size_t from = 0, n = 0, i;
	double *level = malloc((s->nr + 1) * sizeof(*level));

	if (!level)
		die(DAX_EXIT_UNSUPPORTED, "out of memory");
	for (i = 0; i < now->nr_changes; i++)
		if (now->change[i].state != DASH_CHANGE_WEAK)
			from = now->change[i].point;
	for (i = from; i < now->nr_points; i++)
		if (!(now->point[i].flags & (DASH_POINT_LOST | DASH_POINT_MACHINE)))
			level[n++] = now->point[i].value;
	for (i = 0; i < s->nr && n; i++) {
		s->sample[i].value = level[stat_random_below(random, n)];
		s->sample[i].ratio = false;
		s->sample[i].num = s->sample[i].den = 0;
	}
	free(level);
}

static int test_aa(struct dash_args *args, struct dash_history *h)
{
	struct stat_random random = {args->judge.seed};
	struct dash_verdicts now, v;
	size_t i, alarms = 0, series_alarms = 0, judged = 0, reruns = 0;
	unsigned k;

	die_of_memory(judge_history(h, &args->judge, &now));
	for (k = 0; k < args->aa; k++) {
		for (i = 0; i < h->nr_series; i++)
			resample(&h->series[i], &now.judged[i], &random);
		die_of_memory(judge_history(h, &args->judge, &v));
		alarms += v.status == DAX_EXIT_FOUND;
		for (i = 0; i < v.nr; i++) {
			const struct dash_judged *j = &v.judged[i];

			if (!j->series->gate)
				continue;
			judged += j->verdict != DASH_UNJUDGED;
			reruns += j->verdict == DASH_RERUN;
			series_alarms += j->verdict == DASH_REGRESSION;
		}
		judge_free(&v);
	}
	printf("%zu false alarms in %u runs (%.2f %%), of %zu series judged %zu; %zu asked to run again; seed %llu\n",
	       alarms, args->aa, 100.0 * alarms / args->aa, judged, series_alarms, reruns,
	       (unsigned long long)args->judge.seed);
	judge_free(&now);
	return judged ? DAX_EXIT_OK : DAX_EXIT_INCONCLUSIVE;
}

int command_selftest(struct dash_args *args)
{
	struct dash_history h;
	int status;

	if (isnan(args->inject) == !args->aa)
		die_usage("selftest: either --inject or --aa");
	load_history(args, false, 0, &h);
	status = args->aa ? test_aa(args, &h) : test_inject(args, &h);
	history_free(&h);
	return status;
}
