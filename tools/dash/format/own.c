// SPDX-License-Identifier: GPL-2.0-only
/* own.c - daxdash-run/1: one run as JSON, without loss; or an array of runs. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "dash/format/doc.h"

static const char *const class_names[DASH_NR_CLASSES] = {"exact", "icount", "ratio",
							 "time",  "rate",   "size"};
static const char *const better_names[DASH_NR_BETTER] = {"lower", "higher", "equal", "none"};
static const char *const kinds[] = {"main", "pr", "confirm", "manual"};

static bool is_own(const char *text, size_t len)
{
	return memmem(text, len < 4096 ? len : 4096, DASH_RUN_SCHEMA, strlen(DASH_RUN_SCHEMA));
}

/* Read a member whose text must be one of @names; returns its index. */
static int read_word(const struct doc *doc, const struct at *up, json_t *object, const char *key,
		     const char *const *names, unsigned nr, unsigned *out)
{
	struct at at = {.up = up, .key = key};
	char *word = NULL;
	unsigned i;
	int err = doc_text(doc, up, object, key, true, &word);

	if (err)
		return err;
	for (i = 0; i < nr && strcmp(word, names[i]); i++)
		;
	if (i == nr)
		err = doc_fail(doc, &at, "'%s': no such %s", word, key);
	free(word);
	*out = i;
	return err;
}

static int read_bucket(const struct doc *doc, const struct at *up, json_t *pair,
		       struct dash_hist *hist)
{
	json_t *upper = json_array_get(pair, 0), *count = json_array_get(pair, 1);
	int err;

	if (json_array_size(pair) != 2 || !json_is_integer(count) || json_integer_value(count) < 0 ||
	    !(json_is_null(upper) || (json_is_integer(upper) && json_integer_value(upper) >= 0)))
		return doc_fail(doc, up, "a bucket is [upper or null, count]");
	err = hist_put(hist, json_is_null(upper) ? ~0ULL : (__u64)json_integer_value(upper),
		       (__u64)json_integer_value(count));
	return err == -EINVAL ? doc_fail(doc, up, "the bounds of buckets must rise, and the sum must fit in 64 bits") :
				err;
}

static int read_hist(const struct doc *doc, const struct at *up, json_t *object,
		     struct dash_metric *m)
{
	struct at here = {.up = up, .key = "hist"}, list = {.up = &here, .key = "buckets"};
	struct at at = {.up = &list};
	json_t *hist, *buckets;
	int err = doc_member(doc, up, object, "hist", JSON_OBJECT, &hist);

	if (err || !hist)
		return err;
	m->hist = calloc(1, sizeof(*m->hist));
	if (!m->hist)
		return -ENOMEM;
	m->hist->sum = NAN;
	err = doc_real(doc, &here, hist, "sum", false, &m->hist->sum);
	if (!err)
		err = doc_member(doc, &here, hist, "buckets", JSON_ARRAY, &buckets);
	for (; !err && at.index < json_array_size(buckets); at.index++)
		err = read_bucket(doc, &at, json_array_get(buckets, at.index), m->hist);
	return err;
}

