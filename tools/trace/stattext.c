// SPDX-License-Identifier: GPL-2.0-only
/* stattext.c - print the counts of a command as text. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "trace/assert.h"
#include "trace/show.h"
#include "trace/trace.h"
#include "util/escape.h"
#include "view/columns.h"
#include "view/lines.h"

#define COMMAND_MAX 512 /* bytes of the command that are shown */

/* What was watched: the command alone, unless other targets were given. */
static size_t watched_text(char *raw, size_t size, const struct session_opts *session)
{
	size_t used = 0, i;

	if (session->command && !session->nr_targets && !session->nr_cgroups && !session->all)
		return 0;
	for (i = 0; i < session->nr_targets && used < size; i++)
		used += (size_t)snprintf(raw + used, size - used, "%s%u", i ? ", " : "process ",
					 session->targets[i]);
	if (!session->nr_targets)
		used = (size_t)snprintf(raw, size, "all processes");
	if (session->nr_cgroups && used < size)
		used += (size_t)snprintf(raw + used, size - used, " in %zu cgroup%s", session->nr_cgroups,
					 session->nr_cgroups == 1 ? "" : "s");
	if (session->command && used < size)
		used += (size_t)snprintf(raw + used, size - used, " during ");
	return used;
}

static void add_head(struct lines *lines, const struct dax_model *model, const struct session_opts *session)
{
	char *const *command = session->command;
	char raw[COMMAND_MAX] = "", clean[4 * COMMAND_MAX + 1], time[FORMAT_NUM_MAX];
	struct dax_num num = {.kind = DAX_NUM_COUNT, .count = model->elapsed_ns};
	size_t used = watched_text(raw, sizeof(raw), session);

	for (; command && *command && used < sizeof(raw); command++)
		used += (size_t)snprintf(raw + used, sizeof(raw) - used, "%s%s",
					 command == session->command ? "" : " ", *command);
	escape_text(clean, sizeof(clean), raw, lines->ascii ? ESCAPE_ASCII : ESCAPE_TERMINAL);
	format_num(time, num, DAX_UNIT_NS);
	lines_add(lines, LINE_PLAIN, 0, "%s", "");
	lines_add(lines, LINE_HEAD, 4, "DAX faults of %s, in %s", clean, time);
	lines_add(lines, LINE_PLAIN, 4, "%s: %s", dax_tier_name(model->tier),
		  dax_tier_means(model->tier));
	if (model->lost.unwatched)
		lines_add(lines, LINE_STRONG, 4,
			  "%llu processes could not be followed: their faults are missing",
			  (unsigned long long)model->lost.unwatched);
	lines_missing(lines, 0, model);
	lines_add(lines, LINE_PLAIN, 0, "%s", "");
}

/* Full numbers, as perf stat prints them, because they are compared with others. */
static void add_field(struct lines *lines, const struct dax_field *field,
		      const struct dax_item *item)
{
	struct dax_num num = dax_field_num(field, item, DAX_TOTAL);
	char value[24];

	if (field->unit == DAX_UNIT_COUNT && num.kind == DAX_NUM_COUNT)
		snprintf(value, sizeof(value), "%s%llu", num.partial ? ">" : "",
			 (unsigned long long)num.count);
	else
		format_num(value, num, field->unit);
	lines_add(lines, LINE_PLAIN, 39, "%14s  %-20s # %s", value, field->name, field->what);
}

/* The most important fields are always printed, the others only when they are not 0. */
static bool worth_a_line(const struct dax_field *field, const struct dax_item *item)
{
	static const char *const always[] = {"pmd_coverage", "fallbacks", "pte_faults",
					     "pmd_faults", "fallback_ratio"};
	struct dax_num num;
	size_t i;

	if (field->identity || field->unit == DAX_UNIT_TEXT || field->unit == DAX_UNIT_NS ||
	    field->interval_only)
		return false;
	for (i = 0; i < sizeof(always) / sizeof(*always); i++)
		if (!strcmp(field->name, always[i]))
			return true;
	num = dax_field_num(field, item, DAX_TOTAL);
	return num.kind == DAX_NUM_REAL || (num.kind == DAX_NUM_COUNT && num.count);
}

/* A line for each class of faults that was timed. */
static void add_latency(struct lines *lines, const struct dax_item *item)
{
	static const char *const columns[] = {"p50", "p99", "max", "mean"};
	char text[FORMAT_LINE_MAX], value[FORMAT_NUM_MAX], name[64];
	bool any = false;
	size_t used, i;
	int cls;

	for (cls = 0; cls < DAX_NR_CLASSES; cls++) {
		struct dax_num nr = dax_lat_count(item, DAX_TOTAL, (enum dax_class)cls);

		if (nr.kind != DAX_NUM_COUNT || !nr.count)
			continue;
		if (!any) {
			lines_add(lines, LINE_PLAIN, 0, "%s", "");
			lines_add(lines, LINE_HEAD, 0, "%14s  %-20s %9s %9s %9s %9s", "faults",
				  "latency", "p50", "p99", "max", "mean");
		}
		any = true;
		used = (size_t)snprintf(text, sizeof(text), "%14llu  %-20s",
					(unsigned long long)nr.count,
					dax_class_label((enum dax_class)cls));
		for (i = 0; i < sizeof(columns) / sizeof(*columns); i++) {
			snprintf(name, sizeof(name), "lat_%s_%s_ns",
				 dax_class_name((enum dax_class)cls), columns[i]);
			format_num(value, dax_field_num(dax_field_find(name), item, DAX_TOTAL),
				   DAX_UNIT_NS);
			used += (size_t)snprintf(text + used, sizeof(text) - used, " %9s", value);
		}
		lines_add(lines, LINE_PLAIN, 0, "%s", text);
	}
}

