/* SPDX-License-Identifier: GPL-2.0-only */
/* range.bpf.h - what is known of each 2 MiB range of each file: touched, tried, fell back, served. */
#ifndef RANGE_BPF_H
#define RANGE_BPF_H

static __always_inline struct dax_chunk *chunk_get(struct task_state *st, __u64 range)
{
	static const struct dax_chunk empty;
	struct dax_chunk_key key = {
		.ino = st->ino,
		.dev = st->dev,
		.gen = st->gen,
		.chunk = range / DAX_CHUNK_RANGES,
	};
	struct dax_chunk *chunk;

	chunk = bpf_map_lookup_elem(&chunks, &key);
	if (chunk)
		return chunk;
	bpf_map_update_elem(&chunks, &key, &empty, BPF_NOEXIST);
	return bpf_map_lookup_elem(&chunks, &key);
}

/* Set a bit and say whether it was clear: each bit is won by exactly one fault. */
static __always_inline bool bit_won(__u64 *word, __u64 bit)
{
	if (*word & bit)
		return false;
	return !(__sync_fetch_and_or(word, bit) & bit);
}

/* Note what a fault of this outcome does to its range; returns DAX_EVF_* for what it counted. */
static __always_inline __u32 range_note(struct task_state *st, struct dax_cell *cell, __u64 pgoff,
					__u32 outcome)
{
	__u64 range = pgoff / DAX_RANGE_PAGES;
	bool same = st->range == range;
	bool completes = false;
	struct dax_chunk *chunk;
	__u32 word, done = 0;
	__u64 bit;

	if (outcome == DAX_PTE_RETRY || outcome == DAX_PTE_ERROR || outcome == DAX_PMD_RETRY ||
	    outcome == DAX_PMD_ERROR)
		return 0;

	if (outcome < DAX_PMD_MAPPED) {
		completes = (st->flags & ST_FELL) && st->fell_pgoff == pgoff;
		st->flags &= ~ST_FELL;
		if (same && (st->range_bits & (RB_TOUCHED | RB_FELL)) == (RB_TOUCHED | RB_FELL)) {
			if (completes)
				return 0;
			__sync_fetch_and_add(&cell->range[DAX_RANGE_STICKY], 1);
			return DAX_EVF_STICKY;
		}
	}

	chunk = chunk_get(st, range);
	if (!chunk) {
		__sync_fetch_and_add(&cell->range[DAX_RANGE_UNTRACKED], 1);
		return DAX_EVF_UNTRACKED;
	}
	word = (range % DAX_CHUNK_RANGES) / 64;
	bit = 1ULL << (range % 64);
	if (!same) {
		st->range = range;
		st->range_bits = 0;
	}

	if (outcome == DAX_PMD_FALLBACK) {
		bit_won(&chunk->tried[word], bit);
		bit_won(&chunk->fell[word], bit);
		st->range_bits |= RB_FELL;
		st->fell_pgoff = pgoff;
		st->flags |= ST_FELL;
		return 0;
	}

	if (bit_won(&chunk->touched[word], bit)) {
		__sync_fetch_and_add(&cell->range[DAX_RANGE_TOUCHED], 1);
		done |= DAX_EVF_RANGE_NEW;
	}
	st->range_bits |= RB_TOUCHED;
	if (outcome < DAX_PMD_MAPPED) {
		if (chunk->fell[word] & bit) {
			st->range_bits |= RB_FELL;
			if (!completes) {
				__sync_fetch_and_add(&cell->range[DAX_RANGE_STICKY], 1);
				done |= DAX_EVF_STICKY;
			}
		} else if (!(chunk->tried[word] & bit)) {
			__sync_fetch_and_add(&cell->range[DAX_RANGE_NEVER_TRIED], 1);
			done |= DAX_EVF_NEVER_TRIED;
		}
		return done;
	}
	bit_won(&chunk->tried[word], bit);
	if (bit_won(&chunk->served[word], bit)) {
		__sync_fetch_and_add(&cell->range[DAX_RANGE_PMD], 1);
		done |= DAX_EVF_RANGE_PMD;
	}
	return done;
}

#endif /* RANGE_BPF_H */
