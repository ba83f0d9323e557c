/* SPDX-License-Identifier: GPL-2.0-only */
/* state.h - what the screen shows and where the user is in it. */
#ifndef DAX_VIEW_TUI_STATE_H
#define DAX_VIEW_TUI_STATE_H

#include "view/columns.h"
#include "view/tui/screen.h"

#define SEARCH_MAX 128 /* bytes of a search, UTF-8 */

/* What is being typed in the last line. */
enum prompt { PROMPT_NONE, PROMPT_SEARCH, PROMPT_JUMP };

enum page { PAGE_MAIN, PAGE_HELP, PAGE_DETAILS };

/* Where the user is in one table. */
struct cursor {
	bool chosen; /* a line was chosen; else the first one is meant, whatever it is */
	struct dax_key key;
	bool other, exited;
	size_t at;  /* of the selected line in the order */
	size_t top; /* of the first line shown */
};

struct tui {
	const struct dax_model *model;
	const struct dax_item **order; /* of the table in front */
	enum dax_item_kind kind;
	enum dax_window window;
	enum page page;
	size_t scroll; /* first line of help or details */
	bool at_foot;  /* their last lines are shown, and stay shown when lines are added above */
	const struct dax_field *sort;
	bool reverse;
	bool paused;
	bool ascii;
	struct cursor cursor[DAX_NR_ITEM_KINDS];
	size_t page_rows; /* how many lines of the table, or of the page, were shown last */
	struct columns columns;
	enum prompt prompt;
	char search[SEARCH_MAX], jump[SEARCH_MAX];
	bool no_match; /* of what was typed */
	const char *recording;
	bool damaged, at_end;
	bool no_threads; /* they were asked for, and are not counted separately */
};

/* The order of the table in front, and the selected line found again in it. */
void tui_order(struct tui *tui);
const struct dax_item *tui_selected(const struct tui *tui);
void tui_draw(struct tui *tui);
void tui_draw_main(struct tui *tui, int rows, int columns);

#endif
