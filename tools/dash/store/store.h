/* SPDX-License-Identifier: GPL-2.0-only */
/* store.h - runs put in once, and given back as the history of a repository. Only here is SQL. */
#ifndef DASH_STORE_STORE_H
#define DASH_STORE_STORE_H

#include "dash_history.h"

struct store;

/* 0, -1: cannot, -2: not built in, or -3: not a store of ours; *why says so. */
int store_open(struct store **store, const char *where, const char **why);
void store_close(struct store *store);
const char *store_error(const struct store *store);

/* Between begin and commit, nothing is seen by others; rollback leaves the store as it was. */
int store_begin(struct store *store);
int store_commit(struct store *store);
void store_rollback(struct store *store);

/* Put @run in: 1, or 0 when it is there already, or -1. */
int store_put(struct store *store, const struct dash_run *run);

struct store_query {
	const char *repo; /* NULL: the only one */
	bool pull_requests; /* runs of kind "pr" too */
	__u32 hists; /* histograms of so many of the newest commits */
};

/* 0; -1: cannot; -2: there are several repositories, or none of this name. */
int store_load(struct store *store, const struct store_query *query, struct dash_history *out);
void history_free(struct dash_history *history);

/* The index of the commit that @sha names, from 7 digits on; -1: none, -2: several. */
long history_find(const struct dash_history *history, const char *sha);

#endif
