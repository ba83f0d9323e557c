/* SPDX-License-Identifier: GPL-2.0-only */
/* parts.h - functions shared by the files of the judge. */
#ifndef DASH_JUDGE_PARTS_H
#define DASH_JUDGE_PARTS_H

#include "dash/judge/judge.h"

/* Make the points of @out->series, up to commit @head. Returns 0 or -ENOMEM. */
int fold_points(const struct dash_history *h, __u32 head, struct dash_judged *out);

/* Can values of this class be compared only on one kind of machine? */
bool class_is_noisy(enum dash_class class);

/* Judge one series that has its points. The caller sets q. Returns 0 or -ENOMEM. */
int judge_series(const struct dash_history *h, const struct judge_opts *opts,
		 struct dash_judged *out);

/* Append a step of the judgement, or a change. Returns 0 or -ENOMEM. */
int add_step(struct dash_judged *to, bool passed, const char *what, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
struct dash_change *add_change(struct dash_judged *to, const struct dash_change *change);

/* Replace the reason. */
int set_reason(struct dash_judged *to, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Is @to worse than @from? False when the metric has no worse direction. */
bool is_worse(enum dash_better better, double from, double to);

/* The acknowledgement of @change, or NULL. For noisy metrics it may be off by two commits. */
const struct dash_ack *find_ack(const struct dash_history *h, const struct judge_opts *opts,
				const struct dash_series *series, const struct dash_change *change);

/* Derive verdict and reason of a series from its changes, unless it is unjudged. */
int conclude(const struct dash_history *h, const struct judge_opts *opts, struct dash_judged *out);

/* Start with no series judged, each in its place. Returns 0 or -ENOMEM. */
int begin_verdicts(const struct dash_history *h, const struct judge_opts *opts, struct dash_verdicts *out);

/* Correct for many tests, group changes by commit, and summarize. Returns 0 or -ENOMEM. */
int sum_up(const struct dash_history *h, const struct judge_opts *opts, struct dash_verdicts *out);

#endif
