// SPDX-License-Identifier: GPL-2.0-only
/* load.c - load the history of one repository from the store: commits in order, runs, series. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "dash/store/parts.h"

/* Maps row ids of the database, which are not dense, to indices. */
struct ids {
	__s64 *id;
	size_t nr;
};

struct loader {
	struct store *store;
	const struct db_ops *ops;
	const struct store_query *query;
	char *repo;
	struct dash_history *h;
	struct ids commits, envs, runs;
};

static char *copy(const char *text)
{
	return text ? strdup(text) : NULL;
}

static struct db_stmt *prepare(struct loader *l, const char *sql)
{
	struct db_stmt *stmt = l->ops->prepare(l->store->db, sql);

	if (!stmt)
		store_fail(l->store);
	return stmt;
}

/* Choose the repository: the requested one, or the only one. */
static int choose_repo(struct loader *l)
{
	struct db_stmt *stmt = prepare(l, "SELECT DISTINCT repo FROM commit_ ORDER BY repo");
	bool found = false;
	size_t nr = 0;
	int got = -1;

	while (stmt && (got = l->ops->step(stmt)) > 0) {
		const char *repo = l->ops->get_text(stmt, 0);

		nr++;
		if (l->query->repo ? !strcmp(repo, l->query->repo) : nr == 1) {
			found = true;
			free(l->repo);
			l->repo = copy(repo);
		}
	}
	if (got < 0)
		store_fail(l->store);
	l->ops->finish(stmt);
	if (got < 0)
		return -1;
	if (!nr) {
		l->repo = copy("");
		return 0;
	}
	if (!found) {
		snprintf(l->store->error, sizeof(l->store->error), "'%.100s': no such repository in it",
			 l->query->repo);
		return -2;
	}
	if (nr > 1 && !l->query->repo) {
		snprintf(l->store->error, sizeof(l->store->error),
			 "it has %zu repositories: choose one with --repo", nr);
		return -2;
	}
	return 0;
}

static int grow(void *list, size_t nr, size_t size)
{
	void **array = list, *more;

	/* Grow at 0, 16, 32, 64 ... */
	if (nr && (nr < 16 || (nr & (nr - 1))))
		return 0;
	more = reallocarray(*array, nr ? 2 * nr : 16, size);
	if (!more)
		return -1;
	*array = more;
	return 0;
}

static int id_add(struct ids *ids, __s64 id)
{
	if (grow(&ids->id, ids->nr, sizeof(*ids->id)))
		return -1;
	ids->id[ids->nr++] = id;
	return 0;
}

