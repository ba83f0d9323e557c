// SPDX-License-Identifier: GPL-2.0-only
/* daxscope.bpf.c - one short program for each tracepoint and each traced function. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include "dax_wire.h"
#include "compat.bpf.h"
#include "state.bpf.h"
#include "exclusive.bpf.h"
#include "frame.bpf.h"
#include "slot.bpf.h"
#include "entries.bpf.h"
#include "chunk.bpf.h"
#include "split.bpf.h"
#include "range.bpf.h"
#include "bucket.bpf.h"
#include "latency.bpf.h"
#include "record.bpf.h"
#include "count.bpf.h"
#include "missed.bpf.h"
#include "fault.bpf.h"
#include "calls.bpf.h"
#include "wait.bpf.h"
#include "zero.bpf.h"
#include "pidns.bpf.h"
#include "mapped.bpf.h"
#include "exact.bpf.h"

/* T0: fs_dax tracepoints */

SEC("tp_btf/dax_pte_fault")
int BPF_PROG(on_pte_fault)
{
	return EXCLUSIVE(fault_begin(false));
}

SEC("tp_btf/dax_pte_fault_done")
int BPF_PROG(on_pte_fault_done, struct inode *inode, struct vm_fault *vmf, int result)
{
	return EXCLUSIVE(pte_done(inode, vmf, result));
}

SEC("tp_btf/dax_load_hole")
int BPF_PROG(on_load_hole)
{
	return EXCLUSIVE(fault_mark(ST_ZERO));
}

SEC("tp_btf/dax_pmd_fault")
int BPF_PROG(on_pmd_fault, struct inode *inode, struct vm_fault *vmf)
{
	return EXCLUSIVE(pmd_begin(vmf->pgoff));
}

SEC("tp_btf/dax_pmd_fault_done")
int BPF_PROG(on_pmd_fault_done, struct inode *inode, struct vm_fault *vmf, unsigned long max_pgoff,
	     int result)
{
	return EXCLUSIVE(pmd_done(inode, vmf, max_pgoff, result));
}

SEC("tp_btf/dax_pmd_load_hole")
int BPF_PROG(on_pmd_load_hole)
{
	return EXCLUSIVE(fault_mark(ST_ZERO));
}

SEC("tp_btf/dax_pmd_load_hole_fallback")
int BPF_PROG(on_pmd_load_hole_fallback, struct inode *inode, struct vm_fault *vmf, void *zero)
{
	return EXCLUSIVE(fault_mark(zero ? ST_RACED : ST_NOZERO));
}

SEC("tp_btf/dax_insert_pfn_mkwrite")
int BPF_PROG(on_insert_pfn_mkwrite, struct inode *inode, struct vm_fault *vmf, int result)
{
	return EXCLUSIVE(sync_done(inode, vmf, result, false));
}

SEC("tp_btf/dax_insert_pfn_mkwrite_no_entry")
int BPF_PROG(on_insert_pfn_mkwrite_no_entry, struct inode *inode, struct vm_fault *vmf, int result)
{
	return EXCLUSIVE(sync_done(inode, vmf, result, true));
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit)
{
	return EXCLUSIVE(task_ended());
}

/*
 * T1: fires for all iomap I/O of the machine, so it returns at once when no 2 MiB fault is in
 * progress.
 */

SEC("tp_btf/iomap_iter_dstmap")
int BPF_PROG(on_dstmap, struct inode *inode, struct iomap *iomap)
{
	return pmd_in_flight ? EXCLUSIVE(extent_found(inode, iomap)) : 0;
}

/*
 * T2: fentry on functions that faults call only when they sleep or unmap. Other kernel code calls
 * them as well; for that the programs return at once.
 */

SEC("fentry/finish_wait")
int BPF_PROG(on_finish_wait, struct wait_queue_head *head, struct wait_queue_entry *entry)
{
	return (__u64)entry->func == wake_func ? wait_ended() : 0;
}

