// SPDX-License-Identifier: GPL-2.0-only
/* lines.c - build text before it is shown: totals, reasons and advice as lines that fit a width. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "util/escape.h"
#include "view/format.h"
#include "view/lines.h"

static void add_one(struct lines *lines, enum line_style style, int indent, const char *text,
		    size_t len)
{
	char *copy = malloc(len + (size_t)indent + 1);

	if (copy && lines->nr == lines->space) {
		size_t space = lines->space ? 2 * lines->space : 32;
		struct line *grown = reallocarray(lines->line, space, sizeof(*grown));

		if (!grown) {
			free(copy);
			copy = NULL;
		} else {
			lines->line = grown;
			lines->space = space;
		}
	}
	if (!copy) {
		lines->failed = true;
		return;
	}
	memset(copy, ' ', (size_t)indent);
	memcpy(copy + indent, text, len);
	copy[(size_t)indent + len] = '\0';
	lines->line[lines->nr++] = (struct line){copy, style};
}

/* Bytes of @text that fit in @columns, cut at a space if there is one. */
static size_t fit_words(const char *text, int columns)
{
	size_t fits = escape_fit(text, columns, NULL), at;

	if (!text[fits])
		return fits;
	for (at = fits; at > 0; at--)
		if (text[at] == ' ')
			return at;
	return fits ? fits : 1;
}

void lines_add(struct lines *lines, enum line_style style, int indent, const char *fmt, ...)
{
	char text[FORMAT_LINE_MAX], *at = text;
	int before = 0;
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	do {
		int room = lines->columns - before;
		size_t len = fit_words(at, room > 8 ? room : 8);

		add_one(lines, style, before, at, len);
		at += len;
		while (*at == ' ')
			at++;
		before = indent;
	} while (*at);
}

/*
 * Bytes of the command @text for one line: up to a space outside quotes; a word that is too long is
 * cut.
 */
static size_t fit_command(const char *text, int columns)
{
	size_t fits = escape_fit(text, columns, NULL), good = 0, at;
	bool quoted = false, ansi = false;

	if (!text[fits])
		return fits;
	for (at = 0; at <= fits; at++) {
		if (quoted) {
			if (ansi && text[at] == '\\' && text[at + 1])
				at++;
			else
				quoted = text[at] != '\'';
		} else if (text[at] == '\'') {
			quoted = true;
			ansi = at && text[at - 1] == '$';
		} else if (text[at] == ' ') {
			good = at;
		}
	}
	return good ? good : fits ? fits : 1;
}

/* Add a command in lines that a shell reads as one. */
static void add_command(struct lines *lines, int indent, const char *begin, const char *text)
{
	char line[FORMAT_LINE_MAX];

	while (*text) {
		int room = lines->columns - indent - 2;
		size_t len = fit_command(text, room > 8 ? room : 8);
		int whole = snprintf(line, sizeof(line), "%*s%s%.*s%s", indent - (int)strlen(begin), "",
				     begin, (int)len, text, text[len] == ' ' ? " \\" : "");

		add_one(lines, LINE_STRONG, 0, line,
			whole < (int)sizeof(line) ? (size_t)whole : sizeof(line) - 1);
		text += len;
		while (*text == ' ')
			text++;
		begin = "";
	}
}

void lines_free(struct lines *lines)
{
	size_t i;

	for (i = 0; i < lines->nr; i++)
		free(lines->line[i].text);
	free(lines->line);
	lines->line = NULL;
	lines->nr = lines->space = 0;
}

/* The totals, one line each; when there is no room, the last lines are left out first. */
struct summary {
	const char *head, *field[8];
};
static const struct summary summary[] = {
	{"2 MiB",
	 {"pmd_coverage", "fallbacks", "fallback_ratio", "sticky_faults", "never_tried_faults"}},
	{"faults",
	 {"pte_faults", "pmd_faults", "faults_per_s", "fault_time_ratio", "ranges_touched",
	  "ranges_pmd"}},
	{"latency", {"lat_pte_p50_ns", "lat_pte_p99_ns", "lat_pmd_p50_ns", "lat_pmd_p99_ns"}},
	{"others", {"pte_zero", "pmd_zero", "pte_sync", "pmd_sync", "errors", "retries"}},
};
static const struct summary resident = {
	"now", {"res_pmd_bytes", "res_pte_bytes", "res_pmd_zero_bytes", "res_pte_zero_bytes"}};

static void add_summary(struct lines *lines, const struct summary *of, const struct dax_item *item,
			enum dax_window window)
{
	char text[FORMAT_LINE_MAX], value[FORMAT_NUM_MAX];
	size_t used = (size_t)snprintf(text, sizeof(text), "%-8s", of->head), i;

	for (i = 0; i < 8 && of->field[i]; i++) {
		const struct dax_field *field = dax_field_find(of->field[i]);

		format_field(value, sizeof(value), field, item, window, lines->ascii);
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s %s", i ? "  " : "",
					 field->label ? field->label : field->title, value);
	}
	lines_add(lines, LINE_PLAIN, 8, "%s", text);
}

