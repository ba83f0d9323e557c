// SPDX-License-Identifier: GPL-2.0-only
/* parts.c - names, steps, reasons and acknowledgements. */
#include <errno.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "dash/judge/parts.h"

/* A change of a noisy metric is located only roughly: this many commits off. */
#define ACK_REACH 2

const char *judge_verdict_name(enum dash_verdict verdict)
{
	static const char *const names[DASH_NR_VERDICTS] = {
		"pass", "improved", "acknowledged", "rerun", "unjudged", "regression"};

	return names[verdict];
}

const char *judge_unjudged_name(enum dash_unjudged why)
{
	static const char *const names[DASH_NR_UNJUDGED] = {"judged",  "few",	"lost",
							    "machine", "drift", "missing"};

	return names[why];
}

const char *judge_unjudged_text(enum dash_unjudged why)
{
	static const char *const texts[DASH_NR_UNJUDGED] = {
		"judged",
		"too few runs",
		"events were lost",
		"made on another machine",
		"the environment drifts",
		"no value at this commit",
	};

	return texts[why];
}

const char *judge_state_name(enum dash_change_state state)
{
	static const char *const names[DASH_NR_CHANGE_STATES] = {"weak", "shown", "rerun",
								 "acknowledged", "fail"};

	return names[state];
}

const char *judge_class_name(enum dash_class class)
{
	static const char *const names[DASH_NR_CLASSES] = {"exact", "icount", "ratio",
							   "time",  "rate",   "size"};

	return names[class];
}

const char *judge_better_name(enum dash_better better)
{
	static const char *const names[DASH_NR_BETTER] = {"lower", "higher", "equal", "none"};

	return names[better];
}

bool class_is_noisy(enum dash_class class)
{
	return class == DASH_TIME || class == DASH_RATE || class == DASH_SIZE;
}

int add_step(struct dash_judged *to, bool passed, const char *what, const char *fmt, ...)
{
	struct dash_step *more = reallocarray(to->step, to->nr_steps + 1, sizeof(*more));
	struct dash_step *step;
	va_list args;
	int len;

	if (!more)
		return -ENOMEM;
	to->step = more;
	step = &more[to->nr_steps];
	step->passed = passed;
	step->what = strdup(what);
	va_start(args, fmt);
	len = vasprintf(&step->found, fmt, args);
	va_end(args);
	if (len < 0 || !step->what) {
		free(step->what);
		if (len >= 0)
			free(step->found);
		return -ENOMEM;
	}
	to->nr_steps++;
	return 0;
}

struct dash_change *add_change(struct dash_judged *to, const struct dash_change *change)
{
	struct dash_change *more = reallocarray(to->change, to->nr_changes + 1, sizeof(*more));

	if (!more)
		return NULL;
	to->change = more;
	more[to->nr_changes] = *change;
	return &more[to->nr_changes++];
}

int set_reason(struct dash_judged *to, const char *fmt, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, fmt);
	len = vasprintf(&text, fmt, args);
	va_end(args);
	if (len < 0)
		return -ENOMEM;
	free(to->reason);
	to->reason = text;
	return 0;
}

bool is_worse(enum dash_better better, double from, double to)
{
	switch (better) {
	case DASH_LOWER:
		return to > from;
	case DASH_HIGHER:
		return to < from;
	case DASH_EQUAL:
		return to != from;
	default:
		return false;
	}
}

static bool ack_matches(const struct dash_ack *ack, const struct dash_commit *commit,
			const char *name)
{
	size_t len = strlen(ack->sha);

	return len >= 7 && !strncasecmp(ack->sha, commit->sha, len) &&
	       !fnmatch(ack->metric, name, 0);
}

const struct dash_ack *find_ack(const struct dash_history *h, const struct judge_opts *opts,
				const struct dash_series *series, const struct dash_change *change)
{
	__u32 reach = class_is_noisy(series->class) ? ACK_REACH : 0;
	__u32 lo = change->lo > reach ? change->lo - reach : 0, hi = change->hi + reach, c;
	char name[1024];
	size_t i;

	snprintf(name, sizeof(name), "%s/%s", series->workload, series->metric);
	for (i = 0; i < opts->nr_acks; i++)
		for (c = lo; c <= hi && c < h->nr_commits; c++)
			if (ack_matches(&opts->ack[i], &h->commit[c], name))
				return &opts->ack[i];
	return NULL;
}

static void free_judged(struct dash_judged *judged)
{
	size_t i;

	for (i = 0; i < judged->nr_steps; i++) {
		free(judged->step[i].what);
		free(judged->step[i].found);
	}
	free(judged->step);
	free(judged->change);
	free(judged->point);
	free(judged->reason);
}

void judge_free(struct dash_verdicts *verdicts)
{
	size_t i;

	for (i = 0; i < verdicts->nr; i++)
		free_judged(&verdicts->judged[i]);
	free(verdicts->judged);
	for (i = 0; i < verdicts->nr_events; i++)
		free(verdicts->event[i].at);
	free(verdicts->event);
	*verdicts = (struct dash_verdicts){0};
}

int begin_verdicts(const struct dash_history *h, const struct judge_opts *opts, struct dash_verdicts *out)
{
	size_t i;

	*out = (struct dash_verdicts){
		.history = h, .nr = h->nr_series, .ack = opts->ack, .nr_acks = opts->nr_acks};
	out->judged = calloc(h->nr_series + 1, sizeof(*out->judged));
	if (!out->judged) {
		out->nr = 0;
		return -ENOMEM;
	}
	for (i = 0; i < out->nr; i++)
		out->judged[i].series = &h->series[i];
	return 0;
}
