/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * store.h - stores each run once, and returns them as the history of a repository. Only this folder
 * has SQL.
 */
#ifndef DASH_STORE_STORE_H
#define DASH_STORE_STORE_H

#include "dash_history.h"

struct store;

/* Returns 0, -1: failed, -2: not built in, -3: not one of our stores; *why has the reason. */
int store_open(struct store **store, const char *where, const char **why);
void store_close(struct store *store);
const char *store_error(const struct store *store);

/* Others see nothing until commit; rollback leaves the store unchanged. */
int store_begin(struct store *store);
int store_commit(struct store *store);
void store_rollback(struct store *store);

/* Store @run. Returns 1, 0 when it is there already, or -1. */
int store_put(struct store *store, const struct dash_run *run);

struct store_query {
	const char *repo; /* NULL: the only one */
	bool pull_requests; /* include runs of kind "pr" */
	__u32 hists; /* load histograms of this many of the newest commits */
};

/* Returns 0; -1: failed; -2: there are several repositories, or none with this name. */
int store_load(struct store *store, const struct store_query *query, struct dash_history *out);
void history_free(struct dash_history *history);

/* The index of the commit that @sha (at least 7 digits) identifies; -1: none, -2: several. */
long history_find(const struct dash_history *history, const char *sha);

#endif
