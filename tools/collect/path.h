/* SPDX-License-Identifier: GPL-2.0-only */
/* path.h - put the path components that the kernel gave below the mount they belong to. */
#ifndef DAX_COLLECT_PATH_H
#define DAX_COLLECT_PATH_H

#include "dax_wire.h"

struct mounts;

/* Read a mount table as /proc/self/mountinfo writes it; NULL with errno set when it cannot. */
struct mounts *mounts_read(const char *file);
void mounts_free(struct mounts *mounts); /* NULL is fine */

/*
 * The path of @meta's file, in memory of the caller's. Where no mount in @mounts shows the file the
 * path starts with its device in brackets, as in [259:1]/dir/file; components that the kernel left
 * out are shown as `...`. @mounts may be NULL. NULL when memory ran out.
 */
char *mounts_path(const struct mounts *mounts, const struct dax_meta *meta);

#endif
