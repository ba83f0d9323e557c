/* SPDX-License-Identifier: GPL-2.0-only */
/* dash-make.h - histories made of numbers, for tests of the judge. */
#ifndef DAX_DASH_MAKE_H
#define DAX_DASH_MAKE_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "dash/judge/judge.h"
#include "dash/judge/stats.h"

/* A history of @nr commits with one run each, on one machine. */
static inline struct dash_history *make_history(size_t nr, size_t nr_series)
{
	struct dash_history *h = calloc(1, sizeof(*h));
	size_t i;

	h->commit = calloc(nr, sizeof(*h->commit));
	h->run = calloc(nr, sizeof(*h->run));
	h->env = calloc(2, sizeof(*h->env));
	h->series = calloc(nr_series, sizeof(*h->series));
	h->env[0].machine = "cpu=one";
	h->env[1].machine = "cpu=two";
	h->nr_envs = 2;
	for (i = 0; i < nr; i++) {
		if (asprintf(&h->commit[i].sha, "%040zx", i + 0x1000000) < 0)
			exit(1);
		h->commit[i].order = (__s64)i;
		h->run[i].commit = (__u32)i;
		h->run[i].uuid = h->commit[i].sha;
	}
	h->nr_commits = h->nr_runs = nr;
	h->nr_series = nr_series;
	return h;
}

static inline struct dash_series *make_series(struct dash_history *h, size_t at, const char *metric,
					      enum dash_class class, enum dash_better better,
					      const double *value, size_t nr)
{
	struct dash_series *s = &h->series[at];
	size_t i;

	free(s->sample); /* of the series that was there before */
	*s = (struct dash_series){.id = "0123456789abcdef",
				  .workload = "test",
				  .params = "",
				  .metric = (char *)metric,
				  .unit = "",
				  .class = class,
				  .better = better,
				  .gate = true,
				  .rel_floor = NAN,
				  .abs_floor = NAN,
				  .sample = calloc(nr, sizeof(*s->sample)),
				  .nr = nr};
	for (i = 0; i < nr; i++)
		s->sample[i] = (struct dash_sample){
			.run = (__u32)i, .value = value[i], .lo = NAN, .hi = NAN};
	return s;
}

static inline void free_history(struct dash_history *h)
{
	size_t i;

	for (i = 0; i < h->nr_commits; i++)
		free(h->commit[i].sha);
	for (i = 0; i < h->nr_series; i++)
		free(h->series[i].sample);
	free(h->commit);
	free(h->run);
	free(h->env);
	free(h->series);
	free(h);
}

static inline double make_normal(struct stat_random *random)
{
	return sqrt(-2 * log(1 - stat_random_unit(random))) * cos(2 * M_PI * stat_random_unit(random));
}

/* A series anybody can make again: a sum of four bytes of a linear congruential generator, two steps. */
static inline void make_lcg(double z[120])
{
	unsigned s = 12345, u;
	int i, k;

	for (i = 0; i < 120; i++) {
		for (u = 0, k = 0; k < 4; k++) {
			s = s * 1664525U + 1013904223U;
			u += s >> 24;
		}
		z[i] = 1000 + ((int)u - 510) / 16.0 + (i >= 40 ? 25 : 0) - (i >= 85 ? 12 : 0);
	}
}

#endif
