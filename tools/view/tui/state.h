/* SPDX-License-Identifier: GPL-2.0-only */
/* state.h - the state of the screen: what is shown and where the user is in it. */
#ifndef DAX_VIEW_TUI_STATE_H
#define DAX_VIEW_TUI_STATE_H

#include "view/columns.h"
#include "view/tui/screen.h"

#define SEARCH_MAX 128 /* bytes of a search text, UTF-8 */

/* What the user is typing in the last line. */
enum prompt { PROMPT_NONE, PROMPT_SEARCH, PROMPT_JUMP };

enum page { PAGE_MAIN, PAGE_HELP, PAGE_DETAILS };

/* The position of the user in one table. */
struct cursor {
	bool chosen; /* the user selected a line; otherwise the first line is selected, whatever it is */
	struct dax_key key;
	bool other, exited;
	size_t at;  /* index of the selected line in the order */
	size_t top; /* index of the first line shown */
};

struct tui {
	const struct dax_model *model;
	const struct dax_item **order; /* items of the current table */
	enum dax_item_kind kind;
	enum dax_window window;
	enum page page;
	size_t scroll; /* first line shown of help or details */
	bool at_foot;  /* the last lines are shown, and stay shown when lines are added above */
	const struct dax_field *sort;
	bool reverse;
	bool paused;
	bool ascii;
	struct cursor cursor[DAX_NR_ITEM_KINDS];
	size_t page_rows; /* how many lines of the table or page were shown last */
	struct columns columns;
	enum prompt prompt;
	char search[SEARCH_MAX], jump[SEARCH_MAX];
	bool no_match; /* what was typed has no match */
	const char *recording;
	bool damaged, at_end;
	bool no_threads; /* threads were requested, but are not counted separately */
};

/* Sort the current table, and find the selected line in it again. */
void tui_order(struct tui *tui);
const struct dax_item *tui_selected(const struct tui *tui);
void tui_draw(struct tui *tui);
void tui_draw_main(struct tui *tui, int rows, int columns);

#endif
