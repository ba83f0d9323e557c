/* SPDX-License-Identifier: GPL-2.0-only */
/* state.bpf.h - the maps, and the small state each task carries through a fault. */
#ifndef STATE_BPF_H
#define STATE_BPF_H

const volatile struct dax_bpf_config cfg = { .max_slots = 1, .nr_rings = 1 };

struct dax_bpf_losses losses;
__u32 next_slot = 1;	 /* slot 0 takes what finds no other */
__u32 range_epoch = 0;	 /* raised when any range is tried, or falls back, for the first time */
__u32 pmd_in_flight = 0; /* tasks inside a 2 MiB fault: the extent probe has work only then */

/* Sizes below are set between open and load. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct dax_cell);
} cells SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct dax_meta);
} metas SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct dax_key);
	__type(value, __u32);
} slots SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, DAX_RANGES_DEFAULT);
	__type(key, struct dax_chunk_key);
	__type(value, struct dax_chunk);
} chunks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct {
		__uint(type, BPF_MAP_TYPE_RINGBUF);
		__uint(max_entries, 4096);
	});
} rings SEC(".maps");

#define ST_BEGUN  0x01 /* inside a fault handler */
#define ST_PMD	  0x02 /* ... for 2 MiB */
#define ST_ZERO	  0x04 /* it mapped a zero page */
#define ST_NOZERO 0x08 /* it found no 2 MiB zero page */
#define ST_RACED  0x10 /* it had one, but the page table was filled by then */
#define ST_MAP	  0x20 /* ext_* hold the extent it found */
#define ST_SYNC	  0x40 /* it waits for its sync, then dax_insert_pfn_mkwrite */
#define ST_FELL	  0x80 /* the last 2 MiB fault fell back; its 4 KiB fault is still to come */

#define RB_TOUCHED 1
#define RB_TRIED   2
#define RB_FELL	   4

enum { WATCH_UNKNOWN, WATCH_YES, WATCH_NO };

/*
 * Only the task itself changes its state, so nothing in it needs an atomic. The last file's slot
 * and the last range's bits are remembered here, because a hash lookup costs more than the rest.
 */
struct task_state {
	__u64 begin; /* ns */
	__u64 ino;
	__u32 dev;
	__u32 gen;
	__u32 slot;	/* of (ino, dev, gen) and this process */
	__u32 slot_known;
	__u32 watch;
	__u32 flags;
	__u64 range; /* of that file */
	__u32 range_bits;
	__u32 range_epoch; /* range_bits hold while this is still range_epoch */
	__u64 fell_pgoff;
	__u64 ext_off;
	__u64 ext_len;
	__u64 ext_addr;
	__u16 ext_type;
	__u16 ext_flags;
	__u32 pad2;
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct task_state);
} states SEC(".maps");

static __always_inline struct task_state *state_get(bool create)
{
	return bpf_task_storage_get(&states, bpf_get_current_task_btf(), 0,
				    create ? BPF_LOCAL_STORAGE_GET_F_CREATE : 0);
}

static __always_inline bool watched(struct task_state *st)
{
	__u32 tgid, i;

	if (!cfg.nr_targets || st->watch == WATCH_YES)
		return true;
	if (st->watch == WATCH_NO)
		return false;
	tgid = bpf_get_current_pid_tgid() >> 32;
	st->watch = WATCH_NO;
	for (i = 0; i < DAX_MAX_TARGETS && i < cfg.nr_targets; i++)
		if (cfg.targets[i] == tgid)
			st->watch = WATCH_YES;
	return st->watch == WATCH_YES;
}

#endif /* STATE_BPF_H */
