/* SPDX-License-Identifier: GPL-2.0-only */
/* names.h - workload, parameters and metric in one name, as other formats have it. */
#ifndef DASH_FORMAT_NAMES_H
#define DASH_FORMAT_NAMES_H

#include <jansson.h>
#include "dash_run.h"

#define NAME_MAX_BYTES 1600

/* WORKLOAD{PARAMS}, or WORKLOAD if there are none. */
void name_join(const struct dash_metric *metric, char out[NAME_MAX_BYTES]);
/* The reverse: sets workload and params. Returns 0 or -ENOMEM. */
int name_split(struct dash_metric *metric, const char *name);

/* Write @json and a newline to @to. Returns 0 or a negative errno. */
int format_dump(FILE *to, const json_t *json);

/* Repeats of one metric: the median becomes its value, the lowest and highest become lo and hi. */
struct repeats {
	double *value;
	size_t nr;
};
int repeats_add(struct repeats *all, double value);
void repeats_finish(struct repeats *all, struct dash_metric *metric);

/*
 * Seconds since 1970 for "2026-11-27T21:00:00Z", "2026-11-27 21:00:00 +0100" or a number; -1: none
 * of these.
 */
__s64 time_parse(const char *text);

#endif
