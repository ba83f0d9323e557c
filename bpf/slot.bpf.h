/* SPDX-License-Identifier: GPL-2.0-only */
/* slot.bpf.h - find or take the slot of a file in a process, and write down which ones they are. */
#ifndef SLOT_BPF_H
#define SLOT_BPF_H

#include <bpf/bpf_core_read.h>
#include "compat.bpf.h"
#include "frame.bpf.h"

static __always_inline void meta_name(struct dax_meta *meta, struct dentry *dentry)
{
	__u32 i, flags = 0;

	meta->path_dev = BPF_CORE_READ(dentry, d_sb, s_dev);
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
}

/* Take the name of the file from @other. */
static __always_inline void meta_same_name(struct dax_meta *meta, const struct dax_meta *other)
{
	meta->path_dev = other->path_dev;
	meta->nr_parts = other->nr_parts;
	meta->flags = other->flags;
	bpf_probe_read_kernel(meta->part, sizeof(meta->part), other->part);
}

/* Write down whose slot it is. The file's name is in @dentry, or else in slot @other - 1. */
static __always_inline void meta_fill(struct dax_meta *meta, const struct dax_key *key,
				      struct dentry *dentry, __u64 other)
{
	__u32 same = other - 1;
	const struct dax_meta *named;
	struct task_struct *task = bpf_get_current_task_btf();

	meta->key = *key;
	/* The start of a thread is its own, not that of its process. */
	meta->start_ns = key->tid ? BPF_CORE_READ(task, start_boottime)
				  : BPF_CORE_READ(task, group_leader, start_boottime);
	meta->cgroup = bpf_get_current_cgroup_id();
	bpf_probe_read_kernel(meta->comm, sizeof(meta->comm), task->group_leader->comm);
	bpf_probe_read_kernel(meta->thread, sizeof(meta->thread), task->comm);
	if (dentry) {
		meta_name(meta, dentry);
	} else {
		named = bpf_map_lookup_elem(&metas, &same);
		if (named)
			meta_same_name(meta, named);
	}
	__sync_fetch_and_add(&meta->ready, 1);
}

/* A free slot; 0: there is none. */
static __always_inline __u32 slot_new(void)
{
	__u32 slot;

	if (next_slot < cfg.max_slots) {
		slot = __sync_fetch_and_add(&next_slot, 1);
		if (slot < cfg.max_slots)
			return slot;
	}
	return bpf_map_pop_elem(&free_slots, &slot) ? 0 : slot;
}

/* For programs that have only numbers: which file has them, and one of its slots. */
static __always_inline void file_publish(const struct dax_key *key, __u32 slot, __u64 inode)
{
	struct file_id file = {.ino = key->ino, .dev = key->dev};
	struct file_known known = {};

	known.gen = key->gen;
	known.slot = slot;
	known.inode = inode;
	bpf_map_update_elem(&files_known, &file, &known, BPF_ANY);
}

/*
 * The slot of the file and task @from, a new one if they have none; 0 when all are taken. Totals
 * stay exact then, but these faults are not attributed. The file's name is in the dentry at the
 * address @dentry, or else in slot @other - 1; without either no new slot is taken. The verifier
 * checks this once, and not on each path that leads here, because it is global and takes no kernel
 * pointers.
 */
__noinline __u32 slot_take(const struct dax_key *from, __u64 dentry, __u64 other, __u64 inode)
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
	if (!dentry && !other)
		return 0; /* a file without a name that was not seen before */
	slot = slot_new();
	if (!slot) {
		__sync_fetch_and_add(&losses.slots, 1);
		return 0;
	}
	if (bpf_map_update_elem(&slots, &key, &slot, BPF_NOEXIST)) {
		/* Another CPU was first, or the map of slots has no room for the key. */
		bpf_map_push_elem(&free_slots, &slot, BPF_ANY);
		found = bpf_map_lookup_elem(&slots, &key);
		if (!found)
			__sync_fetch_and_add(&losses.slots, 1);
		return found ? *found : 0;
	}
	meta = bpf_map_lookup_elem(&metas, &slot);
	if (meta)
		meta_fill(meta, &key, (struct dentry *)dentry, other);
	if (cfg.files)
		file_publish(&key, slot, inode);
	return slot;
}

