// SPDX-License-Identifier: GPL-2.0-only
/* Writing one byte and then syncing the 4 KiB around it, with entries of both sizes: msync-cost DIRECTORY prints
 * instructions. */
#include "bench.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { TIMES = 33 };

enum how {
	SMALL,	  /* entries of 4 KiB */
	UPGRADED, /* one of them, then mapped at 2 MiB: where there is an upgrade, one entry */
	LARGE,	  /* mapped at 2 MiB from the first fault on */
};

static const char *const names[] = {"4K", "upgraded", "2M"};

static void measure(const char *dir, enum how how)
{
	uint64_t fault[TIMES], sync[TIMES];
	int fd = new_file(dir, "msync", RANGE, WRITTEN);
	char *m;

	if (how != LARGE) {
		m = map(fd, RANGE, false, false);
		(void)*(volatile char *)m;
		munmap(m, RANGE);
	}
	m = map(fd, RANGE, false, how != SMALL);
	/* The first fault of each page is not what is asked for */
	for (size_t at = 0; at < RANGE; at += PAGE)
		(void)*(volatile char *)(m + at);
	for (size_t i = 0; i < TIMES; i++) {
		char *page = m + (i * 37 % (RANGE / PAGE)) * PAGE;
		uint64_t begin = instructions(), written;

		*(volatile char *)page = 1;
		written = instructions();
		if (msync(page, PAGE, MS_SYNC))
			fail("msync");
		sync[i] = instructions() - written;
		fault[i] = written - begin;
	}
	munmap(m, RANGE);
	close(fd);
	printf("msync|%s|%lu|%lu\n", names[how], sort(fault, TIMES), sort(sync, TIMES));
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: msync-cost DIRECTORY\n");
		return 2;
	}
	measure(argv[1], SMALL);
	measure(argv[1], UPGRADED);
	measure(argv[1], LARGE);
	return 0;
}
