// SPDX-License-Identifier: GPL-2.0-only
/*
 * redo.c - a redo log that is replaced while it is mapped, as MariaDB does when its size is changed: 4 KiB
 * writes through MAP_SYNC into both, 5 into the old one, 3 and then 4 into the new one.
 *
 * usage: redo DIRECTORY    ib_logfile0 and ib_logfile101 in it; after each step it waits for a line on
 *                          standard input. Says "plain" when there is no MAP_SYNC, and goes on without.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096UL
#define SIZE (4UL << 20)

static void die(const char *what)
{
	perror(what);
	exit(3);
}

static volatile char *log_map(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	void *at;

	/* Storage that holds nothing yet: its first write has to be made known to the filesystem. */
	if (fd < 0 || fallocate(fd, 0, 0, SIZE) || fsync(fd))
		die(path);
	at = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED_VALIDATE | MAP_SYNC, fd, 0);
	if (at == MAP_FAILED && errno == EOPNOTSUPP) {
		puts("plain");
		at = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	}
	if (at == MAP_FAILED || (madvise(at, SIZE, MADV_NOHUGEPAGE) && errno != EINVAL))
		die("mmap");
	close(fd);
	return at;
}

static void write_pages(volatile char *at, int from, int to)
{
	for (; from < to; from++)
		at[(unsigned long)from * PAGE] = 1;
}

static void wait_line(const char *step)
{
	char line[64];

	puts(step);
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		exit(0);
}

int main(int argc, char *argv[])
{
	volatile char *old, *new;

	if (argc != 2 || chdir(argv[1])) {
		fprintf(stderr, "usage: redo DIRECTORY\n");
		return 2;
	}
	old = log_map("ib_logfile0");
	new = log_map("ib_logfile101");
	write_pages(old, 0, 5);
	write_pages(new, 0, 3);
	wait_line("both");
	if (rename("ib_logfile101", "ib_logfile0"))
		die("rename");
	munmap((void *)old, SIZE);
	write_pages(new, 3, 7);
	wait_line("replaced");
	return 0;
}
