// SPDX-License-Identifier: GPL-2.0-only
/*
 * who.c - threads with names and numbers of faults of their own, and files that are held mapped.
 *
 * usage: who threads FILE NR FIRST   NR threads; number i reads FIRST + i pages that no other
 * reads. Prints PID TID FAULTS for each. Thread 1 has a name that would do something to a terminal.
 * Each thread but the first ends at once. who hold FILE PAGES [NR]    read PAGES pages, print
 * "ready", wait for a line; twice; with NR of so many files, FILE.0 and so on
 *
 * FILE is written anew, with storage for all pages, by system calls; 2 MiB are never tried.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE	  4096UL
#define MAX_PAGES 100000UL
#define MAX_FILES 10000UL

typedef volatile const char *mapping;

static mapping map;

struct thread {
	pthread_t id;
	unsigned int nr;
	unsigned long from, pages;
	pid_t tid;
};

static void fail(const char *what)
{
	fprintf(stderr, "who: %s: %s\n", what, strerror(errno));
	exit(3);
}

static void read_pages(mapping at, unsigned long from, unsigned long nr)
{
	unsigned long i;

	for (i = from; i < from + nr; i++)
		(void)at[i * PAGE];
}

static mapping map_file(const char *file, unsigned long pages)
{
	int fd = open(file, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	char *data = calloc(1, PAGE);
	unsigned long i;
	void *at;

	if (fd < 0 || !data)
		fail(file);
	for (i = 0; i < pages; i++)
		if (pwrite(fd, data, PAGE, (off_t)(i * PAGE)) != (ssize_t)PAGE)
			fail(file);
	if (fsync(fd))
		fail(file);
	at = mmap(NULL, pages * PAGE, PROT_READ, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED || madvise(at, pages * PAGE, MADV_NOHUGEPAGE))
		fail(file);
	close(fd);
	free(data);
	return at;
}

static void *work(void *arg)
{
	struct thread *thread = arg;
	char name[16];

	snprintf(name, sizeof(name), thread->nr == 1 ? "t%u\033[31m\n\xff" : "t%u", thread->nr);
	prctl(PR_SET_NAME, name);
	thread->tid = (pid_t)syscall(SYS_gettid);
	read_pages(map, thread->from, thread->pages);
	return NULL;
}

static int threads(const char *file, unsigned long nr, unsigned long first)
{
	struct thread *thread = calloc(nr, sizeof(*thread));
	unsigned long all = 0, i;

	if (!thread)
		fail("memory");
	for (i = 0; i < nr; i++) {
		thread[i] = (struct thread){.nr = (unsigned int)i, .from = all, .pages = first + i};
		all += first + i;
	}
	map = map_file(file, all);
	for (i = 0; i < nr; i++)
		if (pthread_create(&thread[i].id, NULL, work, &thread[i]))
			fail("thread");
	for (i = 0; i < nr; i++) {
		pthread_join(thread[i].id, NULL);
		printf("%d %d %lu\n", getpid(), thread[i].tid, thread[i].pages);
	}
	return 0;
}

static void wait_line(void)
{
	char c;

	printf("ready\n");
	fflush(stdout);
	do {
		if (read(STDIN_FILENO, &c, 1) != 1)
			exit(0);
	} while (c != '\n');
}

static int hold(const char *file, unsigned long pages, unsigned long nr)
{
	mapping *at = calloc(nr ? nr : 1, sizeof(*at));
	unsigned long i, part;
	char name[4096];

	if (!at)
		fail("memory");
	if (!nr)
		at[nr++] = map_file(file, 2 * pages);
	for (i = 0; !at[nr - 1]; i++) {
		snprintf(name, sizeof(name), "%s.%lu", file, i);
		at[i] = map_file(name, 2 * pages);
	}
	for (part = 0; part < 2; part++) {
		for (i = 0; i < nr; i++)
			read_pages(at[i], part * pages, pages);
		wait_line();
	}
	return 0;
}

int main(int argc, char *argv[])
{
	unsigned long nr = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;
	unsigned long first = argc > 4 ? strtoul(argv[4], NULL, 10) : 1;

	if (argc == 5 && !strcmp(argv[1], "threads") && nr && nr <= 64 && first <= 1000)
		return threads(argv[2], nr, first);
	if ((argc == 4 || (argc == 5 && first && first <= MAX_FILES)) && !strcmp(argv[1], "hold") && nr &&
	    nr <= MAX_PAGES)
		return hold(argv[2], nr, argc == 5 ? first : 0);
	fprintf(stderr, "usage: who threads FILE NR FIRST | who hold FILE PAGES [NR]\n");
	return 2;
}
