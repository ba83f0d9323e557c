// SPDX-License-Identifier: GPL-2.0-only
/* put.c - open a store, and store runs, each only once, even with several writers. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "dash/store/parts.h"
#include "dash/store/schema.h"

static const char *const sql[NR_STATEMENTS] = {
	/*
	 * A run may know what others do not know of its commit; a shallow clone counts too few
	 * commits.
	 */
	[PUT_COMMIT] =
		"INSERT INTO commit_(repo, sha, parent, branch, subject, ord, time)"
		" VALUES($1, $2, $3, $4, $5, $6, $7) ON CONFLICT(repo, sha) DO UPDATE SET"
		" parent = COALESCE(commit_.parent, excluded.parent),"
		" branch = COALESCE(commit_.branch, excluded.branch),"
		" subject = COALESCE(commit_.subject, excluded.subject),"
		" ord = CASE WHEN excluded.ord > commit_.ord THEN excluded.ord ELSE commit_.ord END,"
		" time = CASE WHEN commit_.time < 0 THEN excluded.time ELSE commit_.time END",
	[GET_COMMIT] = "SELECT id FROM commit_ WHERE repo = $1 AND sha = $2",
	[PUT_ENV] = "INSERT INTO env(fp, json) VALUES($1, $2) ON CONFLICT(fp) DO NOTHING",
	[GET_ENV] = "SELECT id FROM env WHERE fp = $1",
	[PUT_RUN] = "INSERT INTO run(uuid, commit_id, env_id, kind, pair, slot, started, duration_ns,"
		    " lost, build, ci_url) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
		    " ON CONFLICT(uuid) DO NOTHING RETURNING id",
	/* The run of the newest commit defines a metric, not the run that was stored last. */
	[PUT_SERIES] =
		"INSERT INTO series(fp, repo, workload, params, metric, unit, class, better, gate,"
		" rel_floor, abs_floor, as_of) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
		" ON CONFLICT(fp) DO UPDATE SET unit = excluded.unit, class = excluded.class,"
		" better = excluded.better, gate = excluded.gate, rel_floor = excluded.rel_floor,"
		" abs_floor = excluded.abs_floor, as_of = excluded.as_of"
		" WHERE excluded.as_of >= series.as_of",
	[GET_SERIES] = "SELECT id FROM series WHERE fp = $1",
	/* In parentheses, because otherwise clang warns of a missing comma. */
	[PUT_POINT] = ("INSERT INTO point(series_id, run_id, value, num, den, lo, hi, n, hist, hist_sum)"
		       " VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"),
};

int store_fail(struct store *store)
{
	if (store->db)
		snprintf(store->error, sizeof(store->error), "%s", store->db->error);
	return -1;
}

const char *store_error(const struct store *store)
{
	return store->error;
}

static const struct db_ops *ops_of(const struct store *store)
{
	return store->db->ops;
}

static struct db_stmt *statement(struct store *store, enum store_statement which)
{
	if (!store->stmt[which])
		store->stmt[which] = ops_of(store)->prepare(store->db, sql[which]);
	else
		ops_of(store)->reset(store->stmt[which]);
	if (!store->stmt[which])
		store_fail(store);
	return store->stmt[which];
}

int store_open(struct store **out, const char *where, const char **why)
{
	static char error[DB_ERROR_LEN];
	struct store *store = calloc(1, sizeof(*store));
	int err;

	*out = NULL;
	*why = error;
	if (!store) {
		snprintf(error, sizeof(error), "out of memory");
		return -1;
	}
	err = db_open(&store->db, where, error);
	if (!err) {
		err = schema_ensure(store->db);
		if (err)
			snprintf(error, sizeof(error), "%s", store->db->error);
	}
	if (err) {
		store_close(store);
		return err;
	}
	*out = store;
	return 0;
}

void known_free(struct store *store)
{
	size_t i;

	for (i = 0; i < store->room; i++)
		free(store->known[i].key);
	free(store->known);
	store->known = NULL;
	store->nr_known = store->room = 0;
}

void store_close(struct store *store)
{
	size_t i;

	if (!store)
		return;
	for (i = 0; i < NR_STATEMENTS && store->db; i++)
		ops_of(store)->finish(store->stmt[i]);
	known_free(store);
	if (store->db)
		ops_of(store)->close(store->db);
	free(store);
}

int store_begin(struct store *store)
{
	return ops_of(store)->exec(store->db, ops_of(store)->begin_write) ? store_fail(store) : 0;
}

