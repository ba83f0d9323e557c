/* SPDX-License-Identifier: GPL-2.0-only */
/* tui.h - the interactive screen. */
#ifndef DAX_VIEW_TUI_H
#define DAX_VIEW_TUI_H

#include <stdbool.h>
#include <stddef.h>
#include "fields.h"

enum tui_color { TUI_COLOR_AUTO, TUI_COLOR_ALWAYS, TUI_COLOR_NEVER };

struct tui_opts {
	const struct dax_field *sort;
	bool reverse;
	enum tui_color color;
	bool ascii;
	const char *recording; /* any bytes; NULL: it is the running kernel that is shown */
	bool damaged;	       /* ... of which not all could be read */
};

/* What the user wants of the program; the rest the screen does by itself. */
enum tui_want {
	TUI_GO_ON,
	TUI_QUIT,
	/* Of a recording: another frame. */
	TUI_NEXT_FRAME,
	TUI_PREVIOUS_FRAME,
	TUI_FIRST_FRAME,
	TUI_LAST_FRAME,
	TUI_JUMP, /* to tui_jump(); then tui_jumped() */
};

struct tui;

/*
 * Take the terminal over. Signals that could end the program must come through a loop, for then
 * tui_close() can run. Returns 0, or a negative errno with a message in @err.
 */
int tui_open(struct tui **tui, const struct tui_opts *opts, char *err, size_t size);

/*
 * Give the terminal back as it was, also at exit() and when called twice or with NULL: the only
 * function that does.
 */
void tui_close(struct tui *tui);

/* The descriptor keys come from, for the loop; -1: there are no keys. */
int tui_fd(const struct tui *tui);
bool tui_has_keys(const struct tui *tui);

/* Show @model from now on; it must stay until the next one. */
void tui_show(struct tui *tui, const struct dax_model *model);

/* The frame shown from the next tui_show() on is the last of the recording, or is not. */
void tui_at_end(struct tui *tui, bool at_end);

/* The time that was typed, and whether it was one. */
const char *tui_jump(const struct tui *tui);
void tui_jumped(struct tui *tui, bool good);

/*
 * Do what the waiting keys say, up to one that wants something: call it again until it is
 * TUI_GO_ON. TUI_QUIT also when the terminal is gone.
 */
enum tui_want tui_keys(struct tui *tui);

/* The user wants no new numbers for now. */
bool tui_paused(const struct tui *tui);

/* The key of the file or process whose details are shown, for more to be found out; or NULL. */
const struct dax_key *tui_details(const struct tui *tui);

/* The window may have another size. */
void tui_resize(struct tui *tui);

/* Give the terminal back and stop, as Ctrl-Z asks for; take it again when continued. */
void tui_suspend(struct tui *tui);

#endif
