/* SPDX-License-Identifier: GPL-2.0-only */
/* view.h - output of a model, in all formats. */
#ifndef DAX_VIEW_H
#define DAX_VIEW_H

#include <stdio.h>
#include "fields.h"

#define VIEW_SCHEMA "daxtop/1"

struct view_opts {
	const struct dax_field *sort;
	bool reverse;
	size_t rows;	       /* maximum for each table; 0: all */
	int columns;	       /* width of text */
	const char *recording; /* its name, any bytes, for the first line; NULL: none */
	bool ascii;	       /* use only ASCII */
	/* NULL for daxtop: lines of text to print first, ended by NULL, safe to print; ... */
	const char *const *head;
	const char *schema;   /* ... name of the JSON schema, ... */
	struct json_t *extra; /* ... and members to add to the JSON. */
};

/* The name of a table; NULL for the host. */
const char *view_table_name(enum dax_item_kind kind);

/* The table to show after the one of @kind; @model may be NULL. */
enum dax_item_kind view_next_table(const struct dax_model *model, enum dax_item_kind kind);

/*
 * The items of a table in the order to show; the caller calls free() on it. NULL when out of
 * memory.
 */
const struct dax_item **view_order(const struct dax_items *items, const struct dax_field *sort,
				   enum dax_window window, bool reverse);

/* Write one frame of text. Returns 0 or a negative errno; the output may still be in the buffer. */
int view_text(FILE *to, const struct dax_model *model, const struct view_opts *opts);

/* Write one line of JSON, an object. Returns 0 or a negative errno. */
int view_json(FILE *to, const struct dax_model *model, const struct view_opts *opts);

/* List all fields with their meaning. */
void view_list_fields(FILE *to);

#endif
