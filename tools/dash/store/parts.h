/* SPDX-License-Identifier: GPL-2.0-only */
/* parts.h - functions shared by the files of the store. */
#ifndef DASH_STORE_PARTS_H
#define DASH_STORE_PARTS_H

#include <stdbool.h>
#include "dash/store/db.h"
#include "dash/store/store.h"

enum store_statement {
	PUT_COMMIT,
	GET_COMMIT,
	PUT_ENV,
	GET_ENV,
	PUT_RUN,
	PUT_SERIES,
	GET_SERIES,
	PUT_POINT,
	NR_STATEMENTS,
};

/* Series that this transaction stored, by name: 10^6 points must not need 10^6 queries. */
struct known {
	char *key; /* NULL: free */
	__s64 id;
	__s64 as_of;
};

struct store {
	struct db *db;
	struct db_stmt *stmt[NR_STATEMENTS];
	struct known *known;
	size_t nr_known, room; /* room is a power of two */
	char error[DB_ERROR_LEN];
};

int store_fail(struct store *store);
void known_free(struct store *store);

/*
 * The environment as stored text: {"key":"value",...} in ascending order of keys. NULL: out of
 * memory.
 */
char *env_text(const struct dash_pair *pair, size_t nr);
int env_parse(const char *text, struct dash_env *env);

/* "upper:count upper:count"; ~ stands for no upper bound. */
char *hist_text(const struct dash_hist *hist);
struct dash_hist *hist_parse(const char *text, double sum);

/* 128 bits, as text, that identify a series in every store. */
void series_id(const char *repo, const char *workload, const char *params, const char *metric,
	       char out[33]);

#endif
