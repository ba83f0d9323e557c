// SPDX-License-Identifier: GPL-2.0-only
/* postgres.c - the store in a PostgreSQL server, for a team. Not built without libpq. */
#include <stdio.h>
#include "dash/store/db.h"

#ifdef HAVE_LIBPQ
#include <libpq-fe.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PARAMS 20

struct postgres {
	struct db db;
	PGconn *conn;
	unsigned nr_names;
};

struct statement {
	struct db_stmt stmt;
	char name[24];
	char *value[MAX_PARAMS];
	char room[MAX_PARAMS][32]; /* text of numbers */
	int nr;
	PGresult *result; /* all rows */
	int row, rows;
};

static PGconn *conn_of(struct db *db)
{
	return ((struct postgres *)db)->conn;
}

/* Messages of the server have several lines; take the first. */
static int postgres_fail(struct db *db)
{
	snprintf(db->error, sizeof(db->error), "%s", PQerrorMessage(conn_of(db)));
	db->error[strcspn(db->error, "\n")] = 0;
	return -1;
}

static void close_db(struct db *db)
{
	PQfinish(conn_of(db));
	free(db);
}

static bool is_good(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

static int exec(struct db *db, const char *sql)
{
	PGresult *result = PQexec(conn_of(db), sql);
	int err = is_good(result) ? 0 : postgres_fail(db);

	PQclear(result);
	return err;
}

static struct db_stmt *prepare(struct db *db, const char *sql)
{
	struct statement *s = calloc(1, sizeof(*s));
	PGresult *result;

	if (!s)
		return NULL;
	s->stmt.db = db;
	s->row = -1;
	snprintf(s->name, sizeof(s->name), "s%u", ((struct postgres *)db)->nr_names++);
	result = PQprepare(conn_of(db), s->name, sql, 0, NULL);
	if (!is_good(result)) {
		postgres_fail(db);
		free(s);
		s = NULL;
	}
	PQclear(result);
	return s ? &s->stmt : NULL;
}

static void set(struct statement *s, int at, char *value)
{
	s->value[at - 1] = value;
	if (s->nr < at)
		s->nr = at;
}

static void bind_int(struct db_stmt *stmt, int at, __s64 value)
{
	struct statement *s = (struct statement *)stmt;

	snprintf(s->room[at - 1], sizeof(s->room[0]), "%lld", (long long)value);
	set(s, at, s->room[at - 1]);
}

static void bind_real(struct db_stmt *stmt, int at, double value)
{
	struct statement *s = (struct statement *)stmt;

	snprintf(s->room[at - 1], sizeof(s->room[0]), "%.17g", value);
	set(s, at, isnan(value) ? NULL : s->room[at - 1]);
}

/* The text must stay valid until step(). */
static void bind_text(struct db_stmt *stmt, int at, const char *text)
{
	set((struct statement *)stmt, at, (char *)text);
}

static int step(struct db_stmt *stmt)
{
	struct statement *s = (struct statement *)stmt;

	if (!s->result) {
		s->result = PQexecPrepared(conn_of(stmt->db), s->name, s->nr,
					   (const char *const *)s->value, NULL, NULL, 0);
		if (!is_good(s->result))
			return postgres_fail(stmt->db);
		s->rows = PQntuples(s->result);
	}
	return ++s->row < s->rows;
}

static int is_null(struct db_stmt *stmt, int column)
{
	struct statement *s = (struct statement *)stmt;

	return PQgetisnull(s->result, s->row, column);
}

static const char *get_text(struct db_stmt *stmt, int column)
{
	struct statement *s = (struct statement *)stmt;

	return is_null(stmt, column) ? NULL : PQgetvalue(s->result, s->row, column);
}

static __s64 get_int(struct db_stmt *stmt, int column)
{
	const char *text = get_text(stmt, column);

	return text ? strtoll(text, NULL, 10) : 0;
}

static double get_real(struct db_stmt *stmt, int column)
{
	const char *text = get_text(stmt, column);

	return text ? strtod(text, NULL) : NAN;
}

static void reset(struct db_stmt *stmt)
{
	struct statement *s = (struct statement *)stmt;

	PQclear(s->result);
	s->result = NULL;
	s->row = -1;
	s->nr = 0;
	memset(s->value, 0, sizeof(s->value));
}

static void finish(struct db_stmt *stmt)
{
	if (stmt)
		reset(stmt);
	free(stmt);
}

static const struct db_ops ops = {
	DB_FUNCTIONS,
	/* Only one writer at a time, so that writers cannot deadlock; readers continue. */
	.begin_write = "BEGIN; SELECT pg_advisory_xact_lock(7236840)",
	.type_id = "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
	.type_int = "BIGINT",
	.type_real = "DOUBLE PRECISION",
	.strict = "",
};

static void no_notice(void *ctx, const PGresult *result)
{
	(void)ctx;
	(void)result;
}

int db_postgres_open(struct db **out, const char *where, char *error)
{
	struct postgres *db = calloc(1, sizeof(*db));

	*out = NULL;
	if (!db) {
		snprintf(error, DB_ERROR_LEN, "out of memory");
		return -1;
	}
	db->db.ops = &ops;
	db->conn = PQconnectdb(where);
	if (PQstatus(db->conn) != CONNECTION_OK || PQsetClientEncoding(db->conn, "UTF8")) {
		postgres_fail(&db->db);
		snprintf(error, DB_ERROR_LEN, "%s", db->db.error);
		close_db(&db->db);
		return -1;
	}
	PQsetNoticeReceiver(db->conn, no_notice, NULL); /* "already exists, skipping" */
	*out = &db->db;
	return 0;
}
#else
int db_postgres_open(struct db **out, const char *where, char *error)
{
	(void)where;
	*out = NULL;
	snprintf(error, DB_ERROR_LEN, "this daxdash was built without PostgreSQL: install libpq-dev and build again");
	return -2;
}
#endif
