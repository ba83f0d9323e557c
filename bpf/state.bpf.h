/* SPDX-License-Identifier: GPL-2.0-only */
/* state.bpf.h - the settings, the maps and the few global variables. */
#ifndef STATE_BPF_H
#define STATE_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "dax_wire.h"

/* Keeps the compiler from testing one register and indexing with another. */
#define ONE_REGISTER(x) asm volatile("" : "+r"(x))

const volatile struct dax_bpf_config cfg = { .max_slots = 1, .nr_cpus = 1 };

/*
 * Data that every fault reads must not share a cache line with data that faults on other CPUs
 * write.
 */
#define CACHE_LINE __attribute__((aligned(64)))

struct dax_bpf_losses losses CACHE_LINE;
__u64 recovered = 0; /* with cfg.exact: faults that were counted although the kernel skipped their program */
__u32 next_slot = 1; /* slot 0 counts what has no slot of its own */
/* Raised when 4 KiB faults in some range may have to be counted differently. */
__u64 range_epoch CACHE_LINE = 0;
/* Raised when a tgid is added to the filter or removed. 32 bits would last only some days. */
__u64 watch_epoch = 0;
__u32 timing_rests = 0; /* set while the program for the begin of 4 KiB faults is detached */
/* Tasks inside a 2 MiB fault: without any, the extent probe has nothing to do. */
__u32 pmd_in_flight CACHE_LINE = 0;
struct dax_begun begun[DAX_NEAR_CPUS] CACHE_LINE;

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

/* Finds a file for events that have its numbers and no inode: waits of T3, and perf's events. */
struct file_id {
	__u64 ino;
	__u32 dev;
	__u32 pad;
};

struct file_known {
	__u32 gen;
	__u32 slot; /* last taken for it, in any task; may have been reused since */
	__u64 inode; /* address at that time; may be another inode by now */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1);
	__type(key, struct file_id);
	__type(value, struct file_known);
} files_known SEC(".maps");

/* Slots given back; they are used when there are no new ones. */
struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 1);
	__type(value, __u32);
} free_slots SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, DAX_RANGES_DEFAULT);
	__type(key, struct dax_chunk_key);
	__type(value, struct dax_chunk);
} chunks SEC(".maps");

/*
 * The rings of all CPUs, one after the other, and their ends. The kernel's own ring buffer costs
 * more, because it must be safe against interrupts and other CPUs.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct dax_ring_line);
} rings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct dax_ring_ends);
} ring_ends SEC(".maps");

/* Processes under the filter, by tgid. Only looked at with DAX_WHO_PIDS. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, DAX_MAX_WATCHED);
	__type(key, __u32);
	__type(value, __u8);
} watched_tgids SEC(".maps");

/* Cgroups under the filter. Only looked at with DAX_WHO_CGROUPS. */
struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_ARRAY);
	__uint(max_entries, DAX_MAX_CGROUPS);
	__type(key, __u32);
	__type(value, __u32);
} watched_cgroups SEC(".maps");

#endif /* STATE_BPF_H */
