// SPDX-License-Identifier: GPL-2.0-only
/*
 * gab.c - github-action-benchmark: the array of its custom tools, and the data.js file that it
 * keeps.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "dash/format/doc.h"
#include "dash/format/names.h"
#include "util/version.h"

/* data.js begins with this, before its JSON. */
#define DATA_JS "window.BENCHMARK_DATA = "
/* In 'extra' of results that we wrote: the name is then WORKLOAD{PARAMS} METRIC. */
#define OURS "daxdash:"

static bool is_gab(const char *text, size_t len)
{
	json_t *root, *first;
	bool found;

	if (memmem(text, len < 4096 ? len : 4096, "BENCHMARK_DATA", 14))
		return true;
	root = json_loadb(text, len, 0, NULL);
	first = json_array_get(root, 0);
	found = json_object_get(first, "name") && json_object_get(first, "unit") &&
		json_object_get(first, "value");
	json_decref(root);
	return found;
}

/* Split "WORKLOAD{PARAMS} METRIC" into its parts. */
static int split_ours(struct dash_metric *m, char *name)
{
	char *space = strrchr(name, ' ');

	if (!space)
		return 0;
	*space = 0;
	free(m->name);
	m->name = clean(space + 1);
	return m->name ? name_split(m, name) : -ENOMEM;
}

static int read_bench(const struct doc *doc, const struct at *at, json_t *object, const char *workload,
		      const struct format_given *given, struct dash_run *run)
{
	struct dash_metric *m = metric_add(run, given, workload, "", "");
	char *name = NULL, *extra = NULL;
	int err = m ? 0 : -ENOMEM;

	if (!err && !json_is_object(object))
		err = doc_fail(doc, at, "a result is an object");
	if (!err)
		err = doc_text(doc, at, object, "name", true, &name);
	if (!err)
		err = doc_text(doc, at, object, "unit", true, &m->unit);
	if (!err)
		err = doc_real(doc, at, object, "value", true, &m->value);
	if (!err && json_is_string(json_object_get(object, "extra")))
		err = doc_text(doc, at, object, "extra", false, &extra);
	if (!err) {
		free(m->name);
		m->name = clean(name);
		err = m->name ? 0 : -ENOMEM;
	}
	if (!err && extra && !strncmp(extra, OURS, strlen(OURS)))
		err = split_ours(m, name);
	if (!err)
		class_by_unit(m);
	free(name);
	free(extra);
	return err;
}

static int read_benches(const struct doc *doc, const struct at *up, json_t *list,
			const char *workload, const struct format_given *given,
			struct dash_run *run)
{
	struct at at = {.up = up};
	int err = 0;

	for (; !err && at.index < json_array_size(list); at.index++)
		err = read_bench(doc, &at, json_array_get(list, at.index), workload, given, run);
	return err;
}

/* Read the entry of one commit in data.js. */
static int read_entry(const struct doc *doc, const struct at *at, json_t *entry, const char *suite,
		      const struct format_given *given, struct dash_runs *out)
{
	struct at where = {.up = at, .key = "commit"}, list = {.up = at, .key = "benches"};
	struct format_given with = *given;
	char *tool = NULL, *time = NULL, *dump = NULL;
	json_t *commit, *benches;
	struct dash_run *run = run_add(out, given);
	int err = run ? 0 : -ENOMEM;

	if (!err && !json_is_object(entry))
		err = doc_fail(doc, at, "an entry is an object");
	if (!err)
		err = doc_member(doc, at, entry, "commit", JSON_OBJECT, &commit);
	if (!err && !commit)
		err = doc_fail(doc, at, "'commit' is missing");
	if (!err && !run->commit.sha) {
		err = doc_text(doc, &where, commit, "id", true, &run->commit.sha);
		if (!err)
			err = doc_text(doc, &where, commit, "message", false, &run->commit.subject);
		if (!err)
			err = doc_text(doc, &where, commit, "timestamp", false, &time);
		if (!err && time)
			run->commit.time = time_parse(time);
	}
	if (!err)
		err = doc_text(doc, at, entry, "tool", false, &tool);
	if (!err && tool && !strcmp(tool, "customBiggerIsBetter"))
		with.better = DASH_HIGHER;
	if (!err)
		err = doc_member(doc, at, entry, "benches", JSON_ARRAY, &benches);
	if (!err && !benches)
		err = doc_fail(doc, at, "'benches' is missing");
	if (!err)
		err = read_benches(doc, &list, benches, given->workload ?: suite, &with, run);
	if (!err) {
		/* Hash what was measured, so that an entry that occurs twice is one run. */
		dump = json_dumps(benches, JSON_COMPACT | JSON_SORT_KEYS);
		err = dump ? run_finish(run, dump, strlen(dump), doc->error) : -ENOMEM;
		if (err == -EINVAL)
			doc_fail(doc, at, "%s", strdupa(doc->error->text));
	}
	free(tool);
	free(time);
	free(dump);
	return err;
}

