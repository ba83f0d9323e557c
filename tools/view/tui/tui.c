// SPDX-License-Identifier: GPL-2.0-only
/* tui.c - the state of the screen, and what each key does to it. */
#include <errno.h>
#include <langinfo.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include "view/tui/keys.h"
#include "view/tui/state.h"
#include "view/view.h"

#define LEAST_ROWS    5
#define LEAST_COLUMNS 20

int tui_open(struct tui **out, const struct tui_opts *opts, char *err, size_t size)
{
	struct tui *tui = calloc(1, sizeof(*tui));
	int ret;

	*out = NULL;
	if (!tui)
		return -ENOMEM;
	ret = screen_open(opts->color, err, size);
	if (ret) {
		free(tui);
		return ret;
	}
	tui->kind = DAX_FILE;
	tui->sort = opts->sort;
	tui->reverse = opts->reverse;
	tui->ascii = opts->ascii;
	tui->recording = opts->recording;
	tui->damaged = opts->damaged;
	*out = tui;
	tui_draw(tui);
	return 0;
}

void tui_close(struct tui *tui)
{
	screen_close();
	if (tui)
		free(tui->order);
	free(tui);
}

int tui_fd(const struct tui *tui)
{
	(void)tui;
	return screen_fd();
}

bool tui_has_keys(const struct tui *tui)
{
	(void)tui;
	return screen_has_keys();
}

bool tui_paused(const struct tui *tui)
{
	return tui->paused;
}

const struct dax_key *tui_details(const struct tui *tui)
{
	const struct dax_item *item = tui->page == PAGE_DETAILS ? tui_selected(tui) : NULL;

	if (!item || item->other || item->exited || (item->kind != DAX_FILE && item->kind != DAX_PROCESS))
		return NULL;
	return &item->key;
}

void tui_at_end(struct tui *tui, bool at_end)
{
	tui->at_end = at_end;
}

const char *tui_jump(const struct tui *tui)
{
	return tui->jump;
}

void tui_jumped(struct tui *tui, bool good)
{
	tui->no_match = !good;
	if (good)
		tui->prompt = PROMPT_NONE;
	tui_draw(tui);
}

void tui_resize(struct tui *tui)
{
	screen_resize();
	tui_draw(tui);
}

void tui_suspend(struct tui *tui)
{
	screen_suspend();
	tui_draw(tui);
}

static void choose(struct tui *tui, size_t at)
{
	struct cursor *cursor = &tui->cursor[tui->kind];
	size_t nr = tui->model ? tui->model->list[tui->kind].nr : 0;

	if (!nr || !tui->order)
		return;
	cursor->at = at < nr ? at : nr - 1;
	cursor->key = tui->order[cursor->at]->key;
	cursor->other = tui->order[cursor->at]->other;
	cursor->exited = tui->order[cursor->at]->exited;
	cursor->chosen = true;
}

void tui_order(struct tui *tui)
{
	struct cursor *cursor = &tui->cursor[tui->kind];
	const struct dax_items *items;
	size_t i;

	free(tui->order);
	tui->order = NULL;
	if (!tui->model)
		return;
	items = &tui->model->list[tui->kind];
	tui->order = view_order(items, tui->sort, tui->window, tui->reverse);
	if (!cursor->chosen)
		cursor->at = 0;
	for (i = 0; i < items->nr && tui->order && cursor->chosen; i++)
		if (tui->order[i]->other == cursor->other && tui->order[i]->exited == cursor->exited &&
		    !memcmp(&tui->order[i]->key, &cursor->key, sizeof(cursor->key))) {
			cursor->at = i;
			return;
		}
	/* The selected item is gone: select its neighbour, and leave its details page. */
	if (cursor->chosen && tui->page == PAGE_DETAILS)
		tui->page = PAGE_MAIN;
	if (cursor->chosen || tui->page == PAGE_DETAILS)
		choose(tui, cursor->at);
}

void tui_show(struct tui *tui, const struct dax_model *model)
{
	tui->model = model;
	tui_order(tui);
	tui_draw(tui);
}

/* Draw help or details: a page longer than the screen, with a title and a footer. */
static void draw_page(struct tui *tui, int rows, int columns)
{
	struct lines lines = {.columns = columns, .ascii = tui->ascii};
	const struct dax_item *selected = tui_selected(tui);
	int i;

	if (tui->page == PAGE_HELP)
		lines_help(&lines, tui->recording != NULL);
	else if (selected)
		lines_details(&lines, selected);
	tui->page_rows = (size_t)rows - 2;
	if (tui->at_foot || tui->scroll + tui->page_rows > lines.nr)
		tui->scroll = lines.nr > tui->page_rows ? lines.nr - tui->page_rows : 0;
	screen_fill(0, 0, columns, LOOK_HEAD,
		    tui->page == PAGE_HELP ? " daxtop: keys and columns" : " daxtop: details");
	for (i = 0; i < rows - 2 && tui->scroll + (size_t)i < lines.nr; i++) {
		const struct line *line = &lines.line[tui->scroll + (size_t)i];

		screen_put(1 + i, 0, columns,
			   line->style == LINE_HEAD ? LOOK_WARN : screen_look(line->style),
			   line->text);
	}
	screen_put(rows - 1, 0, columns, LOOK_FAINT,
		   tui->scroll + tui->page_rows < lines.nr ? "Down PgDn: more  Esc back  q quit"
							   : "Esc back  q quit");
	lines_free(&lines);
}

