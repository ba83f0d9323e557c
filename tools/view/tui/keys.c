// SPDX-License-Identifier: GPL-2.0-only
/* keys.c - the one table of keys: what they do, and their help texts. */
#include <curses.h>
#include "view/tui/keys.h"
#include "view/tui/screen.h"

#define CTRL(letter) ((letter)&0x1f)
#define K(name)	     (SCREEN_KEY + KEY_##name)

/* With a recording, some keys move in it and do not have their usual meaning. */
enum mode { ALWAYS, LIVE, RECORDED };

static const struct binding {
	enum action action;
	int key[4];
	const char *label, *help;
	const char *field; /* DO_SORT_BY */
	enum mode mode;
} bindings[] = {
	{DO_QUIT, {'q', K(F(10))}, "q F10", .help = "quit"},
	{DO_HELP, {'h', '?', K(F(1))}, "h ? F1", .help = "this help"},
	{DO_PAUSE, {' ', 'Z', 'z'}, "Space Z", "pause, and go on in real time", .mode = RECORDED},
	{DO_NEXT_FRAME, {'t'}, "t", "next sample, and pause", .mode = RECORDED},
	{DO_PREVIOUS_FRAME, {'T'}, "T", "previous sample, and pause", .mode = RECORDED},
	{DO_FIRST_FRAME, {'g'}, "g", "start of the recording, and pause", .mode = RECORDED},
	{DO_LAST_FRAME, {'G'}, "G", "end of the recording, and pause", .mode = RECORDED},
	{DO_JUMP,
	 {'b'},
	 "b",
	 "jump to a time: 14:05[:30], 90 (seconds from the start), -10 (from the end)",
	 .mode = RECORDED},
	{DO_NEXT_TABLE, {'\t'}, "Tab", .help = "next table: files, processes, threads, cgroups, mounts"},
	{DO_PREVIOUS_TABLE, {K(BTAB)}, "Shift-Tab", .help = "previous table"},
	{DO_THREADS, {'H'}, "H", .help = "table of threads, with --threads"},
	{DO_UP, {'k', K(UP)}, "Up k", .help = "one line up"},
	{DO_DOWN, {'j', K(DOWN)}, "Down j", .help = "one line down"},
	{DO_PAGE_UP, {K(PPAGE), CTRL('b')}, "PgUp", .help = "one page up"},
	{DO_PAGE_DOWN, {K(NPAGE), CTRL('f')}, "PgDn", .help = "one page down"},
	{DO_FIRST, {K(HOME), 'g'}, "Home g", "first line", .mode = LIVE},
	{DO_LAST, {K(END), 'G'}, "End G", "last line", .mode = LIVE},
	{DO_FIRST, {K(HOME)}, "Home", "first line", .mode = RECORDED},
	{DO_LAST, {K(END)}, "End", "last line", .mode = RECORDED},
	{DO_DETAILS,
	 {'\r', '\n', K(ENTER)},
	 "Enter",
	 .help = "all about the selected line: reasons, fixes, latency, every field"},
	{DO_BACK, {27, K(BACKSPACE)}, "Esc", .help = "back from help or details"},
	{DO_WINDOW,
	 {'t', 'i'},
	 "t i",
	 "totals since the start, or the last interval",
	 .mode = LIVE},
	{DO_WINDOW, {'i'}, "i", "totals since the start, or the last interval", .mode = RECORDED},
	{DO_SORT_LEFT, {'<', ','}, "<", .help = "sort by the column to the left"},
	{DO_SORT_RIGHT, {'>', '.'}, ">", .help = "sort by the column to the right"},
	{DO_REVERSE, {'I', 'r'}, "I r", .help = "reverse the order"},
	{DO_SORT_BY, {'C'}, "C", .field = "pmd_coverage"},
	{DO_SORT_BY, {'F'}, "F", .field = "fallbacks"},
	{DO_SORT_BY, {'P'}, "P", .field = "pte_faults"},
	{DO_SORT_BY, {'M'}, "M", .field = "pmd_faults"},
	{DO_SORT_BY, {'S'}, "S", .field = "sticky_faults"},
	{DO_SORT_BY, {'N'}, "N", .field = "never_tried_faults"},
	{DO_SORT_BY, {'T'}, "T", .field = "fault_time_ns", .mode = LIVE},
	{DO_SORT_BY, {'L'}, "L", .field = "lat_pte_p99_ns"},
	{DO_PAUSE,
	 {' ', 'Z', 'z'},
	 "Space Z",
	 "pause: keep these numbers on the screen",
	 .mode = LIVE},
	{DO_SEARCH, {'/', K(F(3))}, "/ F3", .help = "search a name; Enter keeps, Esc leaves"},
	{DO_NEXT_MATCH, {'n'}, "n", .help = "next match of the search"},
	{DO_REDRAW, {CTRL('l')}, "Ctrl-L", .help = "draw the screen again"},
};

static bool applies(const struct binding *binding, bool recorded)
{
	return binding->mode == ALWAYS || (binding->mode == RECORDED) == recorded;
}

enum action key_action(int key, bool recorded, const char **field)
{
	size_t i, j;

	for (i = 0; i < sizeof(bindings) / sizeof(bindings[0]); i++)
		for (j = 0; j < 4; j++)
			if (key && bindings[i].key[j] == key && applies(&bindings[i], recorded)) {
				*field = bindings[i].field;
				return bindings[i].action;
			}
	return DO_NOTHING;
}

void lines_help(struct lines *lines, bool recorded)
{
	size_t i;

	for (i = 0; i < sizeof(bindings) / sizeof(bindings[0]); i++) {
		const struct binding *binding = &bindings[i];

		if (!applies(binding, recorded))
			continue;
		if (binding->field)
			lines_add(lines, LINE_PLAIN, 12, "%-10s  sort by %s", binding->label,
				  binding->field);
		else
			lines_add(lines, LINE_PLAIN, 12, "%-10s  %s", binding->label,
				  binding->help);
	}
	lines_add(lines, LINE_PLAIN, 0, "%s", "");
	lines_add(lines, LINE_HEAD, 0, "Columns");
	for (i = 0; i < dax_nr_fields; i++)
		if (dax_fields[i].tables)
			lines_add(lines, LINE_PLAIN, 10, "%-8s  %s (%s)", dax_fields[i].title,
				  dax_fields[i].what, dax_fields[i].name);
	lines_add(lines, LINE_PLAIN, 0, "%s", "");
	lines_add(lines, LINE_PLAIN, 0, "%s",
		  "A '-' is a number that is not known. '>' means at least, '~' of those that were "
		  "tracked.");
}
