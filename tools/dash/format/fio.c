// SPDX-License-Identifier: GPL-2.0-only
/* fio.c - fio's json and json+: rates, completion latencies with their histogram, page faults. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "dash/format/doc.h"
#include "dash/format/names.h"

static bool is_fio(const char *text, size_t len)
{
	json_t *root = json_loadb(text, len, 0, NULL);
	bool found = json_object_get(root, "fio version") && json_object_get(root, "jobs");

	json_decref(root);
	return found;
}

/* fio prints warnings before its JSON. */
static const char *skip_notes(const char *text, size_t *len)
{
	const char *brace = memchr(text, '{', *len);

	if (!brace || (size_t)(brace - text) > 4096)
		return text;
	*len -= (size_t)(brace - text);
	return brace;
}

static int add(const struct doc *doc, const struct at *at, json_t *object, const char *key,
	       const char *job, const char *name, const char *unit, enum dash_class class,
	       const struct format_given *given, struct dash_run *run)
{
	struct dash_metric *m = metric_add(run, given, job, name, unit);
	int err = m ? doc_real(doc, at, object, key, false, &m->value) : -ENOMEM;

	if (err)
		return err;
	m->class = class;
	m->better = class == DASH_RATE ? DASH_HIGHER : DASH_LOWER;
	if (isnan(m->value))
		metric_drop(run);
	return 0;
}

static int by_upper(const void *a, const void *b)
{
	const struct dash_bucket *x = a, *y = b;

	return (x->upper > y->upper) - (x->upper < y->upper);
}

/* bins: {"ns": count}; ns is the end of the bin. */
static int read_bins(const struct doc *doc, const struct at *up, json_t *bins,
		     struct dash_hist **out)
{
	struct dash_bucket *all = calloc(json_object_size(bins) + 1, sizeof(*all));
	struct dash_hist *hist = calloc(1, sizeof(*hist));
	const char *key;
	json_t *count;
	size_t nr = 0, i;
	int err = all && hist ? 0 : -ENOMEM;

	if (!err)
		json_object_foreach(bins, key, count) {
			struct at at = {.up = up, .key = key};
			char *end;
			unsigned long long ns = strtoull(key, &end, 10);

			if (*end || *key == '-' || ns >= 1ULL << 62 || !json_is_integer(count) ||
			    json_integer_value(count) < 0) {
				err = doc_fail(doc, &at, "a bin is \"ns\": count");
				break;
			}
			all[nr++] = (struct dash_bucket){ns + 1, (__u64)json_integer_value(count)};
		}
	if (!err) {
		hist->sum = NAN;
		qsort(all, nr, sizeof(*all), by_upper);
	}
	for (i = 0; i < nr && !err; i++)
		err = hist_put(hist, all[i].upper, all[i].count);
	if (err == -EINVAL && !doc->error->text[0])
		err = doc_fail(doc, up, "two bins of one latency, or too many in all");
	free(all);
	if (err) {
		hist_free(hist);
		return err;
	}
	*out = hist;
	return 0;
}

static int read_latency(const struct doc *doc, const struct at *up, json_t *dir, const char *job,
			const char *way, const struct format_given *given, struct dash_run *run)
{
	static const struct {
		const char *key, *name;
	} wanted[] = {{"50.000000", "p50"}, {"99.000000", "p99"}, {"99.900000", "p999"}};
	struct at at = {.up = up, .key = "clat_ns"}, at_p = {.up = &at, .key = "percentile"};
	struct at at_bins = {.up = &at, .key = "bins"};
	json_t *lat, *percentile, *bins;
	char name[80];
	double lo = NAN, hi = NAN;
	size_t i;
	int err = doc_member(doc, up, dir, "clat_ns", JSON_OBJECT, &lat);

	if (err || !lat)
		return err;
	err = doc_real(doc, &at, lat, "min", false, &lo);
	if (!err)
		err = doc_real(doc, &at, lat, "max", false, &hi);
	/* Nothing was measured: fio's minimum is then its largest number. */
	if (err || !(lo <= hi))
		return err;
	snprintf(name, sizeof(name), "%s_clat_mean_ns", way);
	err = add(doc, &at, lat, "mean", job, name, "ns", DASH_TIME, given, run);
	if (!err && run->nr_metrics && !strcmp(run->metric[run->nr_metrics - 1].name, name)) {
		struct dash_metric *m = &run->metric[run->nr_metrics - 1];

		m->lo = lo;
		m->hi = hi;
		err = doc_member(doc, &at, lat, "bins", JSON_OBJECT, &bins);
		if (!err && bins)
			err = read_bins(doc, &at_bins, bins, &m->hist);
	}
	if (!err)
		err = doc_member(doc, &at, lat, "percentile", JSON_OBJECT, &percentile);
	for (i = 0; i < 3 && !err && percentile; i++) {
		snprintf(name, sizeof(name), "%s_clat_%s_ns", way, wanted[i].name);
		err = add(doc, &at_p, percentile, wanted[i].key, job, name, "ns", DASH_TIME, given,
			  run);
	}
	return err;
}

