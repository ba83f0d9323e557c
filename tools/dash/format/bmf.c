// SPDX-License-Identifier: GPL-2.0-only
/* bmf.c - Bencher Metric Format: {benchmark: {measure: {value, lower_value, upper_value}}}. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include "dash/format/doc.h"
#include "dash/format/names.h"

static bool is_bmf(const char *text, size_t len)
{
	json_t *root = json_loadb(text, len, 0, NULL), *measures, *metric;
	const char *bench, *measure;
	bool found = false;

	json_object_foreach(root, bench, measures)
		json_object_foreach(measures, measure, metric)
			found = found || json_object_get(metric, "value");
	json_decref(root);
	return found;
}

static int read_measure(const struct doc *doc, const struct at *at, json_t *object,
			const char *bench, const struct format_given *given, struct dash_run *run)
{
	struct dash_metric *m = metric_add(run, given, "", at->key, at->key);
	int err = m ? name_split(m, bench) : -ENOMEM;

	if (!err && !json_is_object(object))
		err = doc_fail(doc, at, "a measure is an object with a 'value'");
	if (!err)
		err = doc_real(doc, at, object, "value", true, &m->value);
	if (!err)
		err = doc_real(doc, at, object, "lower_value", false, &m->lo);
	if (!err)
		err = doc_real(doc, at, object, "upper_value", false, &m->hi);
	if (err)
		return err;
	if (!isnan(m->lo) && !isnan(m->hi) && m->lo > m->hi)
		return doc_fail(doc, at, "'%s': lower_value is above upper_value", at->key);
	/* The two measures that Bencher defines itself. */
	m->class = !strcmp(m->name, "throughput") ? DASH_RATE : DASH_TIME;
	if (m->better == DASH_NONE)
		m->better = m->class == DASH_RATE ? DASH_HIGHER : DASH_LOWER;
	return 0;
}

static int read_bmf(const char *text, size_t len, const struct format_given *given,
		    struct dash_runs *out, struct format_error *error)
{
	json_t *measures, *metric;
	const char *bench, *measure;
	struct dash_run *run = NULL;
	struct doc doc;
	int err = doc_load(&doc, text, len, error);

	if (!err && !json_is_object(doc.root))
		err = doc_fail(&doc, NULL, "not an object of benchmarks");
	if (!err && !(run = run_add(out, given)))
		err = -ENOMEM;
	if (!err)
		json_object_foreach(doc.root, bench, measures) {
			struct at at = {.key = bench};

			if (!json_is_object(measures)) {
				err = doc_fail(&doc, &at, "'%.80s' is not an object of measures", bench);
				break;
			}
			json_object_foreach(measures, measure, metric) {
				struct at here = {.up = &at, .key = measure};

				err = read_measure(&doc, &here, metric, bench, given, run);
				if (err)
					break;
			}
			if (err)
				break;
		}
	if (!err)
		err = run_finish(run, text, len, error);
	doc_free(&doc);
	return err;
}

static int write_bmf(FILE *to, const struct dash_runs *runs)
{
	json_t *all = json_object(), *bench, *one;
	char name[NAME_MAX_BYTES];
	size_t i, k;
	int err;

	for (i = 0; i < runs->nr; i++)
		for (k = 0; k < runs->run[i].nr_metrics; k++) {
			const struct dash_metric *m = &runs->run[i].metric[k];

			name_join(m, name);
			bench = json_object_get(all, name);
			if (!bench) {
				bench = json_object();
				json_object_set_new(all, name, bench);
			}
			one = json_pack("{s:f}", "value", m->value);
			if (!isnan(m->lo))
				json_object_set_new(one, "lower_value", json_real(m->lo));
			if (!isnan(m->hi))
				json_object_set_new(one, "upper_value", json_real(m->hi));
			json_object_set_new(bench, m->name, one);
		}
	err = format_dump(to, all);
	json_decref(all);
	return err;
}

const struct format format_bmf = {"bmf", "Bencher Metric Format", is_bmf, read_bmf, write_bmf};
