// SPDX-License-Identifier: GPL-2.0-only
/*
 * sampler.c - reads the counts slot by slot and adds their names; reuses the slots of exited
 * processes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/types.h>
#include "collect/exited-totals.h"
#include "collect/identity.h"
#include "collect/sampler.h"
#include "proc/alive.h"
#include "util/counts.h"

struct sampler {
	struct slots *slots;
	__u32 max_slots;
	struct exited_totals *exited;
	struct identities *who;      /* of slots, and, from max_slots on, of the sums in exited */
	struct dax_row *rows; /* the last reading: [2 * max_slots + 1] */
	__u32 *row_of;	      /* [max_slots]: row of each slot in the last reading, + 1 */
	size_t nr_gone;	      /* rows of the last reading whose slots were given back */
	bool is_new;	      /* no slot was given back since that reading */
	void (*on_reuse)(void *ctx, __u32 slot);
	void *reuse_ctx;
};

int sampler_open(struct sampler **out, const struct slots_maps *maps, __u32 max_slots, __u32 shards)
{
	struct sampler *sampler = calloc(1, sizeof(*sampler));
	int err;

	*out = sampler;
	if (!sampler)
		return -ENOMEM;
	sampler->max_slots = max_slots;
	sampler->rows = calloc(2 * (size_t)max_slots + 1, sizeof(*sampler->rows));
	sampler->row_of = calloc(max_slots, sizeof(*sampler->row_of));
	sampler->who = identities_open(2 * max_slots);
	sampler->exited = exited_totals_open(max_slots);
	err = slots_open(&sampler->slots, maps, max_slots, shards);
	return sampler->rows && sampler->row_of && sampler->who && sampler->exited ? err : -ENOMEM;
}

void sampler_free(struct sampler *sampler)
{
	size_t i;

	if (!sampler)
		return;
	for (i = 0; sampler->rows && i < 2 * (size_t)sampler->max_slots + 1; i++)
		counts_free(&sampler->rows[i].count);
	slots_free(sampler->slots);
	exited_totals_free(sampler->exited);
	identities_free(sampler->who);
	free(sampler->rows);
	free(sampler->row_of);
	free(sampler);
}

enum dax_cgroups sampler_cgroups(const struct sampler *sampler)
{
	return identities_cgroups(sampler->who);
}

void sampler_on_reuse(struct sampler *sampler, void (*fn)(void *ctx, __u32 slot), void *ctx)
{
	sampler->on_reuse = fn;
	sampler->reuse_ctx = ctx;
}

const struct dax_meta *sampler_meta(const struct sampler *sampler, __u32 slot)
{
	return slots_meta(sampler->slots, slot);
}

bool sampler_identity(struct sampler *sampler, __u32 slot, struct dax_row *row)
{
	const struct dax_meta *meta = slots_meta(sampler->slots, slot);

	if (!meta)
		return false;
	identities_note(sampler->who, slot, meta);
	identities_fill(sampler->who, slot, meta, row);
	return true;
}

/* @slot will be reused: add its counts to those of exited processes. */
static bool absorb(void *ctx, __u32 slot, const struct dax_meta *meta)
{
	struct sampler *sampler = ctx;
	struct dax_counts count = {0};
	const struct dax_row *told = sampler->row_of[slot] ? &sampler->rows[sampler->row_of[slot] - 1] : NULL;
	__u32 at, tgid = 0;
	bool is_new, done;

	if (!identities_note(sampler->who, slot, meta))
		return false;
	if (sampler->on_reuse)
		sampler->on_reuse(sampler->reuse_ctx, slot);
	done = slots_sum(sampler->slots, slot, &count);
	if (meta->key.tid && !alive_vacant(meta->key.tgid, 0))
		tgid = meta->key.tgid; /* only a thread exited, its process still runs */
	at = exited_totals_find(sampler->exited, meta, tgid, &is_new);
	/* If adding fails, the counts stay in the slot, and it is tried again later. */
	done = done && exited_totals_add(sampler->exited, at, &count, told ? &told->count : NULL);
	counts_free(&count);
	if (!done)
		return false;
	identities_forget(sampler->who, slot, is_new ? sampler->max_slots + at : 0);
	sampler->nr_gone += told != NULL;
	sampler->row_of[slot] = 0;
	return true;
}

void sampler_refresh_names(struct sampler *sampler, __u64 now_ns)
{
	__u32 slot, nr = slots_end(sampler->slots);

	for (slot = 1; slot < nr; slot++) {
		const struct dax_meta *meta = slots_meta(sampler->slots, slot);

		if (meta)
			identities_note(sampler->who, slot, meta);
	}
	identities_refresh(sampler->who, now_ns);
	if (sampler->is_new) {
		exited_totals_begin(sampler->exited);
		sampler->nr_gone = 0;
		sampler->is_new = false;
	}
	slots_reap(sampler->slots, now_ns, absorb, sampler);
}

/* Rows for slots, for exited processes, and for what found no slot. */
bool sampler_take(struct sampler *sampler, struct dax_sample *out)
{
	__u32 slot, at, nr_slots = slots_end(sampler->slots);
	struct dax_row *row = sampler->rows;
	struct dax_counts lost = {0};
	bool good = true;

	for (slot = 1; slot < nr_slots; slot++) {
		sampler->row_of[slot] = 0;
		if (!sampler_identity(sampler, slot, row))
			continue;
		good &= slots_sum(sampler->slots, slot, &row->count);
		sampler->row_of[slot] = (__u32)(++row - sampler->rows);
	}
	for (at = 0; at < exited_totals_nr(sampler->exited); at++) {
		good &= exited_totals_row(sampler->exited, at, row);
		identities_texts(sampler->who, sampler->max_slots + at, row++);
	}
	good &= exited_totals_row(sampler->exited, sampler->max_slots, row) && slots_sum(sampler->slots, 0, &lost) &&
		counts_add(&row->count, &lost);
	counts_free(&lost);
	row->other = true;
	row += !counts_empty(&row->count);
	out->nr_rows = (size_t)(row - sampler->rows);
	out->rows = sampler->rows;
	out->nr_gone = sampler->nr_gone;
	out->lost.slots += exited_totals_lost(sampler->exited);
	sampler->is_new = true;
	return good;
}
