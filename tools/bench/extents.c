// SPDX-License-Identifier: GPL-2.0-only
/* extents.c - read FIEMAP and sysfs to find the 2 MiB alignment. */
#include <string.h>
#include "bench/extents.h"
#include "bench/kinds.h"
#include "util/fiemap.h"
#include "util/sysblock.h"

__u64 device_phase(dev_t dev)
{
	__u64 start = 0, base = 0;

	(void)sysblock_number(dev, "start", &start); /* does not exist for a whole disk */
	if (!sysblock_number(dev, "device/resource", &base))
		(void)sysblock_number(dev, "../device/resource", &base); /* of the partition's disk */
	return (start * 512 + base) % RANGE_BYTES;
}

struct classify {
	__u64 phase;
	size_t nr;
	__u8 *state;
};

static int note_extent(void *ctx, const struct fiemap_extent *fe)
{
	const struct classify *to = ctx;
	__u64 first = (fe->fe_logical + RANGE_BYTES - 1) >> DAX_RANGE_SHIFT;
	__u64 end = (fe->fe_logical + fe->fe_length) >> DAX_RANGE_SHIFT;
	bool aligned = (fe->fe_physical + to->phase - fe->fe_logical) % RANGE_BYTES == 0;
	__u8 value = aligned ? RANGE_ALIGNED : RANGE_MISALIGNED;

	if (fe->fe_flags & FIEMAP_UNUSABLE)
		return 0;
	if (fe->fe_flags & FIEMAP_EXTENT_UNWRITTEN)
		value |= RANGE_UNWRITTEN;
	for (__u64 i = first; i < end && i < to->nr; i++)
		to->state[i] = value;
	return 0;
}

int classify_ranges(int fd, __u64 phase, size_t nr, __u8 *state)
{
	struct classify to = {phase, nr, state};

	memset(state, RANGE_PIECES, nr);
	return fiemap_walk(fd, 0, nr * RANGE_BYTES, FIEMAP_FLAG_SYNC, note_extent, &to);
}
