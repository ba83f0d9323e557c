// SPDX-License-Identifier: GPL-2.0-only
/* columns.c - choose the columns of a table that fit, and format its lines. */
#include <stdio.h>
#include <string.h>
#include "view/columns.h"

static const char *const name_title[DAX_NR_ITEM_KINDS] = {[DAX_MOUNT] = "MOUNT",
							  [DAX_FILE] = "FILE",
							  [DAX_PROCESS] = "PROCESS",
							  [DAX_THREAD] = "THREAD",
							  [DAX_CGROUP] = "CGROUP"};

static bool is_command(enum dax_item_kind kind)
{
	return kind == DAX_PROCESS || kind == DAX_THREAD;
}

/* The name of a process has at most 15 bytes; a path gets a quarter of the line, and the rest. */
static int least_name(enum dax_item_kind kind, int width)
{
	if (is_command(kind))
		return width < 60 ? 9 : 15;
	if (kind == DAX_MOUNT)
		return 12;
	return width / 4 < 12 ? 12 : width / 4;
}

static bool takes(const struct columns *columns, const struct dax_field *field)
{
	size_t i;

	for (i = 0; i < columns->nr; i++)
		if (columns->field[i] == field)
			return false;
	return columns->nr < COLUMNS_MAX && field->width;
}

void columns_choose(struct columns *columns, enum dax_item_kind kind, int width,
		    const struct dax_field *sort)
{
	int left = width - least_name(kind, width);
	const struct dax_field *field;
	size_t i;

	columns->kind = kind;
	columns->nr = 0;
	for (i = 0; i < dax_nr_fields; i++) {
		field = &dax_fields[i];
		if (!(field->tables & 1U << kind) || !takes(columns, field))
			continue;
		if (left < field->width + 1)
			break;
		columns->field[columns->nr++] = field;
		left -= field->width + 1;
	}
	if (sort && takes(columns, sort)) {
		while (columns->nr && left < sort->width + 1)
			left += columns->field[--columns->nr]->width + 1;
		if (left >= sort->width + 1) {
			columns->field[columns->nr++] = sort;
			left -= sort->width + 1;
		}
	}
	columns->name_width = least_name(kind, width) + left;
	if (is_command(kind) && columns->name_width > DAX_COMM_LEN)
		columns->name_width = DAX_COMM_LEN;
	if (columns->name_width > width)
		columns->name_width = width;
}

static void append(char out[FORMAT_LINE_MAX], const char *text, int width, bool to_right)
{
	char cell[FORMAT_LINE_MAX];
	size_t used = strlen(out);

	format_fit(cell, text, width, false, to_right);
	snprintf(out + used, FORMAT_LINE_MAX - used, "%s%s", used ? " " : "", cell);
}

void columns_head(char out[FORMAT_LINE_MAX], const struct columns *columns)
{
	size_t i;

	*out = '\0';
	append(out, name_title[columns->kind], columns->name_width, false);
	for (i = 0; i < columns->nr; i++)
		append(out, columns->field[i]->title, columns->field[i]->width,
		       columns->field[i]->unit != DAX_UNIT_TEXT);
}

void columns_row(char out[FORMAT_LINE_MAX], const struct columns *columns,
		 const struct dax_item *item, enum dax_window window, bool ascii)
{
	char name[FORMAT_NAME_MAX], value[256];
	size_t i;

	format_name(name, item, ascii);
	format_fit(out, name, columns->name_width, !is_command(columns->kind), false);
	for (i = 0; i < columns->nr; i++) {
		const struct dax_field *field = columns->field[i];

		format_field(value, sizeof(value), field, item, window, ascii);
		append(out, value, field->width, field->unit != DAX_UNIT_TEXT);
	}
}

int columns_at(const struct columns *columns, size_t index, int *width)
{
	int at = columns->name_width + 1;
	size_t i;

	for (i = 0; i < index; i++)
		at += columns->field[i]->width + 1;
	*width = columns->field[index]->width;
	return at;
}
