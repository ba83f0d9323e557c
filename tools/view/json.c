// SPDX-License-Identifier: GPL-2.0-only
/* json.c - an interval as one line of JSON: raw numbers, the unit in the key, null for unknown. */
#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "util/escape.h"
#include "util/lat.h"
#include "view/format.h"
#include "view/view.h"

/* ASCII only: a terminal that is shown the line must not act on what names hold. */
#define JSON_FORMAT (JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(9))

/*
 * jansson's *_new() functions take over what they are given and fail on NULL, so a value that
 * could not be made is seen where it is put in.
 */
static int put(json_t *object, const char *key, json_t *value)
{
	return json_object_set_new(object, key, value);
}

/* A number beyond what JSON readers keep exact in 63 bits is written as a string of digits. */
static json_t *integer(__u64 value)
{
	char digits[24];

	if (value <= LLONG_MAX)
		return json_integer((json_int_t)value);
	snprintf(digits, sizeof(digits), "%llu", (unsigned long long)value);
	return json_string(digits);
}

static json_t *counter(__u64 value)
{
	return value == DAX_NOT_KNOWN ? json_null() : integer(value);
}

static json_t *number(struct dax_num num)
{
	if (num.kind == DAX_NUM_UNKNOWN)
		return json_null();
	return num.kind == DAX_NUM_COUNT ? integer(num.count) : json_real(num.real);
}

static json_t *text(const char *raw)
{
	char *clean;
	json_t *string;
	size_t size;

	if (!raw)
		return json_null();
	size = 4 * strlen(raw) + 1;
	clean = malloc(size);
	if (!clean)
		return NULL;
	escape_text(clean, size, raw, ESCAPE_JSON);
	string = json_string(clean);
	free(clean);
	return string;
}

static int put_identity(json_t *object, const struct dax_item *item)
{
	const struct dax_key *key = &item->key;
	bool process = item->kind == DAX_PROCESS || item->kind == DAX_THREAD;
	bool many = item->other || item->exited;
	int failed = 0;

	if (item->kind == DAX_HOST)
		return 0;
	failed |= put(object, "other", json_boolean(item->other));
	if (process) {
		failed |= put(object, "exited", json_boolean(item->exited));
		failed |= put(object, "pid", key->tgid ? integer(key->tgid) : json_null());
		failed |= put(object, "comm", text(item->other ? NULL : item->comm));
	}
	if (item->kind == DAX_THREAD) {
		failed |= put(object, "tid", many ? json_null() : integer(key->tid));
		failed |= put(object, "thread", text(many || !item->thread[0] ? NULL : item->thread));
	}
	if (process || item->kind == DAX_CGROUP) {
		failed |= put(object, "cgroup_id",
			      item->cgroup ? integer(item->cgroup) : json_null());
		failed |= put(object, "cgroup", text(item->cgroup_path));
		return failed;
	}
	failed |= put(object, "dev", text(item->dev[0] ? item->dev : NULL));
	failed |= put(object, "mount", text(item->mount));
	failed |= put(object, "fs_type", text(item->fs_type));
	if (item->kind == DAX_FILE) {
		failed |= put(object, "ino", item->other ? json_null() : integer(key->ino));
		failed |= put(object, "gen", item->other ? json_null() : integer(key->gen));
		failed |= put(object, "path", text(item->path));
		failed |= put(object, "path_was", text(item->path_was));
		failed |= put(object, "path_deleted", json_boolean(item->path_deleted));
		failed |= put(object, "path_gone", json_boolean(item->path_gone));
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
				put(object, field->name, text(dax_field_text(field, item, window)));
			continue;
		}
		num = dax_field_num(field, item, window);
		failed |= put(object, field->name, number(num));
	}
	return failed;
}

/* The counters themselves, so that they can be compared one by one. */
static json_t *counts(const struct dax_item *item)
{
	const struct dax_cell *cell = dax_item_cell(item, DAX_TOTAL);
	json_t *all = json_object(), *faults = json_object();
	json_t *fallbacks = json_object(), *ranges = json_object();
	int i, failed = 0;

	for (i = 0; i < DAX_NR_OUTCOMES; i++) {
		json_t *one = json_object();

		failed |= put(one, "read", counter(cell->fault[i][0]));
		failed |= put(one, "write", counter(cell->fault[i][1]));
		failed |= put(faults, dax_outcome_name((enum dax_outcome)i), one);
	}
	for (i = DAX_WHY_NONE + 1; i < DAX_NR_REASONS; i++)
		failed |= put(fallbacks, dax_reason_name((enum dax_reason)i),
			      number(dax_reason_num(item, DAX_TOTAL, (enum dax_reason)i)));
	for (i = 0; i < DAX_NR_RANGE_COUNTS; i++)
		failed |= put(ranges, dax_range_name((enum dax_range_count)i),
			      counter(cell->range[i]));
	failed |= put(all, "faults", faults);
	failed |= put(all, "fallbacks", fallbacks);
	failed |= put(all, "ranges", ranges);
	if (!failed)
		return all;
	json_decref(all);
	return NULL;
}

