/* SPDX-License-Identifier: GPL-2.0-only */
/* fault.bpf.h - what is done when a page fault begins, finds its extent, and ends. */
#ifndef FAULT_BPF_H
#define FAULT_BPF_H

#include "missed.bpf.h"

/*
 * The last fault asked for a sync, and its page was never mapped: vfs_fsync_range() failed, SIGBUS.
 */
__noinline int sync_failed(struct fault_state *st, __u32 cpu, __u64 id)
{
	struct dax_cell *cell;
	__u32 at, outcome;

	if (!st)
		return 0;
	at = st->sync_cell;
	outcome = st->flags & ST_PMD ? DAX_PMD_ERROR : DAX_PTE_ERROR;
	cell = bpf_map_lookup_elem(&cells, &at);
	if (cell) {
		__sync_fetch_and_add(&cell->fault_untimed[outcome][1], 1);
		if (st->flags & ST_ENTRY_COUNTS)
			entry_counts(cell, st);
	}
	if (cfg.record) {
		struct dax_event ev = {
			.cpu = cpu,
			.outcome = outcome,
			.flags = DAX_EVF_WRITE | DAX_EVF_UNTIMED,
			.tid = id,
			.slot = at / (cfg.shard_mask + 1),
			.ts_ns = bpf_ktime_get_ns(),
			.pgoff = st->sync_pgoff,
			.addr = st->sync_addr,
		};

		record_write(st, &ev);
	}
	st->flags &= ~ST_SYNC;
	return 0;
}

static __always_inline int fault_begin(bool pmd)
{
	__u64 id = bpf_get_current_pid_tgid();
	__u32 cpu = bpf_get_smp_processor_id();
	struct frame *f = frame_begin(cpu, id);
	bool again;

	if (!f)
		return 0;
	if (cfg.exact && (f->st.flags & ST_ENDED)) {
		end_count(f);
		f->task = id;
	}
	if (f->st.flags & ST_SYNC)
		sync_failed(&f->st, cpu, id);
	/* If the end of the last 2 MiB fault was lost, pmd_in_flight still counts it. */
	again = cfg.preempts && (f->st.flags & (ST_BEGUN | ST_PMD)) == (ST_BEGUN | ST_PMD);
	f->st.flags = (f->st.flags & (ST_FELL | ST_HELD)) | ST_BEGUN;
	if (again && !pmd)
		__sync_fetch_and_sub(&pmd_in_flight, 1);
	if (pmd) {
		f->st.flags |= ST_PMD;
		if (!again)
			__sync_fetch_and_add(&pmd_in_flight, 1);
	} else if (!cfg.timed) {
		begun[cpu % DAX_NEAR_CPUS].nr++;
	}
	if (pmd || !cfg.timed)
		frame_hold(f, id);
	f->st.begin = bpf_ktime_get_ns();
	return 0;
}

/* The first half of a MAP_SYNC write. sync_done() ends the fault, and its time. */
static __always_inline int sync_wanted(struct frame *f, __u32 cpu, __u64 id, struct inode *inode,
				       struct vm_fault *vmf)
{
	f->st.flags &= ~ST_ENDED;
	f->st.sync_cell = cell_of(f, cpu, vmf, inode, id);
	if (f->st.sync_cell != NO_CELL) {
		f->st.sync_pgoff = vmf->pgoff;
		f->st.sync_addr = vmf->address;
		f->st.flags |= ST_SYNC;
		frame_hold(f, id);
	} else {
		if (cfg.splits)
			empty_unwatched(frame_address(f, inode), vmf->pgoff,
					f->st.flags & ST_PMD ? DAX_PMD_SYNC : DAX_PTE_SYNC);
		frame_end(f, id);
	}
	return 0;
}

/*
 * The end of a 4 KiB fault in all but the most frequent case. Out of line, so that that one keeps
 * the registers.
 */
static __noinline int pte_done_odd(struct inode *inode, struct vm_fault *vmf, __u32 result,
				   struct frame *f)
{
	__u64 id = bpf_get_current_pid_tgid();
	__u32 cpu = bpf_get_smp_processor_id();
	bool write, copies;
	__u32 outcome;

