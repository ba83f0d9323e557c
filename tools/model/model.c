// SPDX-License-Identifier: GPL-2.0-only
/* model.c - add up the rows of a sample by host, mount, file, process, thread and cgroup. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "model/key.h"
#include "model/model.h"
#include "model/num.h"
#include "model/resident-sum.h"
#include "model/rows.h"
#include "util/counts.h"

static bool cell_add(struct dax_counts *to, const struct dax_counts *cell)
{
	__u64 *sum = (__u64 *)to;
	const __u64 *add = (const __u64 *)cell;
	unsigned int cls;
	size_t i;

	for (i = 0; i < DAX_COUNT_WORDS; i++) {
		if (!DAX_COUNT_IS_MAX(i))
			sum[i] = known_add(sum[i], add[i]);
		else if (sum[i] == DAX_NOT_KNOWN || add[i] == DAX_NOT_KNOWN)
			sum[i] = DAX_NOT_KNOWN;
		else if (add[i] > sum[i])
			sum[i] = add[i];
	}
	for (cls = 0; cls < DAX_NR_CLASSES; cls++) {
		if (!cell->lat[cls])
			continue;
		sum = counts_lat_make(to, cls);
		for (i = 0; sum && i < DAX_LAT_BUCKETS; i++)
			sum[i] = known_add(sum[i], cell->lat[cls][i]);
		if (!sum)
			return false;
	}
	return true;
}

/*
 * The increase from @before to @now. A largest latency belongs to the interval only if it
 * increased, or if nothing was timed; otherwise the interval's own is unknown.
 */
static bool cell_gain(struct dax_counts *gain, const struct dax_counts *now, const struct dax_counts *before)
{
	__u64 *to = (__u64 *)gain;
	const __u64 *new = (const __u64 *)now, *old = (const __u64 *)before;
	unsigned int cls;
	size_t i;

	counts_clear(gain);
	for (i = 0; i < DAX_COUNT_WORDS; i++)
		if (!DAX_COUNT_IS_MAX(i))
			to[i] = known_gain(new[i], old[i]);
	for (cls = 0; cls < DAX_NR_CLASSES; cls++) {
		const __u64 *here = counts_lat(now, cls), *there = counts_lat(before, cls);
		bool idle = !memcmp(here, there, DAX_LAT_BUCKETS * sizeof(*here));

		if (now->lat_max[cls] > before->lat_max[cls])
			gain->lat_max[cls] = now->lat_max[cls];
		else
			gain->lat_max[cls] = idle ? 0 : DAX_NOT_KNOWN;
		if (idle)
			continue;
		to = counts_lat_make(gain, cls);
		for (i = 0; to && i < DAX_LAT_BUCKETS; i++)
			to[i] = known_gain(here[i], there[i]);
		if (!to)
			return false;
	}
	return true;
}

/* Items of one kind while they are collected; table[] finds them by key. */
struct group {
	struct dax_items *items;
	size_t space;
	uint32_t *table; /* index + 1, 0: free */
	size_t mask;
};

static int group_init(struct group *group, struct dax_items *items, size_t rows)
{
	size_t size = 16;

	while (size < 2 * rows)
		size *= 2;
	group->items = items;
	group->mask = size - 1;
	group->table = calloc(size, sizeof(*group->table));
	return group->table ? 0 : -1;
}

/* A histogram with unknown counts, shared by all items that have one. */
static __u64 not_known[DAX_LAT_BUCKETS] = {[0 ... DAX_LAT_BUCKETS - 1] = DAX_NOT_KNOWN};

static void item_init(struct dax_item *item, enum dax_item_kind kind, const struct dax_model *model)
{
	int cls;

	memset(item, 0, sizeof(*item));
	item->kind = kind;
	item->known = model->known;
	item->waits_lost = model->lost.waits > 0;
	item->entries_lost = model->lost.entries > 0;
	item->tier = model->tier;
	item->elapsed_ns = model->elapsed_ns;
	if (!model->elapsed_ns) {
		memset(&item->last, 0xff, offsetof(struct dax_counts, lat));
		for (cls = 0; cls < DAX_NR_CLASSES; cls++)
			item->last.lat[cls] = not_known;
	}
}

static struct dax_item *group_append(struct group *group)
{
	struct dax_items *items = group->items;

	if (items->nr == group->space) {
		size_t space = group->space ? 2 * group->space : 8;
		struct dax_item *grown = reallocarray(items->item, space, sizeof(*grown));

		if (!grown)
			return NULL;
		items->item = grown;
		group->space = space;
	}
	return &items->item[items->nr++];
}

