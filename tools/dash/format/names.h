/* SPDX-License-Identifier: GPL-2.0-only */
/* names.h - workload, parameters and metric as the one name that other formats have. */
#ifndef DASH_FORMAT_NAMES_H
#define DASH_FORMAT_NAMES_H

#include <jansson.h>
#include "dash_run.h"

#define NAME_MAX_BYTES 1600

/* WORKLOAD{PARAMS}, or WORKLOAD without. */
void name_join(const struct dash_metric *metric, char out[NAME_MAX_BYTES]);
/* The reverse: fills in workload and params. 0 or -ENOMEM. */
int name_split(struct dash_metric *metric, const char *name);

/* Write @json to @to with a newline: 0 or a negative errno. */
int format_dump(FILE *to, const json_t *json);

/* Repeats of one metric: the median becomes its value, the least and the greatest its lo and hi. */
struct repeats {
	double *value;
	size_t nr;
};
int repeats_add(struct repeats *all, double value);
void repeats_finish(struct repeats *all, struct dash_metric *metric);

/* s since 1970 of "2026-11-27T21:00:00Z", "2026-11-27 21:00:00 +0100" or a number; -1: none of these. */
__s64 time_parse(const char *text);

#endif