static int read_direction(const struct doc *doc, const struct at *up, json_t *job_object,
			  const char *job, const char *way, const struct format_given *given,
			  struct dash_run *run)
{
	struct at at = {.up = up, .key = way};
	json_t *dir;
	__u64 ios = 0;
	char name[80];
	int err = doc_member(doc, up, job_object, way, JSON_OBJECT, &dir);

	if (err || !dir)
		return err;
	err = doc_count(doc, &at, dir, "total_ios", false, &ios);
	if (err || !ios)
		return err;
	snprintf(name, sizeof(name), "%s_iops", way);
	err = add(doc, &at, dir, "iops", job, name, "ops/s", DASH_RATE, given, run);
	snprintf(name, sizeof(name), "%s_bw_bytes", way);
	if (!err)
		err = add(doc, &at, dir, "bw_bytes", job, name, "bytes/s", DASH_RATE, given, run);
	return err ? err : read_latency(doc, &at, dir, job, way, given, run);
}

static int read_job(const struct doc *doc, const struct at *at, json_t *object,
		    const struct format_given *given, struct dash_run *run)
{
	static const char *const ways[] = {"read", "write", "trim"};
	__s64 error = 0;
	char *job = NULL;
	size_t i;
	int err = doc_text(doc, at, object, "jobname", true, &job);

	if (!err)
		err = doc_signed(doc, at, object, "error", &error);
	if (!err && error)
		err = doc_fail(doc, at, "job '%s' ended with error %lld", job, (long long)error);
	for (i = 0; i < 3 && !err; i++)
		err = read_direction(doc, at, object, job, ways[i], given, run);
	if (!err)
		err = add(doc, at, object, "majf", job, "major_faults", "faults", DASH_SIZE, given, run);
	if (!err)
		err = add(doc, at, object, "minf", job, "minor_faults", "faults", DASH_SIZE, given, run);
	free(job);
	return err;
}

static int read_fio(const char *text, size_t len, const struct format_given *given,
		    struct dash_runs *out, struct format_error *error)
{
	const char *start = skip_notes(text, &len), *s;
	struct at list = {.key = "jobs"}, at = {.up = &list};
	json_t *jobs = NULL;
	struct dash_run *run = NULL;
	struct doc doc;
	int err = doc_load(&doc, start, len, error);

	if (!err)
		err = doc_member(&doc, NULL, doc.root, "jobs", JSON_ARRAY, &jobs);
	if (!err && !jobs)
		err = doc_fail(&doc, NULL, "'jobs' is missing");
	if (!err && !(run = run_add(out, given)))
		err = -ENOMEM;
	if (!err)
		err = doc_signed(&doc, NULL, doc.root, "timestamp", &run->started);
	for (; !err && at.index < json_array_size(jobs); at.index++)
		err = read_job(&doc, &at, json_array_get(jobs, at.index), given, run);
	if (!err)
		err = run_finish(run, start, len, error);
	if (err == -EINVAL && error->line)
		for (s = text; s < start; s++)
			error->line += *s == '\n';
	doc_free(&doc);
	return err;
}

const struct format format_fio = {"fio", "fio --output-format=json or json+", is_fio, read_fio, NULL};
