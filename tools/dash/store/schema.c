// SPDX-License-Identifier: GPL-2.0-only
/* schema.c - the tables, for both databases; and which database a name means. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "dash/store/schema.h"

#define SCHEMA_VERSION 1

int db_is_server(const char *where)
{
	return !strncmp(where, "postgresql://", 13) || !strncmp(where, "postgres://", 11) ||
	       (!strchr(where, '/') && (strstr(where, "dbname=") || strstr(where, "host="))) ||
	       !strncmp(where, "host=", 5) || !strncmp(where, "dbname=", 7);
}

int db_open(struct db **db, const char *where, char *error)
{
	return db_is_server(where) ? db_postgres_open(db, where, error) :
				     db_sqlite_open(db, where, error);
}

/*
 * %1$s is the type of an id, %2$s of a whole number, %3$s of a real number, %4$s makes types
 * strict. ord is the number of commits from the root by first parents.
 */
static const char tables[] =
	"CREATE TABLE IF NOT EXISTS daxdash(version %2$s NOT NULL)%4$s;"
	"CREATE TABLE IF NOT EXISTS commit_(id %1$s, repo TEXT NOT NULL, sha TEXT NOT NULL,"
	" parent TEXT, branch TEXT, subject TEXT, ord %2$s, time %2$s, UNIQUE(repo, sha))%4$s;"
	"CREATE TABLE IF NOT EXISTS env(id %1$s, fp TEXT NOT NULL UNIQUE, json TEXT NOT NULL)%4$s;"
	"CREATE TABLE IF NOT EXISTS run(id %1$s, uuid TEXT NOT NULL UNIQUE,"
	" commit_id %2$s NOT NULL REFERENCES commit_(id), env_id %2$s NOT NULL REFERENCES env(id),"
	" kind TEXT NOT NULL, pair TEXT, slot %2$s, started %2$s, duration_ns %2$s,"
	" lost %2$s NOT NULL, build TEXT, ci_url TEXT)%4$s;"
	"CREATE TABLE IF NOT EXISTS series(id %1$s, fp TEXT NOT NULL UNIQUE, repo TEXT NOT NULL,"
	" workload TEXT NOT NULL, params TEXT NOT NULL, metric TEXT NOT NULL, unit TEXT NOT NULL,"
	" class %2$s NOT NULL, better %2$s NOT NULL, gate %2$s NOT NULL, rel_floor %3$s,"
	" abs_floor %3$s, as_of %2$s NOT NULL)%4$s;"
	"CREATE TABLE IF NOT EXISTS point(series_id %2$s NOT NULL REFERENCES series(id),"
	" run_id %2$s NOT NULL REFERENCES run(id), value %3$s NOT NULL, num %2$s, den %2$s, lo %3$s,"
	" hi %3$s, n %2$s NOT NULL, hist TEXT, hist_sum %3$s, PRIMARY KEY(series_id, run_id))%5$s;"
	"CREATE INDEX IF NOT EXISTS run_commit ON run(commit_id);";

static int read_version(struct db *db, __s64 *version)
{
	struct db_stmt *stmt = db->ops->prepare(db, "SELECT version FROM daxdash");
	int got;

	if (!stmt)
		return -1;
	got = db->ops->step(stmt);
	*version = got > 0 ? db->ops->get_int(stmt, 0) : 0;
	db->ops->finish(stmt);
	return got < 0 ? -1 : 0;
}

static int make(struct db *db)
{
	const struct db_ops *ops = db->ops;
	char strict[32], both[64], *sql;
	int err;

	snprintf(strict, sizeof(strict), " %s", ops->strict);
	snprintf(both, sizeof(both), "%s", *ops->strict ? " STRICT, WITHOUT ROWID" : "");
	if (asprintf(&sql, tables, ops->type_id, ops->type_int, ops->type_real, strict, both) < 0)
		return -1;
	err = ops->exec(db, sql);
	free(sql);
	return err;
}

int schema_ensure(struct db *db)
{
	__s64 version;
	int err;

	/* If the tables exist, no lock is needed. */
	if (!read_version(db, &version) && version == SCHEMA_VERSION)
		return 0;
	if (db->ops->exec(db, db->ops->begin_write))
		return -1;
	err = make(db);
	if (!err)
		err = read_version(db, &version);
	if (!err && !version) {
		err = db->ops->exec(db, "INSERT INTO daxdash VALUES(1)");
		version = SCHEMA_VERSION;
	}
	if (err || version != SCHEMA_VERSION) {
		char why[DB_ERROR_LEN];

		snprintf(why, sizeof(why), "%s", db->error);
		db->ops->exec(db, "ROLLBACK");
		if (err)
			snprintf(db->error, sizeof(db->error), "%s", why);
		else
			snprintf(db->error, sizeof(db->error),
				 "made by another version of daxdash (%lld): import the run files into a new store",
				 (long long)version);
		return err ? -1 : -3;
	}
	return db->ops->exec(db, "COMMIT");
}
