// SPDX-License-Identifier: GPL-2.0-only
/*
 * hold.c - map pieces of a file, touch them, and keep them mapped, so that others can look.
 *
 * usage: hold FILE PIECE...              PIECE: HOW:FIRST:COUNT
 *        huge:FIRST:COUNT                map COUNT 2 MiB ranges from range FIRST on, read a byte of
 * each small:FIRST:COUNT               map range FIRST where 2 MiB is forbidden, read COUNT pages
 * of it none:FIRST:COUNT                map COUNT ranges, touch nothing
 *
 * Prints what /proc/self/pagemap and /proc/kpageflags say of all of it then: bytes that are
 * present, and bytes of these that are zero pages. Ends when standard input does.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE	       4096UL
#define RANGE	       (2UL << 20)
#define ENTRY_PRESENT  (1ULL << 63)
#define ENTRY_PFN      ((1ULL << 55) - 1)
#define FLAG_ZERO_PAGE (1ULL << 24)

static int pagemap, flags;
static unsigned long present, zero;

static void fail(const char *what)
{
	fprintf(stderr, "hold: %s: %s\n", what, strerror(errno));
	exit(3);
}

static void look(const volatile char *at, unsigned long bytes)
{
	unsigned long page = (unsigned long)at / PAGE, end = page + bytes / PAGE;

	for (; page < end; page++) {
		uint64_t entry, flag = 0;

		if (pread(pagemap, &entry, 8, (off_t)(page * 8)) != 8)
			fail("/proc/self/pagemap");
		if (!(entry & ENTRY_PRESENT))
			continue;
		present += PAGE;
		/* Of memory that is no RAM there may be no flags. */
		if (pread(flags, &flag, 8, (off_t)((entry & ENTRY_PFN) * 8)) == 8 &&
		    flag & FLAG_ZERO_PAGE)
			zero += PAGE;
	}
}

static volatile char *map_ranges(int fd, unsigned long first, unsigned long count)
{
	char *at = mmap(NULL, (count + 1) * RANGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
	     *map;

	if (at == MAP_FAILED)
		fail("mmap");
	map = mmap((void *)(((unsigned long)at + RANGE - 1) / RANGE * RANGE), count * RANGE,
		   PROT_READ, MAP_FIXED | MAP_SHARED, fd, (off_t)(first * RANGE));
	if (map == MAP_FAILED)
		fail("mmap");
	return map;
}

int main(int argc, char *argv[])
{
	int fd = argc > 2 ? open(argv[1], O_RDONLY) : -1, i;
	char how[8], byte;

	if (fd < 0)
		fail(argc > 2 ? argv[1] : "usage: hold FILE PIECE...");
	pagemap = open("/proc/self/pagemap", O_RDONLY);
	flags = open("/proc/kpageflags", O_RDONLY);
	if (pagemap < 0 || flags < 0)
		fail("/proc");
	for (i = 2; i < argc; i++) {
		unsigned long first, count, step = RANGE, nr, ranges;
		volatile char *map;

		if (sscanf(argv[i], "%7[a-z]:%lu:%lu", how, &first, &count) != 3)
			fail(argv[i]);
		ranges = nr = count;
		if (!strcmp(how, "small")) {
			ranges = 1;
			step = PAGE;
		}
		map = map_ranges(fd, first, ranges);
		if (step == PAGE && madvise((void *)map, RANGE, MADV_NOHUGEPAGE))
			fail("madvise");
		if (strcmp(how, "none"))
			while (nr--)
				(void)map[nr * step];
		look(map, ranges * RANGE);
	}
	printf("%lu %lu\n", present, zero);
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	return 0;
}
