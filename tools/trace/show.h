/* SPDX-License-Identifier: GPL-2.0-only */
/* show.h - what daxtrace prints beyond the views that it shares with daxtop. */
#ifndef DAX_TRACE_SHOW_H
#define DAX_TRACE_SHOW_H

#include <jansson.h>
#include "record/reader.h"
#include "view/view.h"

#define SHOW_ROWS 10 /* of a table, when nothing else was asked for */

struct watch_opts;

/* Counts of whom @watch names, as text. 0 or a negative errno. */
int show_stat(FILE *to, const struct dax_model *model, const struct watch_opts *watch,
	      const struct view_opts *opts);

/* The verdict on @nr assertions. 0 or a negative errno. */
struct assert_result;
int show_verdict(FILE *to, const struct assert_result *results, size_t nr,
		 const struct view_opts *opts);

/* Names of any bytes as JSON; what is NULL becomes null. */
json_t *json_text(const char *text);
json_t *json_texts(char *const texts[]); /* up to a NULL */
json_t *json_number(__u64 value);	 /* beyond 63 bits as text */
json_t *json_kernel(const char *sysname, const char *release, const char *version,
		    const char *machine);

/* What the recording is of and in what state, after it was played: as JSON, NULL: no memory. */
json_t *json_recording(const struct rec_reader *reader);

/*
 * The same as lines, ended by NULL, in memory that head_free() gives back. NULL when out of memory.
 */
char **head_lines(const struct rec_reader *reader, const char *path, bool ascii);
void head_free(char **lines);

/* What is wrong with the file, as one sentence in @out; false when nothing is. */
bool damage(const struct rec_state *state, char *out, size_t size);

/* One line for each event. 0 or a negative errno. */
int show_events(FILE *to, struct rec_reader *reader, bool ascii);

#endif
