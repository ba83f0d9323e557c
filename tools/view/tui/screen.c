// SPDX-License-Identifier: GPL-2.0-only
/* screen.c - the terminal: only this file sets it up and restores it. */
#define _XOPEN_SOURCE_EXTENDED 1
#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <sys/ioctl.h>
#include <term.h>
/* term.h defines these names as macros. */
#undef columns
#undef lines
#include <unistd.h>
#include "util/escape.h"
#include "view/tui/screen.h"

#define ESCAPE_MS 25 /* how long to wait for the rest of a key's escape sequence */

static SCREEN *screen;
static FILE *keys;   /* input for keys */
static bool resting; /* stopped, and not to be continued */
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

/* Colour only supports what bold, reverse and words show. */
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

static bool is_pending(int signal)
{
	sigset_t set;

	return !sigpending(&set) && sigismember(&set, signal);
}

/*
 * In the background (timeout(1), or & in a script), changing the settings of the terminal stops us,
 * again and again when we are continued, even for being ended: SIGTERM is pending in the loop's
 * signalfd. So stop before that, as other programs do, and then check why we were continued. False:
 * end.
 */
static bool await_foreground(void)
{
	static const int ends[] = {SIGTERM, SIGINT, SIGQUIT, SIGHUP};
	const struct timespec now = {0};
	sigset_t cont, stop, before;
	bool go_on = true;
	size_t i;

	sigemptyset(&cont);
	sigaddset(&cont, SIGCONT);
	sigprocmask(SIG_BLOCK, &cont, &before);
	sigemptyset(&stop);
	sigaddset(&stop, SIGTTOU);
	sigprocmask(SIG_UNBLOCK, &stop, NULL);
	while (go_on && tcgetpgrp(STDOUT_FILENO) > 0 && tcgetpgrp(STDOUT_FILENO) != getpgrp()) {
		for (i = 0; i < sizeof(ends) / sizeof(*ends); i++)
			go_on = go_on && !is_pending(ends[i]);
		if (!go_on)
			break;
		signal(SIGTTOU, SIG_DFL);
		raise(SIGTTOU);
		if (!is_pending(SIGCONT))
			break; /* there is no job control here, so nobody would continue us */
		sigtimedwait(&cont, NULL, &now);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	/* The terminal is restored at the end even if we are in the background then. */
	signal(SIGTTOU, SIG_IGN);
	signal(SIGTTIN, SIG_IGN);
	return go_on;
}

/* Read keys from the terminal also when standard input is something else, as less(1) does. */
static void open_keys(void)
{
	int fd = isatty(STDIN_FILENO) ? -1 : open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY);

	keys = fd < 0 ? NULL : fdopen(fd, "r");
	if (fd >= 0 && !keys)
		close(fd);
	if (!keys)
		keys = stdin;
}

int screen_open(enum tui_color color, char *err, size_t size)
{
	static bool registered;
	const char *term = getenv("TERM"), *cup;

	if (!await_foreground())
		return -EINTR;
	open_keys();
	screen = newterm(NULL, stdout, keys);
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
	if (keys && keys != stdin)
		fclose(keys);
	keys = NULL;
}

int screen_fd(void)
{
	return keys && isatty(fileno(keys)) ? fileno(keys) : -1;
}

bool screen_has_keys(void)
{
	pid_t group = tcgetpgrp(screen_fd());

	return group <= 0 || group == getpgrp();
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
	resting = !await_foreground();
	if (resting)
		return; /* the loop handles the signal, and ends */
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
	if (!resting)
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