SEC("fentry/prepare_to_wait_exclusive")
int BPF_PROG(on_wait_exclusive, struct wait_queue_head *head, struct wait_queue_entry *entry)
{
	return (__u64)entry->func == wake_func ? wait_begun(ctx, entry, true) : 0;
}

SEC("fentry/prepare_to_wait")
int BPF_PROG(on_wait, struct wait_queue_head *head, struct wait_queue_entry *entry)
{
	return (__u64)entry->func == wake_func ? wait_begun(ctx, entry, false) : 0;
}

SEC("fentry/unmap_mapping_pages")
int BPF_PROG(on_unmap, struct address_space *mapping, unsigned long start, unsigned long nr)
{
	if (nr != 1 && nr != DAX_RANGE_PAGES)
		return 0;
	return mapping->host->i_flags & S_DAX ? zero_unmapped(ctx, mapping, start, nr) : 0;
}

/* At exit, not at entry: a fault can note the entry until it is deleted. */
SEC("fexit/dax_delete_mapping_entry")
int BPF_PROG(on_delete_entry, struct address_space *mapping, unsigned long index)
{
	return nr_empty ? empty_gone((__u64)BPF_CORE_READ(mapping, host), index) : 0;
}

SEC("fexit/dax_invalidate_mapping_entry_sync")
int BPF_PROG(on_invalidate_entry, struct address_space *mapping, unsigned long index, int gone)
{
	return nr_empty && gone ? empty_gone((__u64)BPF_CORE_READ(mapping, host), index) : 0;
}

/* T3: events of the patched kernel (kernel-patches/). */

SEC("tp_btf/dax_pmd_fallback")
int BPF_PROG(on_pmd_fallback, struct inode *inode, struct vm_fault *vmf, unsigned long max_pgoff,
	     unsigned int reason, struct iomap *iomap)
{
	return EXCLUSIVE(fallback_told(reason, iomap));
}

SEC("tp_btf/dax_pmd_downgrade")
int BPF_PROG(on_pmd_downgrade, struct inode *inode, unsigned long range_pgoff, unsigned long pgoff,
	     bool zero_page)
{
	return EXCLUSIVE(fault_mark(zero_page ? ST_SPLIT_ZERO : ST_SPLIT_EMPTY));
}

SEC("tp_btf/dax_pmd_upgrade")
int BPF_PROG(on_pmd_upgrade, struct inode *inode, unsigned long range_pgoff, unsigned int replaced,
	     bool dirty, int result)
{
	return EXCLUSIVE(fault_mark(result & (VM_FAULT_NOPAGE | VM_FAULT_NEEDDSYNC) ?
					    ST_UPGRADED :
					    ST_UPGRADE_FAILED));
}

SEC("tp_btf/dax_entry_wait")
int BPF_PROG(on_entry_wait, unsigned int dev, unsigned long ino, unsigned long pgoff,
	     unsigned int order, unsigned int held_order, unsigned int op, __u64 wait_ns)
{
	return EXCLUSIVE(entry_waited(dev, ino, op, wait_ns));
}

/*
 * Filters follow children: a child is in the filter before it runs. Loaded only with a filter of
 * processes.
 */

static __always_inline int follow(struct task_struct *parent, struct task_struct *child)
{
	__u32 from = parent->tgid, to = child->tgid;
	__u8 yes = 1;

	if (from == to || !bpf_map_lookup_elem(&watched_tgids, &from))
		return 0;
	if (bpf_map_update_elem(&watched_tgids, &to, &yes, BPF_ANY))
		__sync_fetch_and_add(&losses.unwatched, 1);
	__sync_fetch_and_add(&watch_epoch, 1);
	return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
	return follow(parent, child);
}

/* With cfg.preempts: a second program, in case the kernel skips the first. */
SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork_again, struct task_struct *parent, struct task_struct *child)
{
	return follow(parent, child);
}

