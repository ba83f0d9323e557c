/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * record.bpf.h - write one event record into this CPU's ring, or count it as lost when the ring is
 * full.
 *
 * Only one program writes to a ring at a time: faults are reported by tracepoints, whose programs
 * run with preemption disabled, and none of them fires in an interrupt.
 */
#ifndef RECORD_BPF_H
#define RECORD_BPF_H

#include "frame.bpf.h"

static __always_inline void record_fill(struct dax_event *ev, const struct dax_event *from)
{
	ev->type = from->type;
	ev->cpu = from->cpu;
	ev->outcome = from->outcome;
	ev->reason = from->reason;
	ev->flags = from->flags;
	ev->tid = from->tid;
	ev->slot = from->slot;
	ev->ts_ns = from->ts_ns;
	ev->dur_ns = from->dur_ns;
	ev->pgoff = from->pgoff;
	ev->addr = from->addr;
}

/* Write the extent after the event; its words are those of struct dax_event_extent. */
static __always_inline void record_extent(__u64 *word, const struct fault_state *st)
{
	word[0] = st->ext_off;
	word[1] = st->ext_len;
	word[2] = st->ext_addr;
	word[3] = st->ext_type | (__u64)st->ext_flags << 16;
}

static __always_inline void record_write(const struct fault_state *st, struct dax_event *ev)
{
	bool extent = ev->outcome == DAX_PMD_FALLBACK && (st->flags & ST_MAP);
	__u32 cpu = ev->cpu, first, at;
	struct dax_ring_line *line, *second;
	struct dax_ring_ends *ends;
	__u64 head, lines = extent ? 2 : 1;

	ends = bpf_map_lookup_elem(&ring_ends, &cpu);
	if (!ends)
		goto lost;
	if (!ends->ring) {
		ends->head++;
		goto lost;
	}
	first = (__u32)(ends->ring - 1) * cfg.record;
	head = ends->head;
	/*
	 * The reader does not read what it has given back: no store to it may come before this
	 * load.
	 */
	if (head + lines - *(volatile __u64 *)&ends->tail > cfg.record)
		goto lost;
	at = first + (head & (cfg.record - 1));
	line = bpf_map_lookup_elem(&rings, &at);
	if (!line)
		goto lost;
	ev->type = extent ? DAX_EV_EXTENT : DAX_EV_FAULT;
	record_fill((struct dax_event *)line, ev);
	if (extent) {
		at = first + ((head + 1) & (cfg.record - 1));
		second = bpf_map_lookup_elem(&rings, &at);
		if (!second)
			goto lost;
		record_extent(second->word, st);
	}
#ifdef __TARGET_ARCH_x86
	/* x86 keeps stores in order; this keeps the compiler from reordering them. */
	asm volatile("" ::: "memory");
	*(volatile __u64 *)&ends->head = head + lines;
#else
	/*
	 * A store that stays after all earlier ones. BPF has no release store that every kernel
	 * knows; this works as one.
	 */
	__sync_lock_test_and_set(&ends->head, head + lines);
#endif
	return;
lost:
	__sync_fetch_and_add(&losses.events, 1);
}

#endif /* RECORD_BPF_H */
