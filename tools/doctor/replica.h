/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * replica.h - a file without a name that becomes a file's copy: storage, data, attributes. It goes
 * away by itself when the program ends, however it ends.
 */
#ifndef DAX_DOCTOR_REPLICA_H
#define DAX_DOCTOR_REPLICA_H

#include <stdbool.h>
#include <sys/stat.h>
#include <linux/types.h>
#include "doctor/pieces.h"

/* All of these return 0 or a negative errno, and set *what to the step that failed. */

/*
 * Make it in the folder @dir, of @size bytes, with the inode flags and the project of the open file
 * @old and, where the filesystem has one, an extent size hint of whole 2 MiB. Sets *fd.
 */
int replica_make(int dir, int old, __u64 size, int *fd, const char **what);

/* Storage for all @pieces, in one piece each, or in calls of at most @most bytes (0: no limit). */
int replica_allocate(int fd, const struct pieces *pieces, __u64 most, const char **what);

/* Called with the bytes done; returns nonzero to give up, which copying then returns. */
typedef int (*replica_progress_fn)(void *ctx, __u64 done);

/* Data of all written @pieces, of which the old file has @old_size bytes and the new one @size. */
int replica_copy(int old, int fd, const struct pieces *pieces, __u64 old_size, __u64 size,
		 replica_progress_fn progress, void *ctx, const char **what);

/*
 * Owner, mode, extended attributes with ACLs, times; *xattrs counts the attributes. Fails rather
 * than leave one out.
 */
int replica_keep(int old, int fd, const struct stat *st, size_t *xattrs, const char **what);

#endif
