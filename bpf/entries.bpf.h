/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * entries.bpf.h - look into the page cache of a file for 4 KiB entries of one 2 MiB range. Only asked
 * when a fault fell back without ever looking for an extent: either such an entry was in its way, or
 * the filesystem failed to find an extent, and no event tells which.
 */
#ifndef ENTRIES_BPF_H
#define ENTRIES_BPF_H

#define XA_CHUNK_SHIFT 6
#define XA_CHUNK_MASK  63
#define XA_LEVELS      11 /* 64 bits of index in steps of 6 */
#define RANGE_SLOTS    8  /* of a node whose slots hold 64 pages each */

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
 * A 2 MiB entry lies in 8 slots of a node of 64 pages a slot, one of them real, seven pointing to
 * it; 4 KiB entries lie in nodes below. So what tells them apart is a node in any of the 8.
 */
static __noinline int has_pte_entries(struct inode *inode, __u64 pgoff)
{
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
		if (level == 0 && shift < 58 && index >> shift > XA_CHUNK_MASK)
			return 0; /* beyond the last entry */
		if (shift == XA_CHUNK_SHIFT) {
			for (slot = 0; slot < RANGE_SLOTS; slot++)
				if (xa_is_node(xa_slot(node, ((index >> XA_CHUNK_SHIFT) &
							      XA_CHUNK_MASK) + slot)))
					return 1;
			return 0;
		}
		if (!shift) /* a file whose entries are all in its first 64 pages */
			return index == 0;
		entry = xa_slot(node, (index >> shift) & XA_CHUNK_MASK);
	}
	return index == 0 && entry; /* one entry, for page 0, needs no node */
}

#endif /* ENTRIES_BPF_H */
