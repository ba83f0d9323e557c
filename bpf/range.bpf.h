/* SPDX-License-Identifier: GPL-2.0-only */
/* range.bpf.h - what is known of each 2 MiB range of each file: touched, tried, fell back, served. */
#ifndef RANGE_BPF_H
#define RANGE_BPF_H

/* A 4 KiB fault in a range whose bits are known: returns the DAX_EVF_* it counts as. */
static __always_inline __u32 pte_note(struct frame *f, struct dax_cell *cell, bool completes)
{
	if (f->range_bits & RB_FELL) {
		if (completes)
			return 0;
		__sync_fetch_and_add(&cell->range[DAX_RANGE_STICKY], 1);
		return DAX_EVF_STICKY;
	}
	if (f->range_bits & RB_TRIED)
		return 0;
	__sync_fetch_and_add(&cell->range[DAX_RANGE_NEVER_TRIED], 1);
	return DAX_EVF_NEVER_TRIED;
}

/* Note what a fault of this outcome does to its range; returns DAX_EVF_* for what it counted. */
static __always_inline __u32 range_note(struct frame *f, struct dax_cell *cell, struct inode *inode,
					__u64 pgoff, __u32 outcome, bool plain)
{
	__u64 range = pgoff / DAX_RANGE_PAGES;
	bool pte = outcome < DAX_PMD_MAPPED;
	bool completes = false;
	struct dax_chunk *chunk;
	__u32 epoch, word, done = 0;
	__u64 bit;

	if (outcome == DAX_PTE_RETRY || outcome == DAX_PTE_ERROR || outcome == DAX_PMD_RETRY ||
	    outcome == DAX_PMD_ERROR) {
		if (cfg.splits)
			empty_after_failure(f, cell, inode, pgoff, pte);
		return 0;
	}

	epoch = *(volatile __u32 *)&range_epoch;
	if (pte) {
		if (!plain && (f->st.flags & ST_FELL)) {
			completes = f->st.fell_pgoff == pgoff;
			pending_clear(&f->st, ST_FELL);
		}
		if (f->range == range && f->range_epoch == epoch && (f->range_bits & RB_TOUCHED))
			return pte_note(f, cell, completes);
	}

	chunk = chunk_get(f, range);
	f->range_bits = 0;
	if (!chunk) {
		__sync_fetch_and_add(&cell->range[DAX_RANGE_UNTRACKED], 1);
		return DAX_EVF_UNTRACKED;
	}
	word = (range % DAX_CHUNK_RANGES) / 64;
	bit = 1ULL << (range % 64);

	if (outcome == DAX_PMD_FALLBACK) {
		bit_set_seen(&chunk->tried[word], bit);
		bit_set_seen(&chunk->fell[word], bit);
		if (cfg.splits && !(f->st.flags & ST_MAP))
			empty_left(chunk, inode, pgoff);
		f->st.fell_pgoff = pgoff;
		pending_set(&f->st, ST_FELL);
		return 0;
	}
	if (bit_won(&chunk->touched[word], bit)) {
		__sync_fetch_and_add(&cell->range[DAX_RANGE_TOUCHED], 1);
		done |= DAX_EVF_RANGE_NEW;
	}
	if (pte) {
		if (cfg.splits && (chunk->empty[word] & bit))
			empty_split(chunk, cell, inode, pgoff);
		f->range = range;
		f->range_epoch = epoch;
		f->range_bits = RB_TOUCHED;
		if (chunk->tried[word] & bit)
			f->range_bits |= RB_TRIED;
		if (chunk->fell[word] & bit)
			f->range_bits |= RB_FELL;
		return done | pte_note(f, cell, completes);
	}
	if (cfg.splits)
		empty_clear(chunk, pgoff);
	if (f->st.flags & ST_FELL)
		pending_clear(&f->st, ST_FELL); /* what fell back was served after all */
	bit_set_seen(&chunk->tried[word], bit);
	if (bit_won(&chunk->served[word], bit)) {
		__sync_fetch_and_add(&cell->range[DAX_RANGE_PMD], 1);
		done |= DAX_EVF_RANGE_PMD;
	}
	return done;
}

#endif /* RANGE_BPF_H */
