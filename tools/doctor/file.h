/* SPDX-License-Identifier: GPL-2.0-only */
/* file.h - examine a file or a directory. */
#ifndef DAX_DOCTOR_FILE_H
#define DAX_DOCTOR_FILE_H

#include <limits.h>
#include "doctor/layout.h"
#include "doctor/storage.h"

/*
 * If the file open at @fd, called @path, is on an overlay: report that, and return a descriptor of
 * the file below, with its @stx, and its path in @below. Otherwise return @fd, with @path in
 * @below.
 */
int look_below(struct report *report, int fd, const char *path, struct statx *stx, char below[PATH_MAX]);

/*
 * @path must be a regular file, a directory or a block device; otherwise the program ends with a
 * message.
 */
void examine_path(struct report *report, const char *path);

enum dax_state { DAX_STATE_NO, DAX_STATE_YES, DAX_STATE_UNKNOWN };

/* Is the file a DAX file, according to statx()? */
enum dax_state dax_state(const struct statx *stx);

/*
 * Report on the open regular file @fd and predict its ranges. @path is for messages and commands.
 * Returns false when they cannot be predicted; the report then shows why.
 */
bool examine_file(struct report *report, struct storages *storages, int fd, const struct statx *stx,
		  const char *path, bool kernel_huge, struct runs *runs);

/*
 * Predict the ranges of the open file @fd, without a report. The caller sets @layout->size, all
 * else in @layout to 0. Returns 0 or a negative errno. The caller frees both.
 */
int file_fates(const struct storage *storage, int fd, bool kernel_huge, struct layout *layout, struct runs *runs);

#endif
