/* SPDX-License-Identifier: GPL-2.0-only */
/* bytes.h - little-endian numbers at any address, on any machine. */
#ifndef DAX_RECORDING_BYTES_H
#define DAX_RECORDING_BYTES_H

#include <linux/types.h>

static inline void put_le16(__u8 *p, __u16 v)
{
	p[0] = v;
	p[1] = v >> 8;
}

static inline void put_le32(__u8 *p, __u32 v)
{
	put_le16(p, v);
	put_le16(p + 2, v >> 16);
}

static inline void put_le64(__u8 *p, __u64 v)
{
	put_le32(p, v);
	put_le32(p + 4, v >> 32);
}

static inline __u16 get_le16(const __u8 *p)
{
	return (__u16)(p[0] | p[1] << 8);
}

static inline __u32 get_le32(const __u8 *p)
{
	return get_le16(p) | (__u32)get_le16(p + 2) << 16;
}

static inline __u64 get_le64(const __u8 *p)
{
	return get_le32(p) | (__u64)get_le32(p + 4) << 32;
}

#endif
