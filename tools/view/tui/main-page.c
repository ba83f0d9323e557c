// SPDX-License-Identifier: GPL-2.0-only
/*
 * main-page.c - the main page: totals, reasons, the current table, and what to do about its
 * selected line.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "util/escape.h"
#include "view/format.h"
#include "view/tui/state.h"
#include "view/view.h"

#define REASONS_MAX  8
#define NAME_COLUMNS 24 /* for the name of a recording in the header */
#define NAME_BYTES   256
#define ADVICE_USUAL 5 /* lines that advice gets before the table */

/* How many lines each part gets; the most important parts are served first. */
struct plan {
	int summary, reasons, tabs, table, advice, footer, gaps;
};

static int take_rows(int *left, int wanted)
{
	int given = wanted < *left ? wanted : *left;

	if (given < 0)
		given = 0;
	*left -= given;
	return given;
}

static struct plan plan(int rows, int summary, int items, int reasons, int advice)
{
	int left = rows - 2; /* the header line and the headings are always there */
	struct plan plan = {0};

	plan.table = take_rows(&left, 2);
	plan.advice = take_rows(&left, advice < 2 ? advice : 2);
	plan.summary = take_rows(&left, 1);
	plan.footer = take_rows(&left, 1);
	plan.tabs = take_rows(&left, 1);
	plan.table += take_rows(&left, 2);
	plan.summary += take_rows(&left, 1);
	plan.reasons = take_rows(&left, reasons < 1 ? reasons : 1);
	plan.advice += take_rows(&left, advice < ADVICE_USUAL ? advice - plan.advice
							 : ADVICE_USUAL - plan.advice);
	plan.table += take_rows(&left, 1);
	plan.reasons += take_rows(&left, reasons < 3 ? reasons - plan.reasons : 3 - plan.reasons);
	plan.summary += take_rows(&left, summary - 2);
	/* Of the remaining lines the table gets what it needs, and then the others. */
	plan.table += take_rows(&left, items - plan.table);
	plan.advice += take_rows(&left, advice - plan.advice);
	plan.reasons += take_rows(&left, reasons - plan.reasons);
	if (left > 1)
		plan.gaps = take_rows(&left, 1);
	plan.table += left;
	return plan;
}

static int put_part(int x, int columns, enum look look, const char *text)
{
	if (format_width(text) > columns - x)
		return x;
	return x + screen_put(0, x, columns - x, look, text);
}

/* The name of the recording, cut off at its beginning. */
static int draw_recording(const struct tui *tui, int x, int columns)
{
	char name[4 * NAME_BYTES + 4], fit[FORMAT_LINE_MAX], text[FORMAT_LINE_MAX + 32];
	const char *end = tui->recording;
	int width;

	if (strlen(end) >= NAME_BYTES)
		end += strlen(end) - NAME_BYTES + 1;
	escape_text(name, sizeof(name), end, tui->ascii ? ESCAPE_ASCII : ESCAPE_TERMINAL);
	width = format_width(name);
	format_fit(fit, name, width < NAME_COLUMNS ? width : NAME_COLUMNS, true, false);
	snprintf(text, sizeof(text), " recording %s ", fit);
	x = put_part(x, columns, LOOK_HEAD, text);
	return tui->damaged ? put_part(x, columns, LOOK_ALARM, " DAMAGED ") : x;
}

static int draw_clock(const struct dax_model *model, int x, int columns)
{
	time_t seconds = (time_t)(model->real_ns / 1000000000);
	char when[16] = " - "; /* the recording may not have it */
	struct tm tm;

	if (model->real_ns && localtime_r(&seconds, &tm))
		strftime(when, sizeof(when), " %T ", &tm);
	return put_part(x, columns, LOOK_HEAD, when);
}

