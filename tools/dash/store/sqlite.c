// SPDX-License-Identifier: GPL-2.0-only
/* sqlite.c - the store in a file. */
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "dash/store/db.h"

#define BUSY_MS 120000 /* long enough for another writer to finish */

struct sqlite {
	struct db db;
	sqlite3 *handle;
};

struct statement {
	struct db_stmt stmt;
	sqlite3_stmt *handle;
};

static sqlite3_stmt *handle_of(struct db_stmt *stmt)
{
	return ((struct statement *)stmt)->handle;
}

static int sqlite_fail(struct db *db)
{
	snprintf(db->error, sizeof(db->error), "%s", sqlite3_errmsg(((struct sqlite *)db)->handle));
	return -1;
}

static void close_db(struct db *db)
{
	sqlite3_close(((struct sqlite *)db)->handle);
	free(db);
}

static int exec(struct db *db, const char *sql)
{
	return sqlite3_exec(((struct sqlite *)db)->handle, sql, NULL, NULL, NULL) ? sqlite_fail(db) : 0;
}

static struct db_stmt *prepare(struct db *db, const char *sql)
{
	struct statement *s = calloc(1, sizeof(*s));

	if (!s || sqlite3_prepare_v2(((struct sqlite *)db)->handle, sql, -1, &s->handle, NULL)) {
		sqlite_fail(db);
		free(s);
		return NULL;
	}
	s->stmt.db = db;
	return &s->stmt;
}

static void bind_int(struct db_stmt *stmt, int at, __s64 value)
{
	sqlite3_bind_int64(handle_of(stmt), at, value);
}

static void bind_real(struct db_stmt *stmt, int at, double value)
{
	if (isnan(value))
		sqlite3_bind_null(handle_of(stmt), at);
	else
		sqlite3_bind_double(handle_of(stmt), at, value);
}

static void bind_text(struct db_stmt *stmt, int at, const char *text)
{
	sqlite3_bind_text(handle_of(stmt), at, text, -1, SQLITE_TRANSIENT);
}

static int step(struct db_stmt *stmt)
{
	int got = sqlite3_step(handle_of(stmt));

	return got == SQLITE_ROW ? 1 : got == SQLITE_DONE ? 0 : sqlite_fail(stmt->db);
}

static int is_null(struct db_stmt *stmt, int column)
{
	return sqlite3_column_type(handle_of(stmt), column) == SQLITE_NULL;
}

static __s64 get_int(struct db_stmt *stmt, int column)
{
	return sqlite3_column_int64(handle_of(stmt), column);
}

static double get_real(struct db_stmt *stmt, int column)
{
	return is_null(stmt, column) ? NAN : sqlite3_column_double(handle_of(stmt), column);
}

static const char *get_text(struct db_stmt *stmt, int column)
{
	return (const char *)sqlite3_column_text(handle_of(stmt), column);
}

static void reset(struct db_stmt *stmt)
{
	sqlite3_reset(handle_of(stmt));
	sqlite3_clear_bindings(handle_of(stmt));
}

static void finish(struct db_stmt *stmt)
{
	if (stmt)
		sqlite3_finalize(handle_of(stmt));
	free(stmt);
}

static const struct db_ops ops = {
	DB_FUNCTIONS,
	.begin_write = "BEGIN IMMEDIATE",
	.type_id = "INTEGER PRIMARY KEY",
	.type_int = "INTEGER",
	.type_real = "REAL",
	.strict = "STRICT",
};

int db_sqlite_open(struct db **out, const char *path, char *error)
{
	struct sqlite *db = calloc(1, sizeof(*db));

	*out = NULL;
	if (!db) {
		snprintf(error, DB_ERROR_LEN, "out of memory");
		return -1;
	}
	db->db.ops = &ops;
	if (sqlite3_open_v2(path, &db->handle,
			    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW, NULL)) {
		snprintf(error, DB_ERROR_LEN, "%s", sqlite3_errmsg(db->handle));
		close_db(&db->db);
		return -1;
	}
	sqlite3_busy_timeout(db->handle, BUSY_MS);
	/* A file from somebody else must not be able to run code here. */
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	if (exec(&db->db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON")) {
		snprintf(error, DB_ERROR_LEN, "%s", db->db.error);
		close_db(&db->db);
		return -1;
	}
	*out = &db->db;
	return 0;
}
