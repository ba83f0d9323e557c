/* SPDX-License-Identifier: GPL-2.0-only */
/* view.h - what daxtop shows of a model, on whatever it is shown. */
#ifndef DAX_VIEW_H
#define DAX_VIEW_H

#include <stdio.h>
#include "fields.h"

#define VIEW_SCHEMA "daxtop/1"

struct view_opts {
	const struct dax_field *sort;
	bool reverse;
	size_t rows;	       /* at most, of each table; 0: all */
	int columns;	       /* width of text */
	const char *recording; /* its name, any bytes, for the first line; NULL: none */
	bool ascii;	       /* nothing but ASCII */
	/* Of daxtop when NULL: lines of text that come first, ended by NULL, safe to show; ... */
	const char *const *head;
	const char *schema;   /* ... what kind of JSON it is, ... */
	struct json_t *extra; /* ... and members to add to it. */
};

/* What tables are called; NULL for the host. */
const char *view_table_name(enum dax_item_kind kind);

/* The table to show after that of @kind, in the order in which people look; @model may be NULL. */
enum dax_item_kind view_next_table(const struct dax_model *model, enum dax_item_kind kind);

/*
 * The items of a table in the order to show them, in memory of the caller's (free() it); NULL when
 * out of memory.
 */
const struct dax_item **view_order(const struct dax_items *items, const struct dax_field *sort,
				   enum dax_window window, bool reverse);

/* One frame of text. Returns 0 or a negative errno; what was written may wait in the buffer. */
int view_text(FILE *to, const struct dax_model *model, const struct view_opts *opts);

/* One line of JSON, an object. Returns 0 or a negative errno. */
int view_json(FILE *to, const struct dax_model *model, const struct view_opts *opts);

/* All fields with what they mean, for people. */
void view_list_fields(FILE *to);

#endif
