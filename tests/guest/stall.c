// SPDX-License-Identifier: GPL-2.0-only
/*
 * stall.c - a process with much memory at 4 KiB and a DAX file mapped, which times how long its own
 * mmap() has to wait while others look at it.
 *
 * usage: stall FILE MIB          For each line of standard input: prints the longest wait since the
 * last one in nanoseconds, and how many there were. Ends when standard input does.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define RANGE (2UL << 20)

static _Atomic unsigned long longest, count;

static void fail(const char *what)
{
	fprintf(stderr, "stall: %s: %s\n", what, strerror(errno));
	exit(3);
}

static unsigned long now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (unsigned long)ts.tv_sec * 1000000000UL + (unsigned long)ts.tv_nsec;
}

static void *time_mmap(void *arg)
{
	for (;;) {
		unsigned long begin = now_ns(), took;
		void *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (page == MAP_FAILED)
			fail("mmap");
		munmap(page, 4096);
		took = now_ns() - begin;
		if (took > longest)
			longest = took;
		count++;
		usleep(1000);
	}
	return arg;
}

int main(int argc, char *argv[])
{
	int fd = argc == 3 ? open(argv[1], O_RDONLY) : -1;
	size_t size = argc == 3 ? strtoul(argv[2], NULL, 10) << 20 : 0;
	pthread_t thread;
	char *memory, line[64];

	if (fd < 0)
		fail(argc == 3 ? argv[1] : "usage: stall FILE MIB");
	if (mmap(NULL, 4 * RANGE, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED)
		fail("mmap");
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED || madvise(memory, size, MADV_NOHUGEPAGE))
		fail("memory");
	for (size_t at = 0; at < size; at += 4096)
		memory[at] = 1;
	if (pthread_create(&thread, NULL, time_mmap, NULL))
		fail("thread");
	puts("ready");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		printf("%lu %lu\n", atomic_exchange(&longest, 0), atomic_exchange(&count, 0));
		fflush(stdout);
	}
	return 0;
}
