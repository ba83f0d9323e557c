/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * exact.bpf.h - count the faults for which the kernel skips our programs: Linux 7.0 and later.
 *
 * From 7.0 on a task can be preempted inside a program on a tracepoint. Until that task continues,
 * the kernel skips the program for all other tasks on that CPU: with 24 threads on two CPUs every
 * fourth fault was lost. Programs that perf runs on the same tracepoint are never skipped for this
 * reason: the kernel disables preemption before it checks whether they are already running. But
 * perf passes them only numbers: no inode, so no name, no generation and no page cache.
 *
 * perf's programs therefore note what the numbers show: that a 2 MiB fault begins, which extent it
 * found, whether it mapped a zero page, and that a task ends. At the end of a fault perf's program
 * runs first, and stores how the fault ended in the task's state (ST_ENDED). The other program,
 * which has the inode, then counts the fault and clears that state. If the kernel skipped it, the
 * next program of perf in this task, at the latest the one at the end of the task, finds the state
 * and counts the fault for the file with this inode number on this device. Such a fault is not
 * timed. If no program has seen the file before, the mapping shows which file it is; if the mapping
 * is gone by then, the fault is counted for all other files, and its range as untracked.
 *
 * perf's programs run first because they are attached first: the kernel calls programs in that
 * order. With them a timed 4 KiB fault costs 1,582 more instructions on 7.3; without them it costs
 * 613 more on 6.1 (docs/costs.md; one perf event alone costs 374). A second program of the other
 * kind, to count when the first was skipped, would be skipped as well.
 */
#ifndef EXACT_BPF_H
#define EXACT_BPF_H

#include "fault.bpf.h"

__u32 exact_on = 0; /* 1 once all programs are attached */

static __always_inline int end_note(const struct fault_end *end)
{
	__u64 id = bpf_get_current_pid_tgid();
	struct frame *f;

	if (!*(volatile __u32 *)&exact_on)
		return 0;
	f = frame_exact(id);
	if (!f)
		return 0;
	f->st.end = *end;
	f->st.end.wanted = wanted(f, id);
	f->st.flags |= ST_ENDED;
	frame_hold(f, id);
	return 0;
}

static __always_inline int pte_end(struct trace_event_raw_dax_pte_fault_class *ctx, __u32 kind)
{
	struct fault_end end = {
		.ino = ctx->ino,
		.pgoff = ctx->pgoff,
		.address = ctx->address,
		.dev = ctx->dev,
		.result = ctx->result,
		.flags = ctx->flags,
		.shared = ctx->vm_flags & VM_SHARED ? 1 : 0,
		.kind = kind,
	};

	return end_note(&end);
}

static __always_inline int pmd_end(struct trace_event_raw_dax_pmd_fault_class *ctx)
{
	struct fault_end end = {
		.ino = ctx->ino,
		.pgoff = ctx->pgoff,
		.address = ctx->address,
		.max_pgoff = ctx->max_pgoff,
		.vm_start = ctx->vm_start,
		.vm_end = ctx->vm_end,
		.dev = ctx->dev,
		.result = ctx->result,
		.flags = ctx->flags,
		.shared = ctx->vm_flags & VM_SHARED ? 1 : 0,
		.kind = END_PMD,
	};

	return end_note(&end);
}

/* fault_mark() for perf's programs. */
static __always_inline int exact_mark(__u32 flag)
{
	__u64 id = bpf_get_current_pid_tgid();
	struct frame *f = frame_exact(id);

	if (!f)
		return 0;
	f->st.flags |= flag;
	if (!(f->st.flags & ST_BEGUN))
		frame_hold(f, id);
	return 0;
}

/* extent_found() for perf's programs, without the inode. */
static __noinline int exact_extent(struct trace_event_raw_iomap_class *ctx)
{
	__u64 id = bpf_get_current_pid_tgid();
	struct frame *f;

	if (!ctx || !held_nr(id))
		return 0;
	f = frame_exact(id);
	if (!f)
		return 0;
	if ((f->st.flags & (ST_BEGUN | ST_PMD)) != (ST_BEGUN | ST_PMD)) {
		frame_leave(f, id);
		return 0;
	}
	f->st.ext_off = ctx->offset;
	f->st.ext_len = ctx->length;
	f->st.ext_addr = ctx->addr;
	f->st.ext_type = ctx->type;
	f->st.ext_flags = ctx->flags;
	f->st.flags |= ST_MAP;
	return 0;
}

static __always_inline int exact_exit(void)
{
	__u64 id = bpf_get_current_pid_tgid();

	if (!held_nr(id))
		return 0;
	frame_exact(id);
	return task_ended();
}

#endif /* EXACT_BPF_H */
