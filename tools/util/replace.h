/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * replace.h - replace a file in one step: a reader sees either the whole old or the whole new file.
 */
#ifndef DAX_UTIL_REPLACE_H
#define DAX_UTIL_REPLACE_H

#include <stddef.h>
#include <sys/types.h>

/*
 * Write @len bytes to @path, with @mode regardless of the umask. They are first written beside it,
 * to a file whose name begins with a dot and ends in six random characters. Returns 0 or a negative
 * errno; on an error the old file is unchanged, and no temporary file is left.
 */
int replace_file(const char *path, const void *bytes, size_t len, mode_t mode);

#endif
