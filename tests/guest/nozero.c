// SPDX-License-Identifier: GPL-2.0-only
/*
 * nozero.c - reads ranges of a hole while the kernel has memory, but no 2 MiB of it in one piece for its zero page: all
 * is taken by pipes, whose pages cannot be moved, and then a few pages in each MiB are given back. Each read is by a
 * process of its own: one that got a zero page keeps it, and a zero page that there is serves all.
 *
 * usage: nozero FILE RANGES     FILE is made anew. Wants a guest of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define GIVEN 16384 /* a pipe keeps two pages for itself */
#define MIB   (1 << 20)
#define RANGE (2UL << 20)
#define PIPES 16384
#define ORDER 9 /* of 2 MiB in pages */

static int end_of[PIPES];
static char room[MIB];

static void need(int good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "nozero: %s: %s\n", what, strerror(errno));
	exit(3);
}

static void set(const char *file, const char *value)
{
	int fd = open(file, O_WRONLY);

	need(fd >= 0 && write(fd, value, strlen(value)) == (ssize_t)strlen(value), file);
	close(fd);
}

/* Free pieces of 2 MiB and more, but for the first 16 MiB of memory, which are kept for others. */
static unsigned long pieces(void)
{
	FILE *info = fopen("/proc/buddyinfo", "r");
	char line[512], zone[32], *at;
	unsigned long sum = 0;
	int used;

	need(info != NULL, "/proc/buddyinfo");
	while (fgets(line, sizeof(line), info)) {
		if (sscanf(line, "Node %*d, zone %31s%n", zone, &used) != 1 || !strcmp(zone, "DMA"))
			continue;
		at = line + used;
		for (int order = 0; *at && *at != '\n'; order++) {
			unsigned long nr = strtoul(at, &at, 10);

			sum += order < ORDER ? 0 : nr;
			at += strspn(at, " ");
		}
	}
	fclose(info);
	return sum;
}

/* How often the kernel had no zero page to give. */
static unsigned long refused(void)
{
	FILE *counts = fopen("/proc/vmstat", "r");
	unsigned long nr = 0;
	char line[128];

	need(counts != NULL, "/proc/vmstat");
	while (fgets(line, sizeof(line), counts))
		if (sscanf(line, "thp_zero_page_alloc_failed %lu", &nr) == 1)
			break;
	fclose(counts);
	return nr;
}

static int take_mib(void)
{
	int ends[2];

	need(!pipe2(ends, O_NONBLOCK) && fcntl(ends[1], F_SETPIPE_SZ, MIB) >= 0, "pipe");
	need(write(ends[1], room, MIB) == MIB, "taking memory");
	close(ends[1]);
	return ends[0];
}

static void take_pieces(void)
{
	static int nr, given;

	do { /* again, where others gave back whole pieces meanwhile */
		while (pieces()) {
			need(nr < PIPES, "too much memory");
			end_of[nr++] = take_mib();
		}
		for (; given < nr; given++)
			need(read(end_of[given], room, GIVEN) == GIVEN, "giving back");
	} while (pieces());
}

static void read_apart(const volatile char *at)
{
	int status = -1;
	pid_t child = fork();

	need(child >= 0, "fork");
	if (!child)
		_exit(*at != 0);
	need(waitpid(child, &status, 0) == child && !status, "reading");
}

int main(int argc, char *argv[])
{
	struct rlimit files = {PIPES + 64, PIPES + 64};
	unsigned long ranges, had, i;
	char *area, *map;
	int fd;

	if (argc != 3 || (ranges = strtoul(argv[2], NULL, 10)) < 1) {
		fprintf(stderr, "usage: nozero FILE RANGES\n");
		return 2;
	}
	need(!setrlimit(RLIMIT_NOFILE, &files), "setrlimit");
	set("/proc/self/oom_score_adj", "1000");
	/* What is kept in reserve would be in such pieces. */
	set("/proc/sys/vm/min_free_kbytes", "1024");
	/* Nothing of what is kept for others. */
	set("/proc/sys/vm/lowmem_reserve_ratio", "1");
	/* No lack of pieces is worth moving pages together. */
	set("/proc/sys/vm/extfrag_threshold", "1000");
	/* Nor is there anything to be had by reclaim. */
	set("/proc/sys/vm/drop_caches", "3");
	fd = open(argv[1], O_RDWR | O_CREAT | O_TRUNC, 0600);
	need(fd >= 0 && !ftruncate(fd, (off_t)(ranges * RANGE)), argv[1]);
	area = mmap(NULL, (ranges + 1) * RANGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	need(area != MAP_FAILED, "mmap");
	area += RANGE - ((unsigned long)area & (RANGE - 1));
	map = mmap(area, ranges * RANGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0);
	need(map != MAP_FAILED, argv[1]);
	for (i = 0; i < ranges; i++) {
		take_pieces();
		had = refused();
		read_apart(map + i * RANGE);
		if (refused() == had) /* it lets go of the zero page that nobody uses */
			set("/proc/sys/vm/drop_caches", "2");
	}
	return 0;
}
