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
	const char *recording; /* any bytes; NULL: the running kernel is shown */
	bool damaged;	       /* ... not all of which could be read */
};

/* What the user asks the program to do; the screen handles everything else. */
enum tui_want {
	TUI_GO_ON,
	TUI_QUIT,
	/* With a recording: show another frame. */
	TUI_NEXT_FRAME,
	TUI_PREVIOUS_FRAME,
	TUI_FIRST_FRAME,
	TUI_LAST_FRAME,
	TUI_JUMP, /* to tui_jump(); then tui_jumped() */
};

struct tui;

/*
 * Take over the terminal. Signals that could end the program must be handled by a loop, so that
 * tui_close() runs. Returns 0, or a negative errno with a message in @err.
 */
int tui_open(struct tui **tui, const struct tui_opts *opts, char *err, size_t size);

/*
 * Restore the terminal; also at exit(). May be called twice, or with NULL. No other function
 * restores it.
 */
void tui_close(struct tui *tui);

/* The descriptor for keys, for the loop; -1: there are no keys. */
int tui_fd(const struct tui *tui);
bool tui_has_keys(const struct tui *tui);

/* Show @model from now on; it must stay valid until the next call. */
void tui_show(struct tui *tui, const struct dax_model *model);

/* Set whether the frame of the next tui_show() is the last one of the recording. */
void tui_at_end(struct tui *tui, bool at_end);

/* The time that the user typed, and whether it was valid. */
const char *tui_jump(const struct tui *tui);
void tui_jumped(struct tui *tui, bool good);

/*
 * Handle waiting keys, up to one that the program must handle: call it again until it returns
 * TUI_GO_ON. Returns TUI_QUIT also when the terminal is gone.
 */
enum tui_want tui_keys(struct tui *tui);

/* Has the user paused the display? */
bool tui_paused(const struct tui *tui);

/*
 * The key of the file or process whose details are shown, so that more about it can be read; or
 * NULL.
 */
const struct dax_key *tui_details(const struct tui *tui);

/* The size of the window may have changed. */
void tui_resize(struct tui *tui);

/* Restore the terminal and stop, for Ctrl-Z; take it over again when continued. */
void tui_suspend(struct tui *tui);

#endif