	if (!f || !inode || !vmf)
		return 0;
	write = vmf->flags & FAULT_FLAG_WRITE;
	copies = write && vmf->cow_page;
	if (f->st.flags & ST_SYNC) {
		/*
		 * The begin of this fault was not seen: all state but the zero page is of the fault
		 * whose sync failed.
		 */
		sync_failed(&f->st, cpu, id);
		f->st.flags &= ST_FELL | ST_HELD | ST_ZERO | ST_ENDED;
	}
	if (result & VM_FAULT_NEEDDSYNC)
		return sync_wanted(f, cpu, id, inode, vmf);
	outcome = pte_outcome(f->st.flags, result, copies);
	account(f, cpu, id, inode, vmf, write, outcome, DAX_WHY_NONE, false);
	if (outcome == DAX_PTE_ERROR)
		f->st.flags &= ~ST_FELL;
	frame_end(f, id);
	return 0;
}

static __always_inline int pte_done(struct inode *inode, struct vm_fault *vmf, __u32 result)
{
	__u64 id = bpf_get_current_pid_tgid();
	__u32 cpu = bpf_get_smp_processor_id();
	struct frame *f = frame_get(cpu, id);
	bool write;

	if (!f)
		return 0;
	if (result != VM_FAULT_NOPAGE || (f->st.flags & ~(ST_BEGUN | ST_HELD | ST_ENDED)))
		return pte_done_odd(inode, vmf, result, f);
	write = vmf->flags & FAULT_FLAG_WRITE;
	if (write && vmf->cow_page)
		return pte_done_odd(inode, vmf, result, f);
	account(f, cpu, id, inode, vmf, write, DAX_PTE_MAPPED, DAX_WHY_NONE, true);
	if (f->st.flags) /* otherwise the frame is not this task's */
		frame_end(f, id);
	return 0;
}

static __always_inline int pmd_done(struct inode *inode, struct vm_fault *vmf, __u64 max_pgoff,
				    __u32 result)
{
	__u64 id = bpf_get_current_pid_tgid();
	__u32 cpu = bpf_get_smp_processor_id();
	struct frame *f = frame_get(cpu, id);
	struct vm_area_struct *vma = vmf->vma;
	struct fault_end end = {
		.pgoff = vmf->pgoff,
		.address = vmf->address,
		.max_pgoff = max_pgoff,
		.vm_start = vma->vm_start,
		.vm_end = vma->vm_end,
		.result = result,
		.flags = vmf->flags,
		.shared = vma->vm_flags & VM_SHARED ? 1 : 0,
	};
	__u32 outcome;

	if (!f)
		return 0;
	if (f->st.flags & ST_BEGUN)
		__sync_fetch_and_sub(&pmd_in_flight, 1);
	if (result & VM_FAULT_NEEDDSYNC)
		return sync_wanted(f, cpu, id, inode, vmf);
	outcome = pmd_outcome(f, &end, frame_address(f, inode));
	account(f, cpu, id, inode, vmf, vmf->flags & FAULT_FLAG_WRITE, OUTCOME_OF(outcome), REASON_OF(outcome),
		false);
	frame_end(f, id);
	return 0;
}

/* The second half of a MAP_SYNC write: the file is synced, and the kernel maps the page. */
static __always_inline int sync_done(struct inode *inode, struct vm_fault *vmf, __u32 result,
				     bool gone)
{
	__u64 id = bpf_get_current_pid_tgid();
	__u32 cpu = bpf_get_smp_processor_id();
	struct frame *f = frame_get(cpu, id);
	__u32 outcome;

	if (!f)
		return 0;
	if (!(f->st.flags & ST_SYNC))
		goto out;
	outcome = sync_outcome(f->st.flags, result, gone);
	account(f, cpu, id, inode, vmf, true, outcome, DAX_WHY_NONE, false);
	f->st.flags &= ~ST_SYNC;
out:
	frame_end(f, id);
	return 0;
}

/* Note something that happens inside a fault, for the end of that fault. */
static __always_inline int fault_mark(__u32 flag)
{
	__u64 id = bpf_get_current_pid_tgid();
	struct frame *f = frame_get(bpf_get_smp_processor_id(), id);

	if (!f)
		return 0;
	f->st.flags |= flag;
	if (!(f->st.flags & ST_BEGUN))
		frame_hold(f, id);
	return 0;
}

