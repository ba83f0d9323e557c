/* SPDX-License-Identifier: GPL-2.0-only */
/* superblock.h - properties of a filesystem that is not mounted, on a device that was named. */
#ifndef DAX_DOCTOR_SUPERBLOCK_H
#define DAX_DOCTOR_SUPERBLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#define SUPERBLOCK_BYTES 4096 /* from the start of the device */

struct superblock {
	const char *type; /* "xfs", "ext4" (also for ext2 and ext3), "erofs", or NULL */
	__u32 block_bytes;
	bool reflink;	  /* of XFS */
	bool inline_data; /* of ext4 */
};

/* Parse the first bytes of a device. Pure; any bytes are allowed. */
void superblock_parse(struct superblock *super, const unsigned char raw[SUPERBLOCK_BYTES]);

#endif
