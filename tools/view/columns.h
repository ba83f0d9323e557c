/* SPDX-License-Identifier: GPL-2.0-only */
/* columns.h - choose the columns of a table that fit, and format its lines. */
#ifndef DAX_VIEW_COLUMNS_H
#define DAX_VIEW_COLUMNS_H

#include "view/format.h"

#define COLUMNS_MAX 48

struct columns {
	enum dax_item_kind kind;
	int name_width;
	size_t nr;
	const struct dax_field *field[COLUMNS_MAX];
};

/*
 * Choose the name first, then as many fields as fit in @width, the most important ones; @sort is
 * always one of them.
 */
void columns_choose(struct columns *columns, enum dax_item_kind kind, int width,
		    const struct dax_field *sort);

/* The headings in one line; the values of one item in another. */
void columns_head(char out[FORMAT_LINE_MAX], const struct columns *columns);
void columns_row(char out[FORMAT_LINE_MAX], const struct columns *columns,
		 const struct dax_item *item, enum dax_window window, bool ascii);

/* Where the heading of field[@index] is in the line: its first column and its width. */
int columns_at(const struct columns *columns, size_t index, int *width);

#endif