void lines_resident(struct lines *lines, const struct dax_item *item)
{
	const char *unknown = dax_resident_means(item->resident.state);

	if (item->resident.state == DAX_RESIDENT_NOT_ASKED)
		return;
	if (unknown)
		lines_add(lines, LINE_PLAIN, 8, "now     -  (%s)", unknown);
	else
		add_summary(lines, &resident, item, DAX_TOTAL);
}

void lines_summary(struct lines *lines, const struct dax_item *item, enum dax_window window)
{
	size_t i;

	for (i = 0; i < sizeof(summary) / sizeof(summary[0]); i++)
		add_summary(lines, &summary[i], item, window);
	lines_resident(lines, item);
}

void lines_reasons(struct lines *lines, const struct dax_item *item, enum dax_window window)
{
	char text[FORMAT_LINE_MAX] = "", value[FORMAT_NUM_MAX];
	enum dax_reason order[DAX_NR_REASONS];
	size_t nr = dax_reasons_by_count(item, window, order), i, used = 0;

	for (i = 0; i < nr; i++) {
		format_num(value, dax_reason_num(item, window, order[i]), DAX_UNIT_COUNT);
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s %s", i ? "  " : "",
					 dax_reason_name(order[i]), value);
	}
	if (nr)
		lines_add(lines, LINE_PLAIN, 8, "why     %s", text);
}

void lines_missing(struct lines *lines, int indent, const struct dax_model *model)
{
	const __u64 *range = model->host.total.range;

	if (range[DAX_RANGE_UNTRACKED])
		lines_add(lines, LINE_STRONG, indent,
			  "%*srange table full: %llu faults in at least %llu ranges not tracked; range and sticky counts "
			  "are lower bounds",
			  indent, "", (unsigned long long)range[DAX_RANGE_UNTRACKED],
			  (unsigned long long)range[DAX_RANGE_LET_GO]);
	if (model->lost.faults)
		lines_add(lines, LINE_STRONG, indent,
			  "%*s%llu faults are missing: the kernel skipped the programs that count them", indent, "",
			  (unsigned long long)model->lost.faults);
	if (model->lost.details)
		lines_add(lines, LINE_STRONG, indent,
			  "%*sup to %llu faults may have another outcome or reason: the kernel skipped a program",
			  indent, "", (unsigned long long)model->lost.details);
	if ((model->known & DAX_KNOWN_WAITS) && model->lost.waits)
		lines_add(lines, LINE_STRONG, indent, "%*sup to %llu waits for entry locks are missing",
			  indent, "", (unsigned long long)model->lost.waits);
	if ((model->known & (DAX_KNOWN_DOWNGRADES | DAX_KNOWN_ZERO_REPLACED)) && model->lost.entries)
		lines_add(lines, LINE_STRONG, indent,
			  "%*sup to %llu downgrades and replaced zero pages are missing", indent, "",
			  (unsigned long long)model->lost.entries);
}

void lines_waits(struct lines *lines, const struct dax_item *item)
{
	char text[FORMAT_LINE_MAX] = "", value[FORMAT_NUM_MAX];
	size_t used = 0;
	int i;

	for (i = 0; (item->known & DAX_KNOWN_WAITS) && i < DAX_NR_WAITS; i++) {
		struct dax_num num = {.kind = DAX_NUM_COUNT, .count = item->total.wait[i]};

		if (!num.count)
			continue;
		format_num(value, num, DAX_UNIT_COUNT);
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s %s", used ? "  " : "",
					 dax_wait_name((enum dax_wait)i), value);
	}
	if (used)
		lines_add(lines, LINE_PLAIN, 8, "waits   %s", text);
}

void lines_unseen(struct lines *lines, const struct dax_item *host)
{
	if (!dax_item_seen(host))
		lines_add(lines, LINE_PLAIN, 8,
			  "why     no fault on a DAX file was seen: files are DAX files on XFS, ext4 or ext2 on "
			  "persistent memory, mounted with -o dax; daxdoctor FILE shows whether one is, and what "
			  "is missing. read() and write() do not fault: only mappings are seen");
}

void lines_fix(struct lines *lines, int indent, const char *fix, const char *run,
	       const struct dax_item *item)
{
	char text[FORMAT_LINE_MAX];
	int columns = lines->columns;

	if (fix)
		lines_add(lines, LINE_PLAIN, indent + 5, "%*sfix: %s", indent, "", fix);
	if (!run)
		return;
	format_run(text, run, item, lines->ascii);
	if (lines->whole_commands)
		lines->columns = FORMAT_LINE_MAX;
	add_command(lines, indent + 5, "run: ", text);
	lines->columns = columns;
}

void lines_advice(struct lines *lines, const struct dax_item *item, enum dax_window window)
{
	struct dax_advice advice = dax_advise(item, window);
	char text[FORMAT_LINE_MAX];

	if (!advice.cause)
		return;
	format_cause(text, &advice);
	lines_add(lines, LINE_PLAIN, 5, "why: %s", text);
	lines_fix(lines, 0, advice.fix, advice.run, item);
}
