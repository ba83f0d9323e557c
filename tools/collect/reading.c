// SPDX-License-Identifier: GPL-2.0-only
/* reading.c - rows of what was counted, slot by slot, with their names; slots of the dead go on. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/types.h>
#include "collect/alive.h"
#include "collect/cells.h"
#include "collect/exited.h"
#include "collect/reading.h"
#include "collect/who.h"

struct reading {
	struct slots *slots;
	__u32 max_slots;
	struct exited *exited;
	struct who *who;      /* of slots, and from max_slots on of sums in exited */
	struct dax_row *rows; /* what was read last: [2 * max_slots + 1] */
	__u32 *row_of;	      /* [max_slots]: the row of a slot in it, + 1 */
	size_t nr_gone;	      /* rows of it whose slots were given back */
	bool is_new;	      /* none was, since */
};

int reading_open(struct reading **out, const struct slots_maps *maps, __u32 max_slots, __u32 shards)
{
	struct reading *reading = calloc(1, sizeof(*reading));
	int err;

	*out = reading;
	if (!reading)
		return -ENOMEM;
	reading->max_slots = max_slots;
	reading->rows = calloc(2 * (size_t)max_slots + 1, sizeof(*reading->rows));
	reading->row_of = calloc(max_slots, sizeof(*reading->row_of));
	reading->who = who_open(2 * max_slots);
	reading->exited = exited_open(max_slots);
	err = slots_open(&reading->slots, maps, max_slots, shards);
	return reading->rows && reading->row_of && reading->who && reading->exited ? err : -ENOMEM;
}

void reading_free(struct reading *reading)
{
	if (!reading)
		return;
	slots_free(reading->slots);
	exited_free(reading->exited);
	who_free(reading->who);
	free(reading->rows);
	free(reading->row_of);
	free(reading);
}

const struct dax_meta *reading_meta(const struct reading *reading, __u32 slot)
{
	return slots_meta(reading->slots, slot);
}

bool reading_who(struct reading *reading, __u32 slot, struct dax_row *row)
{
	const struct dax_meta *meta = slots_meta(reading->slots, slot);

	if (!meta)
		return false;
	who_note(reading->who, slot, meta);
	who_fill(reading->who, slot, meta, row);
	return true;
}

/* @slot goes to somebody else: what was counted in it becomes part of what exited processes counted. */
static bool absorb(void *ctx, __u32 slot, const struct dax_meta *meta)
{
	struct reading *reading = ctx;
	struct dax_cell count;
	const struct dax_row *told = reading->row_of[slot] ? &reading->rows[reading->row_of[slot] - 1] : NULL;
	__u32 at, tgid = 0;
	bool is_new;

	if (!who_note(reading->who, slot, meta))
		return false;
	slots_sum(reading->slots, slot, &count);
	if (meta->key.tid && !alive_vacant(meta->key.tgid, 0))
		tgid = meta->key.tgid; /* a thread's, whose process lives */
	at = exited_find(reading->exited, meta, tgid, &is_new);
	exited_add(reading->exited, at, &count, told ? &told->count : NULL);
	who_forget(reading->who, slot, is_new ? reading->max_slots + at : 0);
	reading->nr_gone += told != NULL;
	reading->row_of[slot] = 0;
	return true;
}

void reading_look(struct reading *reading, __u64 now_ns, bool reap)
{
	__u32 slot, nr = slots_end(reading->slots);

	for (slot = 1; slot < nr; slot++) {
		const struct dax_meta *meta = slots_meta(reading->slots, slot);

		if (meta)
			who_note(reading->who, slot, meta);
	}
	who_look(reading->who, now_ns);
	if (reading->is_new) {
		exited_begin(reading->exited);
		reading->nr_gone = 0;
		reading->is_new = false;
	}
	if (reap)
		slots_reap(reading->slots, now_ns, absorb, reading);
}

/* Rows of slots, of what exited processes counted, and of what found no slot. */
void reading_take(struct reading *reading, struct dax_sample *out)
{
	__u32 slot, at, nr_slots = slots_end(reading->slots);
	struct dax_row *row = reading->rows;
	struct dax_cell lost;

	for (slot = 1; slot < nr_slots; slot++) {
		reading->row_of[slot] = 0;
		if (!reading_who(reading, slot, row))
			continue;
		slots_sum(reading->slots, slot, &row->count);
		reading->row_of[slot] = (__u32)(++row - reading->rows);
	}
	for (at = 0; at < exited_nr(reading->exited); at++) {
		exited_row(reading->exited, at, row);
		who_texts(reading->who, reading->max_slots + at, row++);
	}
	exited_row(reading->exited, reading->max_slots, row);
	slots_sum(reading->slots, 0, &lost);
	cell_fold(&row->count, &lost);
	row->other = true;
	row += !cell_empty(&row->count);
	out->nr_rows = (size_t)(row - reading->rows);
	out->rows = reading->rows;
	out->nr_gone = reading->nr_gone;
	out->lost.slots += exited_lost(reading->exited);
	reading->is_new = true;
}
