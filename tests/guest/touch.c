// SPDX-License-Identifier: GPL-2.0-only
/*
 * touch.c - plain loads and stores of a program, as daxbench, which faults inside system calls, does
 * not make them: one in each 2 MiB range of a file.
 *
 * usage: touch make FILE RANGES         a file with storage for so many ranges, written
 *        touch HOW FILE RANGES          HOW: read, write, private (a private write), small (a read
 *                                       where 2 MiB is forbidden), sync (a write through MAP_SYNC),
 *                                       sync-small; prints how many were SIGBUS
 *        touch HOW FILE RANGES wait     then wait for the end of standard input
 *        touch off COMMAND [ARGUMENT]... run it without huge pages (PR_SET_THP_DISABLE)
 *        touch storm FILE RANGES        4 KiB faults on all of its pages, again and again, until killed
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#define RANGE (2UL << 20)

static sigjmp_buf back;

static void on_bus(int sig)
{
	(void)sig;
	siglongjmp(back, 1);
}

static int fail(const char *what)
{
	fprintf(stderr, "touch: %s: %s\n", what, strerror(errno));
	return 3;
}

static int make(const char *file, unsigned long ranges)
{
	int fd = open(file, O_RDWR | O_CREAT | O_TRUNC, 0600);
	char *data = calloc(1, RANGE);
	unsigned long i;

	if (fd < 0 || !data)
		return fail(file);
	for (i = 0; i < ranges; i++)
		if (fallocate(fd, 0, (off_t)(i * RANGE), RANGE) ||
		    pwrite(fd, data, RANGE, (off_t)(i * RANGE)) != (ssize_t)RANGE)
			return fail(file);
	return fsync(fd) ? fail(file) : 0;
}

static int off(char **command)
{
	if (prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0))
		return fail("PR_SET_THP_DISABLE");
	execvp(command[0], command);
	return fail(command[0]);
}

static int storm(const char *file, unsigned long ranges)
{
	int fd = open(file, O_RDONLY);
	volatile char *map;
	unsigned long at;

	for (;;) {
		map = mmap(NULL, ranges * RANGE, PROT_READ, MAP_SHARED, fd, 0);
		if (map == MAP_FAILED || madvise((void *)map, ranges * RANGE, MADV_NOHUGEPAGE))
			return fail(file);
		for (at = 0; at < ranges * RANGE; at += 4096)
			(void)map[at];
		munmap((void *)map, ranges * RANGE);
	}
}

int main(int argc, char *argv[])
{
	bool wait = argc == 5 && !strcmp(argv[4], "wait");
	unsigned long ranges = argc == 4 || wait ? strtoul(argv[3], NULL, 10) : 0, aligned;
	volatile unsigned long buses = 0, i;
	volatile char *map;
	int fd, write, private, sync;

	if (argc > 2 && !strcmp(argv[1], "off"))
		return off(argv + 2);
	if (!ranges || ranges > 100000) {
		fprintf(stderr, "usage: touch make|storm|read|write|private|small|sync|sync-small "
				"FILE RANGES [wait]\n"
				"       touch off COMMAND [ARGUMENT]...\n");
		return 2;
	}
	if (!strcmp(argv[1], "make"))
		return make(argv[2], ranges);
	if (!strcmp(argv[1], "storm"))
		return storm(argv[2], ranges);
	private = !strcmp(argv[1], "private");
	sync = !strncmp(argv[1], "sync", 4);
	write = private || sync || !strcmp(argv[1], "write");
	fd = open(argv[2], O_RDWR);
	if (fd < 0)
		return fail(argv[2]);
	map = mmap(NULL, (ranges + 1) * RANGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (map == MAP_FAILED)
		return fail("mmap");
	aligned = ((unsigned long)map + RANGE - 1) / RANGE * RANGE;
	map = mmap((void *)aligned, ranges * RANGE, PROT_READ | PROT_WRITE,
		   MAP_FIXED | (private ? MAP_PRIVATE
				: sync	? MAP_SHARED_VALIDATE | MAP_SYNC
					: MAP_SHARED),
		   fd, 0);
	if (map == MAP_FAILED)
		return fail(argv[2]);
	if (strstr(argv[1], "small") && madvise((void *)map, ranges * RANGE, MADV_NOHUGEPAGE))
		return fail("madvise");
	signal(SIGBUS, on_bus);
	for (i = 0; i < ranges; i++) {
		if (sigsetjmp(back, 1)) {
			buses++;
			continue;
		}
		if (write)
			map[i * RANGE] = 1;
		else
			(void)map[i * RANGE];
	}
	printf("%lu\n", buses);
	fflush(stdout);
	while (wait && getchar() != EOF)
		;
	return 0;
}
