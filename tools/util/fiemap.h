/* SPDX-License-Identifier: GPL-2.0-only */
/* fiemap.h - a file's extents, one by one, as its filesystem reports them. */
#ifndef DAX_UTIL_FIEMAP_H
#define DAX_UTIL_FIEMAP_H

#include <linux/fiemap.h>
#include <linux/types.h>

/*
 * With one of these flags the block address of an extent is meaningless, or not a whole number of
 * pages.
 */
#define FIEMAP_UNUSABLE                                                                        \
	(FIEMAP_EXTENT_UNKNOWN | FIEMAP_EXTENT_DELALLOC | FIEMAP_EXTENT_ENCODED |              \
	 FIEMAP_EXTENT_NOT_ALIGNED)

/* Return 0 to continue; any other value ends the walk and is returned by it. */
typedef int (*fiemap_fn)(void *ctx, const struct fiemap_extent *extent);

/*
 * Call @fn for each extent that overlaps bytes @from up to @to, in order. @flags: FIEMAP_FLAG_*.
 * Returns 0, the value of @fn, or a negative errno (-EOPNOTSUPP: the filesystem does not report
 * extents).
 */
int fiemap_walk(int fd, __u64 from, __u64 to, __u32 flags, fiemap_fn fn, void *ctx);

#endif