static void draw_header(const struct tui *tui, int columns)
{
	const struct dax_model *model = tui->model;
	char text[160], interval[FORMAT_NUM_MAX];
	struct dax_num num = {.kind = DAX_NUM_COUNT};
	int x;

	screen_fill(0, 0, columns, LOOK_HEAD, "");
	x = put_part(0, columns, LOOK_HEAD, " daxtop ");
	if (!model)
		return;
	if (tui->at_end)
		x = put_part(x, columns, LOOK_ALARM, " END ");
	else if (tui->paused)
		x = put_part(x, columns, LOOK_ALARM, " PAUSED ");
	if (tui->recording)
		x = draw_clock(model, draw_recording(tui, x, columns), columns);
	snprintf(text, sizeof(text), " tier %s ", dax_tier_name(model->tier));
	x = put_part(x, columns, LOOK_HEAD, text);
	snprintf(text, sizeof(text), " lost %llu ", (unsigned long long)model->lost.events);
	x = put_part(x, columns, model->lost.events ? LOOK_ALARM : LOOK_HEAD, text);
	if (model->lost.unwatched) {
		snprintf(text, sizeof(text), " not followed %llu ",
			 (unsigned long long)model->lost.unwatched);
		x = put_part(x, columns, LOOK_ALARM, text);
	}
	if (model->lost.details)
		x = put_part(x, columns, LOOK_ALARM, " programs skipped ");
	if (model->lost.slots)
		x = put_part(x, columns, LOOK_ALARM, " no room: see (all others) ");
	if (model->host.total.range[DAX_RANGE_UNTRACKED])
		x = put_part(x, columns, LOOK_ALARM, " ranges untracked ");
	if ((model->known & DAX_KNOWN_WAITS) && model->lost.waits)
		x = put_part(x, columns, LOOK_ALARM, " waits missing ");
	if ((model->known & (DAX_KNOWN_DOWNGRADES | DAX_KNOWN_ZERO_REPLACED)) && model->lost.entries)
		x = put_part(x, columns, LOOK_ALARM, " downgrades missing ");
	if (!tui->recording)
		x = draw_clock(model, x, columns);
	if (model->elapsed_ns) {
		num.count = model->elapsed_ns;
		format_num(interval, num, DAX_UNIT_NS);
		snprintf(text, sizeof(text), " interval %s ", interval);
		x = put_part(x, columns, LOOK_HEAD, text);
	}
	snprintf(text, sizeof(text), " %s ", dax_tier_means(model->tier));
	put_part(x, columns, LOOK_HEAD, text);
}

/* Draw lines [@from, @from + @nr) of @lines, beginning at row @y. */
static void draw_lines(int y, int columns, const struct lines *lines, size_t from, int nr)
{
	int i;

	for (i = 0; i < nr && from + (size_t)i < lines->nr; i++)
		screen_put(y + i, 0, columns, screen_look(lines->line[from + (size_t)i].style),
			   lines->line[from + (size_t)i].text);
}

static void draw_reasons(const struct tui *tui, int y, int columns, int nr)
{
	const struct dax_item *host = &tui->model->host;
	enum dax_reason order[DAX_NR_REASONS];
	size_t known = dax_reasons_by_count(host, tui->window, order), i;
	char text[FORMAT_LINE_MAX], bar[FORMAT_LINE_MAX], count[FORMAT_NUM_MAX];
	__u64 sum = 0;
	int x;

	for (i = 0; i < known; i++)
		sum += dax_reason_num(host, tui->window, order[i]).count;
	for (i = 0; i < known && (int)i < nr; i++) {
		struct dax_num num = dax_reason_num(host, tui->window, order[i]);

		format_num(count, num, DAX_UNIT_COUNT);
		snprintf(text, sizeof(text), "%-7s %-17s %7s ", i ? "" : "why",
			 dax_reason_name(order[i]), count);
		x = screen_put(y + (int)i, 0, columns, LOOK_PLAIN, text);
		format_bar(bar, (double)num.count / (double)sum,
			   columns - x > 42 ? 40 : columns - x - 2, tui->ascii);
		screen_put(y + (int)i, x, columns - x, LOOK_BAR, bar);
	}
	if (nr > 0 && !known)
		screen_put(y, 0, columns, LOOK_PLAIN,
			   dax_item_seen(host)
				   ? "why     nothing fell back"
				   : "why     no fault on a DAX file seen yet: daxdoctor FILE shows if one is");
}

static void draw_tabs(const struct tui *tui, int y, int columns)
{
	char text[128];
	enum dax_item_kind kind = DAX_FILE;
	int x = 0;

	do {
		bool front = kind == tui->kind;

		snprintf(text, sizeof(text), front ? "[%s %zu]" : " %s %zu ", view_table_name(kind),
			 tui->model->list[kind].nr);
		x += screen_put(y, x, columns - x, front ? LOOK_STRONG : LOOK_PLAIN, text);
		kind = view_next_table(tui->model, kind);
	} while (kind != DAX_FILE);
	snprintf(text, sizeof(text), " %s by %s%s",
		 tui->window == DAX_TOTAL ? "total" : "last interval", tui->sort->name,
		 tui->reverse ? ", reversed" : "");
	screen_put(y, x, columns - x, LOOK_PLAIN, text);
}

