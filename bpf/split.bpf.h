/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * split.bpf.h - T2: count 2 MiB entries that only held the lock and were split by a 4 KiB fault.
 *
 * No function that can be traced runs only then: every function on that path runs in each 4 KiB
 * fault, and a probe on it would slow all of them. So the split is found from both ends. A 2 MiB
 * fault that finds its extent holds the lock of its entry; if the entry is empty, the range is
 * noted in chunk.empty. If the fault maps storage or a zero page, the note is removed. If it falls
 * back, the next 4 KiB fault in the range splits the entry, and at its end finds the note, clears
 * it and counts. Only the fault that clears the bit counts, so an entry is counted once. No other 2
 * MiB fault can note the range in between: it finds the 4 KiB entry, and takes no lock.
 *
 * Two limits: if a fault fell back without an extent (the filesystem failed), the note is made
 * after the lock was dropped, and a 4 KiB fault that overtakes it is not counted. And the split is
 * counted for the first fault that ends; with several at once another one may have made it.
 */
#ifndef SPLIT_BPF_H
#define SPLIT_BPF_H

#include "chunk.bpf.h"
#include "compat.bpf.h"
#include "entries.bpf.h"

__u32 nr_empty = 0; /* ranges noted in chunk.empty */

#define EMPTY_WORD(chunk, pgoff) \
	(&(chunk)->empty[(pgoff) / DAX_RANGE_PAGES % DAX_CHUNK_RANGES / 64])
#define EMPTY_BIT(pgoff) (1ULL << ((pgoff) / DAX_RANGE_PAGES % 64))

static __always_inline bool empty_clear(struct dax_chunk *chunk, __u64 pgoff)
{
	__u64 *word = EMPTY_WORD(chunk, pgoff), bit = EMPTY_BIT(pgoff);

	if (!(*word & bit) || !(__sync_fetch_and_and(word, ~bit) & bit))
		return false;
	__sync_fetch_and_sub(&nr_empty, 1);
	return true;
}

/* Note the range if its entry is empty now. */
__noinline int empty_left(struct dax_chunk *chunk, __u64 inode, __u64 pgoff)
{
	int flags = entry_flags(inode, pgoff);

	if (!chunk || flags < 0 ||
	    (flags & (DAX_ENTRY_PMD | DAX_ENTRY_EMPTY)) != (DAX_ENTRY_PMD | DAX_ENTRY_EMPTY))
		return 0;
	if (!bit_won(EMPTY_WORD(chunk, pgoff), EMPTY_BIT(pgoff)))
		return 0;
	__sync_fetch_and_add(&nr_empty, 1);
	/* A CPU may have cached the range as touched, and would not look at the note. */
	if (chunk->touched[pgoff / DAX_RANGE_PAGES % DAX_CHUNK_RANGES / 64] & EMPTY_BIT(pgoff))
		__sync_fetch_and_add(&range_epoch, 1);
	return 0;
}

/*
 * A 4 KiB fault ended in a range with a note: the entry was split, unless it is one of 2 MiB again.
 */
__noinline int empty_split(struct dax_chunk *chunk, struct dax_cell *cell,
				  __u64 inode, __u64 pgoff)
{
	int flags = entry_flags(inode, pgoff);

	if (!chunk || flags < 0 || (flags & DAX_ENTRY_PMD))
		return 0;
	if (empty_clear(chunk, pgoff) && cell)
		__sync_fetch_and_add(&cell->entry[DAX_SPLIT_EMPTY], 1);
	return 0;
}

static __always_inline void chunk_key_of(struct dax_chunk_key *key, __u64 at, __u64 pgoff)
{
	struct inode *inode = (struct inode *)at;

	*key = (struct dax_chunk_key){
		.ino = BPF_CORE_READ(inode, i_ino),
		.dev = BPF_CORE_READ(inode, i_sb, s_dev),
		.gen = BPF_CORE_READ(inode, i_generation),
		.chunk = pgoff / DAX_RANGE_PAGES / DAX_CHUNK_RANGES,
	};
}

/*
 * A 2 MiB fault found its extent, under the lock of its entry. Also for tasks that are not watched.
 */
__noinline int empty_note(__u64 inode, __u64 pgoff)
{
	struct dax_chunk_key key;
	struct dax_chunk *chunk;

	if (!inode)
		return 0;
	chunk_key_of(&key, inode, pgoff);
	chunk = bpf_map_lookup_elem(&chunks, &key);
	/*
	 * Take a new chunk only for an empty entry: faults of other tasks on existing storage need
	 * no note.
	 */
	if (!chunk && entry_flags(inode, pgoff) >= 0 &&
	    (entry_flags(inode, pgoff) & DAX_ENTRY_EMPTY))
		chunk = chunk_take(&key);
	if (chunk)
		empty_left(chunk, inode, pgoff);
	return 0;
}

/* The entry of the range is gone without a split: it was removed, or became a zero page. */
__noinline int empty_gone(__u64 inode, __u64 pgoff)
{
	struct dax_chunk_key key;
	struct dax_chunk *chunk;

	if (!inode || !*(volatile __u32 *)&nr_empty)
		return 0;
	chunk_key_of(&key, inode, pgoff);
	chunk = bpf_map_lookup_elem(&chunks, &key);
	if (chunk)
		empty_clear(chunk, pgoff);
	return 0;
}

/* A fault that failed may have split an entry before, or have left an empty one. */
__noinline int empty_after_failure(struct frame *f, struct dax_cell *cell, __u64 pgoff, bool pte)
{
	struct dax_chunk *chunk;
	__u64 inode;

	if (!f || (pte && !*(volatile __u32 *)&nr_empty))
		return 0;
	inode = f->inode;
	chunk = chunk_get(f, pgoff / DAX_RANGE_PAGES);
	if (!chunk)
		return 0;
	if (pte)
		empty_split(chunk, cell, inode, pgoff);
	else
		empty_left(chunk, inode, pgoff);
	return 0;
}

/* Update the note of the range after a fault of a process that is not watched. */
__noinline int empty_unwatched(__u64 inode, __u64 pgoff, __u32 outcome)
{
	struct dax_chunk_key key;
	struct dax_chunk *chunk;

	if (!inode || !*(volatile __u32 *)&nr_empty)
		return 0;
	chunk_key_of(&key, inode, pgoff);
	chunk = bpf_map_lookup_elem(&chunks, &key);
	if (!chunk)
		return 0;
	if (outcome < DAX_PMD_MAPPED)
		empty_split(chunk, (void *)0, inode, pgoff);
	else if (outcome <= DAX_PMD_SYNC)
		empty_clear(chunk, pgoff);
	return 0;
}

#endif /* SPLIT_BPF_H */