/* Queries return ids in ascending order. */
static long id_find(const struct ids *ids, __s64 id)
{
	size_t lo = 0, hi = ids->nr;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (ids->id[mid] < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < ids->nr && ids->id[lo] == id ? (long)lo : -1;
}

static int load_commits(struct loader *l)
{
	struct db_stmt *stmt = prepare(l, "SELECT id, sha, parent, branch, subject, ord, time FROM commit_"
					  " WHERE repo = $1 ORDER BY id");
	int got = -1;

	if (stmt)
		l->ops->bind_text(stmt, 1, l->repo);
	while (stmt && (got = l->ops->step(stmt)) > 0) {
		struct dash_commit *c;

		if (grow(&l->h->commit, l->h->nr_commits, sizeof(*c)) ||
		    id_add(&l->commits, l->ops->get_int(stmt, 0)))
			break;
		c = &l->h->commit[l->h->nr_commits++];
		*c = (struct dash_commit){.repo = copy(l->repo),
					  .sha = copy(l->ops->get_text(stmt, 1)),
					  .parent = copy(l->ops->get_text(stmt, 2)),
					  .branch = copy(l->ops->get_text(stmt, 3)),
					  .subject = copy(l->ops->get_text(stmt, 4)),
					  .order = l->ops->get_int(stmt, 5),
					  .time = l->ops->get_int(stmt, 6)};
		if (!c->sha || !c->repo)
			break;
	}
	if (got < 0)
		store_fail(l->store);
	l->ops->finish(stmt);
	return got;
}

static int load_envs(struct loader *l)
{
	struct db_stmt *stmt = prepare(l, "SELECT id, json FROM env ORDER BY id");
	int got = -1;

	while (stmt && (got = l->ops->step(stmt)) > 0) {
		if (grow(&l->h->env, l->h->nr_envs, sizeof(*l->h->env)) ||
		    id_add(&l->envs, l->ops->get_int(stmt, 0)))
			break;
		if (env_parse(l->ops->get_text(stmt, 1) ?: "", &l->h->env[l->h->nr_envs++]))
			break;
	}
	if (got < 0)
		store_fail(l->store);
	l->ops->finish(stmt);
	return got;
}

static int load_runs(struct loader *l)
{
	struct db_stmt *stmt =
		prepare(l, "SELECT run.id, commit_id, env_id, uuid, kind, pair, slot, started, lost,"
			   " build, ci_url FROM run JOIN commit_ ON commit_.id = run.commit_id"
			   " WHERE repo = $1 ORDER BY run.id");
	int got = -1;

	if (stmt)
		l->ops->bind_text(stmt, 1, l->repo);
	while (stmt && (got = l->ops->step(stmt)) > 0) {
		long commit = id_find(&l->commits, l->ops->get_int(stmt, 1));
		long env = id_find(&l->envs, l->ops->get_int(stmt, 2));
		const char *kind = l->ops->get_text(stmt, 4);
		struct dash_ran *run;

		/* Another writer added this run after the commits were read. */
		if (commit < 0 || env < 0)
			continue;
		if (!l->query->pull_requests && kind && !strcmp(kind, "pr"))
			continue;
		if (grow(&l->h->run, l->h->nr_runs, sizeof(*run)) ||
		    id_add(&l->runs, l->ops->get_int(stmt, 0)))
			break;
		run = &l->h->run[l->h->nr_runs++];
		*run = (struct dash_ran){.commit = (__u32)commit,
					 .env = (__u32)env,
					 .uuid = copy(l->ops->get_text(stmt, 3)),
					 .kind = copy(kind),
					 .pair = copy(l->ops->get_text(stmt, 5)),
					 .slot = (int)l->ops->get_int(stmt, 6),
					 .started = l->ops->get_int(stmt, 7),
					 .lost = (__u64)l->ops->get_int(stmt, 8),
					 .build = copy(l->ops->get_text(stmt, 9)),
					 .ci_url = copy(l->ops->get_text(stmt, 10))};
	}
	if (got < 0)
		store_fail(l->store);
	l->ops->finish(stmt);
	return got;
}

static int load_series_list(struct loader *l, struct ids *ids)
{
	struct db_stmt *stmt =
		prepare(l, "SELECT id, fp, workload, params, metric, unit, class, better, gate,"
			   " rel_floor, abs_floor FROM series WHERE repo = $1 ORDER BY id");
	int got = -1;

	if (stmt)
		l->ops->bind_text(stmt, 1, l->repo);
	while (stmt && (got = l->ops->step(stmt)) > 0) {
		__s64 class = l->ops->get_int(stmt, 6), better = l->ops->get_int(stmt, 7);
		struct dash_series *s;

		if (grow(&l->h->series, l->h->nr_series, sizeof(*s)) ||
		    id_add(ids, l->ops->get_int(stmt, 0)))
			break;
		s = &l->h->series[l->h->nr_series++];
		*s = (struct dash_series){
			.id = copy(l->ops->get_text(stmt, 1)),
			.workload = copy(l->ops->get_text(stmt, 2)),
			.params = copy(l->ops->get_text(stmt, 3)),
			.metric = copy(l->ops->get_text(stmt, 4)),
			.unit = copy(l->ops->get_text(stmt, 5)),
			.class = class < 0 || class >= DASH_NR_CLASSES ? DASH_TIME :
									 (enum dash_class)class,
			.better = better < 0 || better >= DASH_NR_BETTER ? DASH_NONE :
									   (enum dash_better)better,
			.gate = l->ops->get_int(stmt, 8) != 0,
			.rel_floor = l->ops->get_real(stmt, 9),
			.abs_floor = l->ops->get_real(stmt, 10)};
	}
	if (got < 0)
		store_fail(l->store);
	l->ops->finish(stmt);
	return got;
}

static int load_points(struct loader *l, const struct ids *series)
{
	struct db_stmt *stmt =
		prepare(l, l->query->hists ?
				   "SELECT series_id, run_id, value, num, den, lo, hi, n, hist, hist_sum"
				   " FROM point ORDER BY series_id, run_id" :
				   "SELECT series_id, run_id, value, num, den, lo, hi, n"
				   " FROM point ORDER BY series_id, run_id");
	int got = -1;

	while (stmt && (got = l->ops->step(stmt)) > 0) {
		long s = id_find(series, l->ops->get_int(stmt, 0));
		long run = id_find(&l->runs, l->ops->get_int(stmt, 1));
		struct dash_series *to;
		struct dash_sample *sample;

		if (s < 0 || run < 0)
			continue;
		to = &l->h->series[s];
		if (grow(&to->sample, to->nr, sizeof(*sample)))
			break;
		sample = &to->sample[to->nr++];
		*sample = (struct dash_sample){.run = (__u32)run,
					       .value = l->ops->get_real(stmt, 2),
					       .ratio = !l->ops->is_null(stmt, 4),
					       .num = (__u64)l->ops->get_int(stmt, 3),
					       .den = (__u64)l->ops->get_int(stmt, 4),
					       .lo = l->ops->get_real(stmt, 5),
					       .hi = l->ops->get_real(stmt, 6),
					       .n = (__u64)l->ops->get_int(stmt, 7)};
		if (l->query->hists >= l->h->nr_commits - l->h->run[run].commit && !l->ops->is_null(stmt, 8))
			sample->hist = hist_parse(l->ops->get_text(stmt, 8),
						  l->ops->get_real(stmt, 9));
	}
	if (got < 0)
		store_fail(l->store);
	l->ops->finish(stmt);
	return got;
}

static void free_commit(struct dash_commit *c)
{
	free(c->repo);
	free(c->sha);
	free(c->parent);
	free(c->branch);
	free(c->subject);
}

/* For sorting with the history as context. */
struct order {
	const struct dash_history *h;
	bool by_time;
};

static int by_history(const void *a, const void *b, void *ctx)
{
	const struct order *o = ctx;
	const struct dash_commit *x = &o->h->commit[*(const __u32 *)a];
	const struct dash_commit *y = &o->h->commit[*(const __u32 *)b];

	if (!o->by_time && x->order != y->order)
		return x->order < y->order ? -1 : 1;
	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return strcmp(x->sha, y->sha);
}

/* The x axis: the order by first parents if every commit has one, else times. */
static int sort_commits(struct loader *l)
{
	struct dash_history *h = l->h;
	struct order order = {.h = h};
	__u32 *from = malloc((h->nr_commits + 1) * sizeof(*from));
	__u32 *to = malloc((h->nr_commits + 1) * sizeof(*to));
	struct dash_commit *sorted = malloc((h->nr_commits + 1) * sizeof(*sorted));
	unsigned char *used = calloc(h->nr_commits + 1, 1);
	size_t i, nr = 0;

	if (!from || !to || !sorted || !used) {
		free(used);
		free(from);
		free(to);
		free(sorted);
		return -1;
	}
	/* Commits without a run that is used here, such as those of pull requests, are left out. */
	for (i = 0; i < h->nr_runs; i++)
		used[h->run[i].commit] = 1;
	for (i = 0; i < h->nr_commits; i++) {
		if (!used[i]) {
			free_commit(&h->commit[i]);
			continue;
		}
		from[nr++] = (__u32)i;
		order.by_time = order.by_time || h->commit[i].order < 0;
	}
	h->nr_commits = nr;
	free(used);
	if (nr)
		qsort_r(from, nr, sizeof(*from), by_history, &order);
	for (i = 0; i < nr; i++) {
		sorted[i] = h->commit[from[i]];
		to[from[i]] = (__u32)i;
	}
	for (i = 0; i < h->nr_runs; i++)
		h->run[i].commit = to[h->run[i].commit];
	free(h->commit);
	h->commit = sorted;
	free(from);
	free(to);
	return 0;
}

static int by_run(const void *a, const void *b, void *ctx)
{
	const struct dash_history *h = ctx;
	const struct dash_ran *x = &h->run[((const struct dash_sample *)a)->run];
	const struct dash_ran *y = &h->run[((const struct dash_sample *)b)->run];

	if (x->commit != y->commit)
		return x->commit < y->commit ? -1 : 1;
	if (x->started != y->started)
		return x->started < y->started ? -1 : 1;
	return strcmp(x->uuid, y->uuid);
}

static int by_name(const void *a, const void *b)
{
	const struct dash_series *x = a, *y = b;
	int order = strcmp(x->workload, y->workload);

	if (!order)
		order = strcmp(x->params, y->params);
	return order ? order : strcmp(x->metric, y->metric);
}

int store_load(struct store *store, const struct store_query *query, struct dash_history *out)
{
	struct loader l = {.store = store, .ops = store->db->ops, .query = query, .h = out};
	struct ids series = {0};
	size_t i;
	int err;

	*out = (struct dash_history){0};
	snprintf(store->error, sizeof(store->error), "out of memory");
	err = choose_repo(&l);
	/* Each returns 0 at the end of its rows. */
	if (!err)
		err = load_commits(&l) || load_envs(&l) || load_runs(&l) ||
				      sort_commits(&l) || load_series_list(&l, &series) ||
				      load_points(&l, &series) ?
			      -1 :
			      0;
	for (i = 0; i < out->nr_series && !err; i++)
		if (out->series[i].nr)
			qsort_r(out->series[i].sample, out->series[i].nr,
				sizeof(*out->series[i].sample), by_run, out);
	if (!err && out->nr_series)
		qsort(out->series, out->nr_series, sizeof(*out->series), by_name);
	free(series.id);
	free(l.commits.id);
	free(l.envs.id);
	free(l.runs.id);
	free(l.repo);
	return err;
}

static void free_series(struct dash_series *s)
{
	size_t i;

	for (i = 0; i < s->nr; i++)
		if (s->sample[i].hist) {
			free(s->sample[i].hist->bucket);
			free((struct dash_hist *)s->sample[i].hist);
		}
	free(s->sample);
	free(s->id);
	free(s->workload);
	free(s->params);
	free(s->metric);
	free(s->unit);
}

void history_free(struct dash_history *h)
{
	size_t i, k;

	for (i = 0; i < h->nr_commits; i++)
		free_commit(&h->commit[i]);
	for (i = 0; i < h->nr_envs; i++) {
		for (k = 0; k < h->env[i].nr; k++) {
			free(h->env[i].pair[k].key);
			free(h->env[i].pair[k].value);
		}
		free(h->env[i].pair);
		free(h->env[i].machine);
	}
	for (i = 0; i < h->nr_runs; i++) {
		free(h->run[i].uuid);
		free(h->run[i].kind);
		free(h->run[i].pair);
		free(h->run[i].build);
		free(h->run[i].ci_url);
	}
	for (i = 0; i < h->nr_series; i++)
		free_series(&h->series[i]);
	free(h->commit);
	free(h->env);
	free(h->run);
	free(h->series);
	*h = (struct dash_history){0};
}

long history_find(const struct dash_history *h, const char *sha)
{
	size_t i, len = strlen(sha);
	long found = -1;

	if (len < 7)
		return -1;
	for (i = 0; i < h->nr_commits; i++)
		if (!strncasecmp(h->commit[i].sha, sha, len)) {
			if (found >= 0)
				return -2;
			found = (long)i;
		}
	return found;
}
