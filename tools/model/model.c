// SPDX-License-Identifier: GPL-2.0-only
/* model.c - adds the rows of a sample up by host, mount, file, process, thread and cgroup. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "model/key.h"
#include "model/model.h"
#include "model/num.h"
#include "model/resident.h"
#include "model/rows.h"

/* A cell is counters and nothing else; all but lat_max add up. */
#define CELL_WORDS (sizeof(struct dax_cell) / sizeof(__u64))
#define MAX_FIRST  (offsetof(struct dax_cell, lat_max) / sizeof(__u64))
#define MAX_BEYOND (MAX_FIRST + DAX_NR_CLASSES)
_Static_assert(sizeof(struct dax_cell) % sizeof(__u64) == 0, "a cell is an array of counters");

static bool is_max(size_t word)
{
	return word >= MAX_FIRST && word < MAX_BEYOND;
}

static void cell_add(struct dax_cell *to, const struct dax_cell *cell)
{
	__u64 *sum = (__u64 *)to;
	const __u64 *add = (const __u64 *)cell;
	size_t i;

	for (i = 0; i < CELL_WORDS; i++) {
		if (!is_max(i))
			sum[i] = known_add(sum[i], add[i]);
		else if (sum[i] == DAX_NOT_KNOWN || add[i] == DAX_NOT_KNOWN)
			sum[i] = DAX_NOT_KNOWN;
		else if (add[i] > sum[i])
			sum[i] = add[i];
	}
}

/*
 * What @now gained over @before. A largest latency belongs to the interval only when it was
 * exceeded there or nothing was timed; else the interval's own is unknown.
 */
static void cell_gain(struct dax_cell *gain, const struct dax_cell *now,
		      const struct dax_cell *before)
{
	__u64 *to = (__u64 *)gain;
	const __u64 *new = (const __u64 *)now, *old = (const __u64 *)before;
	size_t i, cls;

	for (i = 0; i < CELL_WORDS; i++)
		if (!is_max(i))
			to[i] = known_gain(new[i], old[i]);
	for (cls = 0; cls < DAX_NR_CLASSES; cls++) {
		bool idle = !memcmp(now->lat[cls], before->lat[cls], sizeof(now->lat[cls]));

		if (now->lat_max[cls] > before->lat_max[cls])
			gain->lat_max[cls] = now->lat_max[cls];
		else
			gain->lat_max[cls] = idle ? 0 : DAX_NOT_KNOWN;
	}
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

static void item_init(struct dax_item *item, enum dax_item_kind kind, const struct dax_model *model)
{
	memset(item, 0, sizeof(*item));
	item->kind = kind;
	item->all_reasons = model->all_reasons;
	item->downgrades = model->downgrades;
	item->waits = model->waits;
	item->zero_replaced = model->zero_replaced;
	item->waits_lost = model->lost.waits > 0;
	item->entries_lost = model->lost.entries > 0;
	item->tier = model->tier;
	item->upgrades = model->upgrades;
	item->elapsed_ns = model->elapsed_ns;
	if (!model->elapsed_ns)
		memset(&item->last, 0xff, sizeof(item->last));
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

/* What tells items of @kind apart, of a row. */
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

/* The names that an item of its kind has, of the first row of it. */
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

/* Whom an item of @kind stands for, of a row. */
static int sort_of(enum dax_item_kind kind, const struct dax_row *row)
{
	/* A thread that has exited may be of a process that has not. */
	if (row->exited && (kind == DAX_THREAD || (kind == DAX_PROCESS && !row->key.tgid)))
		return SORT_EXITED;
	/* A recording tells threads apart only up to a number. */
	if (row->other || (kind == DAX_CGROUP && !row->cgroup) || (kind == DAX_THREAD && !row->key.tid))
		return SORT_OTHER;
	return SORT_ONE;
}

/* Of processes that are gone, names and cgroups are told apart. */
static struct dax_key key_of_exited(const struct dax_row *row)
{
	__u64 h = 0xcbf29ce484222325ULL;
	size_t i;

	for (i = 0; i < sizeof(row->comm) && row->comm[i]; i++)
		h = (h ^ (unsigned char)row->comm[i]) * 0x100000001b3ULL;
	return (struct dax_key){
		.ino = row->cgroup, .dev = (__u32)h, .gen = (__u32)(h >> 32), .tgid = row->key.tgid};
}

/* The item of @kind that @row belongs to, made when it is the first of it; NULL: no memory. */
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

static void item_add(struct dax_item *item, const struct dax_row *row, const struct dax_cell *gain)
{
	cell_add(&item->total, &row->count);
	if (gain)
		cell_add(&item->last, gain);
	if (item->kind == DAX_FILE && !item->path && row->path) {
		item->path = row->path;
		item->path_was = row->path_was;
		item->path_deleted = row->path_deleted;
		item->path_gone = row->path_gone;
	}
}

/* Rows are there again, but for those that are said to be gone; else nothing can be compared. */
static bool comparable(const struct dax_sample *now, const struct rows *before)
{
	size_t found = 0, i;

	for (i = 0; i < now->nr_rows; i++)
		found += rows_find(before, &now->rows[i]) != NULL;
	return before->sample && found + now->nr_gone >= before->sample->nr_rows;
}

/* What @row counted since the reading before. */
static void row_gain(struct dax_cell *gain, const struct dax_row *row, const struct rows *before)
{
	const struct dax_row *old = rows_find(before, row);
	struct dax_cell had = {0};

	if (old)
		had = old->count;
	if (row->absorbed)
		cell_add(&had, row->absorbed);
	cell_gain(gain, &row->count, &had);
}

static int add_rows(struct dax_model *model, const struct dax_sample *now, const struct rows *before,
		    struct group group[])
{
	struct dax_cell gain;
	size_t i;
	int kind;

	for (i = 0; i < now->nr_rows; i++) {
		const struct dax_row *row = &now->rows[i];
		const struct dax_cell *gained = NULL;

		if (model->elapsed_ns) {
			row_gain(&gain, row, before);
			gained = &gain;
		}
		item_add(&model->host, row, gained);
		for (kind = DAX_MOUNT; kind < DAX_NR_ITEM_KINDS; kind++) {
			struct dax_item *item;

			if (kind == DAX_THREAD && !model->threads)
				continue;
			item = group_item(&group[kind], kind, row, model);
			if (!item)
				return -1;
			item_add(item, row, gained);
		}
	}
	return 0;
}

/* Whom to look at first: where most 4 KiB faults come from. */
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

/* Rows of one file in one process side by side, else as they came. */
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
			if (model->threads)
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

/* What was read of files, for which there may have been no fault; then who could not be read. */
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
			continue; /* what is gone has nothing mapped */
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
	model->all_reasons = now->extents;
	model->downgrades = now->downgrades;
	model->waits = now->waits;
	model->zero_replaced = now->zero_replaced;
	model->upgrades = now->upgrades;
	model->threads = now->threads;
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

void dax_model_free(struct dax_model *model)
{
	int kind;

	if (!model)
		return;
	for (kind = 0; kind < DAX_NR_ITEM_KINDS; kind++)
		free(model->list[kind].item);
	free(model);
}
