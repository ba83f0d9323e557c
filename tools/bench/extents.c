// SPDX-License-Identifier: GPL-2.0-only
/* extents.c - FIEMAP and sysfs, read for 2 MiB alignment. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include "bench/extents.h"
#include "bench/kinds.h"

#define EXTENTS_PER_CALL 256

/* A number from a sysfs file below the device's folder; 0 when there is none. */
static __u64 device_number(dev_t dev, const char *leaf)
{
	char path[128], text[64];
	__u64 value = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/%s", major(dev), minor(dev), leaf);
	file = fopen(path, "re");
	if (!file)
		return 0;
	if (fgets(text, sizeof(text), file))
		value = strtoull(text, NULL, 0);
	fclose(file);
	return value;
}

__u64 device_phase(dev_t dev)
{
	__u64 start = device_number(dev, "start") * 512; /* absent for a whole disk */
	__u64 base = device_number(dev, "device/resource");

	if (!base)
		base = device_number(dev, "../device/resource"); /* of a partition's disk */
	return (start + base) % RANGE_BYTES;
}

static void note_extent(const struct fiemap_extent *fe, __u64 phase, size_t nr, __u8 *state)
{
	const __u32 unusable = FIEMAP_EXTENT_UNKNOWN | FIEMAP_EXTENT_DELALLOC |
			       FIEMAP_EXTENT_ENCODED | FIEMAP_EXTENT_NOT_ALIGNED;
	__u64 first = (fe->fe_logical + RANGE_BYTES - 1) >> DAX_RANGE_SHIFT;
	__u64 end = (fe->fe_logical + fe->fe_length) >> DAX_RANGE_SHIFT;
	bool aligned = (fe->fe_physical + phase - fe->fe_logical) % RANGE_BYTES == 0;
	__u8 value = aligned ? RANGE_ALIGNED : RANGE_MISALIGNED;

	if (fe->fe_flags & unusable)
		return;
	if (fe->fe_flags & FIEMAP_EXTENT_UNWRITTEN)
		value |= RANGE_UNWRITTEN;
	for (__u64 i = first; i < end && i < nr; i++)
		state[i] = value;
}

int classify_ranges(int fd, __u64 phase, size_t nr, __u8 *state)
{
	__u64 end = nr * RANGE_BYTES, at = 0;
	struct fiemap *map;
	bool last = false;
	int err = 0;

	memset(state, RANGE_PIECES, nr);
	map = malloc(sizeof(*map) + EXTENTS_PER_CALL * sizeof(map->fm_extents[0]));
	if (!map)
		return -ENOMEM;
	while (!last && at < end) {
		memset(map, 0, sizeof(*map));
		map->fm_start = at;
		map->fm_length = end - at;
		map->fm_flags = FIEMAP_FLAG_SYNC;
		map->fm_extent_count = EXTENTS_PER_CALL;
		if (ioctl(fd, FS_IOC_FIEMAP, map)) {
			err = -errno;
			break;
		}
		if (!map->fm_mapped_extents)
			break;
		for (__u32 i = 0; i < map->fm_mapped_extents; i++) {
			const struct fiemap_extent *fe = &map->fm_extents[i];

			note_extent(fe, phase, nr, state);
			at = fe->fe_logical + fe->fe_length;
			last = fe->fe_flags & FIEMAP_EXTENT_LAST;
		}
	}
	free(map);
	return err;
}
