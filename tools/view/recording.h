/* SPDX-License-Identifier: GPL-2.0-only */
/* recording.h - what a recording is of, and the condition of the file, as text and as JSON. */
#ifndef DAX_VIEW_RECORDING_H
#define DAX_VIEW_RECORDING_H

#include <jansson.h>
#include "recording/reader.h"

/* All of it as JSON, after the recording was played. NULL: out of memory. */
json_t *recording_json(const struct rec_reader *reader);

/*
 * The same as lines, ended by NULL; free them with recording_lines_free(). NULL when out of memory.
 */
char **recording_lines(const struct rec_reader *reader, const char *path, bool ascii);
void recording_lines_free(char **lines);

/* The damage of the file, as one sentence in @out; false when there is none. */
bool recording_damage(const struct rec_state *state, char *out, size_t size);

#endif
