/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * replica.h - an unlinked file that becomes the copy of a file: storage, data, attributes. It
 * disappears when the program ends, however it ends.
 */
#ifndef DAX_DOCTOR_REPLICA_H
#define DAX_DOCTOR_REPLICA_H

#include <stdbool.h>
#include <sys/stat.h>
#include <linux/types.h>
#include "doctor/pieces.h"

/* All functions return 0 or a negative errno, and then set *what to the step that failed. */

/*
 * Create it in the folder @dir, with @size bytes, with the inode flags and the project of the open
 * file @old and, if the filesystem supports it, an extent size hint that is a multiple of 2 MiB.
 * Sets *fd.
 */
int replica_make(int dir, int old, __u64 size, int *fd, const char **what);

/*
 * Allocate storage for all @pieces, each in one call, or in calls of at most @most bytes (0: no
 * limit).
 */
int replica_allocate(int fd, const struct pieces *pieces, __u64 most, const char **what);

/* Called with the number of bytes done. A nonzero value stops copying, which returns it. */
typedef int (*replica_progress_fn)(void *ctx, __u64 done);

/* Copy the data of all written @pieces. The old file has @old_size bytes, the new one @size. */
int replica_copy(int old, int fd, const struct pieces *pieces, __u64 old_size, __u64 size,
		 replica_progress_fn progress, void *ctx, const char **what);

/*
 * Copy owner, mode, extended attributes with ACLs, and times; *xattrs is the number of attributes.
 * Fails if any of them cannot be kept.
 */
int replica_keep(int old, int fd, const struct stat *st, size_t *xattrs, const char **what);

#endif
