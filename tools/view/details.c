// SPDX-License-Identifier: GPL-2.0-only
/* details.c - show everything that is known about one file, process, thread, cgroup or mount. */
#include <stdio.h>
#include <string.h>
#include "util/escape.h"
#include "util/lat.h"
#include "util/counts.h"
#include "view/format.h"
#include "view/lines.h"

#define BAR_MAX 40 /* columns of the longest bar */

static void escape_name(char out[FORMAT_NAME_MAX], const char *raw, bool ascii)
{
	escape_text(out, FORMAT_NAME_MAX, raw ? raw : "-", ascii ? ESCAPE_ASCII : ESCAPE_TERMINAL);
}

static void add_identity(struct lines *lines, const struct dax_item *item)
{
	char name[FORMAT_NAME_MAX], type[FORMAT_NAME_MAX], dev[FORMAT_NUM_MAX];

	format_name(name, item, lines->ascii);
	lines_add(lines, LINE_HEAD, 0, "%s", name);
	if (item->other)
		return;
	format_device(dev, item->key.dev);
	if (item->kind == DAX_FILE)
		lines_add(lines, LINE_FAINT, 0, "inode %llu, generation %u",
			  (unsigned long long)item->key.ino, item->key.gen);
	if (item->kind == DAX_FILE || item->kind == DAX_MOUNT) {
		escape_name(name, item->mount, lines->ascii);
		escape_name(type, item->fs_type, lines->ascii);
		lines_add(lines, LINE_FAINT, 0, "device %s, mounted on %s, filesystem %s", dev,
			  name, type);
	}
	if (item->path_was) {
		escape_name(name, item->path_was, lines->ascii);
		lines_add(lines, LINE_FAINT, 0, "renamed from %s", name);
	}
	if (item->path_gone)
		lines_add(lines, LINE_FAINT, 0,
			  "no longer there: renamed or deleted; it is not known which");
	if (item->exited && item->key.tgid)
		lines_add(lines, LINE_FAINT, 0, "threads of process %u that have exited", item->key.tgid);
	else if (item->exited)
		lines_add(lines, LINE_FAINT, 0, "%s of that name that have exited",
			  item->kind == DAX_THREAD ? "threads of processes" : "processes");
	else if (item->kind == DAX_PROCESS)
		lines_add(lines, LINE_FAINT, 0, "process %u", item->key.tgid);
	if (item->kind == DAX_THREAD && !item->exited) {
		escape_name(name, item->comm, lines->ascii);
		lines_add(lines, LINE_FAINT, 0, "thread %u of process %u %s", item->key.tid,
			  item->key.tgid, name);
	}
	if (item->cgroup) {
		escape_name(name, item->cgroup_path, lines->ascii);
		lines_add(lines, LINE_FAINT, 0, "cgroup %llu %s", (unsigned long long)item->cgroup,
			  name);
	}
	if (item->most_pid)
		lines_add(lines, LINE_FAINT, 0, "most of its 4 KiB faults by process %u",
			  item->most_pid);
}

static void add_reasons(struct lines *lines, const struct dax_item *item)
{
	enum dax_reason order[DAX_NR_REASONS];
	size_t nr = dax_reasons_by_count(item, DAX_TOTAL, order), i;
	char count[FORMAT_NUM_MAX];

	if (!nr)
		return;
	lines_add(lines, LINE_PLAIN, 0, "%s", "");
	lines_add(lines, LINE_HEAD, 0, "fallbacks by reason");
	for (i = 0; i < nr; i++) {
		format_num(count, dax_reason_num(item, DAX_TOTAL, order[i]), DAX_UNIT_COUNT);
		lines_add(lines, LINE_PLAIN, 8, "%7s %s: %s", count, dax_reason_name(order[i]),
			  dax_reason_means(order[i]));
		lines_fix(lines, 8, dax_reason_fix(order[i], dax_item_fs(item)),
			  dax_reason_run(order[i], dax_item_fs(item)), item);
	}
}

static void add_fields(struct lines *lines, const struct dax_item *item)
{
	char total[256], last[256];
	size_t i;

	lines_add(lines, LINE_PLAIN, 0, "%s", "");
	lines_add(lines, LINE_HEAD, 0, "%-22s %17s %17s", "", "total", "interval");
	for (i = 0; i < dax_nr_fields; i++) {
		const struct dax_field *field = &dax_fields[i];

		if (field->identity)
			continue;
		format_field(total, sizeof(total), field, item, DAX_TOTAL, lines->ascii);
		format_field(last, sizeof(last), field, item, DAX_INTERVAL, lines->ascii);
		lines_add(lines, LINE_PLAIN, 4, "%-22s %17s %17s", field->name,
			  field->interval_only ? "" : total, field->reading ? "" : last);
	}
}

/* A row for each power of two between the first and the last with counts. */
static void add_histogram(struct lines *lines, const struct dax_item *item, enum dax_class cls)
{
	__u64 sum[DAX_LAT_BUCKETS / 4 + 2] = {0}, most = 0;
	int nr = DAX_LAT_MAX_EXP - DAX_LAT_MIN_EXP + 3, first = nr, last = -1, room, i;
	char bar[FORMAT_LINE_MAX], count[FORMAT_NUM_MAX], upper[FORMAT_NUM_MAX];
	struct dax_num num = {.kind = DAX_NUM_COUNT};

	for (i = 0; i < DAX_LAT_BUCKETS; i++)
		sum[(i + 3) / 4] += counts_lat(&item->total, cls)[i];
	for (i = 0; i < nr; i++) {
		if (!sum[i])
			continue;
		first = i < first ? i : first;
		last = i;
		most = sum[i] > most ? sum[i] : most;
	}
	if (last < 0)
		return;
	lines_add(lines, LINE_PLAIN, 0, "%s", "");
	lines_add(lines, LINE_HEAD, 0, "latency of %s%s", dax_class_label(cls),
		  cls == DAX_LAT_WAIT ? "s" : " faults");
	room = lines->columns - 24;
	for (i = first; i <= last; i++) {
		num.count = sum[i];
		format_num(count, num, DAX_UNIT_COUNT);
		/* The last row has no upper bound: it begins where the previous row ends. */
		num.count = 1ULL << (i + DAX_LAT_MIN_EXP - (i == nr - 1));
		format_num(upper, num, DAX_UNIT_NS);
		format_bar(bar, (double)sum[i] / (double)most, room < BAR_MAX ? room : BAR_MAX,
			   lines->ascii);
		lines_add(lines, LINE_PLAIN, 0, "%s %9s %7s %s", i < nr - 1 ? "below" : " from",
			  upper, count, bar);
	}
}

void lines_details(struct lines *lines, const struct dax_item *item)
{
	const char *cause = dax_advise(item, DAX_TOTAL).cause;
	int cls;

	add_identity(lines, item);
	lines_resident(lines, item);
	/* Advice about a fallback is shown with the reasons. */
	if (cause && !strcmp(cause, "never_tried"))
		lines_advice(lines, item, DAX_TOTAL);
	add_reasons(lines, item);
	lines_waits(lines, item);
	for (cls = 0; cls < DAX_NR_CLASSES; cls++)
		add_histogram(lines, item, (enum dax_class)cls);
	add_fields(lines, item);
}
