/* SPDX-License-Identifier: GPL-2.0-only */
/* lines.h - build text before it is shown: lines that fit a width, each with a style. */
#ifndef DAX_VIEW_LINES_H
#define DAX_VIEW_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include "fields.h"

enum line_style { LINE_PLAIN, LINE_HEAD, LINE_STRONG, LINE_FAINT };

struct lines {
	int columns; /* maximum width of a line; longer words exceed it */
	bool ascii;
	bool whole_commands; /* keep a command in one line, whatever its width, so that it can be copied */
	bool failed;	     /* out of memory: some lines are missing */
	size_t nr, space;
	struct line {
		char *text;
		enum line_style style;
	} * line;
};

/*
 * Add a formatted line. If it is wider than columns it continues in further lines, indented by
 * @indent columns.
 */
void lines_add(struct lines *lines, enum line_style style, int indent, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void lines_free(struct lines *lines);

/* The totals of @item, one line each: 2 MiB, faults, latency, others, and what is mapped now. */
void lines_summary(struct lines *lines, const struct dax_item *item, enum dax_window window);

/* "now  at 2 MiB 4.00MiB ...", or why it is unknown; nothing when it was not requested. */
void lines_resident(struct lines *lines, const struct dax_item *item);

/* What is known to be missing in the counts, one line each; nothing when they are complete. */
void lines_missing(struct lines *lines, int indent, const struct dax_model *model);

/*
 * "waits  pmd_fault 10, writeback 2": sleeps for entry locks, by operation; nothing when there were
 * none.
 */
void lines_waits(struct lines *lines, const struct dax_item *item);

/* If @host had no fault at all: which files can have faults. Otherwise nothing. */
void lines_unseen(struct lines *lines, const struct dax_item *host);

/* "why  extent_short 10, pte_entry 2"; nothing when nothing fell back. */
void lines_reasons(struct lines *lines, const struct dax_item *item, enum dax_window window);

/* "fix: ..." and "run: ..."; either may be NULL. */
void lines_fix(struct lines *lines, int indent, const char *fix, const char *run,
	       const struct dax_item *item);

/* What keeps @item from 2 MiB, and how to fix it; nothing when nothing does. */
void lines_advice(struct lines *lines, const struct dax_item *item, enum dax_window window);

/* Everything about @item: its names, advice, all reasons, all fields, latency histograms. */
void lines_details(struct lines *lines, const struct dax_item *item);

#endif
