/* SPDX-License-Identifier: GPL-2.0-only */
/* report.h - verdicts as text, and in formats of CI systems. All texts in them may be hostile. */
#ifndef DASH_REPORT_REPORT_H
#define DASH_REPORT_REPORT_H

#include <stdio.h>
#include "dash_verdict.h"

struct report_opts {
	const char *repo;
	size_t rows;	  /* changes shown for an event in text; 0: all */
	bool all_series;  /* text: also series that passed */
	const char *what; /* "gate", "compare" */
};

/* Each returns 0 or a negative errno. */
int report_text(FILE *to, const struct dash_verdicts *v, const struct report_opts *opts);
int report_junit(FILE *to, const struct dash_verdicts *v, const struct report_opts *opts);
int report_ktap(FILE *to, const struct dash_verdicts *v, const struct report_opts *opts);
int report_markdown(FILE *to, const struct dash_verdicts *v, const struct report_opts *opts);
int report_github(FILE *to, const struct dash_verdicts *v, const struct report_opts *opts);
int report_openmetrics(FILE *to, const struct dash_verdicts *v, const struct report_opts *opts);
int report_page(FILE *to, const struct dash_verdicts *v, const struct report_opts *opts);

/* The table of two commits in the format of lkp's "compare". */
int report_lkp(FILE *to, const struct dash_verdicts *v, const struct report_opts *opts);

/* All steps that led to the verdict of one series. */
int report_explain(FILE *to, const struct dash_judged *judged, const struct dash_history *h);

/* "regression: 2 of 48 judged series, in 1 event; 2 not judged: too few runs 2". */
void report_summary(const struct dash_verdicts *v, char *out, size_t size);

/* "WORKLOAD{PARAMS} METRIC", not escaped. */
void report_name(const struct dash_series *series, char *out, size_t size);

/* "512 instead of 0 faults (+512)", not escaped. */
void report_change(const struct dash_judged *judged, const struct dash_change *change, char *out,
		   size_t size);

/* Write @text to @to, without characters that would control a terminal. */
void put_terminal(FILE *to, const char *text);
void put_xml(FILE *to, const char *text);
void put_markdown(FILE *to, const char *text);

/* Differences of the environment between the points before and at @event. Calls @fn for each. */
void report_env(const struct dash_verdicts *v, const struct dash_event *event,
		void (*fn)(void *ctx, const char *key, const char *before, const char *after),
		void *ctx);

#endif