/* Buckets that hold something, as [upper bound in ns, count]; the last one has no bound: null. */
static json_t *histogram(const __u64 bucket[DAX_LAT_BUCKETS])
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < DAX_LAT_BUCKETS && list; i++) {
		if (!bucket[i])
			continue;
		if (json_array_append_new(list, json_pack("[o,o]", counter(dax_lat_upper(i)),
							  counter(bucket[i])))) {
			json_decref(list);
			list = NULL;
		}
	}
	return list;
}

static json_t *latency(const struct dax_item *item)
{
	const struct dax_cell *cell = dax_item_cell(item, DAX_TOTAL);
	json_t *all = json_object();
	int cls, failed = 0;

	for (cls = 0; cls < DAX_NR_CLASSES; cls++) {
		json_t *one = json_object();

		failed |= put(one, "count",
			      number(dax_lat_count(item, DAX_TOTAL, (enum dax_class)cls)));
		if (cls == DAX_LAT_WAIT && !item->waits) {
			failed |= put(one, "sum_ns", json_null());
			failed |= put(one, "buckets", json_null());
		} else {
			failed |= put(one, "sum_ns", counter(cell->lat_sum[cls]));
			failed |= put(one, "buckets", histogram(cell->lat[cls]));
		}
		failed |= put(all, dax_class_name((enum dax_class)cls), one);
	}
	if (!failed)
		return all;
	json_decref(all);
	return NULL;
}

/* Waits for entry locks by what the task was about; null where no tier counts them. */
static json_t *waits(const struct dax_item *item)
{
	const struct dax_cell *cell = dax_item_cell(item, DAX_TOTAL);
	json_t *all = item->waits ? json_object() : json_null();
	int i, failed = 0;

	for (i = 0; item->waits && i < DAX_NR_WAITS; i++)
		failed |= put(all, dax_wait_name((enum dax_wait)i), counter(cell->wait[i]));
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
	failed |= put(object, "totals", totals);
	failed |= put_fields(interval, item, DAX_INTERVAL);
	failed |= put(object, "interval", interval);
	failed |= put(object, "counts", counts(item));
	failed |= put(object, "latency", latency(item));
	failed |= put(object, "entry_waits", waits(item));
	failed |= put(object, "resident", json_string(dax_resident_name(item->resident.state)));
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

	failed |= put(object, "schema", json_string(opts->schema ? opts->schema : VIEW_SCHEMA));
	failed |= put(object, "version", json_string(DAXSCOPE_VERSION));
	failed |= put(object, "time_ns", integer(model->real_ns));
	failed |= put(object, "monotonic_ns", integer(model->mono_ns));
	failed |= put(object, "interval_ns",
		      model->elapsed_ns ? integer(model->elapsed_ns) : json_null());
	failed |= put(object, "tier", json_string(dax_tier_name(model->tier)));
	failed |= put(object, "extent_reasons", json_boolean(model->all_reasons));
	failed |= put(lost, "events", integer(model->lost.events));
	failed |= put(lost, "unwatched", integer(model->lost.unwatched));
	failed |= put(lost, "slots", integer(model->lost.slots));
	failed |= put(lost, "waits", model->waits ? integer(model->lost.waits) : json_null());
	failed |= put(lost, "entries",
		      model->downgrades || model->zero_replaced ? integer(model->lost.entries)
								: json_null());
	return failed | put(object, "lost", lost);
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
		bool known = kind != DAX_THREAD || model->threads;
		char count[32];

		snprintf(count, sizeof(count), "nr_%s", view_table_name((enum dax_item_kind)kind));
		failed |= put(object, count, known ? integer(model->list[kind].nr) : json_null());
		if (!known) {
			failed |=
				put(object, view_table_name((enum dax_item_kind)kind), json_null());
			continue;
		}
		failed |= put(object, view_table_name((enum dax_item_kind)kind),
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
