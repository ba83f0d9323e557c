// SPDX-License-Identifier: GPL-2.0-only
/*
 * json.c - an interval as one line of JSON: raw numbers, with the unit in the key; null for
 * unknown.
 */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include "util/json-value.h"
#include "util/lat.h"
#include "util/counts.h"
#include "view/format.h"
#include "util/version.h"
#include "view/view.h"

/* Only ASCII: names must not be able to control a terminal that shows the line. */
#define JSON_FORMAT (JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(9))

/*
 * jansson's *_new() functions take over their arguments and fail on NULL, so a value that could not
 * be made is noticed where it is inserted.
 */
static int set_new(json_t *object, const char *key, json_t *value)
{
	return json_object_set_new(object, key, value);
}

static json_t *counter_to_json(__u64 value)
{
	return value == DAX_NOT_KNOWN ? json_null() : u64_to_json(value);
}

static json_t *num_to_json(struct dax_num num)
{
	if (num.kind == DAX_NUM_UNKNOWN)
		return json_null();
	return num.kind == DAX_NUM_COUNT ? u64_to_json(num.count) : json_real(num.real);
}

static int put_identity(json_t *object, const struct dax_item *item)
{
	const struct dax_key *key = &item->key;
	bool process = item->kind == DAX_PROCESS || item->kind == DAX_THREAD;
	bool many = item->other || item->exited;
	int failed = 0;

	if (item->kind == DAX_HOST)
		return 0;
	failed |= set_new(object, "other", json_boolean(item->other));
	if (process) {
		failed |= set_new(object, "exited", json_boolean(item->exited));
		failed |= set_new(object, "pid", key->tgid ? u64_to_json(key->tgid) : json_null());
		failed |= set_new(object, "comm", text_to_json(item->other ? NULL : item->comm));
	}
	if (item->kind == DAX_THREAD) {
		failed |= set_new(object, "tid", many ? json_null() : u64_to_json(key->tid));
		failed |= set_new(object, "thread", text_to_json(many || !item->thread[0] ? NULL : item->thread));
	}
	if (process || item->kind == DAX_CGROUP) {
		failed |= set_new(object, "cgroup_id",
			      item->cgroup ? u64_to_json(item->cgroup) : json_null());
		failed |= set_new(object, "cgroup", text_to_json(item->cgroup_path));
		return failed;
	}
	failed |= set_new(object, "dev", text_to_json(item->dev[0] ? item->dev : NULL));
	failed |= set_new(object, "mount", text_to_json(item->mount));
	failed |= set_new(object, "fs_type", text_to_json(item->fs_type));
	if (item->kind == DAX_FILE) {
		failed |= set_new(object, "ino", item->other ? json_null() : u64_to_json(key->ino));
		failed |= set_new(object, "gen", item->other ? json_null() : u64_to_json(key->gen));
		failed |= set_new(object, "path", text_to_json(item->path));
		failed |= set_new(object, "path_was", text_to_json(item->path_was));
		failed |= set_new(object, "path_deleted", json_boolean(item->path_deleted));
		failed |= set_new(object, "path_gone", json_boolean(item->path_gone));
	}
	return failed;
}

static int put_fields(json_t *object, const struct dax_item *item, enum dax_window window)
{
	int failed = 0;
	size_t i;

	for (i = 0; i < dax_nr_fields; i++) {
		const struct dax_field *field = &dax_fields[i];
		struct dax_num num;

		if (field->identity || (field->interval_only && window == DAX_TOTAL) ||
		    (field->reading && window == DAX_INTERVAL))
			continue;
		if (field->unit == DAX_UNIT_TEXT) {
			failed |=
				set_new(object, field->name, text_to_json(dax_field_text(field, item, window)));
			continue;
		}
		num = dax_field_num(field, item, window);
		failed |= set_new(object, field->name, num_to_json(num));
	}
	return failed;
}

