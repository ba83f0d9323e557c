// SPDX-License-Identifier: GPL-2.0-only
/* text.c - a frame of plain text: totals, tables, and what to do about fallbacks. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "util/escape.h"
#include "view/columns.h"
#include "view/lines.h"
#include "view/view.h"

#define LIST_COLUMNS 79
#define NAME_BYTES   1024
#define ADVICE_MAX   4 /* different causes that are explained in one frame */

const char *view_table_name(enum dax_item_kind kind)
{
	static const char *const names[DAX_NR_ITEM_KINDS] = {
		[DAX_FILE] = "files",	  [DAX_PROCESS] = "processes", [DAX_THREAD] = "threads",
		[DAX_CGROUP] = "cgroups", [DAX_MOUNT] = "mounts",
	};

	return names[kind];
}

enum dax_item_kind view_next_table(const struct dax_model *model, enum dax_item_kind kind)
{
	switch (kind) {
	case DAX_FILE:
		return DAX_PROCESS;
	case DAX_PROCESS:
		return model && (model->known & DAX_KNOWN_THREADS) ? DAX_THREAD : DAX_CGROUP;
	case DAX_THREAD:
		return DAX_CGROUP;
	case DAX_CGROUP:
		return DAX_MOUNT;
	default:
		return DAX_FILE;
	}
}

const struct dax_item **view_order(const struct dax_items *items, const struct dax_field *sort,
				   enum dax_window window, bool reverse)
{
	const struct dax_item **order = calloc(items->nr + 1, sizeof(*order));
	size_t i;

	if (!order)
		return NULL;
	for (i = 0; i < items->nr; i++)
		order[i] = &items->item[i];
	if (sort)
		dax_sort(order, items->nr, sort, window, reverse);
	return order;
}

void view_list_fields(FILE *to)
{
	struct lines lines = {.columns = LIST_COLUMNS};
	size_t i;

	for (i = 0; i < dax_nr_fields; i++)
		lines_add(&lines, LINE_PLAIN, 29, "%-20s %-7s %s", dax_fields[i].name,
			  dax_fields[i].title, dax_fields[i].what);
	for (i = 0; i < lines.nr; i++)
		fprintf(to, "%s\n", lines.line[i].text);
	lines_free(&lines);
}

static void add_daxtop(struct lines *lines, const struct dax_model *model, const char *recording)
{
	char name[4 * NAME_BYTES + 4] = "";
	time_t seconds = (time_t)(model->real_ns / 1000000000);
	char when[32] = "-", interval[FORMAT_NUM_MAX];
	struct dax_num num = {0};
	struct tm tm;

	if (model->real_ns && localtime_r(&seconds, &tm))
		strftime(when, sizeof(when), "%F %T", &tm);
	if (model->elapsed_ns)
		num = (struct dax_num){.kind = DAX_NUM_COUNT, .count = model->elapsed_ns};
	format_num(interval, num, DAX_UNIT_NS);
	if (recording)
		escape_text(name, sizeof(name), recording,
			    lines->ascii ? ESCAPE_ASCII : ESCAPE_TERMINAL);
	lines_add(lines, LINE_HEAD, 8, "daxtop  %s%s%s%s  interval %s  lost %llu  %s: %s",
		  recording ? "recording " : "", name, recording ? "  " : "", when, interval,
		  (unsigned long long)model->lost.events, dax_tier_name(model->tier),
		  dax_tier_means(model->tier));
}

static void add_head(struct lines *lines, const struct dax_model *model,
		     const struct view_opts *opts)
{
	const struct dax_bpf_losses *lost = &model->lost;
	size_t i;

	if (!opts->head)
		add_daxtop(lines, model, opts->recording);
	for (i = 0; opts->head && opts->head[i]; i++)
		lines_add(lines, LINE_HEAD, 8, "%s", opts->head[i]);
	if (lost->unwatched)
		lines_add(lines, LINE_STRONG, 8, "        %llu processes could not be followed",
			  (unsigned long long)lost->unwatched);
	if (lost->slots)
		lines_add(lines, LINE_STRONG, 8,
			  "        slot table full: %llu lookups counted under (all others)",
			  (unsigned long long)lost->slots);
	if (dax_cgroups_means(model->cgroups))
		lines_add(lines, LINE_FAINT, 8, "cgroups %s", dax_cgroups_means(model->cgroups));
	lines_missing(lines, 8, model);
}

