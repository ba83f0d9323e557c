/* SPDX-License-Identifier: GPL-2.0-only */
/* slot.bpf.h - find or take the slot of a file in a process, and write down who they are. */
#ifndef SLOT_BPF_H
#define SLOT_BPF_H

static __always_inline void meta_fill(struct dax_meta *meta, const struct dax_key *key,
				      struct dentry *dentry)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u32 i, flags = 0;

	meta->key = *key;
	meta->cgroup = bpf_get_current_cgroup_id();
	bpf_probe_read_kernel(meta->comm, sizeof(meta->comm), task->group_leader->comm);
	if (!BPF_CORE_READ(dentry, d_hash.pprev))
		flags |= DAX_META_DELETED;
	for (i = 0; i < DAX_PATH_PARTS; i++) {
		struct dentry *parent = BPF_CORE_READ(dentry, d_parent);

		if (parent == dentry)
			break;
		if (BPF_CORE_READ(dentry, d_name.len) >= DAX_PART_LEN)
			flags |= DAX_META_CUT;
		bpf_probe_read_kernel_str(meta->part[i], DAX_PART_LEN,
					  BPF_CORE_READ(dentry, d_name.name));
		dentry = parent;
	}
	if (i == DAX_PATH_PARTS && BPF_CORE_READ(dentry, d_parent) != dentry)
		flags |= DAX_META_DEEPER;
	meta->nr_parts = i;
	meta->flags = flags;
	__sync_fetch_and_add(&meta->ready, 1);
}

/* Slot 0 when all are taken: totals stay exact, only their split by file and process ends. */
static __noinline __u32 slot_take(const struct dax_key *from, struct dentry *dentry)
{
	struct dax_key key;
	struct dax_meta *meta;
	__u32 *found, slot;

	if (!from)
		return 0;
	key = *from;
	found = bpf_map_lookup_elem(&slots, &key);
	if (found)
		return *found;
	if (!dentry)
		return 0; /* a file without a name, and not seen before */
	if (next_slot >= cfg.max_slots)
		goto full;
	slot = __sync_fetch_and_add(&next_slot, 1);
	if (slot >= cfg.max_slots)
		goto full;
	if (bpf_map_update_elem(&slots, &key, &slot, BPF_NOEXIST)) {
		/* Another CPU was first; the number just taken stays unused. */
		found = bpf_map_lookup_elem(&slots, &key);
		return found ? *found : 0;
	}
	meta = bpf_map_lookup_elem(&metas, &slot);
	if (meta)
		meta_fill(meta, &key, dentry);
	return slot;
full:
	__sync_fetch_and_add(&losses.slots, 1);
	return 0;
}

static __always_inline __u32 slot_find(struct vm_fault *vmf, struct inode *inode, __u32 tgid)
{
	struct dax_key key = {
		.ino = inode->i_ino,
		.dev = inode->i_sb->s_dev,
		.gen = inode->i_generation,
		.tgid = tgid,
	};

	return slot_take(&key, vmf->vma->vm_file->f_path.dentry);
}

#define NO_CELL 0xffffffff /* this process is not under the filter */

static __noinline __u32 cell_find(struct frame *f, __u32 cpu, struct vm_fault *vmf,
				  struct inode *inode, __u64 id)
{
	__u32 tgid = id >> 32;

	if (!f || !vmf || !inode || !watched(f, id))
		return NO_CELL;
	f->slot = slot_find(vmf, inode, tgid);
	f->cell = f->slot * (cfg.shard_mask + 1) + (cpu & cfg.shard_mask);
	f->inode = (__u64)inode;
	f->ino = inode->i_ino;
	f->gen = inode->i_generation;
	f->dev = inode->i_sb->s_dev;
	f->tgid = tgid;
	f->epoch = f->watch_epoch;
	f->range = ~0ULL;
	return f->cell;
}

/* The cell of @inode's file in the process of @id; @f's caches are about them from here on. */
static __always_inline __u32 cell_of(struct frame *f, __u32 cpu, struct vm_fault *vmf,
				     struct inode *inode, __u64 id)
{
	if (f->inode == (__u64)inode && f->tgid == id >> 32 && f->ino == inode->i_ino &&
	    f->gen == inode->i_generation &&
	    (!cfg.filter || f->epoch == *(volatile __u64 *)&watch_epoch))
		return f->cell;
	return cell_find(f, cpu, vmf, inode, id);
}

#endif /* SLOT_BPF_H */