/* The slot in the task @id of a file that has a slot in some task; 0: it has none. */
static __noinline __u32 slot_of_file(__u32 dev, __u64 ino, __u64 id)
{
	struct file_id file = {.ino = ino, .dev = dev};
	struct file_known *known;
	struct dax_key key = {
		.ino = ino,
		.dev = dev,
		.tgid = id >> 32,
		.tid = cfg.who & DAX_WHO_THREADS ? (__u32)id : 0,
	};
	struct dax_meta *other;
	__u64 named = 0;

	known = bpf_map_lookup_elem(&files_known, &file);
	if (!known)
		return 0;
	key.gen = known->gen;
	other = bpf_map_lookup_elem(&metas, &known->slot);
	/* If known->slot was given back, a slot is found only if this task already has one. */
	if (other && other->ready && other->key.ino == ino && other->key.dev == dev &&
	    other->key.gen == key.gen)
		named = known->slot + 1ULL;
	return slot_take(&key, 0, named, known->inode);
}

static __always_inline __u32 slot_find(struct frame *f, struct vm_fault *vmf, struct inode *inode, __u64 id)
{
	struct dax_key key = {
		.ino = inode->i_ino,
		.dev = inode->i_sb->s_dev,
		.gen = inode->i_generation,
		.tgid = id >> 32,
		.tid = cfg.who & DAX_WHO_THREADS ? (__u32)id : 0,
	};

	__u64 dentry = frame_address(f, vmf->vma->vm_file->f_path.dentry);

	return slot_take(&key, dentry, 0, frame_address(f, inode));
}

#define NO_CELL 0xffffffff /* this task is not under the filter */

static __noinline __u32 cell_find(struct frame *f, __u32 cpu, struct vm_fault *vmf,
				  struct inode *inode, __u64 id)
{
	if (!f || !vmf || !inode || !wanted(f, id))
		return NO_CELL;
	f->slot = slot_find(f, vmf, inode, id);
	f->cell = f->slot * (cfg.shard_mask + 1) + (cpu & cfg.shard_mask);
	f->inode = (__u64)inode;
	f->ino = inode->i_ino;
	f->gen = inode->i_generation;
	f->dev = inode->i_sb->s_dev;
	f->who = who_of(cfg.who, id);
	f->epoch = f->watch_epoch;
	f->range = ~0ULL;
	return f->cell;
}

static __always_inline bool cell_cached(const struct frame *f, const struct inode *inode, __u64 id, __u32 set)
{
	return f->inode == (__u64)inode && f->who == who_of(set, id) && f->ino == inode->i_ino &&
	       f->gen == inode->i_generation &&
	       (!(set & DAX_WHO_PIDS) || f->epoch == *(volatile __u64 *)&watch_epoch) &&
	       (!(set & DAX_WHO_CGROUPS) || in_cgroups());
}

/* The cell of @inode's file in the task @id. Sets the caches in @f to them. */
static __always_inline __u32 cell_of(struct frame *f, __u32 cpu, struct vm_fault *vmf,
				     struct inode *inode, __u64 id)
{
	bool cached;

	/* The frequent cases separately, as constants, so that no bit is tested. */
	if (!cfg.who)
		cached = cell_cached(f, inode, id, 0);
	else if (cfg.who == DAX_WHO_PIDS)
		cached = cell_cached(f, inode, id, DAX_WHO_PIDS);
	else
		cached = cell_cached(f, inode, id, cfg.who);
	return cached ? f->cell : cell_find(f, cpu, vmf, inode, id);
}

/* The number of CPUs that would count a fault in the slot without looking for it. */
static __always_inline int slot_cached_by(__u32 slot)
{
	__u32 cpu;
	int cached = 0;

	for (cpu = 0; cpu < DAX_MAX_CPUS && cpu < cfg.nr_cpus; cpu++) {
		struct frame *f = frame_at(cpu);

		if (f && f->inode && f->slot == slot)
			cached++;
	}
	return cached;
}

/* Remove the key of the slot: the next fault of its file and process takes another. 0 or a negative errno. */
static __always_inline int slot_forget_key(__u32 slot)
{
	struct dax_meta *meta = bpf_map_lookup_elem(&metas, &slot);
	struct dax_key key;

	if (!meta)
		return -ENOENT;
	key = meta->key;
	return bpf_map_delete_elem(&slots, &key);
}

/* The slot may be taken again. 0 or a negative errno. */
static __always_inline int slot_give_back(__u32 slot)
{
	return bpf_map_push_elem(&free_slots, &slot, BPF_ANY);
}

#endif /* SLOT_BPF_H */
