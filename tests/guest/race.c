// SPDX-License-Identifier: GPL-2.0-only
/*
 * race.c - two threads, on two CPUs, read the same untouched hole of 2 MiB at the same moment, ROUNDS times. On Debian's
 * kernels one that waited for the other's entry finds its zero page in place, takes it out, and falls back. So each
 * reads on until the other has read: then the one that came first puts it in again, before or while the other goes on.
 *
 * usage: race FILE ROUNDS     FILE is made anew
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define RANGE (2UL << 20)

static char *range;
static unsigned long rounds, came, done;

static void add(unsigned long *count)
{
	__atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST);
}

static unsigned long get(unsigned long *count)
{
	return __atomic_load_n(count, __ATOMIC_SEQ_CST);
}
static pthread_barrier_t start, end;

static void need(int good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "race: %s: %s\n", what, strerror(errno));
	exit(3);
}

static void *reader(void *arg)
{
	size_t me = (size_t)arg;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(me, &set);
	sched_setaffinity(0, sizeof(set), &set);
	for (unsigned long i = 0; i < rounds; i++) {
		pthread_barrier_wait(&start);
		/* The barrier lets them go one after the other: meet again, running. */
		add(&came);
		while (get(&came) < 2 * (i + 1))
			;
		(void)*(volatile char *)(range + (me + 1) * 4096);
		add(&done);
		while (get(&done) < 2 * (i + 1))
			(void)*(volatile char *)(range + (me + 1) * 4096);
		pthread_barrier_wait(&end);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread[2];
	char *area;
	int fd;

	if (argc != 3)
		return 2;
	rounds = strtoul(argv[2], NULL, 10);
	unlink(argv[1]);
	fd = open(argv[1], O_RDWR | O_CREAT, 0600);
	need(fd >= 0, argv[1]);
	area = mmap(NULL, 2 * RANGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	need(area != MAP_FAILED, "mmap");
	range = (char *)(((unsigned long)area + RANGE - 1) / RANGE * RANGE);
	pthread_barrier_init(&start, NULL, 3);
	pthread_barrier_init(&end, NULL, 3);
	for (size_t i = 0; i < 2; i++)
		need(!pthread_create(&thread[i], NULL, reader, (void *)i), "start a thread");
	for (unsigned long i = 0; i < rounds; i++) {
		/* Neither an entry nor a page table is left of the round before */
		need(!ftruncate(fd, 0) && !ftruncate(fd, RANGE), "ftruncate");
		need(mmap(range, RANGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0) == range, "mmap the file");
		pthread_barrier_wait(&start);
		pthread_barrier_wait(&end);
	}
	for (size_t i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	return 0;
}
