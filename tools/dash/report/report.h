/* SPDX-License-Identifier: GPL-2.0-only */
/* report.h - verdicts as text, and as what CI systems read. All texts in them are hostile. */
#ifndef DASH_REPORT_REPORT_H
#define DASH_REPORT_REPORT_H

#include <stdio.h>
#include "dash_verdict.h"

struct report_opts {
	const char *repo;
	size_t rows;	  /* changes of an event in text; 0: all */
	bool all_series;  /* text: those that passed too */
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

/* The table of two commits as lkp's "compare" prints it. */
int report_lkp(FILE *to, const struct dash_verdicts *v, const struct report_opts *opts);

/* All that led to the verdict of one series. */
int report_explain(FILE *to, const struct dash_judged *judged, const struct dash_history *h);

/* "regression: 2 of 48 judged series, in 1 event; 2 not judged: too few runs 2". */
void report_summary(const struct dash_verdicts *v, char *out, size_t size);

/* "WORKLOAD{PARAMS} METRIC", raw. */
void report_name(const struct dash_series *series, char *out, size_t size);

/* "512 instead of 0 faults (+512)", raw. */
void report_change(const struct dash_judged *judged, const struct dash_change *change, char *out,
		   size_t size);

/* @text to @to without what would do something there. */
void put_terminal(FILE *to, const char *text);
void put_xml(FILE *to, const char *text);
void put_markdown(FILE *to, const char *text);

/* What of the environment differs between the points before and at @event. Calls @fn for each. */
void report_env(const struct dash_verdicts *v, const struct dash_event *event,
		void (*fn)(void *ctx, const char *key, const char *before, const char *after),
		void *ctx);

#endif