static int add_table(struct lines *lines, const struct dax_model *model, enum dax_item_kind kind,
		     const struct view_opts *opts)
{
	const struct dax_items *items = &model->list[kind];
	const struct dax_item **order;
	size_t show = items->nr, i;
	struct columns columns;
	char text[FORMAT_LINE_MAX];

	if (!items->nr)
		return 0;
	order = view_order(items, opts->sort, DAX_TOTAL, opts->reverse);
	if (!order)
		return -ENOMEM;
	if (opts->rows && show > opts->rows)
		show = opts->rows;
	columns_choose(&columns, kind, lines->columns, opts->sort);
	columns_head(text, &columns);
	lines_add(lines, LINE_PLAIN, 0, "%s", "");
	lines_add(lines, LINE_HEAD, 0, "%s", text);
	for (i = 0; i < show; i++) {
		columns_row(text, &columns, order[i], DAX_TOTAL, lines->ascii);
		lines_add(lines, LINE_PLAIN, 0, "%s", text);
	}
	if (show < items->nr)
		lines_add(lines, LINE_FAINT, 0, "... and %zu more", items->nr - show);
	free(order);
	return 0;
}

/* Each cause once, for the file that has most of it. */
static int add_advice(struct lines *lines, const struct dax_model *model)
{
	const struct dax_items *items = &model->list[DAX_FILE];
	const struct dax_item **order =
		view_order(items, dax_field_find("pte_faults"), DAX_TOTAL, false);
	const char *told[ADVICE_MAX];
	char name[FORMAT_NAME_MAX];
	size_t nr = 0, i, j;

	if (!order)
		return -ENOMEM;
	for (i = 0; i < items->nr && nr < ADVICE_MAX; i++) {
		const char *cause = dax_advise(order[i], DAX_TOTAL).cause;

		for (j = 0; j < nr && cause; j++)
			if (!strcmp(told[j], cause))
				cause = NULL;
		if (!cause)
			continue;
		told[nr++] = cause;
		format_name(name, order[i], lines->ascii);
		lines_add(lines, LINE_PLAIN, 0, "%s", "");
		lines_add(lines, LINE_PLAIN, 0, "%s", name);
		lines_advice(lines, order[i], DAX_TOTAL);
	}
	free(order);
	return 0;
}

int view_text(FILE *to, const struct dax_model *model, const struct view_opts *opts)
{
	struct lines lines = {
		.columns = opts->columns, .ascii = opts->ascii, .whole_commands = true};
	size_t i;
	int ret;

	add_head(&lines, model, opts);
	lines_summary(&lines, &model->host, DAX_TOTAL);
	lines_reasons(&lines, &model->host, DAX_TOTAL);
	lines_waits(&lines, &model->host);
	lines_unseen(&lines, &model->host);
	ret = add_table(&lines, model, DAX_FILE, opts);
	if (!ret)
		ret = add_table(&lines, model, DAX_PROCESS, opts);
	if (!ret)
		ret = add_table(&lines, model, DAX_THREAD, opts);
	/* A single cgroup has the same numbers as the totals. */
	if (!ret && model->list[DAX_CGROUP].nr > 1)
		ret = add_table(&lines, model, DAX_CGROUP, opts);
	if (!ret && model->list[DAX_MOUNT].nr > 1)
		ret = add_table(&lines, model, DAX_MOUNT, opts);
	if (!ret)
		ret = add_advice(&lines, model);
	if (!ret && lines.failed)
		ret = -ENOMEM;
	for (i = 0; i < lines.nr && !ret; i++) {
		size_t len = strlen(lines.line[i].text);

		while (len && lines.line[i].text[len - 1] == ' ')
			len--;
		if (fprintf(to, "%.*s\n", (int)len, lines.line[i].text) < 0)
			ret = errno ? -errno : -EIO;
	}
	lines_free(&lines);
	if (!ret && fputc('\n', to) == EOF)
		ret = errno ? -errno : -EIO;
	return ret;
}
