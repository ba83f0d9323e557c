/* SPDX-License-Identifier: GPL-2.0-only */
/* build.h - how readers put runs together: clean texts, bounded, and sane numbers only. */
#ifndef DASH_FORMAT_BUILD_H
#define DASH_FORMAT_BUILD_H

#include "dash/format/format.h"

/* Fill in @error and return -EINVAL. */
int format_fail(struct format_error *error, size_t line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * A copy of @len bytes of @text: control bytes, overrides of direction and what is no UTF-8 become
 * U+FFFD; cut at @most bytes. NULL: no memory.
 */
char *clean_text(const char *text, size_t len, size_t most);
char *clean(const char *text); /* up to FORMAT_MAX_NAME; NULL stays NULL */

/* A run with what was given in it. NULL: no memory. */
struct dash_run *run_add(struct dash_runs *runs, const struct format_given *given);

/* A metric of @run with NaN where nothing is known, better and gate as given. NULL: no memory. */
struct dash_metric *metric_add(struct dash_run *run, const struct format_given *given,
			       const char *workload, const char *name, const char *unit);
void metric_drop(struct dash_run *run); /* the last one */

/* Set or replace a key of the environment. 0 or -ENOMEM. */
int env_put(struct dash_run *run, const char *key, const char *value);
const char *env_get(const struct dash_run *run, const char *key);

/* Append a bucket, whose upper bound must rise. 0, -ENOMEM, -EINVAL when it does not rise. */
int hist_put(struct dash_hist *hist, __u64 upper, __u64 count);
void hist_free(struct dash_hist *hist);
/* The value below which @q of it lies, by the bucket; NaN when too few to say. */
double hist_quantile(const struct dash_hist *hist, double q);

/*
 * After everything is there: a commit, a uuid (of @text, so that the same file is the same run), names
 * that are unique, finite numbers. 0, -ENOMEM, or -EINVAL with @error.
 */
int run_finish(struct dash_run *run, const char *text, size_t len, struct format_error *error);

/* 128 bits over @len bytes after @seed, as 32 hexadecimal digits. */
void hash_hex(const char *seed, const void *data, size_t len, char out[33]);

/* What a unit tells: "ns" is a time and lower is better, "ops/s" a rate and higher is. */
void class_by_unit(struct dash_metric *metric);
double unit_in_ns(const char *unit); /* of "us" 1000; 0: no unit of time */

#endif
