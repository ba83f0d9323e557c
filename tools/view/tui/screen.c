// SPDX-License-Identifier: GPL-2.0-only
/* screen.c - the terminal: the only place that knows how it is taken and given back. */
#define _XOPEN_SOURCE_EXTENDED 1
#include <curses.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <term.h>
/* Names that term.h takes from everybody. */
#undef columns
#undef lines
#include <unistd.h>
#include "util/escape.h"
#include "view/tui/screen.h"

#define ESCAPE_MS 25 /* how long the rest of a key's escape sequence may take */

static SCREEN *screen;
static attr_t looks[NR_LOOKS];
static int size_rows, size_columns;

static bool want_color(enum tui_color color)
{
	const char *none = getenv("NO_COLOR");

	if (color == TUI_COLOR_AUTO && none && *none)
		return false;
	return color != TUI_COLOR_NEVER && has_colors() && start_color() == OK &&
	       use_default_colors() == OK;
}

/* Colour adds to what bold, reverse and words say; nothing is said by it alone. */
static void choose_looks(bool color)
{
	static const struct {
		attr_t attr;
		short color;
	} table[NR_LOOKS] = {
		[LOOK_PLAIN] = {A_NORMAL, -1},
		[LOOK_HEAD] = {A_REVERSE, -1},
		[LOOK_SELECTED] = {A_REVERSE, -1},
		[LOOK_STRONG] = {A_BOLD, COLOR_GREEN},
		[LOOK_FAINT] = {A_DIM, -1},
		[LOOK_WARN] = {A_BOLD, COLOR_YELLOW},
		[LOOK_ALARM] = {A_BOLD | A_REVERSE, COLOR_RED},
		[LOOK_BAR] = {A_NORMAL, COLOR_CYAN},
	};
	int i;

	for (i = 0; i < NR_LOOKS; i++) {
		looks[i] = table[i].attr;
		if (!color || table[i].color < 0)
			continue;
		init_pair((short)(i + 1), table[i].color, -1);
		looks[i] |= (attr_t)COLOR_PAIR(i + 1);
	}
}

int screen_open(enum tui_color color, char *err, size_t size)
{
	static bool registered;
	const char *term = getenv("TERM"), *cup;

	screen = newterm(NULL, stdout, stdin);
	cup = screen ? tigetstr("cup") : NULL;
	if (!cup || cup == (char *)-1) {
		snprintf(err, size,
			 "terminal type '%.64s' cannot show a screen: set TERM, or use -b",
			 term ? term : "");
		screen_close();
		return -ENOTSUP;
	}
	if (!registered)
		atexit(screen_close);
	registered = true;
	cbreak();
	noecho();
	nonl();
	nodelay(stdscr, TRUE);
	keypad(stdscr, TRUE);
	set_escdelay(ESCAPE_MS);
	curs_set(0);
	choose_looks(want_color(color));
	getmaxyx(stdscr, size_rows, size_columns);
	return 0;
}

void screen_close(void)
{
	if (!screen)
		return;
	endwin();
	delscreen(screen);
	screen = NULL;
}

int screen_fd(void)
{
	return isatty(STDIN_FILENO) ? STDIN_FILENO : -1;
}

void screen_size(int *rows, int *columns)
{
	*rows = size_rows;
	*columns = size_columns;
}

void screen_resize(void)
{
	struct winsize now;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &now) && now.ws_row && now.ws_col)
		resizeterm(now.ws_row, now.ws_col);
	getmaxyx(stdscr, size_rows, size_columns);
	clearok(curscr, TRUE);
}

void screen_suspend(void)
{
	def_prog_mode();
	endwin();
	raise(SIGSTOP);
	reset_prog_mode();
	screen_resize();
}

int screen_put(int y, int x, int columns, enum look look, const char *text)
{
	int used = 0;
	size_t bytes;

	if (y < 0 || y >= size_rows || x < 0 || x >= size_columns)
		return 0;
	if (columns > size_columns - x)
		columns = size_columns - x;
	bytes = escape_fit(text, columns, &used);
	attrset((int)looks[look]);
	mvaddnstr(y, x, text, (int)bytes);
	attrset(A_NORMAL);
	return used;
}

void screen_fill(int y, int x, int columns, enum look look, const char *text)
{
	int used = screen_put(y, x, columns, look, text);

	for (; used < columns; used++)
		screen_put(y, x + used, 1, look, " ");
}

enum look screen_look(enum line_style style)
{
	static const enum look look[] = {
		[LINE_PLAIN] = LOOK_PLAIN,
		[LINE_HEAD] = LOOK_HEAD,
		[LINE_STRONG] = LOOK_STRONG,
		[LINE_FAINT] = LOOK_FAINT,
	};

	return look[style];
}

void screen_begin(void)
{
	erase();
}

void screen_end(void)
{
	refresh();
}

int screen_key(void)
{
	wint_t key = 0;
	int ret = wget_wch(stdscr, &key);

	if (ret == KEY_CODE_YES)
		return SCREEN_KEY + (int)key;
	return ret == OK ? (int)key : 0;
}