static __always_inline int forget(struct task_struct *task)
{
	__u32 tgid = task->tgid;

	/*
	 * The last thread of the process: it has no more faults, and its number is not reused yet.
	 */
	if (!task->signal->live.counter && !bpf_map_delete_elem(&watched_tgids, &tgid))
		__sync_fetch_and_add(&watch_epoch, 1);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_process_exit, struct task_struct *task)
{
	return forget(task);
}

/*
 * With cfg.exact, run by perf: some replace programs above, others are additional. See exact.bpf.h.
 */

SEC("tracepoint/fs_dax/dax_pmd_fault")
int exact_pmd_fault(struct trace_event_raw_dax_pmd_fault_class *ctx)
{
	return pmd_begin(ctx->pgoff);
}

SEC("tracepoint/fs_dax/dax_pmd_fault_done")
int exact_pmd_fault_done(struct trace_event_raw_dax_pmd_fault_class *ctx)
{
	return pmd_end(ctx);
}

SEC("tracepoint/fs_dax/dax_pte_fault_done")
int exact_pte_fault_done(struct trace_event_raw_dax_pte_fault_class *ctx)
{
	return pte_end(ctx, END_PTE);
}

SEC("tracepoint/fs_dax/dax_insert_pfn_mkwrite")
int exact_insert_pfn_mkwrite(struct trace_event_raw_dax_pte_fault_class *ctx)
{
	return pte_end(ctx, END_SYNC);
}

SEC("tracepoint/fs_dax/dax_insert_pfn_mkwrite_no_entry")
int exact_insert_pfn_mkwrite_no_entry(struct trace_event_raw_dax_pte_fault_class *ctx)
{
	return pte_end(ctx, END_SYNC_GONE);
}

SEC("tracepoint/fs_dax/dax_load_hole")
int exact_load_hole(void *ctx)
{
	return exact_mark(ST_ZERO);
}

SEC("tracepoint/fs_dax/dax_pmd_load_hole")
int exact_pmd_load_hole(void *ctx)
{
	return exact_mark(ST_ZERO);
}

SEC("tracepoint/fs_dax/dax_pmd_load_hole_fallback")
int exact_pmd_load_hole_fallback(struct trace_event_raw_dax_pmd_load_hole_class *ctx)
{
	return exact_mark(ctx->zero_folio ? ST_RACED : ST_NOZERO);
}

SEC("tracepoint/iomap/iomap_iter_dstmap")
int exact_dstmap(struct trace_event_raw_iomap_class *ctx)
{
	if (!pmd_in_flight)
		return 0;
	return exact_extent(ctx);
}

SEC("tracepoint/sched/sched_process_exit")
int exact_exit_task(void *ctx)
{
	return exact_exit();
}

SEC("tracepoint/sched/sched_process_exit")
int exact_exit_process(void *ctx)
{
	return forget(bpf_get_current_task_btf());
}

/*
 * Loaded only when a filter has numbers of another pid namespace: finds the processes that they
 * stand for.
 */
SEC("iter/task")
int find_asked(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;

	return task ? pid_asked(task) : 0;
}

/* Loaded only where /proc may show other inode numbers for a mapping than its faults have. */
SEC("iter/task_vma")
int tell_mapped(struct bpf_iter__task_vma *ctx)
{
	struct vm_area_struct *vma = ctx->vma;

	return vma ? mapped_write(ctx->meta->seq, vma) : 0;
}

/*
 * The collector runs these for slot args[0], to give it to another file or process. It does not use
 * the system calls that change a map: until such a call has returned, the kernel skips perf's
 * programs on its CPU, also for other tasks. SEC("raw_tp"), because 6.1 does not let SEC("syscall") use a queue.
 */
SEC("raw_tp")
int slot_cached(__u64 *args)
{
	return slot_cached_by(args[0]);
}

SEC("raw_tp")
int slot_unkey(__u64 *args)
{
	return slot_forget_key(args[0]);
}

SEC("raw_tp")
int slot_free(__u64 *args)
{
	return slot_give_back(args[0]);
}

char LICENSE[] SEC("license") = "GPL";
