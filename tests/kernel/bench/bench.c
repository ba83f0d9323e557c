// SPDX-License-Identifier: GPL-2.0-only
/* What the programs of this benchmark share: files with known blocks, mappings and the two clocks.
 */
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

void fail(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(3);
}

int new_file(const char *dir, const char *name, size_t size, enum blocks blocks)
{
	char path[4096];
	char *data;
	int fd;

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		fail(dir);
	}
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || unlink(path) < 0)
		fail(path);
	if (ftruncate(fd, (off_t)size) < 0)
		fail("ftruncate");
	if (blocks == WRITTEN) {
		if (fallocate(fd, 0, 0, (off_t)size) < 0)
			fail("fallocate");
		data = malloc(RANGE);
		if (!data)
			fail("malloc");
		memset(data, 'd', RANGE);
		for (size_t at = 0; at < size; at += RANGE) {
			size_t part = size - at < RANGE ? size - at : RANGE;

			if (pwrite(fd, data, part, (off_t)at) != (ssize_t)part)
				fail("pwrite");
		}
		free(data);
	}
	if (fsync(fd) < 0)
		fail("fsync");
	return fd;
}

char *map(int fd, size_t length, bool sync, bool huge)
{
	const int prot = PROT_READ | PROT_WRITE;
	int flags = sync ? MAP_SHARED_VALIDATE | MAP_SYNC : MAP_SHARED;
	char *room, *at;

	/* A place with a free range at either end, so that the wanted one fits inside at its
	 * boundary */
	room = mmap(NULL, length + RANGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (room == MAP_FAILED)
		fail("mmap");
	munmap(room, length + RANGE);
	at = (char *)(((uintptr_t)room + RANGE - 1) & ~(RANGE - 1));
	at = mmap(at, length, prot, flags | MAP_FIXED, fd, 0);
	if (at == MAP_FAILED)
		fail(sync ? "mmap with MAP_SYNC" : "mmap");
	if (!huge && madvise(at, length, MADV_NOHUGEPAGE) < 0)
		fail("madvise");
	return at;
}

uint64_t nanoseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

uint64_t sort(uint64_t *value, size_t n)
{
	qsort(value, n, sizeof(*value), by_value);
	return value[n / 2];
}
