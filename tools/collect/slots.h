/* SPDX-License-Identifier: GPL-2.0-only */
/* slots.h - the counting cells that the kernel side writes, slot by slot, and slots given back to it. */
#ifndef DAX_COLLECT_SLOTS_H
#define DAX_COLLECT_SLOTS_H

#include <stdbool.h>
#include <linux/types.h>
#include "sample.h"

struct bpf_map;
struct bpf_program;
struct slots;

/* The kernel side's: see bpf/state.bpf.h. */
struct slots_maps {
	struct bpf_map *cells, *metas, *keys, *free;
	struct bpf_program *cached;
	const volatile __u32 *next;
};

/* With so many slots, of @shards cells each. 0 or a negative errno. */
int slots_open(struct slots **out, const struct slots_maps *maps, __u32 max_slots, __u32 shards);
void slots_free(struct slots *slots); /* NULL is fine */

/* Slots from 1 to below it may be taken. */
__u32 slots_end(const struct slots *slots);

/* Who @slot is; NULL: nobody, or not filled in yet. Slot 0 is nobody's. */
const struct dax_meta *slots_meta(const struct slots *slots, __u32 slot);

/* What was counted in @slot so far. False: no memory. */
bool slots_sum(const struct slots *slots, __u32 slot, struct dax_counts *out);

/*
 * Look whether slots are still needed. When three quarters are taken @fn gets each whose process, or
 * thread, is gone, and which nothing is counted in any more. It is free once @fn has returned true.
 * It takes two calls, 50 ms apart: call it several times a second. Always, a process that gets the
 * number of one that was found gone has slots of its own.
 */
typedef bool (*slots_fn)(void *ctx, __u32 slot, const struct dax_meta *meta);
void slots_reap(struct slots *slots, __u64 now_ns, slots_fn fn, void *ctx);

#endif