static int read_data_js(const struct doc *doc, const struct format_given *given,
			struct dash_runs *out)
{
	struct at top = {.key = "entries"};
	json_t *suites, *list;
	const char *suite;
	int err = doc_member(doc, NULL, doc->root, "entries", JSON_OBJECT, &suites);

	if (err)
		return err;
	if (!suites)
		return doc_fail(doc, NULL, "'entries' is missing");
	json_object_foreach(suites, suite, list) {
		struct at up = {.up = &top, .key = suite}, at = {.up = &up};

		if (!json_is_array(list))
			return doc_fail(doc, &up, "'%.80s' is not a list of entries", suite);
		for (; at.index < json_array_size(list); at.index++) {
			err = read_entry(doc, &at, json_array_get(list, at.index), suite, given, out);
			if (err)
				return err;
		}
	}
	return 0;
}

static int read_gab(const char *text, size_t len, const struct format_given *given,
		    struct dash_runs *out, struct format_error *error)
{
	const char *start = memmem(text, len < 4096 ? len : 4096, "BENCHMARK_DATA", 14), *brace;
	char *json = NULL;
	struct dash_run *run;
	struct doc doc;
	int err;

	if (start) {
		/* Replace the JavaScript by blanks, so that line numbers stay right. */
		brace = memchr(start, '{', len - (size_t)(start - text));
		if (!brace)
			return format_fail(error, 1, "no object after BENCHMARK_DATA");
		json = malloc(len + 1);
		if (!json)
			return -ENOMEM;
		memcpy(json, text, len);
		memset(json, ' ', (size_t)(brace - text));
		while (len && (json[len - 1] == ';' || json[len - 1] == '\n' || json[len - 1] == '\r'))
			len--;
		text = json;
	}
	err = doc_load(&doc, text, len, error);
	if (!err && json_is_object(doc.root)) {
		err = read_data_js(&doc, given, out);
	} else if (!err && json_is_array(doc.root)) {
		run = run_add(out, given);
		err = run ? read_benches(&doc, NULL, doc.root,
					 given->workload ?: "github-action-benchmark", given, run) :
			    -ENOMEM;
		if (!err)
			err = run_finish(run, text, len, error);
	} else if (!err) {
		err = doc_fail(&doc, NULL, "neither an array of results nor data.js");
	}
	doc_free(&doc);
	free(json);
	return err;
}

static int read_bigger(const char *text, size_t len, const struct format_given *given,
		       struct dash_runs *out, struct format_error *error)
{
	struct format_given bigger = *given;

	bigger.better = DASH_HIGHER;
	return read_gab(text, len, &bigger, out, error);
}

static int write_half(FILE *to, const struct dash_runs *runs, bool bigger)
{
	json_t *all = json_array();
	char extra[128];
	size_t i, k;
	int err;

	snprintf(extra, sizeof(extra), "%s %s", OURS, daxscope_version);
	for (i = 0; i < runs->nr; i++)
		for (k = 0; k < runs->run[i].nr_metrics; k++) {
			const struct dash_metric *m = &runs->run[i].metric[k];
			char name[NAME_MAX_BYTES], full[2 * NAME_MAX_BYTES];

			if ((m->better == DASH_HIGHER) != bigger)
				continue;
			name_join(m, name);
			snprintf(full, sizeof(full), "%s %s", name, m->name);
			json_array_append_new(all, json_pack("{s:s,s:s,s:f,s:s}", "name", full,
							     "unit", m->unit, "value", m->value,
							     "extra", extra));
		}
	err = format_dump(to, all);
	json_decref(all);
	return err;
}

static int write_gab(FILE *to, const struct dash_runs *runs)
{
	return write_half(to, runs, false);
}

static int write_bigger(FILE *to, const struct dash_runs *runs)
{
	return write_half(to, runs, true);
}

const struct format format_gab = {"gab", "github-action-benchmark: customSmallerIsBetter, data.js", is_gab,
				  read_gab, write_gab};
const struct format format_gab_bigger = {"gab-bigger", "github-action-benchmark: customBiggerIsBetter",
					 NULL, read_bigger, write_bigger};
