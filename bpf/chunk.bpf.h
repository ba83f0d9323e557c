/* SPDX-License-Identifier: GPL-2.0-only */
/* chunk.bpf.h - find and set the bits that are kept for each 2 MiB range of each file. */
#ifndef CHUNK_BPF_H
#define CHUNK_BPF_H

#include "frame.bpf.h"

static __always_inline struct dax_chunk *chunk_take(const struct dax_chunk_key *key)
{
	static const struct dax_chunk fresh;
	struct dax_chunk *chunk;

	chunk = bpf_map_lookup_elem(&chunks, key);
	if (chunk)
		return chunk;
	bpf_map_update_elem(&chunks, key, &fresh, BPF_NOEXIST);
	return bpf_map_lookup_elem(&chunks, key);
}

static __always_inline struct dax_chunk *chunk_get(struct frame *f, __u64 range)
{
	struct dax_chunk_key key = {
		.ino = f->ino,
		.dev = f->dev,
		.gen = f->gen,
		.chunk = range / DAX_CHUNK_RANGES,
	};

	return chunk_take(&key);
}

/* Set a bit and return whether it was clear: for each bit exactly one fault gets true. */
static __always_inline bool bit_won(__u64 *word, __u64 bit)
{
	if (*word & bit)
		return false;
	return !(__sync_fetch_and_or(word, bit) & bit);
}

/*
 * Set a bit that decides how a 4 KiB fault is counted. This invalidates the cached range of all
 * CPUs.
 */
static __always_inline void bit_set_seen(__u64 *word, __u64 bit)
{
	if (bit_won(word, bit))
		__sync_fetch_and_add(&range_epoch, 1);
}

/*
 * One bit for each range that found no room, selected by a hash of the range. While there are few
 * such ranges, nearly each has a bit of its own.
 */
#define LET_GO_BITS 17
static __u64 let_go[1 << (LET_GO_BITS - 6)];

static __always_inline bool range_let_go(const struct frame *f, __u64 range)
{
	__u64 hash = (f->ino ^ (__u64)f->dev << 40 ^ (__u64)f->gen << 20) * 0x9e3779b97f4a7c15ULL;
	__u64 word;

	hash = (hash ^ hash >> 32 ^ range) * 0xd6e8feb86659fd93ULL;
	word = hash >> (64 - LET_GO_BITS + 6);
	ONE_REGISTER(word);
	if (word >= sizeof(let_go) / sizeof(*let_go))
		return false;
	return bit_won(&let_go[word], 1ULL << (hash >> 41 & 63));
}

#endif /* CHUNK_BPF_H */