static int read_metric(const struct doc *doc, const struct at *at, json_t *object,
		       const struct format_given *given, struct dash_run *run)
{
	bool num = json_object_get(object, "num"), den = json_object_get(object, "den");
	struct dash_metric *m = metric_add(run, given, "", "", "");
	unsigned class = 0, better = 0;
	int err = m ? 0 : -ENOMEM;

	if (!err && !json_is_object(object))
		err = doc_fail(doc, at, "a metric is an object");
	if (!err)
		err = doc_text(doc, at, object, "workload", true, &m->workload);
	if (!err)
		err = doc_text(doc, at, object, "params", false, &m->params);
	if (!err)
		err = doc_text(doc, at, object, "name", true, &m->name);
	if (!err)
		err = doc_text(doc, at, object, "unit", false, &m->unit);
	if (!err)
		err = read_word(doc, at, object, "class", class_names, DASH_NR_CLASSES, &class);
	if (!err)
		err = read_word(doc, at, object, "better", better_names, DASH_NR_BETTER, &better);
	if (!err)
		err = doc_bool(doc, at, object, "gate", &m->gate);
	if (!err)
		err = doc_real(doc, at, object, "rel_floor", false, &m->rel_floor);
	if (!err)
		err = doc_real(doc, at, object, "abs_floor", false, &m->abs_floor);
	if (!err)
		err = doc_real(doc, at, object, "value", false, &m->value);
	if (!err)
		err = doc_count(doc, at, object, "num", den, &m->num);
	if (!err)
		err = doc_count(doc, at, object, "den", num, &m->den);
	if (!err)
		err = doc_real(doc, at, object, "lo", false, &m->lo);
	if (!err)
		err = doc_real(doc, at, object, "hi", false, &m->hi);
	if (!err)
		err = doc_count(doc, at, object, "n", false, &m->n);
	if (!err)
		err = read_hist(doc, at, object, m);
	if (err)
		return err;
	m->class = (enum dash_class)class;
	m->better = (enum dash_better)better;
	m->gate = m->gate && !given->advisory;
	m->ratio = num && den && m->den;
	if (m->rel_floor < 0 || m->abs_floor < 0)
		return doc_fail(doc, at, "'%s': a floor is below 0", m->name);
	/* null: could not be measured. The metric is then missing; it is not 0. */
	if (isnan(m->value))
		metric_drop(run);
	return 0;
}

/* The repository stays. */
static void commit_forget(struct dash_commit *c)
{
	free(c->sha);
	free(c->parent);
	free(c->branch);
	free(c->subject);
	*c = (struct dash_commit){.repo = c->repo, .order = -1, .time = -1};
}

static int read_commit(const struct doc *doc, const struct at *up, json_t *object,
		       const struct format_given *given, struct dash_commit *c)
{
	struct at at = {.up = up, .key = "commit"};
	json_t *commit;
	int err = doc_member(doc, up, object, "commit", JSON_OBJECT, &commit);

	if (err || !commit)
		return err;
	if (given->yields)
		commit_forget(c);
	/* The file's data is about another commit than the given one: do not use any of it. */
	if (!c->sha) {
		err = doc_text(doc, &at, commit, "sha", true, &c->sha);
		if (!err && !c->repo)
			err = doc_text(doc, &at, commit, "repo", false, &c->repo);
		if (!err)
			err = doc_text(doc, &at, commit, "parent", false, &c->parent);
		if (!err)
			err = doc_text(doc, &at, commit, "branch", false, &c->branch);
		if (!err)
			err = doc_text(doc, &at, commit, "subject", false, &c->subject);
		if (!err)
			err = doc_signed(doc, &at, commit, "order", &c->order);
		if (!err)
			err = doc_signed(doc, &at, commit, "time", &c->time);
	}
	return err;
}

static int read_env(const struct doc *doc, const struct at *up, json_t *object, struct dash_run *run)
{
	struct at at = {.up = up, .key = "env"};
	json_t *env, *value;
	const char *key;
	int err = doc_member(doc, up, object, "env", JSON_OBJECT, &env);

	if (err || !env)
		return err;
	json_object_foreach(env, key, value) {
		struct at here = {.up = &at, .key = key};

		if (json_is_null(value))
			continue;
		if (!json_is_string(value))
			return doc_fail(doc, &here, "'%.60s' of the environment is not a string", key);
		err = env_put(run, key, json_string_value(value));
		if (err)
			return err;
	}
	return 0;
}

static bool is_link(const char *url)
{
	return !strncmp(url, "https://", 8) || !strncmp(url, "http://", 7);
}

static int read_head(const struct doc *doc, const struct at *at, json_t *object, const struct format_given *given,
		     struct dash_run *run)
{
	__s64 slot = -1;
	unsigned kind = 0;
	char *schema = NULL;
	int err = doc_text(doc, at, object, "schema", true, &schema);

