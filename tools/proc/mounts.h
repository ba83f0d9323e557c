/* SPDX-License-Identifier: GPL-2.0-only */
/* mounts.h - complete the path components from the kernel side by the mount that they belong to. */
#ifndef DAX_PROC_MOUNTS_H
#define DAX_PROC_MOUNTS_H

#include <stdbool.h>
#include <linux/types.h>
#include "dax_wire.h"

struct mounts;

/*
 * Read a mount table in the format of /proc/self/mountinfo; NULL with errno set on failure. It is
 * kept open, and read again when the kernel reports a change.
 */
struct mounts *mounts_open(const char *file);
void mounts_close(struct mounts *mounts); /* NULL is allowed */

/*
 * The path of @meta's file; the caller frees it. If no mount in @mounts shows the file, or the
 * kernel side kept only a part of the path, it begins with the device in brackets, as in
 * [259:1]/dir/file; missing parts are shown as `...`. @mounts may be NULL. Returns NULL when out of
 * memory.
 */
char *mounts_path(struct mounts *mounts, const struct dax_meta *meta);

/*
 * Where the filesystem on @dev is mounted, or, with @type, the first filesystem of that type: of
 * several mounts the one that shows most of it. Valid until the next call of a function here.
 * False: nowhere.
 */
struct mount_name {
	const char *point, *type; /* any bytes */
};
bool mounts_find(struct mounts *mounts, __u32 dev, const char *type, struct mount_name *out);

#endif
