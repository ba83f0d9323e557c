/* SPDX-License-Identifier: GPL-2.0-only */
/* show.h - what daxtrace prints beyond the views that it shares with daxtop. */
#ifndef DAX_TRACE_SHOW_H
#define DAX_TRACE_SHOW_H

#include "recording/reader.h"
#include "view/view.h"

#define SHOW_ROWS 10 /* of a table, when nothing else was asked for */

struct session_opts;

/* Counts of what @session watches, as text. 0 or a negative errno. */
int show_stat(FILE *to, const struct dax_model *model, const struct session_opts *session,
	      const struct view_opts *opts);

/* The verdict on @nr assertions. 0 or a negative errno. */
struct assert_result;
int show_verdict(FILE *to, const struct assert_result *results, size_t nr,
		 const struct view_opts *opts);

/* One line for each event. 0 or a negative errno. */
int show_events(FILE *to, struct rec_reader *reader, bool ascii);

#endif
