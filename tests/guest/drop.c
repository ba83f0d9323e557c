// SPDX-License-Identifier: GPL-2.0-only
/*
 * drop.c - many tasks in the fault handler at once: each thread touches one byte of a 2 MiB range of
 * its own and drops the mapping, over and over. Prints what that adds up to, as daxbench does.
 *
 * usage: drop FILE PROCESSES THREADS TIMES      FILE has a written range for each thread of a process
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

#define RANGE (2UL << 20)

static unsigned long times;
static char *base;

static void need(int good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "drop: %s: %s\n", what, strerror(errno));
	_exit(3);
}

static void *thread(void *arg)
{
	char *range = base + (unsigned long)arg * RANGE;
	unsigned long i;

	for (i = 0; i < times; i++) {
		(void)*(volatile char *)range;
		need(!madvise(range, RANGE, MADV_DONTNEED), "madvise");
	}
	return NULL;
}

static void process(int file, unsigned long threads)
{
	pthread_t *id = calloc(threads, sizeof(*id));
	unsigned long i;
	char *area;

	area = mmap(NULL, (threads + 1) * RANGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	need(id && area != MAP_FAILED, "mmap");
	base = (char *)(((unsigned long)area + RANGE - 1) / RANGE * RANGE);
	area = mmap(base, threads * RANGE, PROT_READ | PROT_WRITE, MAP_FIXED | MAP_SHARED, file, 0);
	need(area != MAP_FAILED, "mmap the file");
	for (i = 0; i < threads; i++)
		need(!pthread_create(&id[i], NULL, thread, (void *)i), "start a thread");
	for (i = 0; i < threads; i++)
		need(!pthread_join(id[i], NULL), "join");
	_exit(0);
}

int main(int argc, char **argv)
{
	unsigned long processes, threads, i;
	int file, status;
	pid_t pid;

	if (argc != 5) {
		fprintf(stderr, "usage: drop FILE PROCESSES THREADS TIMES\n");
		return 2;
	}
	file = open(argv[1], O_RDWR);
	need(file >= 0, argv[1]);
	processes = strtoul(argv[2], NULL, 10);
	threads = strtoul(argv[3], NULL, 10);
	times = strtoul(argv[4], NULL, 10);
	for (i = 0; i < processes; i++) {
		pid = fork();
		need(pid >= 0, "fork");
		if (!pid)
			process(file, threads);
	}
	for (i = 0; i < processes; i++)
		need(wait(&status) > 0 && !status, "a process");
	printf("{\"caused\":{\"faults\":{\"pmd_mapped\":{\"read\":%lu,\"write\":0}},\"ranges\":{\"touched\":%lu,\"pmd\":%lu}}}\n",
	       processes * threads * times, threads, threads);
	return 0;
}