static __always_inline void extent_note(struct fault_state *st, struct iomap *iomap)
{
	st->ext_off = iomap->offset;
	st->ext_len = iomap->length;
	st->ext_addr = iomap->addr;
	st->ext_type = iomap->type;
	st->ext_flags = iomap->flags;
	st->flags |= ST_MAP;
}

/* T3: the kernel reports the reason, and the extent if it looked for one. */
static __always_inline int fallback_told(__u32 reason, struct iomap *iomap)
{
	__u64 id = bpf_get_current_pid_tgid();
	struct frame *f = frame_get(bpf_get_smp_processor_id(), id);

	if (!f)
		return 0;
	if (!(f->st.flags & ST_BEGUN)) {
		frame_leave(f, id);
		return 0;
	}
	f->st.told_reason = reason;
	f->st.flags |= ST_TOLD;
	if (iomap->length)
		extent_note(&f->st, iomap);
	return 0;
}

/*
 * T3: a task slept for an entry lock. A wait inside a fault is counted for the file and process of
 * the fault: at once if they are the last ones on this CPU, else at the end of the fault. A wait
 * outside of faults is counted for the file whose inode number the event has, if faults on it were
 * counted before; else in slot 0.
 */
static __always_inline int entry_waited(__u32 dev, __u64 ino, __u32 op, __u64 ns)
{
	__u64 id = bpf_get_current_pid_tgid();
	struct frame *f = frame_get(bpf_get_smp_processor_id(), id);
	__u32 cpu = bpf_get_smp_processor_id();
	struct dax_cell *cell;
	__u32 at;

	if (!f)
		return 0;
	if (!wanted(f, id)) {
		frame_leave(f, id);
		return 0;
	}
	if (f->who == who_of(cfg.who, id) && f->ino == ino && f->dev == dev) {
		at = f->cell;
	} else if (op > DAX_WAIT_IN_MKWRITE ||
		   (op == DAX_WAIT_IN_MKWRITE && !(f->st.flags & ST_SYNC)) ||
		   (f->st.flags & ST_WAITED)) {
		/* Not by ST_BEGUN: the begin of a 4 KiB fault may not be seen. */
		at = slot_of_file(dev, ino, id) * (cfg.shard_mask + 1) + (cpu & cfg.shard_mask);
	} else {
		f->st.wait_ns = ns;
		f->st.wait_op = op;
		f->st.flags |= ST_WAITED;
		frame_hold(f, id);
		return 0;
	}
	frame_leave(f, id);
	cell = bpf_map_lookup_elem(&cells, &at);
	if (cell)
		wait_add(cell, op, ns);
	return 0;
}

/* The task ends: a sync or a 4 KiB fault that it still had to do will not come. */
static __always_inline int task_ended(void)
{
	__u64 id = bpf_get_current_pid_tgid();
	__u32 cpu = bpf_get_smp_processor_id();
	struct frame *f;

	if (!held_nr(id))
		return 0;
	f = frame_get(cpu, id);
	if (!f)
		return 0;
	if (f->st.flags & ST_SYNC)
		sync_failed(&f->st, cpu, id);
	f->st.flags &= ~ST_FELL;
	frame_end(f, id);
	return 0;
}

/*
 * Note the extent that a 2 MiB fault found. Out of line: in all other faults the caller must return
 * fast.
 */
static __noinline int extent_found(struct inode *inode, struct iomap *iomap)
{
	__u64 id = bpf_get_current_pid_tgid();
	struct frame *f;

	if (!held_nr(id))
		return 0;
	f = frame_get(bpf_get_smp_processor_id(), id);
	if (!f)
		return 0;
	if ((f->st.flags & (ST_BEGUN | ST_PMD)) != (ST_BEGUN | ST_PMD)) {
		frame_leave(f, id);
		return 0;
	}
	extent_note(&f->st, iomap);
	if (cfg.splits)
		empty_note(frame_address(f, inode), f->st.pmd_pgoff);
	return 0;
}

/* Note the page that a 2 MiB fault is about. */
static __always_inline int pmd_fault_at(__u64 pgoff)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct frame *f = frame_at(cpu);

	if (f)
		f->st.pmd_pgoff = pgoff;
	return 0;
}

static __always_inline int pmd_begin(__u64 pgoff)
{
	fault_begin(true);
	return cfg.splits ? pmd_fault_at(pgoff) : 0;
}

#endif /* FAULT_BPF_H */
