/* SPDX-License-Identifier: GPL-2.0-only */
/* range.bpf.h - the state of each 2 MiB range of each file: touched, tried, fell back, served. */
#ifndef RANGE_BPF_H
#define RANGE_BPF_H

#include "split.bpf.h"

/* Count a 4 KiB fault in the cached range. Returns the DAX_EVF_* that it counts as. */
static __always_inline __u32 pte_note(struct frame *f, struct dax_cell *cell, bool completes)
{
	__u64 count = f->range_count;

	if (!count || (completes && count == DAX_RANGE_STICKY))
		return 0;
	ONE_REGISTER(count);
	if (count < DAX_NR_RANGE_COUNTS)
		__sync_fetch_and_add(&cell->range[count], 1);
	return count == DAX_RANGE_STICKY ? DAX_EVF_STICKY : DAX_EVF_NEVER_TRIED;
}

/* A fault at 2 MiB, or in a range other than the cached one. */
__noinline __u32 range_enter(struct frame *f, struct dax_cell *cell, __u64 pgoff,
				    __u32 outcome, bool completes)
{
	__u64 range = pgoff / DAX_RANGE_PAGES;
	__u64 epoch = *(volatile __u64 *)&range_epoch;
	__u64 inode;
	struct dax_chunk *chunk;
	__u32 word, done = 0;
	__u64 bit;

	if (!f || !cell)
		return 0;
	inode = f->inode;
	if (outcome == DAX_PMD_FALLBACK) {
		f->st.fell_pgoff = pgoff;
		f->st.flags |= ST_FELL; /* frame_end() keeps it */
	}
	chunk = chunk_get(f, range);
	f->range = ~0ULL;
	if (!chunk) {
		__sync_fetch_and_add(&cell->range[DAX_RANGE_UNTRACKED], 1);
		if (!range_let_go(f, range))
			return DAX_EVF_UNTRACKED;
		__sync_fetch_and_add(&cell->range[DAX_RANGE_LET_GO], 1);
		return DAX_EVF_UNTRACKED | DAX_EVF_LET_GO;
	}
	word = (range % DAX_CHUNK_RANGES) / 64;
	bit = 1ULL << (range % 64);

	if (outcome == DAX_PMD_FALLBACK) {
		bit_set_seen(&chunk->tried[word], bit);
		bit_set_seen(&chunk->fell[word], bit);
		/*
		 * With cfg.exact the program that notes the entry under the lock may have been
		 * skipped.
		 */
		if (cfg.splits && (cfg.exact || !(f->st.flags & ST_MAP)))
			empty_left(chunk, inode, pgoff);
		return 0;
	}
	if (bit_won(&chunk->touched[word], bit)) {
		__sync_fetch_and_add(&cell->range[DAX_RANGE_TOUCHED], 1);
		done |= DAX_EVF_RANGE_NEW;
	}
	if (outcome < DAX_PMD_MAPPED) {
		if (cfg.splits && (chunk->empty[word] & bit))
			empty_split(chunk, cell, inode, pgoff);
		f->range = range;
		f->range_epoch = epoch;
		if (chunk->fell[word] & bit)
			f->range_count = DAX_RANGE_STICKY;
		else
			f->range_count = chunk->tried[word] & bit ? 0 : DAX_RANGE_NEVER_TRIED;
		return done | pte_note(f, cell, completes);
	}
	if (cfg.splits)
		empty_clear(chunk, pgoff);
	f->st.flags &= ~ST_FELL; /* the access that fell back was served at 2 MiB after all */
	bit_set_seen(&chunk->tried[word], bit);
	if (bit_won(&chunk->served[word], bit)) {
		__sync_fetch_and_add(&cell->range[DAX_RANGE_PMD], 1);
		done |= DAX_EVF_RANGE_PMD;
	}
	return done;
}

/* A fault of a file that is not known (missed.bpf.h): no bits are kept for its ranges. */
__noinline __u32 range_unknown(struct frame *f, struct dax_cell *cell, __u64 pgoff, __u32 outcome)
{
	if (!f || !cell)
		return 0;
	if (outcome == DAX_PMD_FALLBACK) {
		f->st.fell_pgoff = pgoff; /* a second attempt of the same access is no second fallback */
		f->st.flags |= ST_FELL;
	} else if (outcome != DAX_PTE_RETRY && outcome != DAX_PMD_RETRY) {
		f->st.flags &= ~ST_FELL;
	}
	__sync_fetch_and_add(&cell->range[DAX_RANGE_UNTRACKED], 1);
	if (!range_let_go(f, pgoff / DAX_RANGE_PAGES))
		return DAX_EVF_UNTRACKED;
	__sync_fetch_and_add(&cell->range[DAX_RANGE_LET_GO], 1);
	return DAX_EVF_UNTRACKED | DAX_EVF_LET_GO;
}

/* Update the range after a fault with this outcome. Returns DAX_EVF_* for what was counted. */
static __always_inline __u32 range_note(struct frame *f, struct dax_cell *cell, __u64 pgoff,
					__u32 outcome, bool plain)
{
	bool completes = false;

	if (cfg.exact && !f->ino)
		return range_unknown(f, cell, pgoff, outcome);
	if (outcome == DAX_PTE_RETRY || outcome == DAX_PTE_ERROR || outcome == DAX_PMD_RETRY ||
	    outcome == DAX_PMD_ERROR) {
		if (cfg.splits)
			empty_after_failure(f, cell, pgoff, outcome < DAX_PMD_MAPPED);
		return 0;
	}
	if (outcome < DAX_PMD_MAPPED) {
		if (!plain && (f->st.flags & ST_FELL)) {
			completes = f->st.fell_pgoff == pgoff;
			f->st.flags &= ~ST_FELL;
		}
		if (f->range == pgoff / DAX_RANGE_PAGES &&
		    f->range_epoch == *(volatile __u64 *)&range_epoch)
			return pte_note(f, cell, completes);
	}
	return range_enter(f, cell, pgoff, outcome, completes);
}

#endif /* RANGE_BPF_H */