	if (!err && strcmp(schema, DASH_RUN_SCHEMA))
		err = doc_fail(doc, at, "schema '%.40s', not " DASH_RUN_SCHEMA, schema);
	free(schema);
	if (!err)
		err = doc_text(doc, at, object, "uuid", true, &run->uuid);
	if (!err)
		err = read_commit(doc, at, object, given, &run->commit);
	if (!err)
		err = read_env(doc, at, object, run);
	if (!err && !run->kind && json_object_get(object, "kind")) {
		err = read_word(doc, at, object, "kind", kinds, 4, &kind);
		if (!err && !(run->kind = strdup(kinds[kind])))
			err = -ENOMEM;
	}
	if (!err && !run->pair)
		err = doc_text(doc, at, object, "pair", false, &run->pair);
	if (!err)
		err = doc_signed(doc, at, object, "slot", &slot);
	if (!err)
		err = doc_signed(doc, at, object, "started", &run->started);
	if (!err)
		err = doc_signed(doc, at, object, "duration_ns", &run->duration_ns);
	if (!err)
		err = doc_count(doc, at, object, "lost", false, &run->lost);
	if (!err)
		err = doc_text(doc, at, object, "build", false, &run->build);
	if (!err)
		err = doc_text(doc, at, object, "ci_url", false, &run->ci_url);
	if (!err && run->ci_url && !is_link(run->ci_url))
		err = doc_fail(doc, at, "'ci_url' is not an http or https address");
	if (!err && (slot < -1 || slot > 1000000))
		err = doc_fail(doc, at, "'slot' is not a place in a series of pairs");
	run->slot = (int)slot;
	return err;
}

static int read_run(const struct doc *doc, const struct at *up, json_t *object,
		    const struct format_given *given, struct dash_runs *out)
{
	struct at list = {.up = up, .key = "metrics"}, at = {.up = &list};
	struct dash_run *run = run_add(out, given);
	json_t *metrics;
	int err = run ? 0 : -ENOMEM;

	if (!err && !json_is_object(object))
		err = doc_fail(doc, up, "a run is an object");
	if (!err)
		err = read_head(doc, up, object, given, run);
	if (!err)
		err = doc_member(doc, up, object, "metrics", JSON_ARRAY, &metrics);
	if (!err && !metrics)
		err = doc_fail(doc, up, "'metrics' is missing");
	for (; !err && at.index < json_array_size(metrics); at.index++)
		err = read_metric(doc, &at, json_array_get(metrics, at.index), given, run);
	if (err)
		return err;
	err = run_finish(run, "", 0, doc->error);
	/* It has no line: use that of the run. */
	if (err == -EINVAL) {
		char text[sizeof(doc->error->text)];

		snprintf(text, sizeof(text), "%s", doc->error->text);
		doc_fail(doc, up, "%s", text);
	}
	return err;
}

static int read_own(const char *text, size_t len, const struct format_given *given,
		    struct dash_runs *out, struct format_error *error)
{
	struct at at = {0};
	struct doc doc;
	int err = doc_load(&doc, text, len, error);

	if (!err && json_is_array(doc.root))
		for (; !err && at.index < json_array_size(doc.root); at.index++)
			err = read_run(&doc, &at, json_array_get(doc.root, at.index), given, out);
	else if (!err)
		err = read_run(&doc, NULL, doc.root, given, out);
	doc_free(&doc);
	return err;
}

static json_t *text_or_null(const char *text)
{
	return text ? json_string(text) : json_null();
}

static json_t *real_or_null(double value)
{
	/* Write whole numbers as integers: 512, not 512.0. */
	if (value == rint(value) && fabs(value) < 9e15)
		return json_integer((json_int_t)value);
	return isfinite(value) ? json_real(value) : json_null();
}

static json_t *since_or_null(__s64 value)
{
	return value < 0 ? json_null() : json_integer(value);
}

