/* SPDX-License-Identifier: GPL-2.0-only */
/* lines.h - text made ahead of showing it: lines that fit a width, each with a style. */
#ifndef DAX_VIEW_LINES_H
#define DAX_VIEW_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include "fields.h"

enum line_style { LINE_PLAIN, LINE_HEAD, LINE_STRONG, LINE_FAINT };

struct lines {
	int columns; /* lines are not wider, but for words that are */
	bool ascii;
	bool whole_commands; /* a command stays in one line, however wide, so that it can be copied
			      */
	bool failed;	     /* out of memory: some are missing */
	size_t nr, space;
	struct line {
		char *text;
		enum line_style style;
	} * line;
};

/* Format a line; what is wider than columns goes on in further lines, @indent columns in. */
void lines_add(struct lines *lines, enum line_style style, int indent, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void lines_free(struct lines *lines);

/* The totals of @item, a line each: 2 MiB, faults, latency, others, and what is mapped now. */
void lines_summary(struct lines *lines, const struct dax_item *item, enum dax_window window);

/* "now  at 2 MiB 4.00MiB ...", or why that is not known; nothing when it was not asked for. */
void lines_resident(struct lines *lines, const struct dax_item *item);

/* What is known not to be counted, a line each; nothing when all was. */
void lines_missing(struct lines *lines, int indent, const struct dax_model *model);

/* "waits  pmd_fault 10, writeback 2": asleep for entry locks, in what; or nothing when nobody was. */
void lines_waits(struct lines *lines, const struct dax_item *item);

/* When @host had no fault at all: who can have one. Else nothing. */
void lines_unseen(struct lines *lines, const struct dax_item *host);

/* "why  extent_short 10, pte_entry 2", or nothing when nothing fell back. */
void lines_reasons(struct lines *lines, const struct dax_item *item, enum dax_window window);

/* "fix: ..." and "run: ..."; either may be NULL. */
void lines_fix(struct lines *lines, int indent, const char *fix, const char *run,
	       const struct dax_item *item);

/* What keeps @item from 2 MiB and how to mend it; nothing when nothing does. */
void lines_advice(struct lines *lines, const struct dax_item *item, enum dax_window window);

/* Everything about @item: who it is, advice, all reasons, all fields, latency histograms. */
void lines_details(struct lines *lines, const struct dax_item *item);

#endif
