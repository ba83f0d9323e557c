// SPDX-License-Identifier: GPL-2.0-only
/* superblock.c - properties of a filesystem that is not mounted. */
#include <string.h>
#include "doctor/superblock.h"

/* Offsets in bytes, from the on-disk formats. */
#define XFS_BLOCK_BYTES	    4   /* big-endian */
#define XFS_VERSION	    100 /* 16 bits; the low four are the version number */
#define XFS_RO_COMPAT	    212
#define XFS_REFLINK	    4u
#define EXT4_AT		    1024
#define EXT4_LOG_BLOCK	    (EXT4_AT + 24) /* little-endian; 0: 1024 bytes */
#define EXT4_MAGIC	    (EXT4_AT + 56)
#define EXT4_INCOMPAT	    (EXT4_AT + 96)
#define EXT4_INLINE_DATA    0x8000u
#define EROFS_AT	    1024
#define EROFS_MAGIC	    0xe0f5e1e2u
#define EROFS_LOG_BLOCK	    (EROFS_AT + 12)

static __u32 big32(const unsigned char *at)
{
	return (__u32)at[0] << 24 | (__u32)at[1] << 16 | (__u32)at[2] << 8 | at[3];
}

static __u32 little32(const unsigned char *at)
{
	return (__u32)at[3] << 24 | (__u32)at[2] << 16 | (__u32)at[1] << 8 | at[0];
}

void superblock_parse(struct superblock *super, const unsigned char raw[SUPERBLOCK_BYTES])
{
	*super = (struct superblock){0};
	if (!memcmp(raw, "XFSB", 4)) {
		super->type = "xfs";
		super->block_bytes = big32(raw + XFS_BLOCK_BYTES);
		super->reflink = (raw[XFS_VERSION + 1] & 15) == 5 && big32(raw + XFS_RO_COMPAT) & XFS_REFLINK;
	} else if (raw[EXT4_MAGIC] == 0x53 && raw[EXT4_MAGIC + 1] == 0xef) {
		super->type = "ext4";
		super->block_bytes = little32(raw + EXT4_LOG_BLOCK) > 6 ? 0 : 1024u << little32(raw + EXT4_LOG_BLOCK);
		super->inline_data = little32(raw + EXT4_INCOMPAT) & EXT4_INLINE_DATA;
	} else if (little32(raw + EROFS_AT) == EROFS_MAGIC) {
		super->type = "erofs";
		super->block_bytes = raw[EROFS_LOG_BLOCK] > 16 ? 0 : 1u << raw[EROFS_LOG_BLOCK];
	}
}
