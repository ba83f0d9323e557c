/* SPDX-License-Identifier: GPL-2.0-only */
/* count.bpf.h - count one page fault that has ended: its outcome, its reason, its time, its record. */
#ifndef COUNT_BPF_H
#define COUNT_BPF_H

#include "compat.bpf.h"
#include "entries.bpf.h"
#include "latency.bpf.h"
#include "range.bpf.h"
#include "record.bpf.h"
#include "slot.bpf.h"

#define ST_ENTRY_COUNTS \
	(ST_SPLIT_EMPTY | ST_SPLIT_ZERO | ST_UPGRADED | ST_UPGRADE_FAILED | ST_WAITED)

static __always_inline void wait_add(struct dax_cell *cell, __u64 op, __u64 ns)
{
	ONE_REGISTER(op);
	if (op < DAX_NR_WAITS)
		__sync_fetch_and_add(&cell->wait[op], 1);
	latency_add(cell, DAX_LAT_WAIT, ns);
}

__noinline int entry_counts(struct dax_cell *cell, const struct fault_state *st)
{
	__u32 flags;

	if (!cell || !st)
		return 0;
	flags = st->flags;
	if (flags & ST_WAITED)
		wait_add(cell, st->wait_op, st->wait_ns);
	if (flags & ST_SPLIT_EMPTY)
		__sync_fetch_and_add(&cell->entry[DAX_SPLIT_EMPTY], 1);
	if (flags & ST_SPLIT_ZERO)
		__sync_fetch_and_add(&cell->entry[DAX_SPLIT_ZERO], 1);
	if (flags & ST_UPGRADED)
		__sync_fetch_and_add(&cell->entry[DAX_UPGRADED], 1);
	if (flags & ST_UPGRADE_FAILED)
		__sync_fetch_and_add(&cell->entry[DAX_UPGRADE_FAILED], 1);
	return 0;
}

/*
 * Both sizes share a class for zero pages and syncs: while 4 KiB faults are not timed, 2 MiB ones
 * are not.
 */
static __always_inline bool class_rests(__u32 class)
{
	return (class == DAX_LAT_ZERO || class == DAX_LAT_SYNC) && *(volatile __u32 *)&timing_rests;
}

/*
 * Count one fault that has ended. @plain: @outcome is a constant and the state shows at most that
 * the fault began, so that the compiler removes every other case from the most frequent path.
 * @pointers, also a constant: @inode and @vmf are kernel pointers; otherwise @inode is a number and
 * @address is used. The verifier of 6.1 could not deduce this from @vmf.
 */
static __always_inline void account_in(__u32 at, struct frame *f, __u32 cpu, __u64 id, __u64 inode,
				       bool pointers, struct vm_fault *vmf, __u64 pgoff,
				       __u64 address, bool write, __u32 outcome, __u32 reason,
				       bool plain)
{
	__u64 now = 0, took = 0, nth = outcome;
	struct dax_cell *cell;
	__u32 flags, class;

	/*
	 * Bound the number before comparing it: otherwise the verifier of 6.18 warns of impossible
	 * bounds.
	 */
	if (!plain) {
		ONE_REGISTER(nth);
		if (nth >= DAX_NR_OUTCOMES)
			return;
	}
	outcome = nth;
	class = latency_class(nth);
	cell = bpf_map_lookup_elem(&cells, &at);
	if (!cell) {
		if (cfg.splits)
			empty_unwatched(pointers ? frame_address(f, (void *)inode) : inode, pgoff,
					outcome);
		return;
	}
	if (outcome == DAX_PMD_FALLBACK) {
		__u64 why = reason;

		ONE_REGISTER(why);
		if (why < DAX_NR_REASONS)
			__sync_fetch_and_add(&cell->reason[why], 1);
	}
	if (!plain && (f->st.flags & ST_ENTRY_COUNTS))
		entry_counts(cell, &f->st);
	flags = range_note(f, cell, pgoff, outcome, plain);
	if ((f->st.flags & ST_BEGUN) && (plain || !class_rests(class))) {
		now = bpf_ktime_get_ns();
		took = elapsed(f->st.begin, now);
		__sync_fetch_and_add(&cell->fault[nth][write ? 1 : 0], 1);
		if (!cfg.record) /* with it, the record holds the time */
			latency_add(cell, class, took);
	} else {
		__sync_fetch_and_add(&cell->fault_untimed[nth][write ? 1 : 0], 1);
		flags |= DAX_EVF_UNTIMED;
	}

	if (cfg.record) {
		struct dax_event ev = {
			.cpu = cpu,
			.outcome = outcome,
			.reason = reason,
			.flags = flags | (write ? DAX_EVF_WRITE : 0),
			.tid = id,
			.slot = f->slot,
			.ts_ns = now ? now : bpf_ktime_get_ns(),
			.dur_ns = took,
			.pgoff = pgoff,
			.addr = pointers ? vmf->address : address,
		};

		record_write(&f->st, &ev);
	}
}

static __always_inline void account(struct frame *f, __u32 cpu, __u64 id, struct inode *inode,
				    struct vm_fault *vmf, bool write, __u32 outcome, __u32 reason,
				    bool plain)
{
	__u32 at = cell_of(f, cpu, vmf, inode, id);

	account_in(at, f, cpu, id, (__u64)inode, true, vmf, vmf->pgoff, 0, write, outcome, reason, plain);
}

/*
 * The reason of a fallback: as the kernel reports it (T3), or by the kernel's own tests in its
 * order. @at: address of the inode.
 */
