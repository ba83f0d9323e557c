// SPDX-License-Identifier: GPL-2.0-only
/* gbench.c - Google Benchmark's JSON: repetitions become one value with its range. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "dash/format/doc.h"
#include "dash/format/names.h"

static bool is_gbench(const char *text, size_t len)
{
	json_t *root = json_loadb(text, len, 0, NULL);
	bool found = json_object_get(root, "context") && json_object_get(root, "benchmarks");

	json_decref(root);
	return found;
}

static const char *text_of(json_t *object, const char *key, const char *otherwise)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : otherwise;
}

static bool is_aggregate(json_t *one)
{
	return !strcmp(text_of(one, "run_type", "iteration"), "aggregate");
}

/* Members that describe the benchmark and are not results. */
static bool is_setting(const char *key)
{
	static const char *const settings[] = {
		"family_index", "per_family_instance_index", "repetitions", "repetition_index",
		"threads",	"iterations",		     "label"};
	size_t i;

	for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		if (!strcmp(key, settings[i]))
			return true;
	return false;
}

/* All repetitions of @run_name: those that are used, and their index in the list. */
struct picked {
	json_t *list;
	const char *run_name;
	bool aggregates; /* there are only aggregates: use the median, else the mean */
	const char *aggregate;
};

static bool is_picked(const struct picked *p, json_t *one)
{
	if (strcmp(text_of(one, "run_name", text_of(one, "name", "")), p->run_name) ||
	    json_is_true(json_object_get(one, "error_occurred")) ||
	    is_aggregate(one) != p->aggregates)
		return false;
	return !p->aggregates || !strcmp(text_of(one, "aggregate_name", ""), p->aggregate);
}

static void pick(struct picked *p)
{
	bool single = false, median = false;
	json_t *one;
	size_t i;

	json_array_foreach(p->list, i, one) {
		if (strcmp(text_of(one, "run_name", text_of(one, "name", "")), p->run_name))
			continue;
		single = single || !is_aggregate(one);
		median = median || !strcmp(text_of(one, "aggregate_name", ""), "median");
	}
	p->aggregates = !single;
	p->aggregate = median ? "median" : "mean";
}

static int read_metric(const struct doc *doc, const struct picked *p, const char *key,
		       const char *unit, const struct format_given *given, struct dash_run *run)
{
	struct at list = {.key = "benchmarks"}, at = {.up = &list};
	struct repeats repeats = {0};
	struct dash_metric *m;
	double scale = unit_in_ns(unit);
	int err = 0;

	for (; !err && at.index < json_array_size(p->list); at.index++) {
		json_t *one = json_array_get(p->list, at.index);
		double value = NAN;

		if (!is_picked(p, one))
			continue;
		err = doc_real(doc, &at, one, key, false, &value);
		if (!err && !isnan(value))
			err = repeats_add(&repeats, scale > 0 ? value * scale : value);
	}
	m = err || !repeats.nr ? NULL : metric_add(run, given, "", key, scale > 0 ? "ns" : unit);
	if (!err && repeats.nr)
		err = m ? name_split(m, p->run_name) : -ENOMEM;
	if (!err && m) {
		repeats_finish(&repeats, m);
		class_by_unit(m);
	}
	free(repeats.value);
	return err;
}

static int read_one(const struct doc *doc, json_t *list, json_t *one, const struct at *at,
		    const struct format_given *given, struct dash_run *run)
{
	struct picked p = {.list = list, .run_name = text_of(one, "run_name", text_of(one, "name", ""))};
	const char *unit = text_of(one, "time_unit", "ns"), *key;
	json_t *value;
	int err = 0;

	if (!*p.run_name)
		return doc_fail(doc, at, "a benchmark has no name");
	pick(&p);
	json_object_foreach(one, key, value) {
		bool is_time = !strcmp(key, "real_time") || !strcmp(key, "cpu_time");

		if (!json_is_number(value) || is_setting(key))
			continue;
		err = read_metric(doc, &p, key,
				  is_time			       ? unit :
				  strstr(key, "bytes_per_second")      ? "bytes/s" :
				  strstr(key, "per_second")	       ? "items/s" :
									 "",
				  given, run);
		if (err)
			return err;
	}
	return 0;
}

static bool seen(json_t *list, size_t at, const char *run_name)
{
	size_t i;

	for (i = 0; i < at; i++) {
		json_t *one = json_array_get(list, i);

		if (!strcmp(text_of(one, "run_name", text_of(one, "name", "")), run_name))
			return true;
	}
	return false;
}

static int read_gbench(const char *text, size_t len, const struct format_given *given,
		       struct dash_runs *out, struct format_error *error)
{
	struct at top = {.key = "benchmarks"}, at = {.up = &top};
	json_t *list = NULL, *context = NULL;
	struct dash_run *run = NULL;
	struct doc doc;
	int err = doc_load(&doc, text, len, error);

	if (!err)
		err = doc_member(&doc, NULL, doc.root, "benchmarks", JSON_ARRAY, &list);
	if (!err && !list)
		err = doc_fail(&doc, NULL, "'benchmarks' is missing");
	if (!err && json_array_size(list) > 20000)
		err = doc_fail(&doc, &top, "more than 20000 results");
	if (!err && !(run = run_add(out, given)))
		err = -ENOMEM;
	if (!err)
		err = doc_member(&doc, NULL, doc.root, "context", JSON_OBJECT, &context);
	if (!err && context)
		run->started = time_parse(text_of(context, "date", ""));
	for (; !err && at.index < json_array_size(list); at.index++) {
		json_t *one = json_array_get(list, at.index);

		if (!json_is_object(one))
			err = doc_fail(&doc, &at, "a benchmark is an object");
		else if (!seen(list, at.index, text_of(one, "run_name", text_of(one, "name", ""))))
			err = read_one(&doc, list, one, &at, given, run);
	}
	if (!err)
		err = run_finish(run, text, len, error);
	doc_free(&doc);
	return err;
}

const struct format format_gbench = {"gbench", "Google Benchmark's JSON", is_gbench, read_gbench, NULL};
