// SPDX-License-Identifier: GPL-2.0-only
/* exited-totals.c - what exited processes counted whose slots are reused. */
#include <stdlib.h>
#include <string.h>
#include <linux/types.h>
#include "collect/exited-totals.h"
#include "util/counts.h"

struct sum {
	struct dax_key key; /* of the file; tgid is 0 unless the process still runs; no thread */
	__u64 cgroup;
	char comm[DAX_COMM_LEN];
	bool absorbs; /* absorbed holds counts */
	struct dax_counts count;
	struct dax_counts absorbed; /* the part of count that other rows had in the last reading */
};

struct exited_totals {
	__u32 max;
	__u32 nr, room;
	struct sum *sum;
	struct sum others;
	__u64 lost;
};

struct exited_totals *exited_totals_open(__u32 max)
{
	struct exited_totals *totals = calloc(1, sizeof(*totals));

	if (totals)
		totals->max = max;
	return totals;
}

static void free_sum(struct sum *sum)
{
	counts_free(&sum->count);
	counts_free(&sum->absorbed);
}

void exited_totals_free(struct exited_totals *totals)
{
	__u32 at;

	if (!totals)
		return;
	for (at = 0; at < totals->nr; at++)
		free_sum(&totals->sum[at]);
	free_sum(&totals->others);
	free(totals->sum);
	free(totals);
}

static void forget(struct sum *sum)
{
	if (sum->absorbs)
		counts_clear(&sum->absorbed);
	sum->absorbs = false;
}

void exited_totals_begin(struct exited_totals *totals)
{
	__u32 at;

	for (at = 0; at < totals->nr; at++)
		forget(&totals->sum[at]);
	forget(&totals->others);
}

static bool is_of(const struct sum *sum, const struct dax_meta *meta, __u32 tgid)
{
	return sum->key.ino == meta->key.ino && sum->key.dev == meta->key.dev &&
	       sum->key.gen == meta->key.gen && sum->key.tgid == tgid && sum->cgroup == meta->cgroup &&
	       !strncmp(sum->comm, meta->comm, sizeof(sum->comm) - 1);
}

__u32 exited_totals_find(struct exited_totals *totals, const struct dax_meta *meta, __u32 tgid, bool *is_new)
{
	struct sum *sum;
	__u32 at;

	*is_new = false;
	for (at = 0; at < totals->nr; at++)
		if (is_of(&totals->sum[at], meta, tgid))
			return at;
	if (totals->nr == totals->max)
		return totals->max;
	if (totals->nr == totals->room) {
		__u32 room = totals->room ? 2 * totals->room : 8;
		struct sum *grown = reallocarray(totals->sum, room, sizeof(*grown));

		if (!grown)
			return totals->max;
		totals->sum = grown;
		totals->room = room;
	}
	sum = &totals->sum[at];
	memset(sum, 0, sizeof(*sum));
	sum->key = meta->key;
	sum->key.tgid = tgid;
	sum->key.tid = 0;
	sum->cgroup = meta->cgroup;
	memcpy(sum->comm, meta->comm, sizeof(sum->comm) - 1);
	totals->nr++;
	*is_new = true;
	return at;
}

/* Allocate memory first, so that either everything is added or nothing. */
static bool room_for(struct dax_counts *to, const struct dax_counts *from)
{
	unsigned int cls;

	for (cls = 0; cls < DAX_NR_CLASSES; cls++)
		if (from->lat[cls] && !counts_lat_make(to, cls))
			return false;
	return true;
}

bool exited_totals_add(struct exited_totals *totals, __u32 at, const struct dax_counts *count,
		const struct dax_counts *told)
{
	struct sum *sum = at < totals->nr ? &totals->sum[at] : &totals->others;

	if (!room_for(&sum->count, count) || (told && !room_for(&sum->absorbed, told)))
		return false;
	totals->lost += sum == &totals->others;
	counts_add(&sum->count, count);
	if (told)
		counts_add(&sum->absorbed, told);
	sum->absorbs |= told != NULL;
	return true;
}

__u64 exited_totals_lost(const struct exited_totals *totals)
{
	return totals->lost;
}

__u32 exited_totals_nr(const struct exited_totals *totals)
{
	return totals->nr;
}

bool exited_totals_row(const struct exited_totals *totals, __u32 at, struct dax_row *row)
{
	const struct sum *sum = at < totals->nr ? &totals->sum[at] : &totals->others;
	struct dax_counts room = row->count;

	memset(row, 0, sizeof(*row));
	row->count = room;
	row->key = sum->key;
	row->cgroup = sum->cgroup;
	memcpy(row->comm, sum->comm, sizeof(row->comm));
	row->exited = at < totals->nr;
	row->absorbed = sum->absorbs ? &sum->absorbed : NULL;
	return counts_set(&row->count, &sum->count);
}
