// SPDX-License-Identifier: GPL-2.0-only
/* fiemap.c - a file's extents, one by one, as its filesystem reports them. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <linux/fs.h>
#include "util/fiemap.h"

#define EXTENTS_PER_CALL 256

int fiemap_walk(int fd, __u64 from, __u64 to, __u32 flags, fiemap_fn fn, void *ctx)
{
	struct fiemap *map = malloc(sizeof(*map) + EXTENTS_PER_CALL * sizeof(map->fm_extents[0]));
	bool last = false;
	int ret = 0;

	if (!map)
		return -ENOMEM;
	while (!ret && !last && from < to) {
		__u64 before = from;

		memset(map, 0, sizeof(*map));
		map->fm_start = from;
		map->fm_length = to - from;
		map->fm_flags = flags;
		map->fm_extent_count = EXTENTS_PER_CALL;
		if (ioctl(fd, FS_IOC_FIEMAP, map)) {
			ret = errno == EINTR ? 0 : -errno;
			continue;
		}
		for (__u32 i = 0; !ret && i < map->fm_mapped_extents; i++) {
			const struct fiemap_extent *fe = &map->fm_extents[i];

			ret = fn(ctx, fe);
			from = fe->fe_logical + fe->fe_length;
			last = fe->fe_flags & FIEMAP_EXTENT_LAST;
		}
		/* No more extents, or a filesystem that does not advance. */
		if (from <= before)
			break;
	}
	free(map);
	return ret;
}
