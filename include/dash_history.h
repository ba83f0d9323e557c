/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dash_history.h - the contract between the store and the judge: all runs of one repository as
 * series of samples, in the order of history. Nothing in it has been judged, summed up or left out
 * yet.
 */
#ifndef DASH_HISTORY_H
#define DASH_HISTORY_H

#include "dash_run.h"

struct dash_env {
	struct dash_pair *pair; /* by rising key */
	size_t nr;
	/*
	 * What decides the speed (CPU model, accelerator, CPUs): machines with equal texts can be
	 * compared by time. "" when none of it is known.
	 */
	char *machine;
};

/* A run without its metrics. */
struct dash_ran {
	__u32 commit, env; /* indices into the history's lists */
	char *uuid, *kind, *pair, *build, *ci_url;
	int slot;
	__s64 started;
	__u64 lost;
};

/* One value of one run. */
struct dash_sample {
	__u32 run; /* index into the history's runs */
	double value;
	bool ratio;
	__u64 num, den;
	double lo, hi; /* NaN: unknown */
	__u64 n;
	const struct dash_hist *hist; /* NULL: none */
};

struct dash_series {
	char *id; /* hexadecimal; the same in every store */
	char *workload, *params, *metric, *unit;
	enum dash_class class;
	enum dash_better better;
	bool gate;
	double rel_floor, abs_floor; /* NaN: the class's own */
	struct dash_sample *sample;  /* ordered by commit, then by the time of the run, then by uuid */
	size_t nr;
};

struct dash_history {
	struct dash_commit *commit; /* in the order of history: the index is the place on the x axis */
	size_t nr_commits;
	struct dash_env *env;
	size_t nr_envs;
	struct dash_ran *run;
	size_t nr_runs;
	struct dash_series *series; /* by workload, params, metric */
	size_t nr_series;
};

#endif
