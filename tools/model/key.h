/* SPDX-License-Identifier: GPL-2.0-only */
/* key.h - keys of rows and items: equality and hash. */
#ifndef DAX_MODEL_KEY_H
#define DAX_MODEL_KEY_H

#include "sample.h"

static inline bool same_key(const struct dax_key *a, const struct dax_key *b)
{
	return a->ino == b->ino && a->dev == b->dev && a->gen == b->gen && a->tgid == b->tgid &&
	       a->tid == b->tid;
}

/* Items and rows that are sums of several have the same key; @sort distinguishes them. */
enum { SORT_ONE, SORT_OTHER, SORT_EXITED };

static inline size_t hash_key(const struct dax_key *key, int sort)
{
	__u64 h = key->ino * 0x9e3779b97f4a7c15ULL;

	h = (h ^ h >> 32 ^ key->dev) * 0x9e3779b97f4a7c15ULL;
	h = (h ^ h >> 32 ^ key->gen) * 0x9e3779b97f4a7c15ULL;
	h = (h ^ h >> 32 ^ key->tgid ^ (__u64)sort << 32) * 0x9e3779b97f4a7c15ULL;
	h = (h ^ h >> 32 ^ key->tid) * 0x9e3779b97f4a7c15ULL;
	return h ^ h >> 32;
}

#endif
