/* SPDX-License-Identifier: GPL-2.0-only */
/* format.h - format numbers and names for people, safe for a terminal and limited in length. */
#ifndef DAX_VIEW_FORMAT_H
#define DAX_VIEW_FORMAT_H

#include "fields.h"

#define FORMAT_NUM_MAX 16
#define FORMAT_NAME_MAX \
	4608 /* bytes of an escaped name: 1 KiB of any bytes, and what is put round it */
#define FORMAT_LINE_MAX 8192

/*
 * @num with three significant digits: 1.23k, 13.0%, 4.10us; "-" when unknown. A partial count is
 * marked with '>' (at least), a partial ratio with '~' (of what was tracked).
 */
void format_num(char out[FORMAT_NUM_MAX], struct dax_num num, enum dax_unit unit);

/* The value of any field; text is escaped. */
void format_field(char *out, size_t size, const struct dax_field *field,
		  const struct dax_item *item, enum dax_window window, bool ascii);

/* The name of @item. Of very long paths only the end is kept. */
void format_name(char out[FORMAT_NAME_MAX], const struct dax_item *item, bool ascii);

/* The device number as in /proc/self/mountinfo: "259:0". */
void format_device(char out[FORMAT_NUM_MAX], __u32 dev);

/* The command @run, with {file}, {dir} and {pid} replaced, quoted for a shell. */
void format_run(char out[FORMAT_LINE_MAX], const char *run, const struct dax_item *item,
		bool ascii);

/* "extent_short, 10 of 12 fallbacks", and its meaning, from @advice. */
void format_cause(char out[FORMAT_LINE_MAX], const struct dax_advice *advice);

/*
 * Write escaped @text to @out in exactly @columns terminal columns: cut off with "..." at its end,
 * or at its beginning with @keep_end; padded with spaces on the right, or on the left with
 * @to_right.
 */
void format_fit(char out[FORMAT_LINE_MAX], const char *text, int columns, bool keep_end,
		bool to_right);

/* A bar of @columns for a @share of 0 to 1; any share above 0 is visible. */
void format_bar(char out[FORMAT_LINE_MAX], double share, int columns, bool ascii);

/* The terminal columns that escaped @text takes. */
int format_width(const char *text);

#endif
