// SPDX-License-Identifier: GPL-2.0-only
/* exited.c - what processes counted that are gone and whose slots are others' now. */
#include <stdlib.h>
#include <string.h>
#include <linux/types.h>
#include "collect/cells.h"
#include "collect/exited.h"

struct sum {
	struct dax_key key; /* of the file; the process is 0 unless it lives; no thread */
	__u64 cgroup;
	char comm[DAX_COMM_LEN];
	bool absorbs; /* absorbed holds something */
	struct dax_cell count;
	struct dax_cell absorbed; /* of count, what rows of the last reading had */
};

struct exited {
	__u32 max;
	__u32 nr, room;
	struct sum *sum;
	struct sum others;
	__u64 lost;
};

struct exited *exited_open(__u32 max)
{
	struct exited *exited = calloc(1, sizeof(*exited));

	if (exited)
		exited->max = max;
	return exited;
}

void exited_free(struct exited *exited)
{
	if (exited)
		free(exited->sum);
	free(exited);
}

static void forget(struct sum *sum)
{
	if (sum->absorbs)
		memset(&sum->absorbed, 0, sizeof(sum->absorbed));
	sum->absorbs = false;
}

void exited_begin(struct exited *exited)
{
	__u32 at;

	for (at = 0; at < exited->nr; at++)
		forget(&exited->sum[at]);
	forget(&exited->others);
}

static bool is_of(const struct sum *sum, const struct dax_meta *meta, __u32 tgid)
{
	return sum->key.ino == meta->key.ino && sum->key.dev == meta->key.dev &&
	       sum->key.gen == meta->key.gen && sum->key.tgid == tgid && sum->cgroup == meta->cgroup &&
	       !strncmp(sum->comm, meta->comm, sizeof(sum->comm) - 1);
}

__u32 exited_find(struct exited *exited, const struct dax_meta *meta, __u32 tgid, bool *is_new)
{
	struct sum *sum;
	__u32 at;

	*is_new = false;
	for (at = 0; at < exited->nr; at++)
		if (is_of(&exited->sum[at], meta, tgid))
			return at;
	if (exited->nr == exited->max)
		return exited->max;
	if (exited->nr == exited->room) {
		__u32 room = exited->room ? 2 * exited->room : 8;
		struct sum *grown = reallocarray(exited->sum, room, sizeof(*grown));

		if (!grown)
			return exited->max;
		exited->sum = grown;
		exited->room = room;
	}
	sum = &exited->sum[at];
	memset(sum, 0, sizeof(*sum));
	sum->key = meta->key;
	sum->key.tgid = tgid;
	sum->key.tid = 0;
	sum->cgroup = meta->cgroup;
	memcpy(sum->comm, meta->comm, sizeof(sum->comm) - 1);
	exited->nr++;
	*is_new = true;
	return at;
}

void exited_add(struct exited *exited, __u32 at, const struct dax_cell *count,
		const struct dax_cell *told)
{
	struct sum *sum = at < exited->nr ? &exited->sum[at] : &exited->others;

	exited->lost += sum == &exited->others;
	cell_fold(&sum->count, count);
	if (!told)
		return;
	cell_fold(&sum->absorbed, told);
	sum->absorbs = true;
}

__u64 exited_lost(const struct exited *exited)
{
	return exited->lost;
}

__u32 exited_nr(const struct exited *exited)
{
	return exited->nr;
}

void exited_row(const struct exited *exited, __u32 at, struct dax_row *row)
{
	const struct sum *sum = at < exited->nr ? &exited->sum[at] : &exited->others;

	memset(row, 0, sizeof(*row));
	row->key = sum->key;
	row->cgroup = sum->cgroup;
	memcpy(row->comm, sum->comm, sizeof(row->comm));
	row->exited = at < exited->nr;
	row->count = sum->count;
	row->absorbed = sum->absorbs ? &sum->absorbed : NULL;
}
