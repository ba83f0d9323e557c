// SPDX-License-Identifier: GPL-2.0-only
/*
 * entries.c - makes entries of the page cache of a DAX file change in known ways, each in RANGES
 * ranges of 2 MiB, once a range:
 *
 *   empty    2 MiB faults fall back over short extents; the empty entry is split by a 4 KiB fault
 *   zero     2 MiB zero pages are split by 4 KiB reads through a mapping without huge pages
 *   small    4 KiB zero pages are replaced by storage
 *   large    2 MiB zero pages are replaced by storage
 *   held     4 KiB faults meet entries that are locked by 2 MiB writes of unwritten storage
 *   sync     MAP_SYNC writes meet each other
 *   flush    msync, truncation and faults meet each other
 *   fsync    msync meets fsync of another process, which never touches the mapping
 *
 * THREADS do each step together, the range's pages spread over them.
 *
 * usage: entries FILE KIND RANGES THREADS
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define RANGE (2L << 20)
#define PAGE  4096L

static const char *kind;
static pthread_barrier_t barrier;
static volatile char *huge, *small;
static long ranges, threads;
static int fd;

static void fail(const char *what)
{
	fprintf(stderr, "entries: %s: %s\n", what, strerror(errno));
	exit(3);
}

static volatile char *mapping(int advice, int flags)
{
	char *area, *map;

	area = mmap(NULL, (size_t)((ranges + 1) * RANGE), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
		    -1, 0);
	if (area == MAP_FAILED)
		fail("mmap");
	area += RANGE - ((long)area & (RANGE - 1));
	map = mmap(area, (size_t)(ranges * RANGE), PROT_READ | PROT_WRITE, flags | MAP_FIXED, fd,
		   0);
	if (map == MAP_FAILED || madvise(map, (size_t)(ranges * RANGE), advice))
		fail("mmap of the file");
	return map;
}

static void step(void)
{
	pthread_barrier_wait(&barrier);
}

static void one_range(long i, long mine)
{
	long at = i * RANGE,
	     page = at + mine * 16 * PAGE; /* 16: within the first MiB of 16 threads */

	if (!strcmp(kind, "empty")) {
		huge[page] = 1;
	} else if (!strcmp(kind, "zero")) {
		(void)huge[page];
		step();
		(void)small[page];
	} else if (!strcmp(kind, "small")) {
		if (mine == 0)
			(void)small[at];
		step();
		small[at] = 1;
	} else if (!strcmp(kind, "large")) {
		/* Of two that read at once one may lose, fall back, and split the range. */
		if (mine == 0)
			(void)huge[at];
		step();
		huge[page] = 1;
	} else if (!strcmp(kind, "held")) {
		/* Long enough for the first to have the lock, not to have zeroed the range. */
		if (mine)
			usleep(500);
		if (mine)
			small[page] = 1;
		else
			huge[page] = 1;
	} else if (!strcmp(kind, "sync")) {
		huge[page] = 1;
	} else if (!strcmp(kind, "fsync")) {
		huge[page] = 1;
		step();
		if (msync((char *)huge + at, RANGE, MS_SYNC))
			fail("msync");
	} else { /* flush */
		if (!i)
			return;
		huge[page - RANGE] = 1;
		step();
		/* The last range that was written to is cut off while it is flushed. */
		if (mine == 0 && (ftruncate(fd, at - RANGE) || ftruncate(fd, ranges * RANGE)))
			fail("ftruncate");
		if (mine && msync((char *)huge + at - RANGE, RANGE, MS_SYNC))
			fail("msync");
	}
}

static void *work(void *arg)
{
	long i;

	for (i = 0; i < ranges; i++) {
		step();
		one_range(i, (long)arg);
	}
	return NULL;
}

/* XFS would round each allocation up to 2 MiB; others know no such size. */
static void plain_extents(void)
{
	struct fsxattr attr;

	if (ioctl(fd, FS_IOC_FSGETXATTR, &attr))
		return;
	attr.fsx_xflags &= ~(unsigned int)FS_XFLAG_EXTSIZE;
	attr.fsx_extsize = 0;
	if (ioctl(fd, FS_IOC_FSSETXATTR, &attr))
		fail("FS_IOC_FSSETXATTR");
}

static void make_file(void)
{
	long i;

	if (ftruncate(fd, ranges * RANGE))
		fail("ftruncate");
	if (!strcmp(kind, "empty")) {
		plain_extents();
		/* From the end backwards, so that no allocation is the next one's neighbour. */
		for (i = ranges - 1; i >= 0; i--)
			if (fallocate(fd, 0, i * RANGE, RANGE / 2))
				fail("fallocate");
	} else if (strcmp(kind, "zero") && strcmp(kind, "small")) {
		if (fallocate(fd, 0, 0, ranges * RANGE))
			fail("fallocate");
	}
}

/* Flushes the file until its parent closes the pipe; it has an open file of its own. */
static void flush_apart(const char *path, int end[2])
{
	char none;

	close(end[1]);
	fd = open(path, O_RDWR);
	if (fd < 0 || fcntl(end[0], F_SETFL, O_NONBLOCK))
		fail(path);
	while (read(end[0], &none, 1) < 0 && errno == EAGAIN)
		if (fsync(fd))
			fail("fsync");
	_exit(0);
}

int main(int argc, char *argv[])
{
	pthread_t thread[16];
	int end[2], status = 0;
	pid_t child = 0;
	long i;

	if (argc != 5 || (ranges = atol(argv[3])) < 1 || (threads = atol(argv[4])) < 1 ||
	    threads > 16) {
		fprintf(stderr, "usage: entries FILE KIND RANGES THREADS\n");
		return 2;
	}
	kind = argv[2];
	fd = open(argv[1], O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fd < 0)
		fail(argv[1]);
	make_file();
	if (!strcmp(kind, "fsync")) {
		if (pipe(end) || (child = fork()) < 0)
			fail("fork");
		if (!child)
			flush_apart(argv[1], end);
		close(end[0]);
	}
	huge = mapping(MADV_HUGEPAGE,
		       !strcmp(kind, "sync") ? MAP_SHARED_VALIDATE | MAP_SYNC : MAP_SHARED);
	small = mapping(MADV_NOHUGEPAGE, MAP_SHARED);
	pthread_barrier_init(&barrier, NULL, (unsigned int)threads);
	for (i = 0; i < threads; i++)
		if (pthread_create(&thread[i], NULL, work, (void *)i))
			fail("pthread_create");
	for (i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
	if (child) {
		close(end[1]);
		if (waitpid(child, &status, 0) != child)
			fail("waitpid");
	}
	return status ? 3 : 0;
}
