/* SPDX-License-Identifier: GPL-2.0-only */
/* escape.h - make names of any bytes safe to show. */
#ifndef DAX_UTIL_ESCAPE_H
#define DAX_UTIL_ESCAPE_H

#include <stddef.h>

enum escape_for {
	ESCAPE_TERMINAL, /* valid UTF-8 stays; control bytes, invalid bytes and '\' become \xNN */
	ESCAPE_ASCII,	 /* everything outside printable ASCII becomes \xNN */
	ESCAPE_JSON,	 /* invalid UTF-8 becomes \xNN text; jansson does JSON's own quoting */
};

/*
 * Write @text, escaped, to @out of @size bytes (at least 1) with a final NUL; cut between
 * characters when it does not fit. Returns the bytes written without the NUL. A buffer of
 * 4 * strlen(text) + 1 bytes always suffices. Newlines and tabs are control bytes; C1 controls, marks
 * and overrides of the direction of text (U+061C, U+200E, U+200F, U+202A..E, U+2066..9) and annotations
 * (U+FFF9..B) count as such.
 */
size_t escape_text(char *out, size_t size, const char *text, enum escape_for how);

/*
 * The longest start of escaped UTF-8 @text that fills at most @columns terminal columns (one a
 * code point, two for wide ones, none for combining ones, by the locale's wcwidth()), in bytes.
 * *used, if not NULL, gets the columns it fills.
 */
size_t escape_fit(const char *text, int columns, int *used);

#endif
