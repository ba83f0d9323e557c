/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * extents.h - which 2 MiB ranges of a file are in one extent, and whether it is aligned on the
 * device.
 */
#ifndef DAX_BENCH_EXTENTS_H
#define DAX_BENCH_EXTENTS_H

#include <sys/types.h>
#include <linux/types.h>

enum range_state {
	RANGE_PIECES,	  /* several extents, or partly a hole */
	RANGE_ALIGNED,	  /* in one extent; file offset and device address agree modulo 2 MiB */
	RANGE_MISALIGNED, /* in one extent; they differ */
};

#define RANGE_STATE	0x0f /* mask for enum range_state */
#define RANGE_UNWRITTEN 0x10 /* that extent was allocated but never written */

/*
 * Where the block device @dev starts in physical memory, modulo 2 MiB: the start of the partition
 * plus that of the persistent memory below it. Values that sysfs does not have count as aligned.
 */
__u64 device_phase(dev_t dev);

/* Set state[0..nr) for the first @nr ranges of the file. Returns 0 or a negative errno. */
int classify_ranges(int fd, __u64 phase, size_t nr, __u8 *state);

#endif
