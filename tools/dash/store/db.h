/* SPDX-License-Identifier: GPL-2.0-only */
/* db.h - the database functions that the store needs, the same for SQLite and PostgreSQL. */
#ifndef DASH_STORE_DB_H
#define DASH_STORE_DB_H

#include <stddef.h>
#include <linux/types.h>

#define DB_ERROR_LEN 400

struct db;
struct db_stmt;

struct db_ops {
	void (*close)(struct db *db);
	int (*exec)(struct db *db, const char *sql);
	struct db_stmt *(*prepare)(struct db *db, const char *sql);
	void (*bind_int)(struct db_stmt *stmt, int at, __s64 value);
	void (*bind_real)(struct db_stmt *stmt, int at, double value);
	void (*bind_text)(struct db_stmt *stmt, int at, const char *text);
	int (*step)(struct db_stmt *stmt);
	int (*is_null)(struct db_stmt *stmt, int column);
	__s64 (*get_int)(struct db_stmt *stmt, int column);
	double (*get_real)(struct db_stmt *stmt, int column);
	const char *(*get_text)(struct db_stmt *stmt, int column);
	void (*reset)(struct db_stmt *stmt);
	void (*finish)(struct db_stmt *stmt);
	const char *begin_write; /* waits for other writers */
	/* Names of types in the schema. */
	const char *type_id, *type_int, *type_real, *strict;
};

/* The functions, which have the same names in the file of each database. */
#define DB_FUNCTIONS                                                                                  \
	.close = close_db, .exec = exec, .prepare = prepare, .bind_int = bind_int, .bind_real = bind_real, \
	.bind_text = bind_text, .step = step, .is_null = is_null, .get_int = get_int, .get_real = get_real, \
	.get_text = get_text, .reset = reset, .finish = finish

struct db {
	const struct db_ops *ops;
	char error[DB_ERROR_LEN];
};

struct db_stmt {
	struct db *db;
};

/*
 * Open @where: "postgresql://..." or "host=... dbname=...", else a file. Returns 0, or -1 with
 * *error, for which DB_ERROR_LEN bytes are needed, or -2: this program was built without
 * PostgreSQL.
 */
int db_open(struct db **db, const char *where, char *error);
int db_is_server(const char *where);

int db_sqlite_open(struct db **db, const char *path, char *error);
int db_postgres_open(struct db **db, const char *where, char *error);

/*
 * Statements use $1, $2 ... in the order of their first occurrence. Columns count from 0. step()
 * returns 1 for a row, 0 at the end, and -1 for an error, which is in db->error. NaN and NULL are
 * bound as NULL, which is read as NaN, NULL and 0.
 */

#endif