static void add_reasons(struct lines *lines, const struct dax_item *item)
{
	enum dax_reason order[DAX_NR_REASONS];
	size_t nr = dax_reasons_by_count(item, DAX_TOTAL, order), i;

	if (!nr)
		return;
	lines_add(lines, LINE_PLAIN, 0, "%s", "");
	lines_add(lines, LINE_HEAD, 0, "%14s  %s", "fallbacks", "reason");
	for (i = 0; i < nr; i++)
		lines_add(lines, LINE_PLAIN, 39, "%14llu  %-20s # %s",
			  (unsigned long long)dax_reason_num(item, DAX_TOTAL, order[i]).count,
			  dax_reason_name(order[i]), dax_reason_means(order[i]));
}

static int add_table(struct lines *lines, const struct dax_model *model, enum dax_item_kind kind,
		     const struct view_opts *opts)
{
	const struct dax_items *items = &model->list[kind];
	const struct dax_field *sort = dax_field_find("pte_faults");
	const struct dax_item **order = view_order(items, sort, DAX_TOTAL, false);
	struct columns columns;
	char text[FORMAT_LINE_MAX];
	size_t i;

	if (!order)
		return -ENOMEM;
	if (items->nr) {
		columns_choose(&columns, kind, lines->columns, sort);
		columns_head(text, &columns);
		lines_add(lines, LINE_PLAIN, 0, "%s", "");
		lines_add(lines, LINE_HEAD, 0, "%s", text);
	}
	for (i = 0; i < items->nr && i < opts->rows; i++) {
		columns_row(text, &columns, order[i], DAX_TOTAL, lines->ascii);
		lines_add(lines, LINE_PLAIN, 0, "%s", text);
	}
	if (i < items->nr)
		lines_add(lines, LINE_FAINT, 0, "... and %zu more", items->nr - i);
	if (items->nr && kind == DAX_FILE) {
		lines_add(lines, LINE_PLAIN, 0, "%s", "");
		lines_advice(lines, order[0], DAX_TOTAL);
	}
	free(order);
	return 0;
}

/* Tables of files, and of other kinds if there is more than one item. */
static int add_tables(struct lines *lines, const struct dax_model *model,
		      const struct view_opts *opts)
{
	int err = 0;

	if (model->known & DAX_KNOWN_THREADS)
		err = add_table(lines, model, DAX_THREAD, opts);
	if (!err && model->list[DAX_CGROUP].nr > 1)
		err = add_table(lines, model, DAX_CGROUP, opts);
	if (!err && model->list[DAX_MOUNT].nr > 1)
		err = add_table(lines, model, DAX_MOUNT, opts);
	return err ? err : add_table(lines, model, DAX_FILE, opts);
}

/* Print the lines, unless making them failed with @err, and free them. */
static int print(FILE *to, struct lines *lines, int err)
{
	size_t i;

	if (lines->failed)
		err = -ENOMEM;
	for (i = 0; i < lines->nr && !err; i++)
		if (fprintf(to, "%s\n", lines->line[i].text) < 0)
			err = errno ? -errno : -EIO;
	lines_free(lines);
	return err;
}

int show_stat(FILE *to, const struct dax_model *model, const struct session_opts *session,
	      const struct view_opts *opts)
{
	struct lines lines = {
		.columns = opts->columns, .ascii = opts->ascii, .whole_commands = true};
	size_t i;

	add_head(&lines, model, session);
	for (i = 0; i < dax_nr_fields; i++)
		if (worth_a_line(&dax_fields[i], &model->host))
			add_field(&lines, &dax_fields[i], &model->host);
	add_reasons(&lines, &model->host);
	if (!dax_item_seen(&model->host))
		lines_add(&lines, LINE_PLAIN, 0, "%s", "");
	lines_unseen(&lines, &model->host);
	add_latency(&lines, &model->host);
	lines_waits(&lines, &model->host);
	return print(to, &lines, add_tables(&lines, model, opts));
}

int show_verdict(FILE *to, const struct assert_result *results, size_t nr,
		 const struct view_opts *opts)
{
	struct lines lines = {
		.columns = opts->columns, .ascii = opts->ascii, .whole_commands = true};

	assert_show(&lines, results, nr);
	return print(to, &lines, 0);
}
