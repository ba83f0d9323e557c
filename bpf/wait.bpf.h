/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * wait.bpf.h - T2: waits for entry locks, from the moment at which a task enters the wait queue.
 *
 * A task that finds the entry unlocked calls nothing that is traced here. A task that sleeps may
 * wake up without the lock and sleep again: that is one wait. The kernel does not show when the
 * wait is over, so each sleep is counted as a wait when it ends, and if another sleep follows, that
 * wait is made longer. The queue entry shows whether a sleep is a further one: it is prepared once,
 * and is marked exclusive from then on.
 */
#ifndef WAIT_BPF_H
#define WAIT_BPF_H

#include "calls.bpf.h"
#include "compat.bpf.h"
#include "fault.bpf.h"

#define MAX_SLEEPERS 4096 /* tasks that slept last, including those asleep */

struct sleeper {
	__u64 begin; /* ns */
	__u64 ns;    /* counted so far; 0: nothing yet */
	__u32 cell;
	__u32 op;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, MAX_SLEEPERS);
	__type(key, __u64); /* pid_tgid */
	__type(value, struct sleeper);
} sleepers SEC(".maps");

const volatile __u64 wake_func = 0; /* address of wake_exceptional_entry_func() */

static __noinline int wait_begun(void *ctx, struct wait_queue_entry *entry, bool exclusive)
{
	__u64 id = bpf_get_current_pid_tgid();
	struct sleeper sleeper = {};
	struct dax_key key;
	struct inode *inode;
	struct xarray *xa;

	if (exclusive && (entry->flags & WQ_FLAG_EXCLUSIVE))
		return 0; /* the same wait continues */
	xa = BPF_CORE_READ((struct wait_exceptional_entry_queue *)entry, key.xa);
	inode = BPF_CORE_READ(
		(struct address_space *)((void *)xa -
					 bpf_core_field_offset(struct address_space, i_pages)),
		host);
	if (!key_of(&key, inode, id)) {
		bpf_map_delete_elem(&sleepers, &id);
		return 0;
	}
	sleeper.op = called_by(ctx, 0, DAX_NR_WAITS - 1);
	sleeper.cell = cell_at(&key, inode);
	sleeper.begin = bpf_ktime_get_ns();
	if (bpf_map_update_elem(&sleepers, &id, &sleeper, BPF_ANY))
		__sync_fetch_and_add(&losses.waits, 1);
	return 0;
}

static __noinline int wait_ended(void)
{
	__u64 id = bpf_get_current_pid_tgid();
	struct sleeper *sleeper = bpf_map_lookup_elem(&sleepers, &id);
	struct dax_cell *cell;
	__u64 ns, before;
	__u32 at;

	if (!sleeper) {
		/*
		 * The task slept already when we attached, or there were so many sleepers that this
		 * one was dropped.
		 */
		if (is_watched(id))
			__sync_fetch_and_add(&losses.waits, 1);
		return 0;
	}
	before = sleeper->ns;
	at = sleeper->cell;
	ns = elapsed(sleeper->begin, bpf_ktime_get_ns());
	sleeper->ns = ns ? ns : 1;
	cell = bpf_map_lookup_elem(&cells, &at);
	if (!cell)
		return 0;
	if (!before) {
		wait_add(cell, sleeper->op, ns);
		return 0;
	}
	latency_move(cell, DAX_LAT_WAIT, before, ns);
	return 0;
}

#endif /* WAIT_BPF_H */