void tui_draw(struct tui *tui)
{
	int rows, columns;

	screen_size(&rows, &columns);
	screen_begin();
	if (rows < LEAST_ROWS || columns < LEAST_COLUMNS)
		screen_put(0, 0, columns, LOOK_PLAIN, "needs 20x5");
	else if (tui->page == PAGE_MAIN || (tui->page == PAGE_DETAILS && !tui_selected(tui)))
		tui_draw_main(tui, rows, columns);
	else
		draw_page(tui, rows, columns);
	screen_end();
}

static bool matches(const struct tui *tui, size_t at)
{
	bool is_task = tui->kind == DAX_PROCESS || tui->kind == DAX_THREAD;
	const char *id = tui->kind == DAX_THREAD ? "tid" : "pid";
	char name[FORMAT_NAME_MAX], pid[FORMAT_NUM_MAX];

	format_name(name, tui->order[at], tui->ascii);
	format_num(pid, dax_field_num(dax_field_find(id), tui->order[at], DAX_TOTAL), DAX_UNIT_ID);
	return strcasestr(name, tui->search) || (is_task && !strcmp(pid, tui->search));
}

/* Select the first match from line @from on, continuing at the top after the last line. */
static void find(struct tui *tui, size_t from)
{
	size_t nr = tui->model && tui->order ? tui->model->list[tui->kind].nr : 0, i;

	tui->no_match = false;
	if (!tui->search[0])
		return;
	for (i = 0; i < nr; i++) {
		if (!matches(tui, (from + i) % nr))
			continue;
		choose(tui, (from + i) % nr);
		return;
	}
	tui->no_match = true;
}

/* Handle a key while the user is typing. */
static enum tui_want prompt_key(struct tui *tui, int key)
{
	bool search = tui->prompt == PROMPT_SEARCH;
	char *text = search ? tui->search : tui->jump;
	size_t len = strlen(text);
	const char *field;
	char bytes[MB_LEN_MAX];
	mbstate_t state = {0};
	size_t more;

	if (key == 27 || ((key == '\r' || key == '\n') && (search || !len))) {
		tui->prompt = PROMPT_NONE;
		return TUI_GO_ON;
	}
	if (key == '\r' || key == '\n')
		return TUI_JUMP;
	if (key == 127 || key == 8 ||
	    (key >= SCREEN_KEY && key_action(key, false, &field) == DO_BACK)) {
		while (len && ((unsigned char)text[--len] & 0xc0) == 0x80)
			;
		text[len] = '\0';
	} else if (key >= 0x20 && key < SCREEN_KEY) {
		more = wcrtomb(bytes, (wchar_t)key, &state);
		if (more == (size_t)-1 || len + more >= SEARCH_MAX)
			return TUI_GO_ON;
		memcpy(text + len, bytes, more);
		text[len + more] = '\0';
	}
	tui->no_match = false;
	if (search)
		find(tui, tui->cursor[tui->kind].at);
	return TUI_GO_ON;
}

static void open_prompt(struct tui *tui, enum prompt prompt)
{
	tui->page = PAGE_MAIN;
	tui->prompt = prompt;
	tui->search[0] = prompt == PROMPT_SEARCH ? '\0' : tui->search[0];
	tui->jump[0] = '\0';
	tui->no_match = false;
}

static enum tui_want want_frame(struct tui *tui, enum tui_want want)
{
	tui->paused = true;
	return want;
}

/* Sort by the column @step columns to the right of the current one. */
static void step_sort(struct tui *tui, int step)
{
	size_t i, nr = tui->columns.nr;

	for (i = 0; i < nr; i++)
		if (tui->columns.field[i] == tui->sort)
			break;
	if (!nr)
		return;
	tui->sort =
		i == nr ? tui->columns.field[0] : tui->columns.field[(i + nr + (size_t)step) % nr];
	tui_order(tui);
}

static void step_table(struct tui *tui, bool back)
{
	enum dax_item_kind from = tui->kind, to = view_next_table(tui->model, from);

	/* To go back one table, go forward through all others. */
	while (back && view_next_table(tui->model, to) != from)
		to = view_next_table(tui->model, to);
	tui->kind = to;
	tui_order(tui);
}

