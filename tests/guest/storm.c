// SPDX-License-Identifier: GPL-2.0-only
/*
 * storm.c - processes that fault a little, with two threads, and end, one after another as fast as
 * they go: each causes PAGES faults of 4 KiB, one of 2 MiB and one private write that falls back.
 * Prints what that adds up to, as daxbench does.
 *
 * usage: storm FILE PAGES CHILDREN [STOP]     FILE has three written ranges ('touch make FILE 3');
 *                                             two parents share CHILDREN, or go on until STOP
 * exists
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define RANGE	(2UL << 20)
#define PAGE	4096UL
#define PARENTS 2

static int file, zero;
static unsigned long pages;
static char *small, *large, *private;

static void need(int good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "storm: %s: %s\n", what, strerror(errno));
	_exit(3);
}

/* Range @nr of the file at an aligned address. */
static char *map(unsigned long nr, int flags)
{
	char *area = mmap(NULL, 2 * RANGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *at = (char *)(((unsigned long)area + RANGE - 1) / RANGE * RANGE);

	need(area != MAP_FAILED, "mmap");
	at = mmap(at, RANGE, PROT_READ | PROT_WRITE, MAP_FIXED | flags, file, (off_t)(nr * RANGE));
	need(at != MAP_FAILED, "mmap the file");
	return at;
}

/* Half of the pages, from page @arg on; the second thread falls back besides. */
static void *thread(void *arg)
{
	unsigned long i;

	for (i = (unsigned long)arg; i < pages; i += 2)
		(void)*(volatile char *)(small + i * PAGE);
	if (arg)
		need(read(zero, private, 1) == 1, "read into the private mapping");
	else
		(void)*(volatile char *)large;
	return NULL;
}

static void *linger(void *arg)
{
	usleep(100);
	return arg;
}

static void child(int joins)
{
	pthread_t second;

	small = map(0, MAP_SHARED);
	need(!madvise(small, RANGE, MADV_NOHUGEPAGE), "madvise");
	large = map(1, MAP_SHARED);
	private = map(2, MAP_PRIVATE);
	need(!pthread_create(&second, NULL, thread, (void *)1), "start a thread");
	thread(NULL);
	need(!pthread_join(second, NULL), "join");
	if (!joins) { /* the leader ends before another thread does */
		need(!pthread_create(&second, NULL, linger, NULL), "start a thread");
		pthread_exit(NULL);
	}
	_exit(0);
}

static unsigned long parent(unsigned long children, const char *stop)
{
	unsigned long done;

	for (done = 0; stop ? access(stop, F_OK) != 0 : done < children; done++) {
		pid_t pid;
		int status;

		while ((pid = fork()) < 0 && errno == EAGAIN)
			usleep(1000);
		need(pid >= 0, "fork");
		if (!pid)
			child(done % 2);
		need(waitpid(pid, &status, 0) == pid && !status, "a child");
	}
	return done;
}

int main(int argc, char **argv)
{
	unsigned long children, n, part;
	int said[2], i;

	if (argc < 4) {
		fprintf(stderr, "usage: storm FILE PAGES CHILDREN [STOP]\n");
		return 2;
	}
	file = open(argv[1], O_RDWR);
	need(file >= 0, argv[1]);
	zero = open("/dev/zero", O_RDONLY);
	need(zero >= 0, "/dev/zero");
	pages = strtoul(argv[2], NULL, 10);
	children = strtoul(argv[3], NULL, 10);
	need(!pipe(said), "pipe");
	for (i = 0; i < PARENTS; i++) {
		pid_t pid = fork();

		need(pid >= 0, "fork");
		if (pid)
			continue;
		part = parent(children / PARENTS, argv[4]);
		need(write(said[1], &part, sizeof(part)) == sizeof(part), "write");
		_exit(0);
	}
	close(said[1]);
	for (n = 0; read(said[0], &part, sizeof(part)) == sizeof(part); i--)
		n += part;
	if (i)
		return 3;
	printf("{\"children\":%lu,\"caused\":{\"faults\":{\"pte_mapped\":{\"read\":%lu,\"write\":0}"
	       ","
	       "\"pmd_mapped\":{\"read\":%lu,\"write\":0},\"pmd_fallback\":{\"read\":0,\"write\":%"
	       "lu},"
	       "\"pte_copy\":{\"read\":0,\"write\":%lu}},\"fallbacks\":{\"private_write\":%lu},"
	       "\"ranges\":{\"touched\":3,\"pmd\":1,\"sticky\":0,\"never_tried\":%lu}}}\n",
	       n, n * pages, n, n, n, n, n * pages);
	return 0;
}