int store_commit(struct store *store)
{
	return ops_of(store)->exec(store->db, "COMMIT") ? store_fail(store) : 0;
}

void store_rollback(struct store *store)
{
	size_t i;

	/* A statement that is still active would keep the transaction open. */
	for (i = 0; i < NR_STATEMENTS; i++)
		if (store->stmt[i])
			ops_of(store)->reset(store->stmt[i]);
	ops_of(store)->exec(store->db, "ROLLBACK");
	known_free(store); /* the ids of its rows are no longer valid */
}

/*
 * Run @stmt to its end; *id gets the first column of its row. Returns 1: there was a row; 0: none;
 * -1: error.
 */
static int run_for_id(struct store *store, struct db_stmt *stmt, __s64 *id)
{
	int got = ops_of(store)->step(stmt);

	if (got < 0)
		return store_fail(store);
	if (got)
		*id = ops_of(store)->get_int(stmt, 0);
	ops_of(store)->reset(stmt);
	return got;
}

static int put_commit(struct store *store, const struct dash_commit *c, __s64 *id)
{
	const struct db_ops *ops = ops_of(store);
	struct db_stmt *stmt = statement(store, PUT_COMMIT);

	if (!stmt)
		return -1;
	ops->bind_text(stmt, 1, c->repo ?: "");
	ops->bind_text(stmt, 2, c->sha);
	ops->bind_text(stmt, 3, c->parent);
	ops->bind_text(stmt, 4, c->branch);
	ops->bind_text(stmt, 5, c->subject);
	ops->bind_int(stmt, 6, c->order);
	ops->bind_int(stmt, 7, c->time);
	if (run_for_id(store, stmt, id) < 0)
		return -1;
	stmt = statement(store, GET_COMMIT);
	if (!stmt)
		return -1;
	ops->bind_text(stmt, 1, c->repo ?: "");
	ops->bind_text(stmt, 2, c->sha);
	return run_for_id(store, stmt, id) > 0 ? 0 : -1;
}

static int put_env(struct store *store, const struct dash_run *run, __s64 *id)
{
	const struct db_ops *ops = ops_of(store);
	char *text = env_text(run->env, run->nr_env), fp[33];
	struct db_stmt *stmt;
	int got = -1;

	if (!text)
		return -1;
	series_id(text, "", "", "", fp);
	stmt = statement(store, PUT_ENV);
	if (stmt) {
		ops->bind_text(stmt, 1, fp);
		ops->bind_text(stmt, 2, text);
		got = run_for_id(store, stmt, id);
	}
	if (got >= 0 && (stmt = statement(store, GET_ENV))) {
		ops->bind_text(stmt, 1, fp);
		got = run_for_id(store, stmt, id);
	}
	free(text);
	return got > 0 ? 0 : -1;
}

/* Returns 1: stored; 0: it was there already. */
static int put_run(struct store *store, const struct dash_run *run, __s64 commit, __s64 env, __s64 *id)
{
	const struct db_ops *ops = ops_of(store);
	struct db_stmt *stmt = statement(store, PUT_RUN);

	if (!stmt)
		return -1;
	ops->bind_text(stmt, 1, run->uuid);
	ops->bind_int(stmt, 2, commit);
	ops->bind_int(stmt, 3, env);
	ops->bind_text(stmt, 4, run->kind ?: "main");
	ops->bind_text(stmt, 5, run->pair);
	ops->bind_int(stmt, 6, run->slot);
	ops->bind_int(stmt, 7, run->started);
	ops->bind_int(stmt, 8, run->duration_ns);
	ops->bind_int(stmt, 9, (__s64)run->lost);
	ops->bind_text(stmt, 10, run->build);
	ops->bind_text(stmt, 11, run->ci_url);
	return run_for_id(store, stmt, id);
}

static size_t place_of(const struct store *store, const char *key)
{
	/* The key is a hash already. */
	size_t at = strtoull((char[17]){key[0], key[1], key[2], key[3], key[4], key[5], key[6], key[7],
					key[8], key[9], key[10], key[11], key[12], key[13], key[14],
					key[15], 0},
			     NULL, 16) &
		    (store->room - 1);

	while (store->known[at].key && strcmp(store->known[at].key, key))
		at = (at + 1) & (store->room - 1);
	return at;
}

/* The entry of @key; a new one has no id. NULL: out of memory. */
static struct known *known_get(struct store *store, const char *key)
{
	struct known *k;

