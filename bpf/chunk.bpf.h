/* SPDX-License-Identifier: GPL-2.0-only */
/* chunk.bpf.h - the bits kept for each 2 MiB range of each file: where they are, and who sets them.
 */
#ifndef CHUNK_BPF_H
#define CHUNK_BPF_H

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

/* Set a bit and say whether it was clear: each bit is won by exactly one fault. */
static __always_inline bool bit_won(__u64 *word, __u64 bit)
{
	if (*word & bit)
		return false;
	return !(__sync_fetch_and_or(word, bit) & bit);
}

/* The bits that decide what a 4 KiB fault counts as. Whoever sets one makes all caches stale. */
static __always_inline void bit_set_seen(__u64 *word, __u64 bit)
{
	if (bit_won(word, bit))
		__sync_fetch_and_add(&range_epoch, 1);
}

#endif /* CHUNK_BPF_H */
