/* SPDX-License-Identifier: GPL-2.0-only */
/* escape.h - make names of any bytes safe to show. */
#ifndef DAX_UTIL_ESCAPE_H
#define DAX_UTIL_ESCAPE_H

#include <stddef.h>

enum escape_for {
	ESCAPE_TERMINAL, /* valid UTF-8 is kept; control bytes, invalid bytes and '\' become \xNN */
	ESCAPE_ASCII,	 /* everything outside printable ASCII becomes \xNN */
	ESCAPE_JSON,	 /* invalid UTF-8 becomes \xNN text; jansson does JSON's own quoting */
};

/*
 * Write @text, escaped, to @out of @size bytes (at least 1) with a final NUL. If it does not fit it
 * is cut off between characters. Returns the bytes written without the NUL. 4 * strlen(text) + 1
 * bytes are always enough. Control bytes include newlines, tabs, C1 controls, marks and overrides
 * of the text direction (U+061C, U+200E, U+200F, U+202A..E, U+2066..9) and annotations (U+FFF9..B).
 */
size_t escape_text(char *out, size_t size, const char *text, enum escape_for how);

/*
 * The bytes of the longest start of escaped UTF-8 @text that takes at most @columns terminal
 * columns (a code point takes one, a wide one two, a combining one none, by the locale's
 * wcwidth()). *used, if not NULL, gets the columns.
 */
size_t escape_fit(const char *text, int columns, int *used);

#endif
