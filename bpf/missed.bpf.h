/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * missed.bpf.h - count a page fault for which the kernel skipped the program that should have
 * counted it. All that is known of it are the numbers that perf's program stored in the task's
 * state (exact.bpf.h).
 */
#ifndef MISSED_BPF_H
#define MISSED_BPF_H

#include "count.bpf.h"

/* The address of the inode that @known describes, if that inode is still there; else 0. */
static __always_inline __u64 inode_known(const struct file_known *known, __u32 dev, __u64 ino)
{
	struct inode *inode = (struct inode *)known->inode;

	if (!inode || BPF_CORE_READ(inode, i_ino) != ino ||
	    BPF_CORE_READ(inode, i_generation) != known->gen ||
	    BPF_CORE_READ(inode, i_sb, s_dev) != dev)
		return 0;
	return known->inode;
}

struct file_wanted {
	__u64 ino;
	__u64 id;
	__u32 dev;
	__u32 pad;
};

/*
 * Take a slot for the file that @vma maps, if it is the wanted one, and add it to files_known. Another
 * CPU may have taken the slot and not have added the file yet.
 */
static long file_mapped(struct task_struct *task, struct vm_area_struct *vma, struct file_wanted *wanted)
{
	struct file *file = vma->vm_file;
	struct dax_key key = {};
	struct inode *inode;
	__u32 slot;

	if (!file)
		return 0;
	inode = BPF_CORE_READ(file, f_inode);
	key.ino = BPF_CORE_READ(inode, i_ino);
	key.dev = BPF_CORE_READ(inode, i_sb, s_dev);
	key.gen = BPF_CORE_READ(inode, i_generation);
	key.tgid = wanted->id >> 32;
	key.tid = cfg.who & DAX_WHO_THREADS ? (__u32)wanted->id : 0;
	if (key.ino != wanted->ino || key.dev != wanted->dev)
		return 0;
	slot = slot_take(&key, (__u64)BPF_CORE_READ(file, f_path.dentry), 0, (__u64)inode);
	if (slot)
		file_publish(&key, slot, (__u64)inode);
	return 0;
}

/* Look for an unknown file in the mapping that the fault was in. The mapping may be gone. */
static __noinline int file_learn(struct frame *f, __u64 id)
{
	struct file_wanted wanted = {};

	if (!f)
		return 0;
	wanted.ino = f->st.end.ino;
	wanted.dev = f->st.end.dev;
	wanted.id = id;
	bpf_find_vma(bpf_get_current_task_btf(), f->st.end.address, file_mapped, &wanted, 0);
	return 0;
}

/* The cell of the file in f->st.end. Sets the caches in @f to this file and task. */
static __noinline __u32 cell_known(struct frame *f, __u32 cpu, __u64 id)
{
	struct file_id file = {};
	struct file_known *known;

	if (!f || !f->st.end.wanted)
		return NO_CELL;
	file.ino = f->st.end.ino;
	file.dev = f->st.end.dev;
	known = bpf_map_lookup_elem(&files_known, &file);
	/* Its inode may be gone, and the number another file's. */
	if (!known || !inode_known(known, file.dev, file.ino)) {
		file_learn(f, id);
		known = bpf_map_lookup_elem(&files_known, &file);
	}
	/* If another CPU adds the file only now, this fault is one of all other files, as said below. */
	f->slot = known ? slot_of_file(file.dev, file.ino, id) : 0;
	f->cell = f->slot * (cfg.shard_mask + 1) + (cpu & cfg.shard_mask);
	f->who = who_of(cfg.who, id);
	f->epoch = f->watch_epoch;
	f->range = ~0ULL;
	f->dev = file.dev;
	if (known) {
		f->ino = file.ino;
		f->gen = known->gen;
		f->inode = inode_known(known, file.dev, file.ino);
	} else {
		__sync_fetch_and_add(&losses.slots, 1);
		f->ino = 0; /* no file has number 0: see range_note() */
		f->gen = 0; /* all unknown files are one to range_let_go(), so that it counts too few at most */
		f->inode = 0;
	}
	return f->cell;
}

/* The inode of the file in f->st.end, of a task that is not watched; 0: unknown. The caches in @f stay as they are. */
static __noinline __u64 inode_unwatched(struct frame *f)
{
	struct file_id file = {};
	struct file_known *known;

	if (!f)
		return 0;
	file.ino = f->st.end.ino;
	file.dev = f->st.end.dev;
	known = bpf_map_lookup_elem(&files_known, &file);
	return known ? inode_known(known, file.dev, file.ino) : 0;
}

/* Note that the fault waits for a sync, as sync_wanted() does. */
static __always_inline void end_wants_sync(struct frame *f, __u64 id, __u32 at)
{
	if (at == NO_CELL) {
		frame_end(f, id);
		return;
	}
	f->st.sync_cell = at;
	f->st.sync_pgoff = f->st.end.pgoff;
	f->st.sync_addr = f->st.end.address;
	f->st.flags |= ST_SYNC;
	frame_hold(f, id);
}

/* Count a fault for which the kernel skipped the program that should have counted it. */
__noinline int end_count(struct frame *f)
{
	__u64 id = bpf_get_current_pid_tgid();
	__u32 cpu = bpf_get_smp_processor_id();
	__u32 at, outcome, kind;
	struct fault_end end;
	__u64 inode;
	bool write;

	if (!f || !cfg.exact) /* some kernels would refuse what follows */
		return 0;
	__sync_fetch_and_add(&recovered, 1);
	end = f->st.end;
	kind = end.kind;
	write = end.flags & FAULT_FLAG_WRITE;
	if (kind == END_PMD && (f->st.flags & ST_BEGUN))
		__sync_fetch_and_sub(&pmd_in_flight, 1);
	f->st.flags &= ~ST_ENDED;
	at = cell_known(f, cpu, id);
	inode = at == NO_CELL ? inode_unwatched(f) : f->inode;
	if (kind == END_PTE || kind == END_PMD) {
		if (end.result & VM_FAULT_NEEDDSYNC) {
			end_wants_sync(f, id, at);
			return 0;
		}
		if (kind == END_PMD)
			outcome = pmd_outcome(f, &end, inode);
		else
			outcome = pte_outcome(f->st.flags, end.result, write && !end.shared);
	} else {
		if (!(f->st.flags & ST_SYNC)) {
			frame_end(f, id);
			return 0;
		}
		write = true;
		outcome = sync_outcome(f->st.flags, end.result, kind == END_SYNC_GONE);
	}
	f->st.flags &= ~ST_BEGUN; /* when it ended is unknown */
	account_in(at, f, cpu, id, inode, false, (void *)0, end.pgoff, end.address, write,
		   OUTCOME_OF(outcome), REASON_OF(outcome), false);
	f->st.flags &= ~ST_SYNC;
	if (outcome == DAX_PTE_ERROR)
		f->st.flags &= ~ST_FELL;
	frame_end(f, id);
	return 0;
}

/* frame_get() for perf's programs. Counts an earlier fault that was not counted. */
static __always_inline struct frame *frame_exact(__u64 id)
{
	struct frame *f = frame_get(bpf_get_smp_processor_id(), id);

	if (f && (f->st.flags & ST_ENDED))
		end_count(f);
	return f;
}

#endif /* MISSED_BPF_H */
