/* SPDX-License-Identifier: GPL-2.0-only */
/* judge.h - from a history to verdicts. Pure: no clock, no I/O. */
#ifndef DASH_JUDGE_JUDGE_H
#define DASH_JUDGE_JUDGE_H

#include "dash/judge/predict.h"
#include "dash/judge/split.h"
#include "dash_verdict.h"

enum judge_algo {
	JUDGE_ROBUST,
	JUDGE_OTAVA,	 /* Hunter as in Apache Otava, for comparison */
	JUDGE_EDIVISIVE, /* with a permutation test */
};

#define JUDGE_NEWEST (~0U)

struct judge_opts {
	enum judge_algo algo;
	struct hunter_opts hunter; /* for JUDGE_OTAVA */
	unsigned permutations;	   /* for JUDGE_EDIVISIVE: 999 */
	__u64 seed;
	size_t fail_segment; /* runs needed on each side of a change to fail a job: 5 */
	size_t show_runs;    /* runs needed before changes of noisy metrics are searched: 10 */
	size_t fail_runs;    /* ... and before they may fail a job: 20 */
	size_t recent;	     /* a change up to this many points ago is recent: 10 */
	enum predict_rule last; /* rule for the newest point alone: PREDICT_MADS */
	double last_boundary;
	double q;	     /* false discovery rate over the gate set: 0.05 */
	enum dash_change_state by_chance; /* state of changes that are explained by chance once all series are judged */
	double rel_floor;    /* for noisy metrics: 0.03 in history, 0.05 between two commits */
	double icount_floor; /* 0.001 */
	double ratio_floor;  /* in points of 0.01: 0.5 */
	__u32 head;	     /* index of the commit to be judged, or JUDGE_NEWEST */
	const struct dash_ack *ack;
	size_t nr_acks;
};

extern const struct judge_opts judge_defaults;
extern const struct judge_opts judge_pr_defaults;

/* Each returns 0 or -ENOMEM; call judge_free() in both cases. @h must live as long as @out. */
int judge_history(const struct dash_history *h, const struct judge_opts *opts,
		  struct dash_verdicts *out);

/* Is commit @b worse than @a? Uses pairs of runs (see struct dash_ran) if there are any. */
int judge_compare(const struct dash_history *h, __u32 a, __u32 b, const struct judge_opts *opts,
		  struct dash_verdicts *out);
void judge_free(struct dash_verdicts *verdicts);

const char *judge_verdict_name(enum dash_verdict verdict);
const char *judge_unjudged_name(enum dash_unjudged why);
const char *judge_unjudged_text(enum dash_unjudged why);
const char *judge_state_name(enum dash_change_state state);
const char *judge_class_name(enum dash_class class);
const char *judge_better_name(enum dash_better better);

#endif
