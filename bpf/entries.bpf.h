/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * entries.bpf.h - look into the page cache of a file: for 4 KiB entries of one 2 MiB range, and for
 * the entry of one page (T2). The first is done only when a fault fell back and 4 KiB entries may
 * be why: with no extent, the other cause is that the filesystem failed to find one, and no event
 * shows which.
 */
#ifndef ENTRIES_BPF_H
#define ENTRIES_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "dax_wire.h"

#define RANGE_ORDER 9  /* a range is 2^9 pages */
#define XA_LEVELS   16 /* 64 bits of index in steps of 4 */

/* Nodes have 64 slots, and 16 where CONFIG_BASE_SMALL is set. */
static __always_inline __u32 xa_chunk_shift(void)
{
	return bpf_core_field_size(struct xa_node, slots) / sizeof(void *) == 16 ? 4 : 6;
}

static __always_inline __u32 xa_slot_of(__u64 index, __u32 shift)
{
	return (index >> (shift & 63)) & ((1U << xa_chunk_shift()) - 1);
}

/* Is @index beyond what the tree below its first node, of @shift, can hold? */
static __always_inline bool xa_beyond(__u64 index, __u32 shift)
{
	shift += xa_chunk_shift();
	return shift < 64 && index >> shift;
}

static __always_inline bool xa_is_node(const void *entry)
{
	return ((__u64)entry & 3) == 2 && (__u64)entry > 4096;
}

static __always_inline void *xa_slot(const struct xa_node *node, __u32 slot)
{
	void *entry = (void *)0;

	bpf_probe_read_kernel(&entry, sizeof(entry),
			      (const char *)node + bpf_core_field_offset(struct xa_node, slots) +
				      slot * sizeof(void *));
	return entry;
}

/*
 * A 2 MiB entry occupies 8 slots of a node with 64 pages in a slot: one slot holds the entry, seven
 * point to it (with small nodes: 2 slots of 256 pages). 4 KiB entries are in the nodes below. So
 * the range has 4 KiB entries if any of its slots holds a node.
 */
static __noinline int has_pte_entries(struct inode *inode, __u64 pgoff)
{
	__u32 range_shift = RANGE_ORDER - RANGE_ORDER % xa_chunk_shift();
	__u64 index = pgoff / DAX_RANGE_PAGES * DAX_RANGE_PAGES;
	const struct xa_node *node;
	__u32 level, slot, shift;
	void *entry;

	if (!inode)
		return 0;
	entry = BPF_CORE_READ(inode, i_mapping, i_pages.xa_head);
	for (level = 0; level < XA_LEVELS && xa_is_node(entry); level++) {
		node = (const struct xa_node *)((__u64)entry - 2);
		shift = BPF_CORE_READ(node, shift);
		if (shift < range_shift) /* a file whose entries are all in its first few pages */
			return index == 0;
		if (level == 0 && xa_beyond(index, shift))
			return 0;
		if (shift == range_shift) {
			for (slot = 0; slot < 1U << (RANGE_ORDER - range_shift); slot++)
				if (xa_is_node(xa_slot(node, xa_slot_of(index, shift) + slot)))
					return 1;
			return 0;
		}
		entry = xa_slot(node, xa_slot_of(index, shift));
	}
	return index == 0 && entry; /* one entry, for page 0, needs no node */
}

/* The DAX_ENTRY_* flags of the entry that covers page @pgoff of the inode at @at, or -1: none. */
__noinline int entry_flags(__u64 at, __u64 pgoff)
{
	struct inode *inode = (struct inode *)at;
	const struct xa_node *node;
	__u32 level, slot, shift;
	void *entry;

	if (!inode)
		return -1;
	entry = BPF_CORE_READ(inode, i_mapping, i_pages.xa_head);
	if (!xa_is_node(entry) && pgoff)
		return -1;
	for (level = 0; level < XA_LEVELS && xa_is_node(entry); level++) {
		node = (const struct xa_node *)((__u64)entry - 2);
		shift = BPF_CORE_READ(node, shift);
		if (level == 0 && xa_beyond(pgoff, shift))
			return -1;
		slot = xa_slot_of(pgoff, shift);
		entry = xa_slot(node, slot);
		/* A slot of a larger entry that points to the first of its slots. */
		if (((__u64)entry & 3) == 2 && (__u64)entry >> 2 < slot)
			entry = xa_slot(node, (__u64)entry >> 2);
	}
	return (__u64)entry & 1 ? (int)((__u64)entry >> 1 & 0xf) : -1;
}

#endif /* ENTRIES_BPF_H */
