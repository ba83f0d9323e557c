// SPDX-License-Identifier: GPL-2.0-only
/* crc32c.c - the CRC of headers and payloads: Castagnoli, reflected, as in iSCSI and ext4. */
#include <stdbool.h>
#include <string.h>
#include "recording/crc32c.h"

#define POLYNOMIAL 0x82f63b78u

__u32 crc32c_table(const void *data, size_t size)
{
	static __u32 table[256];
	static bool ready;
	const unsigned char *p = data;
	__u32 crc = ~0u;

	if (!ready) {
		unsigned i, bit;

		for (i = 0; i < 256; i++) {
			__u32 c = i;

			for (bit = 0; bit < 8; bit++)
				c = c >> 1 ^ (c & 1 ? POLYNOMIAL : 0);
			table[i] = c;
		}
		ready = true;
	}
	while (size--)
		crc = crc >> 8 ^ table[(crc ^ *p++) & 0xff];
	return ~crc;
}

#ifdef __x86_64__
__attribute__((target("sse4.2"))) static __u32 crc32c_sse42(const void *data, size_t size)
{
	const unsigned char *p = data;
	__u64 crc = 0xffffffff;

	for (; size >= 8; size -= 8, p += 8) {
		__u64 word;

		memcpy(&word, p, 8);
		crc = __builtin_ia32_crc32di(crc, word);
	}
	while (size--)
		crc = __builtin_ia32_crc32qi(crc, *p++);
	return ~(__u32)crc;
}
#endif

__u32 crc32c(const void *data, size_t size)
{
#ifdef __x86_64__
	if (__builtin_cpu_supports("sse4.2"))
		return crc32c_sse42(data, size);
#endif
	return crc32c_table(data, size);
}
