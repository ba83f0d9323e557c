/* SPDX-License-Identifier: GPL-2.0-only */
/* record.bpf.h - write one event record into this CPU's ring, and count it when there is no room. */
#ifndef RECORD_BPF_H
#define RECORD_BPF_H

static __always_inline void *record_reserve(__u32 cpu, __u64 size)
{
	void *ring = bpf_map_lookup_elem(&rings, &cpu);
	void *room = ring ? bpf_ringbuf_reserve(ring, size, 0) : (void *)0;

	if (!room)
		__sync_fetch_and_add(&losses.events, 1);
	return room;
}

static __always_inline void record_fill(struct dax_event *ev, const struct dax_event *from)
{
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

static __always_inline void record_write(const struct fault_state *st, const struct dax_event *from)
{
	struct dax_event_extent *ext;
	struct dax_event *ev;

	if (from->outcome == DAX_PMD_FALLBACK && (st->flags & ST_MAP)) {
		ext = record_reserve(from->cpu, sizeof(*ext));
		if (!ext)
			return;
		record_fill(&ext->ev, from);
		ext->ev.type = DAX_EV_EXTENT;
		ext->off = st->ext_off;
		ext->len = st->ext_len;
		ext->addr = st->ext_addr;
		ext->type = st->ext_type;
		ext->flags = st->ext_flags;
		ext->pad = 0;
		bpf_ringbuf_submit(ext, BPF_RB_NO_WAKEUP);
		return;
	}
	ev = record_reserve(from->cpu, sizeof(*ev));
	if (!ev)
		return;
	record_fill(ev, from);
	ev->type = DAX_EV_FAULT;
	bpf_ringbuf_submit(ev, BPF_RB_NO_WAKEUP);
}

#endif /* RECORD_BPF_H */
