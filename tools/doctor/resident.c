// SPDX-License-Identifier: GPL-2.0-only
/* resident.c - what of a mapping is in the page tables now, by PAGEMAP_SCAN. */
#include <errno.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include "doctor/resident.h"

/* The kernel's interface (Linux 6.7), which the headers of older systems lack. */
struct scan_region {
	__u64 start, end, categories;
};
struct scan_arg {
	__u64 size, flags, start, end, walk_end, vec, vec_len, max_pages;
	__u64 category_inverted, category_mask, category_anyof_mask, return_mask;
};
#define SCAN		_IOWR('f', 16, struct scan_arg)
#define SCAN_PRESENT	(1 << 3)
#define SCAN_ZERO	(1 << 5)
#define SCAN_HUGE	(1 << 6)
#define REGIONS_PER_CALL 512

bool resident_read(int pagemap, struct mapping *mapping)
{
	struct scan_region region[REGIONS_PER_CALL];
	__u64 at = mapping->vma.start;

	while (at < mapping->vma.end) {
		struct scan_arg arg = {.size = sizeof(arg),
				       .start = at,
				       .end = mapping->vma.end,
				       .vec = (uintptr_t)region,
				       .vec_len = REGIONS_PER_CALL,
				       .category_mask = SCAN_PRESENT,
				       .return_mask = SCAN_PRESENT | SCAN_ZERO | SCAN_HUGE};
		int nr = ioctl(pagemap, SCAN, &arg);

		if (nr < 0 && errno == EINTR)
			continue;
		if (nr < 0)
			return false;
		for (int i = 0; i < nr; i++) {
			__u64 bytes = region[i].end - region[i].start;

			if (region[i].categories & SCAN_HUGE)
				mapping->huge_bytes += bytes;
			else
				mapping->small_bytes += bytes;
			if (region[i].categories & SCAN_ZERO)
				mapping->zero_bytes += bytes;
		}
		if (arg.walk_end <= at)
			return false;
		at = arg.walk_end;
	}
	return true;
}
