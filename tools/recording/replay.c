// SPDX-License-Identifier: GPL-2.0-only
/*
 * replay.c - a recording as a source of samples: counts its events as the kernel side counts them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "recording/replay.h"
#include "util/counts.h"
#include "util/lat.h"

#define NO_ROW	  (~0u)
#define MAX_PAIRS 16384u /* pairs of a slot and a thread, with one row each: 100 MB */

struct pair {
	__u32 slot, tid;
	__u32 row; /* + 1; 0: free */
};

struct fold {
	struct dax_source source; /* first member: the model knows only this */
	struct rec_reader *reader;
	__u64 every;
	__u64 frame; /* number of the next sample */
	__u64 until; /* end of the interval that is being counted */
	bool ended;
	struct dax_event_extent ahead; /* was read, but belongs to a later interval */
	bool has_ahead;
	struct dax_row *row;
	size_t nr_rows, room;
	__u32 of_slot[REC_SLOT_MAX]; /* row of each slot, or NO_ROW */
	struct pair *pair;	     /* hash with 2 * MAX_PAIRS entries; NULL: threads are not separated */
	__u32 nr_pairs;
};

bool rec_count(struct dax_counts *cell, const struct dax_event *ev)
{
	unsigned class = dax_lat_class(ev->outcome);
	__u64 *bucket;

	cell->fault[ev->outcome][ev->flags & DAX_EVF_WRITE ? 1 : 0]++;
	if (ev->outcome == DAX_PMD_FALLBACK)
		cell->reason[ev->reason]++;
	cell->range[DAX_RANGE_TOUCHED] += !!(ev->flags & DAX_EVF_RANGE_NEW);
	cell->range[DAX_RANGE_PMD] += !!(ev->flags & DAX_EVF_RANGE_PMD);
	cell->range[DAX_RANGE_STICKY] += !!(ev->flags & DAX_EVF_STICKY);
	cell->range[DAX_RANGE_NEVER_TRIED] += !!(ev->flags & DAX_EVF_NEVER_TRIED);
	cell->range[DAX_RANGE_UNTRACKED] += !!(ev->flags & DAX_EVF_UNTRACKED);
	cell->range[DAX_RANGE_LET_GO] += !!(ev->flags & DAX_EVF_LET_GO);
	if (ev->flags & DAX_EVF_UNTIMED) {
		cell->untimed++;
	} else if (class < DAX_NR_CLASSES) {
		cell->lat_sum[class] += ev->dur_ns;
		if (ev->dur_ns > cell->lat_max[class])
			cell->lat_max[class] = ev->dur_ns;
		bucket = counts_lat_make(cell, class);
		if (!bucket)
			return false;
		bucket[dax_lat_bucket(ev->dur_ns)]++;
	}
	return true;
}

/* The entry for the row of @slot and @tid; for tid 0 when there are too many. */
static struct pair *pair_of(struct fold *fold, __u32 slot, __u32 tid)
{
	__u32 mask = 2 * MAX_PAIRS - 1, at = (slot * 0x9e3779b1u ^ tid) * 0x9e3779b1u >> 7 & mask;
	struct pair *pair;

	for (; (pair = &fold->pair[at])->row; at = (at + 1) & mask)
		if (pair->slot == slot && pair->tid == tid)
			return pair;
	if (fold->nr_pairs == MAX_PAIRS)
		return NULL;
	*pair = (struct pair){.slot = slot, .tid = tid};
	return pair;
}

/* The row of @slot, and of @tid if threads are separated; NULL when out of memory. */
static struct dax_row *row_of(struct fold *fold, __u32 slot, __u32 tid)
{
	const struct rec_slot *who = rec_slot(fold->reader, slot);
	struct pair *pair = fold->pair && slot ? pair_of(fold, slot, tid) : NULL;
	struct dax_row *row;

	if (pair && pair->row)
		return &fold->row[pair->row - 1];
	if (!pair && fold->of_slot[slot] != NO_ROW)
		return &fold->row[fold->of_slot[slot]];
	if (fold->nr_rows == fold->room) {
		size_t room = fold->room ? 2 * fold->room : 16;

		row = realloc(fold->row, room * sizeof(*row));
		if (!row)
			return NULL;
		fold->row = row;
		fold->room = room;
	}
	row = &fold->row[fold->nr_rows];
	memset(row, 0, sizeof(*row));
	row->other = !slot;
	row->nr = (__u32)fold->nr_rows;
	if (who) {
		row->key = who->key;
		row->cgroup = who->cgroup;
		memcpy(row->comm, who->comm, sizeof(row->comm));
		row->path = who->path;
		row->cgroup_path = who->cgroup_path;
		row->mount = who->mount;
		row->fs_type = who->fs_type;
		row->key.tid = pair ? tid : 0;
		if (pair && (!who->key.tid || who->key.tid == tid))
			memcpy(row->thread, who->thread, sizeof(row->thread));
		row->path_deleted = who->flags & DAX_META_DELETED;
	}
	if (pair) {
		pair->row = ++fold->nr_rows;
		fold->nr_pairs++;
	} else {
		fold->of_slot[slot] = fold->nr_rows++;
	}
	return row;
}

