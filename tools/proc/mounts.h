/* SPDX-License-Identifier: GPL-2.0-only */
/* mounts.h - put the path components that the kernel gave below the mount they belong to. */
#ifndef DAX_PROC_MOUNTS_H
#define DAX_PROC_MOUNTS_H

#include <stdbool.h>
#include <linux/types.h>
#include "dax_wire.h"

struct mounts;

/*
 * Read a mount table as /proc/self/mountinfo writes it; NULL with errno set when it cannot. It is
 * kept open, and read again when the kernel says that it has changed.
 */
struct mounts *mounts_open(const char *file);
void mounts_close(struct mounts *mounts); /* NULL is fine */

/*
 * The path of @meta's file, in memory of the caller's. Where no mount in @mounts shows the file, or
 * the kernel side kept a part of the path only, it starts with the device in brackets, as in
 * [259:1]/dir/file; what is missing is shown as `...`. @mounts may be NULL. NULL when memory ran out.
 */
char *mounts_path(struct mounts *mounts, const struct dax_meta *meta);

/*
 * Where the filesystem on @dev is mounted, or, with @type, the first of that type: of several mounts
 * the one that shows most of it. Valid until the next call of a function here. False: nowhere.
 */
struct mount_name {
	const char *point, *type; /* any bytes */
};
bool mounts_find(struct mounts *mounts, __u32 dev, const char *type, struct mount_name *out);

#endif
