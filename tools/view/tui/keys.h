/* SPDX-License-Identifier: GPL-2.0-only */
/* keys.h - the one table of keys: what they do, and their help texts. */
#ifndef DAX_VIEW_TUI_KEYS_H
#define DAX_VIEW_TUI_KEYS_H

#include "view/lines.h"

enum action {
	DO_NOTHING,
	DO_QUIT,
	DO_HELP,
	DO_NEXT_TABLE,
	DO_PREVIOUS_TABLE,
	DO_THREADS,
	DO_DETAILS,
	DO_BACK,
	DO_UP,
	DO_DOWN,
	DO_PAGE_UP,
	DO_PAGE_DOWN,
	DO_FIRST,
	DO_LAST,
	DO_SORT_LEFT,
	DO_SORT_RIGHT,
	DO_SORT_BY, /* the field that the key names */
	DO_REVERSE,
	DO_WINDOW,
	DO_PAUSE,
	DO_SEARCH,
	DO_NEXT_MATCH,
	DO_REDRAW,
	/* With a recording: */
	DO_NEXT_FRAME,
	DO_PREVIOUS_FRAME,
	DO_FIRST_FRAME,
	DO_LAST_FRAME,
	DO_JUMP,
};

/*
 * The action for @key (from screen_key()), with a recording or not; for DO_SORT_BY *field is the
 * name of a field.
 */
enum action key_action(int key, bool recorded, const char **field);

/* The help for keys. */
void lines_help(struct lines *lines, bool recorded);

#endif
