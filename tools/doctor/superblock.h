/* SPDX-License-Identifier: GPL-2.0-only */
/* superblock.h - what a filesystem that is not mounted says of itself, for a device that was named. */
#ifndef DAX_DOCTOR_SUPERBLOCK_H
#define DAX_DOCTOR_SUPERBLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#define SUPERBLOCK_BYTES 4096 /* from the start of the device */

struct superblock {
	const char *type; /* "xfs", "ext4" (also ext2 and 3), "erofs", or NULL */
	__u32 block_bytes;
	bool reflink;	  /* of XFS */
	bool inline_data; /* of ext4 */
};

/* Of the first bytes of a device; pure, for any bytes. */
void superblock_parse(struct superblock *super, const unsigned char raw[SUPERBLOCK_BYTES]);

#endif
