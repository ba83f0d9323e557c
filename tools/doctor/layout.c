// SPDX-License-Identifier: GPL-2.0-only
/* layout.c - read where the filesystem placed a file. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <linux/fs.h>
#include "doctor/layout.h"
#include "doctor/report.h"
#include "util/fiemap.h"

#define MAX_EXTENTS ((size_t)1 << 22) /* 128 MiB of memory; extents after these are unknown */

/*
 * XFS merges two records that touch on the device if it can. So a boundary between such records is
 * real, unless it only separates shared from unshared blocks.
 */
#define XFS_MAX_RECORD (((__u64)1 << 21) - 1) /* blocks */

/*
 * ext4 on disk. The kernel's extent cache merges extents that touch, without a limit, and faults
 * use the cache; allocation and conversion use the extents on disk.
 */
#define EXT4_MAX_UNWRITTEN     32767 /* blocks */
#define EXT4_IOC_CLEAR_CACHE   _IO('f', 40) /* EXT4_IOC_CLEAR_ES_CACHE, Linux 5.4 */
#define EXT4_HAS_EXTENTS       0x00080000   /* EXT4_EXTENTS_FL of FS_IOC_GETFLAGS */
#define BLOCK		       PAGE_BYTES   /* DAX needs a block size equal to the page size */

static void merge_shared(struct layout *layout, __u64 max)
{
	size_t kept = 0;

	for (size_t i = 1; i < layout->nr_extents; i++) {
		struct extent *last = &layout->extent[kept], *next = &layout->extent[i];

		if (last->logical + last->length == next->logical &&
		    last->physical + last->length == next->physical &&
		    (last->flags ^ next->flags) == EXTENT_SHARED &&
		    last->length + next->length <= max) {
			last->length += next->length;
			last->flags |= EXTENT_SHARED;
		} else {
			layout->extent[++kept] = *next;
		}
	}
	if (layout->nr_extents)
		layout->nr_extents = kept + 1;
}

static int add_extent(void *ctx, const struct fiemap_extent *fe)
{
	struct layout *layout = ctx;

	if (layout->nr_extents == MAX_EXTENTS) {
		layout->cut = true;
		return 1;
	}
	layout->extent = grow(layout->extent, layout->nr_extents, sizeof(*layout->extent));
	layout->extent[layout->nr_extents++] = (struct extent){
		.logical = fe->fe_logical,
		.length = fe->fe_length,
		.physical = fe->fe_physical,
		.flags = (fe->fe_flags & FIEMAP_EXTENT_UNWRITTEN ? EXTENT_UNWRITTEN : 0) |
			 (fe->fe_flags & FIEMAP_EXTENT_SHARED ? EXTENT_SHARED : 0) |
			 (fe->fe_flags & FIEMAP_UNUSABLE ? EXTENT_UNUSABLE : 0),
	};
	return 0;
}

static int ignore_extent(void *ctx, const struct fiemap_extent *fe)
{
	(void)ctx;
	(void)fe;
	return 0;
}

/* Find the end, *@end, of the extent on disk that holds byte @at. False when it cannot be found. */
static bool disk_extent_end(int fd, __u64 at, __u64 limit, __u64 *end)
{
	union {
		struct fiemap map;
		char room[sizeof(struct fiemap) + sizeof(struct fiemap_extent)];
	} one = {.map = {.fm_start = at, .fm_length = limit - at, .fm_extent_count = 1}};

	if (ioctl(fd, EXT4_IOC_CLEAR_CACHE) || ioctl(fd, FS_IOC_FIEMAP, &one.map) ||
	    one.map.fm_mapped_extents != 1)
		return false;
	*end = one.map.fm_extents[0].fe_logical + one.map.fm_extents[0].fe_length;
	return *end > at;
}

static bool find_seams(struct layout *layout, int fd)
{
	for (size_t i = 0; i < layout->nr_extents; i++) {
		const struct extent *extent = &layout->extent[i];
		__u64 at = extent->logical, end = at + extent->length;

		if (extent->length <= layout->seamless)
			continue;
		while (disk_extent_end(fd, at, end, &at) && at < end) {
			layout->seam = grow(layout->seam, layout->nr_seams, sizeof(*layout->seam));
			layout->seam[layout->nr_seams++] = at;
		}
		if (at < end)
			return false;
	}
	return true;
}

static int read_ext4(struct layout *layout, int fd)
{
	int err;

	/* The first pass fills the cache; the second reads what faults will find. */
	err = fiemap_walk(fd, 0, ~0ULL >> 1, FIEMAP_FLAG_SYNC, ignore_extent, NULL);
	if (!err)
		err = fiemap_walk(fd, 0, ~0ULL >> 1, 0, add_extent, layout);
	if (err < 0)
		return err;
	layout->seamless = EXT4_MAX_UNWRITTEN * BLOCK;
	layout->seams_known = find_seams(layout, fd);
	if (layout->nr_seams)
		(void)fiemap_walk(fd, 0, ~0ULL >> 1, 0, ignore_extent, NULL);
	return 0;
}

int layout_read(struct layout *layout, int fd, const char *fs)
{
	bool ext4 = !strcmp(fs, "ext4") || !strcmp(fs, "ext3") || !strcmp(fs, "ext2");
	unsigned int flags = 0;
	int err;

	/* Files with a block map (no extents) are looked up in another way. */
	layout->extents_tell = !ext4 || (!ioctl(fd, FS_IOC_GETFLAGS, &flags) && flags & EXT4_HAS_EXTENTS);
	layout->converts_whole = !strcmp(fs, "xfs");
	if (ext4)
		return read_ext4(layout, fd);
	err = fiemap_walk(fd, 0, ~0ULL >> 1, FIEMAP_FLAG_SYNC, add_extent, layout);
	if (err < 0)
		return err;
	merge_shared(layout, XFS_MAX_RECORD * BLOCK);
	return 0;
}
