/* SPDX-License-Identifier: GPL-2.0-only */
/* screen.h - the terminal: only this file sets it up and restores it. */
#ifndef DAX_VIEW_TUI_SCREEN_H
#define DAX_VIEW_TUI_SCREEN_H

#include "view/lines.h"
#include "view/tui/tui.h"

enum look {
	LOOK_PLAIN,
	LOOK_HEAD,     /* reverse */
	LOOK_SELECTED, /* reverse; the caller also draws a mark in column 0 */
	LOOK_STRONG,   /* bold */
	LOOK_FAINT,
	LOOK_WARN,  /* bold */
	LOOK_ALARM, /* bold and reverse */
	LOOK_BAR,
	NR_LOOKS,
};

/* Returns -EINTR, without a message, when a pending signal is to end us. */
int screen_open(enum tui_color color, char *err, size_t size);
void screen_close(void);
int screen_fd(void); /* descriptor for keys; -1: there are none */
bool screen_has_keys(void); /* we are in the foreground */
void screen_size(int *rows, int *columns);
void screen_resize(void);
void screen_suspend(void);

/* Write escaped @text at (@y, @x), cut off at @columns. Returns the columns that it fills. */
int screen_put(int y, int x, int columns, enum look look, const char *text);

/* The same, with the rest of @columns filled by spaces in the same look. */
void screen_fill(int y, int x, int columns, enum look look, const char *text);
enum look screen_look(enum line_style style);

void screen_begin(void); /* clear the screen */
void screen_end(void);	 /* show it */

/* A key: a Unicode code point, or a KEY_* of curses plus SCREEN_KEY; 0: none is waiting. */
#define SCREEN_KEY 0x200000 /* above all code points */
int screen_key(void);

#endif