static json_t *hist_json(const struct dash_hist *hist)
{
	json_t *buckets = json_array();
	size_t i;

	for (i = 0; i < hist->nr; i++)
		json_array_append_new(buckets,
				      json_pack("[o,I]",
						hist->bucket[i].upper == ~0ULL ?
							json_null() :
							json_integer((json_int_t)hist->bucket[i].upper),
						(json_int_t)hist->bucket[i].count));
	return json_pack("{s:o,s:o}", "sum", real_or_null(hist->sum), "buckets", buckets);
}

static json_t *metric_json(const struct dash_metric *m)
{
	json_t *out = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:b,s:o}", "workload", m->workload, "params",
				m->params, "name", m->name, "unit", m->unit, "class",
				class_names[m->class], "better", better_names[m->better], "gate",
				m->gate, "value", real_or_null(m->value));

	if (!out)
		return NULL;
	if (!isnan(m->rel_floor))
		json_object_set_new(out, "rel_floor", real_or_null(m->rel_floor));
	if (!isnan(m->abs_floor))
		json_object_set_new(out, "abs_floor", real_or_null(m->abs_floor));
	if (m->ratio) {
		json_object_set_new(out, "num", json_integer((json_int_t)m->num));
		json_object_set_new(out, "den", json_integer((json_int_t)m->den));
	}
	if (!isnan(m->lo))
		json_object_set_new(out, "lo", real_or_null(m->lo));
	if (!isnan(m->hi))
		json_object_set_new(out, "hi", real_or_null(m->hi));
	if (m->n)
		json_object_set_new(out, "n", json_integer((json_int_t)m->n));
	if (m->hist)
		json_object_set_new(out, "hist", hist_json(m->hist));
	return out;
}

static json_t *run_json(const struct dash_run *run)
{
	const struct dash_commit *c = &run->commit;
	json_t *env = json_object(), *metrics = json_array(), *commit;
	size_t i;

	for (i = 0; i < run->nr_env; i++)
		json_object_set_new(env, run->env[i].key, json_string(run->env[i].value));
	for (i = 0; i < run->nr_metrics; i++)
		json_array_append_new(metrics, metric_json(&run->metric[i]));
	/* Without a commit: the importer gives it. */
	commit = c->sha ? json_pack("{s:s,s:s,s:o,s:o,s:o,s:o,s:o}", "repo", c->repo ?: "", "sha",
				    c->sha, "parent", text_or_null(c->parent), "branch",
				    text_or_null(c->branch), "subject", text_or_null(c->subject),
				    "order", since_or_null(c->order), "time",
				    since_or_null(c->time)) :
			  json_null();
	return json_pack("{s:s,s:s,s:o,s:o,s:s,s:o,s:o,s:o,s:o,s:I,s:o,s:o,s:o}", "schema",
			 DASH_RUN_SCHEMA, "uuid", run->uuid, "commit", commit, "env", env, "kind",
			 run->kind ?: "main", "pair", text_or_null(run->pair), "slot",
			 since_or_null(run->slot), "started", since_or_null(run->started),
			 "duration_ns", since_or_null(run->duration_ns), "lost",
			 (json_int_t)run->lost, "build", text_or_null(run->build), "ci_url",
			 text_or_null(run->ci_url), "metrics", metrics);
}

static int write_own(FILE *to, const struct dash_runs *runs)
{
	json_t *all = json_array();
	size_t i;
	int err = 0;

	for (i = 0; i < runs->nr; i++)
		err |= json_array_append_new(all, run_json(&runs->run[i]));
	errno = 0;
	if (!all || err)
		err = -ENOMEM;
	else if (json_dumpf(runs->nr == 1 ? json_array_get(all, 0) : all, to,
			    JSON_INDENT(1) | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(17)) ||
		 fputc('\n', to) == EOF)
		err = errno ? -errno : -EIO;
	json_decref(all);
	return err;
}

const struct format format_own = {"daxdash", "daxdash-run/1, what daxtrace and daxdash write", is_own,
				  read_own, write_own};
