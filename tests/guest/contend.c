// SPDX-License-Identifier: GPL-2.0-only
/*
 * contend.c - threads that fault the same unwritten 2 MiB ranges at the same time: the first zeroes
 * the range with its entry locked, the others sleep for the lock.
 *
 * usage: contend FILE THREADS RANGES
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define RANGE (2UL << 20)

static pthread_barrier_t barrier;
static char *map;
static long ranges;

static void *fault(void *arg)
{
	long i, mine = (long)arg;

	for (i = 0; i < ranges; i++) {
		pthread_barrier_wait(&barrier);
		((volatile char *)map)[(unsigned long)i * RANGE + (unsigned long)mine * 4096] = 1;
	}
	return NULL;
}

static void fail(const char *what)
{
	fprintf(stderr, "contend: %s: %s\n", what, strerror(errno));
	exit(3);
}

int main(int argc, char *argv[])
{
	pthread_t thread[64];
	long nr, i;
	char *area;
	int fd;

	if (argc != 4 || (nr = atol(argv[2])) < 1 || nr > 64 || (ranges = atol(argv[3])) < 1) {
		fprintf(stderr, "usage: contend FILE THREADS RANGES\n");
		return 2;
	}
	fd = open(argv[1], O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || fallocate(fd, 0, 0, ranges * (long)RANGE))
		fail(argv[1]);
	area = mmap(NULL, (size_t)(ranges + 1) * RANGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED)
		fail("mmap");
	area += RANGE - ((unsigned long)area & (RANGE - 1));
	map = mmap(area, (size_t)ranges * RANGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
	if (map == MAP_FAILED)
		fail(argv[1]);
	pthread_barrier_init(&barrier, NULL, (unsigned int)nr);
	for (i = 0; i < nr; i++)
		if (pthread_create(&thread[i], NULL, fault, (void *)i))
			fail("pthread_create");
	for (i = 0; i < nr; i++)
		pthread_join(thread[i], NULL);
	return 0;
}
