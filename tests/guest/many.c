// SPDX-License-Identifier: GPL-2.0-only
/*
 * many.c - one read fault on each of many files, from one process, which then waits.
 *
 * usage: many DIRECTORY FILES   makes the files, with 4 KiB of storage each; prints "ready" after the last
 *                               fault, and ends when standard input does
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096

static void die(const char *what)
{
	perror(what);
	exit(3);
}

int main(int argc, char *argv[])
{
	static char page[PAGE];
	long i, files = argc == 3 ? atol(argv[2]) : 0;
	char path[4096], byte;

	if (files < 1) {
		fprintf(stderr, "usage: many DIRECTORY FILES\n");
		return 2;
	}
	for (i = 0; i < files; i++) {
		volatile char *at;
		int fd;

		snprintf(path, sizeof(path), "%s/%ld", argv[1], i);
		fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
		if (fd < 0 || write(fd, page, PAGE) != PAGE)
			die(path);
		at = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
		if (at == MAP_FAILED)
			die("mmap");
		(void)*at;
		munmap((void *)at, PAGE);
		close(fd);
	}
	puts("ready");
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	return 0;
}