	if (2 * store->nr_known >= store->room) {
		struct known *old = store->known;
		size_t room = store->room, i;

		store->known = calloc(room ? 2 * room : 256, sizeof(*store->known));
		if (!store->known) {
			store->known = old;
			return NULL;
		}
		store->room = room ? 2 * room : 256;
		for (i = 0; i < room; i++)
			if (old[i].key)
				store->known[place_of(store, old[i].key)] = old[i];
		free(old);
	}
	k = &store->known[place_of(store, key)];
	if (!k->key) {
		*k = (struct known){.key = strdup(key), .id = -1, .as_of = -1};
		if (!k->key)
			return NULL;
		store->nr_known++;
	}
	return k;
}

static int put_series(struct store *store, const struct dash_run *run, const struct dash_metric *m,
		      __s64 as_of, __s64 *id)
{
	const struct db_ops *ops = ops_of(store);
	struct db_stmt *stmt;
	struct known *known;
	char fp[33];

	series_id(run->commit.repo ?: "", m->workload, m->params, m->name, fp);
	known = known_get(store, fp);
	if (!known)
		return -1;
	*id = known->id;
	if (known->id >= 0 && known->as_of >= as_of)
		return 0;
	stmt = statement(store, PUT_SERIES);
	if (!stmt)
		return -1;
	ops->bind_text(stmt, 1, fp);
	ops->bind_text(stmt, 2, run->commit.repo ?: "");
	ops->bind_text(stmt, 3, m->workload);
	ops->bind_text(stmt, 4, m->params);
	ops->bind_text(stmt, 5, m->name);
	ops->bind_text(stmt, 6, m->unit);
	ops->bind_int(stmt, 7, m->class);
	ops->bind_int(stmt, 8, m->better);
	ops->bind_int(stmt, 9, m->gate);
	ops->bind_real(stmt, 10, m->rel_floor);
	ops->bind_real(stmt, 11, m->abs_floor);
	ops->bind_int(stmt, 12, as_of);
	if (run_for_id(store, stmt, id) < 0)
		return -1;
	stmt = known->id < 0 ? statement(store, GET_SERIES) : NULL;
	if (known->id < 0) {
		if (!stmt)
			return -1;
		ops->bind_text(stmt, 1, fp);
		if (run_for_id(store, stmt, id) <= 0)
			return -1;
		known->id = *id;
	}
	*id = known->id;
	known->as_of = as_of;
	return 0;
}

static int put_point(struct store *store, __s64 series, __s64 run, const struct dash_metric *m)
{
	const struct db_ops *ops = ops_of(store);
	struct db_stmt *stmt = statement(store, PUT_POINT);
	char *hist = NULL;
	__s64 none;
	int got;

	if (!stmt)
		return -1;
	if (m->hist && !(hist = hist_text(m->hist)))
		return -1;
	ops->bind_int(stmt, 1, series);
	ops->bind_int(stmt, 2, run);
	ops->bind_real(stmt, 3, m->value);
	if (m->ratio) {
		ops->bind_int(stmt, 4, (__s64)m->num);
		ops->bind_int(stmt, 5, (__s64)m->den);
	} else {
		ops->bind_real(stmt, 4, NAN);
		ops->bind_real(stmt, 5, NAN);
	}
	ops->bind_real(stmt, 6, m->lo);
	ops->bind_real(stmt, 7, m->hi);
	ops->bind_int(stmt, 8, (__s64)m->n);
	ops->bind_text(stmt, 9, hist);
	ops->bind_real(stmt, 10, m->hist ? m->hist->sum : NAN);
	got = run_for_id(store, stmt, &none);
	free(hist);
	return got < 0 ? -1 : 0;
}

int store_put(struct store *store, const struct dash_run *run)
{
	__s64 commit, env, id = -1, series;
	__s64 as_of = run->commit.order >= 0 ? run->commit.order : run->commit.time;
	size_t i;
	int got;

	snprintf(store->error, sizeof(store->error), "out of memory");
	if (put_commit(store, &run->commit, &commit) || put_env(store, run, &env))
		return -1;
	got = put_run(store, run, commit, env, &id);
	if (got <= 0)
		return got;
	for (i = 0; i < run->nr_metrics; i++)
		if (put_series(store, run, &run->metric[i], as_of, &series) ||
		    put_point(store, series, id, &run->metric[i]))
			return -1;
	return 1;
}