/* The part of the row's key that distinguishes items of @kind. */
static struct dax_key key_of(enum dax_item_kind kind, const struct dax_row *row)
{
	switch (kind) {
	case DAX_MOUNT:
		return (struct dax_key){.dev = row->key.dev};
	case DAX_FILE:
		return (struct dax_key){
			.ino = row->key.ino, .dev = row->key.dev, .gen = row->key.gen};
	case DAX_PROCESS:
		return (struct dax_key){.tgid = row->key.tgid};
	case DAX_THREAD:
		return (struct dax_key){.tgid = row->key.tgid, .tid = row->key.tid};
	default:
		return (struct dax_key){.ino = row->cgroup};
	}
}

/* Take the names for this kind of item from its first row. */
static void item_name(struct dax_item *item, const struct dax_row *row)
{
	switch (item->kind) {
	case DAX_MOUNT:
	case DAX_FILE:
		snprintf(item->dev, sizeof(item->dev), "%u:%u", row->key.dev >> 20,
			 row->key.dev & 0xfffff);
		item->mount = row->mount;
		item->fs_type = row->fs_type;
		break;
	case DAX_THREAD:
		memcpy(item->thread, row->thread, sizeof(item->thread));
		item->thread[sizeof(item->thread) - 1] = '\0';
		/* fallthrough */
	case DAX_PROCESS:
		memcpy(item->comm, row->comm, sizeof(item->comm));
		item->comm[sizeof(item->comm) - 1] = '\0';
		/* fallthrough */
	default:
		item->cgroup = row->cgroup;
		item->cgroup_path = row->cgroup_path;
		break;
	}
}

/* Which kind of sum, if any, the row is for items of @kind. */
static int sort_of(enum dax_item_kind kind, const struct dax_row *row)
{
	/* The process of an exited thread may still run. */
	if (row->exited && (kind == DAX_THREAD || (kind == DAX_PROCESS && !row->key.tgid)))
		return SORT_EXITED;
	/* A recording separates threads only up to a limit. */
	if (row->other || (kind == DAX_CGROUP && !row->cgroup) || (kind == DAX_THREAD && !row->key.tid))
		return SORT_OTHER;
	return SORT_ONE;
}

/* Exited processes are distinguished by name and cgroup. */
static struct dax_key key_of_exited(const struct dax_row *row)
{
	__u64 h = 0xcbf29ce484222325ULL;
	size_t i;

	for (i = 0; i < sizeof(row->comm) && row->comm[i]; i++)
		h = (h ^ (unsigned char)row->comm[i]) * 0x100000001b3ULL;
	return (struct dax_key){
		.ino = row->cgroup, .dev = (__u32)h, .gen = (__u32)(h >> 32), .tgid = row->key.tgid};
}

/* The item of @kind for @row, a new one if needed; NULL: out of memory. */
static struct dax_item *group_item(struct group *group, enum dax_item_kind kind,
				   const struct dax_row *row, const struct dax_model *model)
{
	int sort = sort_of(kind, row);
	struct dax_key key = {0};
	struct dax_item *item;
	size_t at;

	if (sort != SORT_OTHER)
		key = sort == SORT_ONE ? key_of(kind, row) : key_of_exited(row);
	for (at = hash_key(&key, sort) & group->mask; group->table[at]; at = (at + 1) & group->mask) {
		item = &group->items->item[group->table[at] - 1];
		if (item->other == (sort == SORT_OTHER) && item->exited == (sort == SORT_EXITED) &&
		    same_key(&item->key, &key))
			return item;
	}
	item = group_append(group);
	if (!item)
		return NULL;
	group->table[at] = (uint32_t)group->items->nr;
	item_init(item, kind, model);
	item->key = key;
	item->other = sort == SORT_OTHER;
	item->exited = sort == SORT_EXITED;
	if (sort != SORT_OTHER)
		item_name(item, row);
	return item;
}

static bool item_add(struct dax_item *item, const struct dax_row *row, const struct dax_counts *gain)
{
	if (!cell_add(&item->total, &row->count) || (gain && !cell_add(&item->last, gain)))
		return false;
	if (item->kind == DAX_FILE && !item->path && row->path) {
		item->path = row->path;
		item->path_was = row->path_was;
		item->path_deleted = row->path_deleted;
		item->path_gone = row->path_gone;
	}
	return true;
}

/*
 * Are all earlier rows there, except those that are reported as gone? Otherwise nothing can be
 * compared.
 */