/* The counters themselves, so that each can be compared. */
static json_t *counts(const struct dax_item *item)
{
	const struct dax_counts *cell = dax_item_cell(item, DAX_TOTAL);
	json_t *all = json_object(), *faults = json_object();
	json_t *fallbacks = json_object(), *ranges = json_object();
	int i, failed = 0;

	for (i = 0; i < DAX_NR_OUTCOMES; i++) {
		json_t *one = json_object();

		failed |= set_new(one, "read", counter_to_json(cell->fault[i][0]));
		failed |= set_new(one, "write", counter_to_json(cell->fault[i][1]));
		failed |= set_new(faults, dax_outcome_name((enum dax_outcome)i), one);
	}
	for (i = DAX_WHY_NONE + 1; i < DAX_NR_REASONS; i++)
		failed |= set_new(fallbacks, dax_reason_name((enum dax_reason)i),
			      num_to_json(dax_reason_num(item, DAX_TOTAL, (enum dax_reason)i)));
	for (i = 0; i < DAX_NR_RANGE_COUNTS; i++)
		failed |= set_new(ranges, dax_range_name((enum dax_range_count)i),
			      counter_to_json(cell->range[i]));
	failed |= set_new(all, "faults", faults);
	failed |= set_new(all, "fallbacks", fallbacks);
	failed |= set_new(all, "ranges", ranges);
	if (!failed)
		return all;
	json_decref(all);
	return NULL;
}

/* Buckets with counts, as [upper bound in ns, count]; the last bucket has no bound: null. */
static json_t *histogram(const __u64 bucket[DAX_LAT_BUCKETS])
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < DAX_LAT_BUCKETS && list; i++) {
		if (!bucket[i])
			continue;
		if (json_array_append_new(list, json_pack("[o,o]", counter_to_json(dax_lat_upper(i)),
							  counter_to_json(bucket[i])))) {
			json_decref(list);
			list = NULL;
		}
	}
	return list;
}

static json_t *latency(const struct dax_item *item)
{
	const struct dax_counts *cell = dax_item_cell(item, DAX_TOTAL);
	json_t *all = json_object();
	int cls, failed = 0;

	for (cls = 0; cls < DAX_NR_CLASSES; cls++) {
		json_t *one = json_object();

		failed |= set_new(one, "count",
			      num_to_json(dax_lat_count(item, DAX_TOTAL, (enum dax_class)cls)));
		if (cls == DAX_LAT_WAIT && !(item->known & DAX_KNOWN_WAITS)) {
			failed |= set_new(one, "sum_ns", json_null());
			failed |= set_new(one, "buckets", json_null());
		} else {
			failed |= set_new(one, "sum_ns", counter_to_json(cell->lat_sum[cls]));
			failed |= set_new(one, "buckets", histogram(counts_lat(cell, (unsigned int)cls)));
		}
		failed |= set_new(all, dax_class_name((enum dax_class)cls), one);
	}
	if (!failed)
		return all;
	json_decref(all);
	return NULL;
}

/* Waits for entry locks by operation; null if they are not counted here. */
static json_t *waits(const struct dax_item *item)
{
	const struct dax_counts *cell = dax_item_cell(item, DAX_TOTAL);
	json_t *all = (item->known & DAX_KNOWN_WAITS) ? json_object() : json_null();
	int i, failed = 0;

	for (i = 0; (item->known & DAX_KNOWN_WAITS) && i < DAX_NR_WAITS; i++)
		failed |= set_new(all, dax_wait_name((enum dax_wait)i), counter_to_json(cell->wait[i]));
	if (!failed)
		return all;
	json_decref(all);
	return NULL;
}

static int put_item(json_t *object, const struct dax_item *item)
{
	json_t *totals = json_object(), *interval = json_object();
	int failed = put_identity(object, item);

	failed |= put_fields(totals, item, DAX_TOTAL);
	failed |= set_new(object, "totals", totals);
	failed |= put_fields(interval, item, DAX_INTERVAL);
	failed |= set_new(object, "interval", interval);
	failed |= set_new(object, "counts", counts(item));
	failed |= set_new(object, "latency", latency(item));
	failed |= set_new(object, "entry_waits", waits(item));
	failed |= set_new(object, "resident", json_string(dax_resident_name(item->resident.state)));
	return failed;
}

