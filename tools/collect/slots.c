// SPDX-License-Identifier: GPL-2.0-only
/*
 * slots.c - the counting cells that the kernel side writes, slot by slot, and how slots are given
 * back.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "collect/cells.h"
#include "collect/slots.h"
#include "proc/alive.h"
#include "util/clock.h"

#define SETTLE_NS 50000000ULL /* until no program uses a slot that it found by its old key */
/* Slots whose process is checked in one call, at about 20 us each: */
#define LOOKS_CALM 32u	 /* few slots are taken: only checks whether the number was reused */
#define LOOKS	   256u	 /* most slots are taken */
#define LOOKS_FULL 1024u /* hardly any slot is left */

struct slots {
	struct slots_maps maps;
	__u32 max;
	__u32 shards;
	struct dax_cell *cells; /* [max][shards], mapped */
	size_t cells_bytes;
	struct dax_meta *metas; /* [max], mapped */
	size_t metas_bytes;
	bool may_reap;
	__u64 *unkeyed_ns; /* [max]: when the slot's key was removed; 0: it has a key */
	__u32 next;	   /* next slot to check */
	struct {
		__u32 tgid, tid;
		__u64 start_ns;
		bool gone;
	} last; /* result of the last check: one process may have many slots */
};

static void *map_memory(struct bpf_map *map, size_t *bytes)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *at;

	*bytes = (size_t)bpf_map__value_size(map) * bpf_map__max_entries(map);
	*bytes = (*bytes + page - 1) / page * page;
	at = mmap(NULL, *bytes, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);
	return at == MAP_FAILED ? NULL : at;
}

int slots_open(struct slots **out, const struct slots_maps *maps, __u32 max_slots, __u32 shards)
{
	struct slots *slots = calloc(1, sizeof(*slots));

	*out = slots;
	if (!slots)
		return -ENOMEM;
	slots->maps = *maps;
	slots->max = max_slots;
	slots->shards = shards;
	slots->may_reap = alive_known();
	slots->next = 1;
	slots->cells = map_memory(maps->cells, &slots->cells_bytes);
	slots->metas = map_memory(maps->metas, &slots->metas_bytes);
	slots->unkeyed_ns = calloc(max_slots, sizeof(*slots->unkeyed_ns));
	return slots->cells && slots->metas && slots->unkeyed_ns ? 0 : -ENOMEM;
}

void slots_free(struct slots *slots)
{
	if (!slots)
		return;
	if (slots->cells)
		munmap(slots->cells, slots->cells_bytes);
	if (slots->metas)
		munmap(slots->metas, slots->metas_bytes);
	free(slots->unkeyed_ns);
	free(slots);
}

__u32 slots_end(const struct slots *slots)
{
	__u32 nr = *slots->maps.next;

	return nr < slots->max ? nr : slots->max;
}

const struct dax_meta *slots_meta(const struct slots *slots, __u32 slot)
{
	const struct dax_meta *meta;

	if (!slot || slot >= slots->max)
		return NULL;
	meta = &slots->metas[slot];
	return __atomic_load_n(&meta->ready, __ATOMIC_ACQUIRE) ? meta : NULL;
}

bool slots_sum(const struct slots *slots, __u32 slot, struct dax_counts *out)
{
	return cells_sum(&slots->cells[(size_t)slot * slots->shards], slots->shards, out);
}

/* Run one of the programs for slots. Returns what it returns, or a negative errno if it cannot be run. */
static int run_for(const struct bpf_program *program, __u32 slot)
{
	__u64 args[] = {slot};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = args, .ctx_size_in = sizeof(args));
	int err = bpf_prog_test_run_opts(bpf_program__fd(program), &opts);

	return err ? err : (int)opts.retval;
}

/* Would a fault on some CPU still be counted in the slot? If that cannot be found out: yes. */
static bool cached(const struct slots *slots, __u32 slot)
{
	return run_for(slots->maps.cached, slot) != 0;
}

/* No fault is counted in the slot any more: clear it for its next owner. */
static void give_back(struct slots *slots, __u32 slot)
{
	memset(&slots->cells[(size_t)slot * slots->shards], 0, slots->shards * sizeof(struct dax_cell));
	memset(&slots->metas[slot], 0, sizeof(struct dax_meta));
	slots->unkeyed_ns[slot] = 0;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	run_for(slots->maps.free, slot); /* the queue has room for all slots */
}

/*
 * A slot without a key is free when no CPU has it cached. A living process with the same number may
 * have found the slot before, and sleep in a fault that will be counted in it.
 */
static void try_give_back(struct slots *slots, __u32 slot, __u64 now_ns, slots_fn fn, void *ctx)
{
	const struct dax_meta *meta = slots_meta(slots, slot);

	if (meta && now_ns >= slots->unkeyed_ns[slot] + SETTLE_NS &&
	    alive_vacant(meta->key.tgid, meta->key.tid) && !cached(slots, slot) && fn(ctx, slot, meta))
		give_back(slots, slot);
}

static bool is_gone(struct slots *slots, const struct dax_meta *meta)
{
	const struct dax_key *key = &meta->key;

	if (slots->last.tgid != key->tgid || slots->last.tid != key->tid ||
	    slots->last.start_ns != meta->start_ns) {
		slots->last.tgid = key->tgid;
		slots->last.tid = key->tid;
		slots->last.start_ns = meta->start_ns;
		slots->last.gone = alive_gone(key->tgid, key->tid, meta->start_ns);
	}
	return slots->last.gone;
}

/*
 * Remove the key, so that the next process with this number gets another slot, even if /proc hides
 * it later.
 */
static void try_unkey(struct slots *slots, __u32 slot)
{
	const struct dax_meta *meta = slots_meta(slots, slot);
	int err;

	if (!meta || slots->unkeyed_ns[slot] || !is_gone(slots, meta))
		return;
	err = run_for(slots->maps.unkey, slot);
	if (err && err != -ENOENT)
		return;
	slots->unkeyed_ns[slot] = clock_ns(CLOCK_MONOTONIC);
}

void slots_reap(struct slots *slots, __u64 now_ns, slots_fn fn, void *ctx)
{
	__u32 end = slots_end(slots), looks = LOOKS_CALM, slot, free = slots->max - end;
	bool calm;

	if (!slots->may_reap)
		return;
	for (slot = 1; slot < end; slot++)
		free += !slots->metas[slot].ready;
	calm = free > slots->max / 4;
	for (slot = 1; slot < end && !calm; slot++)
		if (slots->unkeyed_ns[slot])
			try_give_back(slots, slot, now_ns, fn, ctx);
	if (!calm)
		looks = free < slots->max / 8 ? LOOKS_FULL : LOOKS;
	slots->last.tgid = 0;
	for (looks = looks < end ? looks : end; looks; looks--) {
		slots->next = slots->next < end ? slots->next : 1;
		try_unkey(slots, slots->next++);
	}
}