static void draw_table(struct tui *tui, int y, int columns, int rows)
{
	struct cursor *cursor = &tui->cursor[tui->kind];
	size_t nr = tui->model->list[tui->kind].nr, i;
	char text[FORMAT_LINE_MAX];
	int x, width;

	columns_choose(&tui->columns, tui->kind, columns - 1, tui->sort);
	columns_head(text, &tui->columns);
	screen_fill(y, 0, columns, LOOK_HEAD, "");
	screen_put(y, 1, columns - 1, LOOK_HEAD, text);
	for (i = 0; i < tui->columns.nr; i++) {
		if (tui->columns.field[i] != tui->sort)
			continue;
		x = columns_at(&tui->columns, i, &width) + 1;
		format_fit(text, tui->sort->title, width, false, tui->sort->unit != DAX_UNIT_TEXT);
		screen_put(y, x, width, LOOK_ALARM, text);
	}
	tui->page_rows = rows > 0 ? (size_t)rows : 1;
	if (cursor->at < cursor->top)
		cursor->top = cursor->at;
	if (cursor->at >= cursor->top + tui->page_rows)
		cursor->top = cursor->at - tui->page_rows + 1;
	if (cursor->top + tui->page_rows > nr)
		cursor->top = nr > tui->page_rows ? nr - tui->page_rows : 0;
	for (i = 0; (int)i < rows && cursor->top + i < nr; i++) {
		bool selected = cursor->top + i == cursor->at;

		columns_row(text, &tui->columns, tui->order[cursor->top + i], tui->window,
			    tui->ascii);
		screen_put(y + 1 + (int)i, 0, 1, LOOK_STRONG, selected ? ">" : " ");
		screen_fill(y + 1 + (int)i, 1, columns - 1, selected ? LOOK_SELECTED : LOOK_PLAIN,
			    text);
	}
	if (!nr && rows > 0)
		screen_put(y + 1, 1, columns - 1, LOOK_FAINT, "no DAX fault yet");
}

static void draw_footer(const struct tui *tui, int y, int columns)
{
	char text[SEARCH_MAX + 48];

	if (tui->prompt == PROMPT_SEARCH)
		snprintf(text, sizeof(text), "/%s%s", tui->search,
			 tui->no_match ? "   (not found)" : "_");
	else if (tui->no_threads)
		snprintf(text, sizeof(text), "threads are counted with daxtop --threads only");
	else if (tui->prompt == PROMPT_JUMP)
		snprintf(text, sizeof(text), "jump to: %s%s", tui->jump,
			 tui->no_match ? "   (not a time: 14:05, 90, -10)" : "_");
	else if (tui->recording)
		snprintf(text, sizeof(text), "%s",
			 columns < 76 ? "h help  Space play  t T step  q quit"
				      : "h help  Space play  t T step  g G start end  b jump  "
					"Enter details  q quit");
	else
		snprintf(text, sizeof(text), "%s",
			 columns < 76 ? "h help  Tab table  Enter details  q quit"
				      : "h help  Tab table  Enter details  < > sort  t interval  "
					"Space pause  q quit");
	screen_put(y, 0, columns, tui->prompt || tui->no_threads ? LOOK_STRONG : LOOK_FAINT, text);
}

/* Advice in @room lines: first one line about what is wrong, then the command, then the rest. */
static void draw_advice(int y, int columns, const struct lines *lines, int room)
{
	static const char *const begin[] = {"why:", "fix:", "run:"};
	int nr[3] = {0}, given[3], part = 0, from = 0, i;

	for (i = 0; i < (int)lines->nr; i++) {
		while (part < 2 && (!strncmp(lines->line[i].text, begin[part + 1], 4) ||
				    !strncmp(lines->line[i].text, begin[2], 4)))
			part++;
		nr[part]++;
	}
	given[0] = take_rows(&room, nr[0] ? 1 : 0);
	given[2] = take_rows(&room, nr[2]);
	given[1] = take_rows(&room, nr[1]);
	given[0] += take_rows(&room, nr[0] - given[0]);
	for (i = 0; i < 3; i++) {
		draw_lines(y, columns, lines, (size_t)from, given[i]);
		y += given[i];
		from += nr[i];
	}
}

void tui_draw_main(struct tui *tui, int rows, int columns)
{
	struct lines summary = {.columns = columns, .ascii = tui->ascii};
	struct lines advice = {.columns = columns, .ascii = tui->ascii};
	const struct dax_item *selected;
	enum dax_reason order[DAX_NR_REASONS];
	int reasons, y = 1;
	struct plan now;

	draw_header(tui, columns);
	if (!tui->model)
		return;
	selected = tui_selected(tui);
	reasons = (int)dax_reasons_by_count(&tui->model->host, tui->window, order);
	lines_summary(&summary, &tui->model->host, tui->window);
	if (selected)
		lines_advice(&advice, selected, tui->window);
	if (selected && !advice.nr)
		lines_add(&advice, LINE_PLAIN, 5, "why: nothing fell back here");
	now = plan(rows, (int)summary.nr, (int)tui->model->list[tui->kind].nr,
		   reasons < 1		   ? 1
		   : reasons > REASONS_MAX ? REASONS_MAX
					   : reasons,
		   (int)advice.nr);
	draw_lines(y, columns, &summary, 0, now.summary);
	y += now.summary;
	draw_reasons(tui, y, columns, now.reasons);
	y += now.reasons + now.gaps;
	if (now.tabs)
		draw_tabs(tui, y++, columns);
	draw_table(tui, y, columns, now.table);
	y = rows - now.footer - now.advice;
	draw_advice(y, columns, &advice, now.advice);
	if (now.footer)
		draw_footer(tui, rows - 1, columns);
	lines_free(&summary);
	lines_free(&advice);
}