static void show_threads(struct tui *tui)
{
	tui->no_threads = !tui->model || !(tui->model->known & DAX_KNOWN_THREADS);
	if (tui->no_threads)
		return;
	tui->kind = DAX_THREAD;
	tui_order(tui);
}

/* Move up or down in the current table or page; the draw functions limit it. */
static void move_by(struct tui *tui, long by)
{
	struct cursor *cursor = &tui->cursor[tui->kind];
	size_t *at = tui->page == PAGE_MAIN ? &cursor->at : &tui->scroll;
	size_t to = by < 0 && *at < (size_t)-by ? 0 : *at + (size_t)by;

	tui->at_foot = false;
	if (tui->page != PAGE_MAIN)
		tui->scroll = to;
	else
		choose(tui, to);
}

static void go_first(struct tui *tui)
{
	tui->scroll = 0;
	tui->at_foot = false;
	if (tui->page != PAGE_MAIN)
		return;
	tui->cursor[tui->kind].chosen = false;
	tui->cursor[tui->kind].at = 0;
}

static void turn_to(struct tui *tui, enum page page)
{
	tui->page = tui->page == page ? PAGE_MAIN : page;
	tui->scroll = 0;
	tui->at_foot = false;
}

static enum tui_want act(struct tui *tui, enum action action, const char *field)
{
	long page = (long)tui->page_rows;

	tui->no_threads = false;

	switch (action) {
	case DO_QUIT:
		return TUI_QUIT;
	case DO_HELP:
		turn_to(tui, PAGE_HELP);
		break;
	case DO_DETAILS:
		if (tui->page == PAGE_MAIN) /* details stay with this item, wherever it moves */
			choose(tui, tui->cursor[tui->kind].at);
		if (tui->page != PAGE_MAIN || tui_selected(tui))
			turn_to(tui, tui->page == PAGE_MAIN ? PAGE_DETAILS : tui->page);
		break;
	case DO_BACK:
		turn_to(tui, PAGE_MAIN);
		break;
	case DO_NEXT_TABLE:
	case DO_PREVIOUS_TABLE:
		step_table(tui, action == DO_PREVIOUS_TABLE);
		break;
	case DO_THREADS:
		show_threads(tui);
		break;
	case DO_UP:
	case DO_DOWN:
		move_by(tui, action == DO_UP ? -1 : 1);
		break;
	case DO_PAGE_UP:
	case DO_PAGE_DOWN:
		move_by(tui, action == DO_PAGE_UP ? -page : page);
		break;
	case DO_FIRST:
		go_first(tui);
		break;
	case DO_LAST:
		move_by(tui, LONG_MAX / 2);
		tui->at_foot = tui->page != PAGE_MAIN;
		break;
	case DO_SORT_LEFT:
	case DO_SORT_RIGHT:
		step_sort(tui, action == DO_SORT_LEFT ? -1 : 1);
		break;
	case DO_SORT_BY:
		tui->sort = dax_field_find(field);
		tui_order(tui);
		break;
	case DO_REVERSE:
		tui->reverse = !tui->reverse;
		tui_order(tui);
		break;
	case DO_WINDOW:
		tui->window = tui->window == DAX_TOTAL ? DAX_INTERVAL : DAX_TOTAL;
		tui_order(tui);
		break;
	case DO_PAUSE:
		tui->paused = !tui->paused;
		break;
	case DO_SEARCH:
		open_prompt(tui, PROMPT_SEARCH);
		break;
	case DO_JUMP:
		tui->paused = true;
		open_prompt(tui, PROMPT_JUMP);
		break;
	case DO_NEXT_FRAME:
		return want_frame(tui, TUI_NEXT_FRAME);
	case DO_PREVIOUS_FRAME:
		return want_frame(tui, TUI_PREVIOUS_FRAME);
	case DO_FIRST_FRAME:
		return want_frame(tui, TUI_FIRST_FRAME);
	case DO_LAST_FRAME:
		return want_frame(tui, TUI_LAST_FRAME);
	case DO_NEXT_MATCH:
		find(tui, tui->cursor[tui->kind].at + 1);
		break;
	case DO_REDRAW:
		screen_resize();
		break;
	case DO_NOTHING:
		break;
	}
	return TUI_GO_ON;
}

enum tui_want tui_keys(struct tui *tui)
{
	enum tui_want want = TUI_GO_ON;
	const char *field = NULL;
	enum action action;
	int key;

	while (want == TUI_GO_ON && (key = screen_key()) != 0) {
		if (tui->prompt != PROMPT_NONE) {
			want = prompt_key(tui, key);
			continue;
		}
		action = key_action(key, tui->recording, &field);
		want = act(tui, action, field);
	}
	tui_draw(tui);
	return want;
}
