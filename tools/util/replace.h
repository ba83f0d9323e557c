/* SPDX-License-Identifier: GPL-2.0-only */
/* replace.h - put a file in the place of another at once: who reads sees the old or the new, whole. */
#ifndef DAX_UTIL_REPLACE_H
#define DAX_UTIL_REPLACE_H

#include <stddef.h>
#include <sys/types.h>

/*
 * Write @len bytes to @path, with @mode whatever the umask. It is written beside it first, under a
 * name that begins with a dot and ends in six random characters. Returns 0 or a negative errno, and
 * then the old file is as it was and nothing lies beside it.
 */
int replace_file(const char *path, const void *bytes, size_t len, mode_t mode);

#endif