/* Count up to fold->until. Returns 1 when there is more, 0 at the end, or a negative errno. */
static int count_next(struct fold *fold)
{
	for (;;) {
		struct dax_row *row;

		if (!fold->has_ahead) {
			int ret = rec_next(fold->reader, &fold->ahead);

			if (ret <= 0)
				return ret;
			fold->has_ahead = true;
		}
		/*
		 * An event with a time after the end of the recording belongs to the last sample.
		 */
		if (fold->every && fold->ahead.ev.ts_ns > fold->until &&
		    fold->until < rec_state(fold->reader)->last_ns)
			return 1;
		row = row_of(fold, fold->ahead.ev.slot, fold->ahead.ev.tid);
		if (!row)
			return -ENOMEM;
		if (!rec_count(&row->count, &fold->ahead.ev))
			return -ENOMEM;
		fold->has_ahead = false;
	}
}

static void fill(const struct fold *fold, struct dax_sample *out, __u64 mono_ns)
{
	memset(out, 0, sizeof(*out));
	out->mono_ns = mono_ns;
	out->real_ns = rec_real_ns(fold->reader, mono_ns);
	out->tier = rec_facts(fold->reader)->tier;
	out->known = (rec_facts(fold->reader)->extents ? DAX_KNOWN_EXTENTS : 0) |
		     (fold->pair ? DAX_KNOWN_THREADS : 0);
	rec_lost_so_far(fold->reader, &out->lost);
	out->nr_rows = fold->nr_rows;
	out->rows = fold->row;
}

/* The time at which sample @frame is taken. */
static __u64 time_of(const struct fold *fold, __u64 frame)
{
	__u64 first = rec_state(fold->reader)->first_ns;

	return fold->every && frame > (~0ULL - first) / fold->every ? ~0ULL
								    : first + frame * fold->every;
}

static int next(struct dax_source *source, struct dax_sample *out)
{
	struct fold *fold = (struct fold *)source;
	const struct rec_state *state = rec_state(fold->reader);
	int ret;

	if (fold->ended)
		return 0;
	fold->until = time_of(fold, fold->frame);
	if (fold->every && !fold->frame) {
		fold->frame = 1;
		fill(fold, out, fold->until);
		return 1;
	}
	ret = count_next(fold);
	if (ret < 0)
		return ret;
	fold->frame++;
	fold->ended = !ret && (!fold->every || fold->until >= state->last_ns);
	fill(fold, out, fold->ended ? state->last_ns : fold->until);
	return 1;
}

__u64 rec_source_last(const struct dax_source *source)
{
	const struct fold *fold = (const struct fold *)source;
	const struct rec_state *state = rec_state(fold->reader);
	__u64 ns = state->last_ns - state->first_ns;

	if (!fold->every)
		return 0;
	return ns ? (ns - 1) / fold->every + 1 : 1;
}

static void free_rows(struct fold *fold)
{
	size_t i;

	for (i = 0; i < fold->nr_rows; i++)
		counts_free(&fold->row[i].count);
}

void rec_source_seek(struct dax_source *source, __u64 frame)
{
	struct fold *fold = (struct fold *)source;

	if (frame < fold->frame || fold->ended) {
		rec_rewind(fold->reader);
		memset(fold->of_slot, 0xff, sizeof(fold->of_slot));
		if (fold->pair)
			memset(fold->pair, 0, 2 * MAX_PAIRS * sizeof(*fold->pair));
		free_rows(fold);
		fold->nr_rows = fold->nr_pairs = 0;
		fold->has_ahead = fold->ended = false;
	}
	fold->frame = frame;
}

static void release(struct dax_source *source)
{
	struct fold *fold = (struct fold *)source;

	if (!fold)
		return;
	free_rows(fold);
	free(fold->row);
	free(fold->pair);
	free(fold);
}

struct dax_source *rec_source(struct rec_reader *reader, __u64 every_ns)
{
	struct fold *fold = calloc(1, sizeof(*fold));

	if (!fold)
		return NULL;
	fold->source.next = next;
	fold->source.free = release;
	fold->reader = reader;
	fold->every = every_ns;
	memset(fold->of_slot, 0xff, sizeof(fold->of_slot));
	return &fold->source;
}

void rec_by_thread(struct dax_source *source)
{
	struct fold *fold = (struct fold *)source;

	if (!fold->pair) /* if out of memory, threads are not separated */
		fold->pair = calloc(2 * MAX_PAIRS, sizeof(*fold->pair));
}
