/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * build.h - functions for readers to build runs: clean texts, with limits, and only valid numbers.
 */
#ifndef DASH_FORMAT_BUILD_H
#define DASH_FORMAT_BUILD_H

#include "dash/format/format.h"

/* Fill in @error and return -EINVAL. */
int format_fail(struct format_error *error, size_t line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * A copy of @len bytes of @text. Control bytes, overrides of the text direction and invalid UTF-8
 * become U+FFFD. It is cut off at @most bytes. NULL: out of memory.
 */
char *clean_text(const char *text, size_t len, size_t most);
char *clean(const char *text); /* at most FORMAT_MAX_NAME bytes; NULL stays NULL */

/* Add a run with the values that were given on the command line. NULL: out of memory. */
struct dash_run *run_add(struct dash_runs *runs, const struct format_given *given);

/*
 * Add a metric to @run. Unknown values are NaN; better and gate are as given. NULL: out of memory.
 */
struct dash_metric *metric_add(struct dash_run *run, const struct format_given *given,
			       const char *workload, const char *name, const char *unit);
void metric_drop(struct dash_run *run); /* remove the last one */

/* Set or replace a key of the environment. Returns 0 or -ENOMEM. */
int env_put(struct dash_run *run, const char *key, const char *value);
const char *env_get(const struct dash_run *run, const char *key);

/*
 * Append a bucket. Returns 0, -ENOMEM, or -EINVAL when its upper bound is not above the last one.
 */
int hist_put(struct dash_hist *hist, __u64 upper, __u64 count);
void hist_free(struct dash_hist *hist);
/* The upper bound of the bucket with the @q quantile; NaN when there are too few values. */
double hist_quantile(const struct dash_hist *hist, double q);

/*
 * Call when the run is complete. Checks the commit, that names are unique and that numbers are
 * finite, and makes a uuid (from @text, so that the same file is the same run). Returns 0, -ENOMEM,
 * or -EINVAL with @error.
 */
int run_finish(struct dash_run *run, const char *text, size_t len, struct format_error *error);

/* A hash of 128 bits of @len bytes, starting from @seed, as 32 hexadecimal digits. */
void hash_hex(const char *seed, const void *data, size_t len, char out[33]);

/*
 * Set class and better from the unit: "ns" is a time, lower is better; "ops/s" a rate, higher is
 * better.
 */
void class_by_unit(struct dash_metric *metric);
double unit_in_ns(const char *unit); /* for "us" 1000; 0: not a unit of time */

#endif
