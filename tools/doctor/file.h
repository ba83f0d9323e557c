/* SPDX-License-Identifier: GPL-2.0-only */
/* file.h - examine a file or a directory. */
#ifndef DAX_DOCTOR_FILE_H
#define DAX_DOCTOR_FILE_H

#include "doctor/place.h"

/* @path names a regular file or a directory, else the program ends with a message. */
void examine_path(struct report *report, const char *path);

enum dax_state { DAX_STATE_NO, DAX_STATE_YES, DAX_STATE_UNKNOWN };

/* Is the file DAX, by what its filesystem says to statx? */
enum dax_state dax_state(const struct statx *stx);

/*
 * Report on the open regular file @fd and predict its ranges. @path is for messages and commands.
 * Returns false when they cannot be predicted; the report then says why.
 */
bool examine_file(struct report *report, struct places *places, int fd, const struct statx *stx,
		  const char *path, bool kernel_huge, struct runs *runs);

#endif