static __always_inline __u32 fallback_reason(const struct fault_state *st, __u64 at,
					     const struct fault_end *end)
{
	struct inode *inode = (struct inode *)at;
	__u64 pgoff = end->pgoff, address = end->address;
	__u64 pmd_addr = address >> DAX_RANGE_SHIFT << DAX_RANGE_SHIFT;
	__u64 pmd_size = 1ULL << DAX_RANGE_SHIFT;
	__u64 start = pgoff / DAX_RANGE_PAGES << DAX_RANGE_SHIFT;

	if (cfg.told && (st->flags & ST_TOLD))
		return st->told_reason < DAX_WHY_UNKNOWN ? st->told_reason : DAX_WHY_UNKNOWN;
	if ((pgoff ^ (address >> DAX_PAGE_SHIFT)) & (DAX_RANGE_PAGES - 1))
		return DAX_WHY_MISALIGNED_ADDR;
	if ((end->flags & FAULT_FLAG_WRITE) && !end->shared)
		return DAX_WHY_PRIVATE_WRITE;
	if (pmd_addr < end->vm_start)
		return DAX_WHY_VMA_START;
	if (pmd_addr + pmd_size > end->vm_end)
		return DAX_WHY_VMA_END;
	if ((pgoff | (DAX_RANGE_PAGES - 1)) >= end->max_pgoff)
		return DAX_WHY_PAST_EOF;
	if (st->flags & ST_NOZERO)
		return DAX_WHY_NO_ZERO_PAGE;
	if (st->flags & ST_RACED)
		return DAX_WHY_LOST_RACE;
	if (!cfg.extents || !(st->flags & ST_BEGUN))
		return DAX_WHY_UNKNOWN;
	if (!inode && !(st->flags & ST_MAP))
		return DAX_WHY_UNKNOWN;
	if (!(st->flags & ST_MAP))
		return has_pte_entries(inode, pgoff) ? DAX_WHY_PTE_ENTRY : DAX_WHY_LOOKUP_FAILED;
	/* An upgrade was refused: the 4 KiB entries are the reason, whatever the extent is. */
	if (cfg.upgrades && inode && has_pte_entries(inode, pgoff))
		return DAX_WHY_PTE_ENTRY;
	if (st->ext_off + st->ext_len < start + pmd_size)
		return DAX_WHY_EXTENT_SHORT;
	if (st->ext_addr == IOMAP_NULL_ADDR)
		return DAX_WHY_UNKNOWN;
	if ((st->ext_addr + start - st->ext_off) & (pmd_size - 1))
		return DAX_WHY_EXTENT_MISALIGNED;
	return DAX_WHY_DEVICE_SHORT;
}

/*
 * The outcome of a 4 KiB fault that asked for no sync. @flags: of its state. @copies: a private
 * write, for which the page is copied. Global, like similar functions below: the verifier then sees
 * a number, and not one path for each value.
 */
__noinline __u32 pte_outcome(__u32 flags, __u32 result, bool copies)
{
	if (result & VM_FAULT_ANY_ERROR)
		return DAX_PTE_ERROR;
	if (result & VM_FAULT_DONE_COW)
		return DAX_PTE_COPY;
	if (!(result & VM_FAULT_NOPAGE))
		return DAX_PTE_RETRY;
	if (copies)
		return DAX_PTE_RETRY; /* its copy lost a race for the page table */
	return flags & ST_ZERO ? DAX_PTE_ZERO : DAX_PTE_MAPPED;
}

#define REASON_SHIFT  8
#define OUTCOME_OF(x) ((x) & ((1U << REASON_SHIFT) - 1))
#define REASON_OF(x)  ((x) >> REASON_SHIFT)

/*
 * The outcome of a 2 MiB fault that asked for no sync, and, from bit REASON_SHIFT up, why it fell
 * back. @inode: its address.
 */
__noinline __u32 pmd_outcome(struct frame *f, const struct fault_end *end, __u64 inode)
{
	__u32 locked;

	if (!f || !end)
		return DAX_PMD_ERROR;
	locked = end->flags & FAULT_FLAG_VMA_LOCK;
	if ((end->result & VM_FAULT_FALLBACK) && (f->st.flags & ST_FELL) && f->st.fell_vma_lock &&
	    !locked && f->st.fell_pgoff == end->pgoff) {
		/* The same access again: the first attempt held only the VMA's lock. */
		f->st.fell_vma_lock = 0;
		return DAX_PMD_RETRY;
	}
	if (end->result & VM_FAULT_FALLBACK) {
		f->st.fell_vma_lock = locked;
		return DAX_PMD_FALLBACK | fallback_reason(&f->st, inode, end) << REASON_SHIFT;
	}
	if (end->result & VM_FAULT_ANY_ERROR)
		return DAX_PMD_ERROR;
	if (!(end->result & VM_FAULT_NOPAGE))
		return DAX_PMD_RETRY;
	return f->st.flags & ST_ZERO ? DAX_PMD_ZERO : DAX_PMD_MAPPED;
}

/* The outcome of a fault whose file was synced. @gone: the entry was no longer there. */
__noinline __u32 sync_outcome(__u32 flags, __u32 result, bool gone)
{
	if (gone)
		return flags & ST_PMD ? DAX_PMD_RETRY : DAX_PTE_RETRY;
	if (result & VM_FAULT_NOPAGE)
		return flags & ST_PMD ? DAX_PMD_SYNC : DAX_PTE_SYNC;
	return flags & ST_PMD ? DAX_PMD_ERROR : DAX_PTE_ERROR;
}

#endif /* COUNT_BPF_H */