static json_t *table(const struct dax_items *items, const struct view_opts *opts)
{
	const struct dax_item **order = view_order(items, opts->sort, DAX_TOTAL, opts->reverse);
	json_t *list = json_array();
	int failed = !order || !list;
	size_t i;

	for (i = 0; !failed && i < items->nr && (!opts->rows || i < opts->rows); i++) {
		json_t *one = json_object();

		failed |= put_item(one, order[i]);
		failed |= json_array_append_new(list, one);
	}
	free(order);
	if (!failed)
		return list;
	json_decref(list);
	return NULL;
}

static int put_head(json_t *object, const struct dax_model *model, const struct view_opts *opts)
{
	json_t *lost = json_object();
	int failed = 0;

	failed |= set_new(object, "schema", json_string(opts->schema ? opts->schema : VIEW_SCHEMA));
	failed |= set_new(object, "version", json_string(daxscope_version));
	failed |= set_new(object, "time_ns", u64_to_json(model->real_ns));
	failed |= set_new(object, "monotonic_ns", u64_to_json(model->mono_ns));
	failed |= set_new(object, "interval_ns",
		      model->elapsed_ns ? u64_to_json(model->elapsed_ns) : json_null());
	failed |= set_new(object, "tier", json_string(dax_tier_name(model->tier)));
	failed |= set_new(object, "extent_reasons", json_boolean((model->known & DAX_KNOWN_EXTENTS)));
	failed |= set_new(object, "cgroup_hierarchy", json_string(dax_cgroups_name(model->cgroups)));
	failed |= set_new(object, "pid_namespace", json_string("initial"));
	failed |= set_new(lost, "events", u64_to_json(model->lost.events));
	failed |= set_new(lost, "faults", u64_to_json(model->lost.faults));
	failed |= set_new(lost, "details", u64_to_json(model->lost.details));
	failed |= set_new(lost, "unwatched", u64_to_json(model->lost.unwatched));
	failed |= set_new(lost, "slots", u64_to_json(model->lost.slots));
	failed |= set_new(lost, "waits", (model->known & DAX_KNOWN_WAITS) ? u64_to_json(model->lost.waits) : json_null());
	failed |= set_new(lost, "entries",
		      model->known & (DAX_KNOWN_DOWNGRADES | DAX_KNOWN_ZERO_REPLACED) ? u64_to_json(model->lost.entries)
								: json_null());
	return failed | set_new(object, "lost", lost);
}

int view_json(FILE *to, const struct dax_model *model, const struct view_opts *opts)
{
	json_t *object = json_object();
	int kind, failed = !object, ret = 0;

	failed |= put_head(object, model, opts);
	if (opts->extra)
		failed |= json_object_update(object, opts->extra);
	failed |= put_item(object, &model->host);
	for (kind = DAX_MOUNT; kind < DAX_NR_ITEM_KINDS; kind++) {
		bool known = kind != DAX_THREAD || (model->known & DAX_KNOWN_THREADS);
		char count[32];

		snprintf(count, sizeof(count), "nr_%s", view_table_name((enum dax_item_kind)kind));
		failed |= set_new(object, count, known ? u64_to_json(model->list[kind].nr) : json_null());
		if (!known) {
			failed |=
				set_new(object, view_table_name((enum dax_item_kind)kind), json_null());
			continue;
		}
		failed |= set_new(object, view_table_name((enum dax_item_kind)kind),
			      table(&model->list[kind], opts));
	}
	errno = 0;
	if (failed)
		ret = -ENOMEM;
	else if (json_dumpf(object, to, JSON_FORMAT) || fputc('\n', to) == EOF)
		ret = errno ? -errno : -EIO;
	json_decref(object);
	return ret;
}
