/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * slots.h - the counting cells that the kernel side writes, slot by slot, and how slots are given
 * back.
 */
#ifndef DAX_COLLECT_SLOTS_H
#define DAX_COLLECT_SLOTS_H

#include <stdbool.h>
#include <linux/types.h>
#include "sample.h"

struct bpf_map;
struct bpf_program;
struct slots;

/* Maps and programs of the kernel side: see bpf/state.bpf.h and daxscope.bpf.c. */
struct slots_maps {
	struct bpf_map *cells, *metas;
	struct bpf_program *cached, *unkey, *free;
	const volatile __u32 *next;
};

/* Open @max_slots slots of @shards cells each. Returns 0 or a negative errno. */
int slots_open(struct slots **out, const struct slots_maps *maps, __u32 max_slots, __u32 shards);
void slots_free(struct slots *slots); /* NULL is allowed */

/* Slots from 1 up to, not including, this number may be taken. */
__u32 slots_end(const struct slots *slots);

/* File and process of @slot. NULL: not taken, or not filled in yet; always for slot 0. */
const struct dax_meta *slots_meta(const struct slots *slots, __u32 slot);

/* Sum what was counted in @slot so far. False: out of memory. */
bool slots_sum(const struct slots *slots, __u32 slot, struct dax_counts *out);

/*
 * Check whether slots are still needed. When three quarters of them are taken, @fn is called for
 * each slot whose process or thread has exited and in which no fault is counted any more. When @fn
 * returns true the slot is free. This takes two calls at least 50 ms apart: call it several times a
 * second. At any fill level, a new process with the number of an exited one gets slots of its own.
 */
typedef bool (*slots_fn)(void *ctx, __u32 slot, const struct dax_meta *meta);
void slots_reap(struct slots *slots, __u64 now_ns, slots_fn fn, void *ctx);

#endif
