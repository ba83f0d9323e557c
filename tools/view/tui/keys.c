// SPDX-License-Identifier: GPL-2.0-only
/* keys.c - the one table of keys: what they do and what the help says about them. */
#include <curses.h>
#include "view/tui/keys.h"
#include "view/tui/screen.h"

#define CTRL(letter) ((letter)&0x1f)
#define K(name)	     (SCREEN_KEY + KEY_##name)

static const struct binding {
	enum action action;
	int key[4];
	const char *label, *help;
	const char *field; /* DO_SORT_BY */
} bindings[] = {
	{DO_QUIT, {'q', K(F(10))}, "q F10", "quit", NULL},
	{DO_HELP, {'h', '?', K(F(1))}, "h ? F1", "this help", NULL},
	{DO_NEXT_TABLE,
	 {'\t'},
	 "Tab",
	 "next table: files, processes, threads, cgroups, mounts",
	 NULL},
	{DO_PREVIOUS_TABLE, {K(BTAB)}, "Shift-Tab", "previous table", NULL},
	{DO_THREADS, {'H'}, "H", "table of threads, with --threads", NULL},
	{DO_UP, {'k', K(UP)}, "Up k", "one line up", NULL},
	{DO_DOWN, {'j', K(DOWN)}, "Down j", "one line down", NULL},
	{DO_PAGE_UP, {K(PPAGE), CTRL('b')}, "PgUp", "one page up", NULL},
	{DO_PAGE_DOWN, {K(NPAGE), CTRL('f')}, "PgDn", "one page down", NULL},
	{DO_FIRST, {K(HOME), 'g'}, "Home g", "first line", NULL},
	{DO_LAST, {K(END), 'G'}, "End G", "last line", NULL},
	{DO_DETAILS,
	 {'\r', '\n', K(ENTER)},
	 "Enter",
	 "all about the selected line: reasons, fixes, latency, every field",
	 NULL},
	{DO_BACK, {27, K(BACKSPACE)}, "Esc", "back from help or details", NULL},
	{DO_WINDOW, {'t'}, "t", "totals since the start, or the last interval", NULL},
	{DO_SORT_LEFT, {'<', ','}, "<", "sort by the column to the left", NULL},
	{DO_SORT_RIGHT, {'>', '.'}, ">", "sort by the column to the right", NULL},
	{DO_REVERSE, {'I', 'r'}, "I r", "reverse the order", NULL},
	{DO_SORT_BY, {'C'}, "C", NULL, "pmd_coverage"},
	{DO_SORT_BY, {'F'}, "F", NULL, "fallbacks"},
	{DO_SORT_BY, {'P'}, "P", NULL, "pte_faults"},
	{DO_SORT_BY, {'M'}, "M", NULL, "pmd_faults"},
	{DO_SORT_BY, {'S'}, "S", NULL, "sticky_faults"},
	{DO_SORT_BY, {'N'}, "N", NULL, "never_tried_faults"},
	{DO_SORT_BY, {'T'}, "T", NULL, "fault_time_ns"},
	{DO_SORT_BY, {'L'}, "L", NULL, "lat_pte_p99_ns"},
	{DO_PAUSE, {' ', 'Z', 'z'}, "Space Z", "pause: keep these numbers on the screen", NULL},
	{DO_SEARCH, {'/', K(F(3))}, "/ F3", "search a name; Enter keeps, Esc leaves", NULL},
	{DO_NEXT_MATCH, {'n'}, "n", "next match of the search", NULL},
	{DO_REDRAW, {CTRL('l')}, "Ctrl-L", "draw the screen anew", NULL},
};

enum action key_action(int key, const char **field)
{
	size_t i, j;

	for (i = 0; i < sizeof(bindings) / sizeof(bindings[0]); i++)
		for (j = 0; j < 4; j++)
			if (key && bindings[i].key[j] == key) {
				*field = bindings[i].field;
				return bindings[i].action;
			}
	return DO_NOTHING;
}

void lines_help(struct lines *lines)
{
	size_t i;

	for (i = 0; i < sizeof(bindings) / sizeof(bindings[0]); i++) {
		const struct binding *binding = &bindings[i];

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