static bool comparable(const struct dax_sample *now, const struct rows *before)
{
	size_t found = 0, i;

	for (i = 0; i < now->nr_rows; i++)
		found += rows_find(before, &now->rows[i]) != NULL;
	return before->sample && found + now->nr_gone >= before->sample->nr_rows;
}

/* The increase of @row since the previous reading. @had is space for the earlier counts. */
static bool row_gain(struct dax_counts *gain, struct dax_counts *had, const struct dax_row *row,
		     const struct rows *before)
{
	const struct dax_row *old = rows_find(before, row);

	counts_clear(had);
	return (!old || counts_set(had, &old->count)) && (!row->absorbed || cell_add(had, row->absorbed)) &&
	       cell_gain(gain, &row->count, had);
}

/* Add @row to all its items. @gain is NULL when its increase is unknown. */
static bool add_row(struct dax_model *model, const struct dax_row *row, const struct dax_counts *gain,
		    struct group group[])
{
	struct dax_item *item;
	int kind;

	if (!item_add(&model->host, row, gain))
		return false;
	for (kind = DAX_MOUNT; kind < DAX_NR_ITEM_KINDS; kind++) {
		if (kind == DAX_THREAD && !(model->known & DAX_KNOWN_THREADS))
			continue;
		item = group_item(&group[kind], kind, row, model);
		if (!item || !item_add(item, row, gain))
			return false;
	}
	return true;
}

static int add_rows(struct dax_model *model, const struct dax_sample *now, const struct rows *before,
		    struct group group[])
{
	struct dax_counts gain = {0}, had = {0};
	bool good = true;
	size_t i;

	for (i = 0; i < now->nr_rows && good; i++) {
		const struct dax_row *row = &now->rows[i];

		good = !model->elapsed_ns || row_gain(&gain, &had, row, before);
		good = good && add_row(model, row, model->elapsed_ns ? &gain : NULL, group);
	}
	counts_free(&gain);
	counts_free(&had);
	return good ? 0 : -1;
}

/* Note where most 4 KiB faults come from, which is what to examine first. */
static void note_most(struct dax_item *item, const struct dax_row *row, __u64 faults)
{
	if (row->other || row->exited || faults <= item->most)
		return;
	item->most = faults;
	if (item->kind == DAX_FILE)
		item->most_pid = row->key.tgid;
	else {
		item->most_path = row->path_deleted || row->path_gone ? NULL : row->path;
		item->most_fs_type = row->fs_type;
	}
}

static __u64 pte_faults(const struct dax_row *row)
{
	__u64 faults = 0;
	int i;

	for (i = DAX_PTE_MAPPED; i <= DAX_PTE_COPY; i++)
		faults += row->count.fault[i][0] + row->count.fault[i][1];
	return faults;
}

/* Sort rows of one file in one process next to each other; otherwise keep their order. */
static int by_pair(const void *a, const void *b)
{
	const struct dax_row *one = *(const struct dax_row *const *)a;
	const struct dax_row *two = *(const struct dax_row *const *)b;
	const struct dax_key *k = &one->key, *l = &two->key;

	if (one->other != two->other)
		return one->other ? 1 : -1;
	if (k->tgid != l->tgid)
		return k->tgid < l->tgid ? -1 : 1;
	if (k->dev != l->dev)
		return k->dev < l->dev ? -1 : 1;
	if (k->ino != l->ino)
		return k->ino < l->ino ? -1 : 1;
	if (k->gen != l->gen)
		return k->gen < l->gen ? -1 : 1;
	return one < two ? -1 : one > two;
}

static bool same_pair(const struct dax_row *one, const struct dax_row *two)
{
	struct dax_key key = two->key;

	key.tid = one->key.tid;
	return one->other == two->other && same_key(&one->key, &key);
}

static int note_all(struct dax_model *model, const struct dax_sample *now, struct group group[])
{
	const struct dax_row **order = calloc(now->nr_rows + 1, sizeof(*order));
	size_t i, end;
	int kind;

	if (!order)
		return -1;
	for (i = 0; i < now->nr_rows; i++)
		order[i] = &now->rows[i];
	qsort(order, now->nr_rows, sizeof(*order), by_pair);
	for (i = 0; i < now->nr_rows; i = end) {
		__u64 sum = 0;

		for (end = i; end < now->nr_rows && same_pair(order[i], order[end]); end++) {
			sum += pte_faults(order[end]);
			if (model->known & DAX_KNOWN_THREADS)
				note_most(group_item(&group[DAX_THREAD], DAX_THREAD, order[end],
						     model),
					  order[end], pte_faults(order[end]));
		}
		note_most(&model->host, order[i], sum);
		for (kind = DAX_MOUNT; kind < DAX_NR_ITEM_KINDS; kind++)
			if (kind != DAX_THREAD)
				note_most(group_item(&group[kind], kind, order[i], model), order[i],
					  sum);
	}
	free(order);
	return 0;
}

