// SPDX-License-Identifier: GPL-2.0-only
/* pagemap.c - how much of a process's memory is in its page tables now, by PAGEMAP_SCAN. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "proc/pagemap.h"
#include "util/clock.h"

/* The kernel's interface (Linux 6.7), which is missing in the headers of older systems. */
struct scan_region {
	__u64 start, end, categories;
};
struct scan_arg {
	__u64 size, flags, start, end, walk_end, vec, vec_len, max_pages;
	__u64 category_inverted, category_mask, category_anyof_mask, return_mask;
};
#define SCAN		 _IOWR('f', 16, struct scan_arg)
#define SCAN_PRESENT	 (1 << 3)
#define SCAN_ZERO	 (1 << 5)
#define SCAN_HUGE	 (1 << 6)
#define REGIONS_PER_CALL 512
#define PIECE		 (256ULL << 20) /* bytes in one call, which limits how long mmap_lock is held */
#define HUGE		 (2UL << 20)

static void add_region(struct resident *sum, const struct scan_region *region)
{
	__u64 bytes = region->end - region->start;
	__u64 zero = region->categories & SCAN_ZERO ? bytes : 0;

	if (region->categories & SCAN_HUGE) {
		sum->pmd += bytes;
		sum->pmd_zero += zero;
	} else {
		sum->pte += bytes;
		sum->pte_zero += zero;
	}
}

int resident_add(int pagemap, __u64 start, __u64 end, __u64 deadline_ns, struct resident *sum)
{
	struct scan_region region[REGIONS_PER_CALL];

	while (start < end) {
		struct scan_arg arg = {.size = sizeof(arg),
				       .start = start,
				       .end = end - start > PIECE ? start + PIECE : end,
				       .vec = (uintptr_t)region,
				       .vec_len = REGIONS_PER_CALL,
				       .category_mask = SCAN_PRESENT,
				       .return_mask = SCAN_PRESENT | SCAN_ZERO | SCAN_HUGE};
		int nr;

		if (deadline_ns != ~0ULL && clock_ns(CLOCK_MONOTONIC) > deadline_ns)
			return -ETIMEDOUT;
		nr = ioctl(pagemap, SCAN, &arg);
		if (nr < 0 && errno == EINTR)
			continue;
		if (nr < 0)
			return -errno;
		for (int i = 0; i < nr; i++)
			add_region(sum, &region[i]);
		if (arg.walk_end <= start)
			return -EIO;
		start = arg.walk_end;
	}
	return 0;
}

/*
 * Tested with a 2 MiB zero page of our own: kernels without "fs/proc/task_mmu: fix PAGE_IS_PFNZERO
 * detection for the huge zero folio" do not distinguish it from other memory. If huge pages are
 * switched off there is none to test with, and the answer is no.
 */
const struct resident_kernel *resident_kernel(void)
{
	static struct resident_kernel kernel;
	static bool tried;
	struct resident got = {0};
	uintptr_t aligned;
	char *room;
	int fd;

	if (tried)
		return &kernel;
	tried = true;
	fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	room = mmap(NULL, 2 * HUGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (fd >= 0 && room != MAP_FAILED) {
		aligned = ((uintptr_t)room + HUGE - 1) / HUGE * HUGE;
		madvise((void *)aligned, HUGE, MADV_HUGEPAGE);
		(void)*(volatile char *)aligned;
		kernel.scan = !resident_add(fd, aligned, aligned + HUGE, ~0ULL, &got);
		kernel.huge_zero = got.pmd_zero == HUGE;
	}
	if (room != MAP_FAILED)
		munmap(room, 2 * HUGE);
	if (fd >= 0)
		close(fd);
	return &kernel;
}
