/* SPDX-License-Identifier: GPL-2.0-only */
/* crc32c.h - the CRC of headers and payloads: Castagnoli, reflected, as in iSCSI and ext4. */
#ifndef DAX_RECORDING_CRC32C_H
#define DAX_RECORDING_CRC32C_H

#include <stddef.h>
#include <linux/types.h>

/* CRC32C of @size bytes at @data; of "123456789" it is 0xe3069283. */
__u32 crc32c(const void *data, size_t size);

/* The same without the CPU's CRC instruction: the fallback, and the reference for tests. */
__u32 crc32c_table(const void *data, size_t size);

#endif
