/* SPDX-License-Identifier: GPL-2.0-only */
/* show.h - output of daxtrace that daxtop does not have. */
#ifndef DAX_TRACE_SHOW_H
#define DAX_TRACE_SHOW_H

#include "recording/reader.h"
#include "view/view.h"

#define SHOW_ROWS 10 /* rows of a table, by default */

struct session_opts;

/* Print the counts of @session as text. Returns 0 or a negative errno. */
int show_stat(FILE *to, const struct dax_model *model, const struct session_opts *session,
	      const struct view_opts *opts);

/* Print the verdict on @nr assertions. Returns 0 or a negative errno. */
struct assert_result;
int show_verdict(FILE *to, const struct assert_result *results, size_t nr,
		 const struct view_opts *opts);

/* Print one line for each event. Returns 0 or a negative errno. */
int show_events(FILE *to, struct rec_reader *reader, bool ascii);

#endif
