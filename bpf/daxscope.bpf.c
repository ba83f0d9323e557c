// SPDX-License-Identifier: GPL-2.0-only
/* daxscope.bpf.c - the doors: one thin program for each tracepoint, over the bodies in fault.bpf.h. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include "dax_wire.h"
#include "compat.bpf.h"
#include "state.bpf.h"
#include "slot.bpf.h"
#include "range.bpf.h"
#include "fault.bpf.h"

/* T0: fs_dax tracepoints */

SEC("tp_btf/dax_pte_fault")
int BPF_PROG(on_pte_fault, struct inode *inode, struct vm_fault *vmf)
{
	return fault_begin(inode, vmf, false);
}

SEC("tp_btf/dax_pte_fault_done")
int BPF_PROG(on_pte_fault_done, struct inode *inode, struct vm_fault *vmf, int result)
{
	return pte_done(inode, vmf, result);
}

SEC("tp_btf/dax_load_hole")
int BPF_PROG(on_load_hole, struct inode *inode, struct vm_fault *vmf, int result)
{
	struct task_state *st = state_get(false);

	if (st)
		st->flags |= ST_ZERO;
	return 0;
}

SEC("tp_btf/dax_pmd_fault")
int BPF_PROG(on_pmd_fault, struct inode *inode, struct vm_fault *vmf)
{
	return fault_begin(inode, vmf, true);
}

SEC("tp_btf/dax_pmd_fault_done")
int BPF_PROG(on_pmd_fault_done, struct inode *inode, struct vm_fault *vmf, unsigned long max_pgoff,
	     int result)
{
	return pmd_done(inode, vmf, max_pgoff, result);
}

SEC("tp_btf/dax_pmd_load_hole")
int BPF_PROG(on_pmd_load_hole)
{
	struct task_state *st = state_get(false);

	if (st)
		st->flags |= ST_ZERO;
	return 0;
}

SEC("tp_btf/dax_pmd_load_hole_fallback")
int BPF_PROG(on_pmd_load_hole_fallback, struct inode *inode, struct vm_fault *vmf, void *zero)
{
	struct task_state *st = state_get(false);

	if (st)
		st->flags |= zero ? ST_RACED : ST_NOZERO;
	return 0;
}

SEC("tp_btf/dax_insert_pfn_mkwrite")
int BPF_PROG(on_insert_pfn_mkwrite, struct inode *inode, struct vm_fault *vmf, int result)
{
	return sync_done(inode, vmf, result, false);
}

SEC("tp_btf/dax_insert_pfn_mkwrite_no_entry")
int BPF_PROG(on_insert_pfn_mkwrite_no_entry, struct inode *inode, struct vm_fault *vmf, int result)
{
	return sync_done(inode, vmf, result, true);
}

/* T1: the extent a 2 MiB fault found. Fires for all iomap I/O of the machine, so it leaves early. */

SEC("tp_btf/iomap_iter_dstmap")
int BPF_PROG(on_dstmap, struct inode *inode, struct iomap *iomap)
{
	struct task_state *st;

	if (!pmd_in_flight)
		return 0;
	st = state_get(false);
	if (!st || (st->flags & (ST_BEGUN | ST_PMD)) != (ST_BEGUN | ST_PMD))
		return 0;
	st->ext_off = iomap->offset;
	st->ext_len = iomap->length;
	st->ext_addr = iomap->addr;
	st->ext_type = iomap->type;
	st->ext_flags = iomap->flags;
	st->flags |= ST_MAP;
	return 0;
}

/* Filters follow children: a child is watched before it runs. Only loaded with a filter set. */

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
	struct task_state *st = state_get(true);

	if (!st || !watched(st))
		return 0;
	st = bpf_task_storage_get(&states, child, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (st)
		st->watch = WATCH_YES;
	else
		__sync_fetch_and_add(&losses.no_state, 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