static struct dax_item *process_of(const struct dax_model *model, const struct group *group,
				   __u32 tgid)
{
	const struct dax_key key = {.tgid = tgid};
	size_t at = hash_key(&key, SORT_ONE) & group->mask;

	for (; group->table[at]; at = (at + 1) & group->mask) {
		struct dax_item *item = &model->list[DAX_PROCESS].item[group->table[at] - 1];

		if (!item->other && !item->exited && same_key(&item->key, &key))
			return item;
	}
	return NULL;
}

/*
 * Add what is mapped of files, which may have had no fault; then processes that could not be read.
 */
static int add_residents(struct dax_model *model, const struct dax_sample *now,
			 struct group group[])
{
	size_t i;
	int kind;

	for (i = 0; i < now->nr_residents; i++) {
		const struct dax_resident *part = &now->residents[i];
		struct dax_row row = {
			.key = part->key, .path = part->path, .path_deleted = part->path_deleted};
		struct dax_item *item;

		memcpy(row.comm, part->comm, sizeof(row.comm));
		resident_add_part(&model->host.resident, part);
		for (kind = DAX_MOUNT; part->key.ino && kind <= DAX_PROCESS; kind++) {
			item = group_item(&group[kind], kind, &row, model);
			if (!item)
				return -1;
			if (kind == DAX_FILE && !item->path && row.path) {
				item->path = row.path;
				item->path_deleted = row.path_deleted;
			}
			resident_add_part(&item->resident, part);
		}
		item = part->key.ino ? NULL
				     : process_of(model, &group[DAX_PROCESS], part->key.tgid);
		if (item)
			resident_add_part(&item->resident, part);
	}
	for (i = 0; i < now->nr_rows; i++) {
		const struct dax_row *row = &now->rows[i];
		const struct dax_item *process;

		if (row->exited && !row->key.tgid)
			continue; /* an exited process has nothing mapped */
		process = group_item(&group[DAX_PROCESS], DAX_PROCESS, row, model);

		resident_add_state(&model->host.resident, &process->resident);
		for (kind = DAX_MOUNT; kind <= DAX_FILE; kind++)
			resident_add_state(&group_item(&group[kind], kind, row, model)->resident,
					   &process->resident);
	}
	return 0;
}

struct dax_model *dax_model_build(const struct dax_sample *now, const struct dax_sample *before,
				  __u64 elapsed_ns)
{
	struct dax_model *model = calloc(1, sizeof(*model));
	struct group group[DAX_NR_ITEM_KINDS] = {0};
	struct rows rows = {0};
	int kind, failed = 0;

	if (!model)
		return NULL;
	if (before)
		failed = rows_index(&rows, before);
	model->mono_ns = now->mono_ns;
	model->real_ns = now->real_ns;
	model->tier = now->tier;
	model->known = now->known;
	model->cgroups = now->cgroups;
	model->lost = now->lost;
	if (!failed && comparable(now, &rows))
		model->elapsed_ns = elapsed_ns;
	item_init(&model->host, DAX_HOST, model);
	for (kind = DAX_MOUNT; kind < DAX_NR_ITEM_KINDS && !failed; kind++)
		failed = group_init(&group[kind], &model->list[kind],
				    now->nr_rows + now->nr_residents);
	if (!failed)
		failed = add_rows(model, now, &rows, group) || note_all(model, now, group);
	if (!failed && now->nr_residents)
		failed = add_residents(model, now, group);
	for (kind = DAX_MOUNT; kind < DAX_NR_ITEM_KINDS; kind++)
		free(group[kind].table);
	rows_free(&rows);
	if (failed) {
		dax_model_free(model);
		return NULL;
	}
	return model;
}

static void item_free(struct dax_item *item)
{
	int cls;

	for (cls = 0; cls < DAX_NR_CLASSES; cls++)
		if (item->last.lat[cls] == not_known)
			item->last.lat[cls] = NULL;
	counts_free(&item->total);
	counts_free(&item->last);
}

void dax_model_free(struct dax_model *model)
{
	size_t i;
	int kind;

	if (!model)
		return;
	item_free(&model->host);
	for (kind = 0; kind < DAX_NR_ITEM_KINDS; kind++) {
		for (i = 0; i < model->list[kind].nr; i++)
			item_free(&model->list[kind].item[i]);
		free(model->list[kind].item);
	}
	free(model);
}
