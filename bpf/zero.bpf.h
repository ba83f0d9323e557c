/* SPDX-License-Identifier: GPL-2.0-only */
/* zero.bpf.h - T2: zero pages that are unmapped from all page tables, for storage or by a split. */
#ifndef ZERO_BPF_H
#define ZERO_BPF_H

#include "calls.bpf.h"
#include "split.bpf.h"

/* @nr pages from @start on are about to be unmapped. Their entry is locked. */
static __noinline int zero_unmapped(void *ctx, struct address_space *mapping, __u64 start, __u64 nr)
{
	__u64 id = bpf_get_current_pid_tgid();
	struct inode *inode = BPF_CORE_READ(mapping, host);
	struct dax_cell *cell;
	struct dax_key key;
	__u32 role, what, at;
	int flags;

	role = called_by(ctx, DAX_ROLE_GRAB, DAX_ROLE_INSERT);
	if (role == DAX_ROLE_GRAB) {
		if (!cfg.splits || nr != DAX_RANGE_PAGES)
			return 0;
		empty_gone((__u64)inode, start);
		what = DAX_SPLIT_ZERO;
	} else if (role == DAX_ROLE_INSERT) {
		/* This also unmaps shared storage that is being copied for a write. */
		flags = entry_flags((__u64)inode, start);
		if (flags < 0 || !(flags & DAX_ENTRY_ZERO))
			return 0;
		what = flags & DAX_ENTRY_PMD ? DAX_ZERO_REPLACED_PMD : DAX_ZERO_REPLACED_PTE;
	} else {
		return 0;
	}
	if (!key_of(&key, inode, id))
		return 0;
	at = cell_at(&key, inode);
	cell = bpf_map_lookup_elem(&cells, &at);
	if (cell)
		__sync_fetch_and_add(&cell->entry[what], 1);
	return 0;
}

#endif /* ZERO_BPF_H */
