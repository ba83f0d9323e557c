// SPDX-License-Identifier: GPL-2.0-only
/* Latency of write faults with and without MAP_SYNC, a histogram for each case: sync-latency
 * DIRECTORY. */
#include "bench.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	PAGES = 512,
	HUGE_PAGES = 32,
	BUCKETS = 24, /* [0] is less than 1 us, [i] is 2^(i-1) us and more */
	COPY_SIZE = 8 << 20,
};

/* Copies one file over and over, each copy a new file with blocks of its own, until killed */
static void copy_for_ever(const char *dir)
{
	static char buffer[64 << 10];
	int from = new_file(dir, "original", COPY_SIZE, WRITTEN);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		int to = new_file(dir, "copy", 0, HOLE);

		for (off_t at = 0; at < COPY_SIZE; at += (off_t)sizeof(buffer)) {
			if (pread(from, buffer, sizeof(buffer), at) != (ssize_t)sizeof(buffer) ||
			    pwrite(to, buffer, sizeof(buffer), at) != (ssize_t)sizeof(buffer))
				fail("copy");
		}
		close(to);
	}
}

static pid_t start_copying(const char *dir)
{
	pid_t pid = fork();

	if (pid < 0)
		fail("fork");
	if (!pid)
		copy_for_ever(dir);
	usleep(300000); /* until it copies; what it did before that is not measured */
	if (waitpid(pid, NULL, WNOHANG) != 0)
		fail("the copying in the background ended");
	return pid;
}

static void measure(const char *dir, bool huge, enum blocks blocks, bool sync, bool busy)
{
	size_t step = huge ? RANGE : PAGE, n = huge ? HUGE_PAGES : PAGES;
	unsigned int histogram[BUCKETS] = {0};
	static uint64_t took[PAGES];
	uint64_t least = UINT64_MAX, most = 0, sum = 0;
	pid_t copying = 0;
	char *m;
	int fd;

	fd = new_file(dir, "latency", n * step, blocks);
	m = map(fd, n * step, sync, huge);
	memset(took, 1, sizeof(took));
	if (busy)
		copying = start_copying(dir);
	for (size_t i = 0; i < n; i++) {
		uint64_t start = nanoseconds();

		*(volatile char *)(m + i * step) = 1;
		took[i] = nanoseconds() - start;
	}
	if (copying) {
		kill(copying, SIGKILL);
		waitpid(copying, NULL, 0);
	}
	munmap(m, n * step);
	close(fd);

	for (size_t i = 0; i < n; i++) {
		uint64_t us = took[i] / 1000;
		int bucket = us ? 64 - __builtin_clzll(us) : 0;

		histogram[bucket < BUCKETS ? bucket : BUCKETS - 1]++;
		least = took[i] < least ? took[i] : least;
		most = took[i] > most ? took[i] : most;
		sum += took[i];
	}
	printf("latency|%s|%s|%s|%s|%zu|%.1f|%.1f|%.1f|", huge ? "2 MiB" : "4 KiB",
	       blocks == HOLE ? "empty" : "preallocated", sync ? "MAP_SYNC" : "-",
	       busy ? "copying" : "-", n, (double)least / 1e3, (double)sum / 1e3 / (double)n,
	       (double)most / 1e3);
	for (int i = 0; i < BUCKETS; i++)
		printf("%s%u", i ? "," : "", histogram[i]);
	printf("\n");
	fflush(stdout);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: sync-latency DIRECTORY\n");
		return 2;
	}
	for (int huge = 0; huge < 2; huge++)
		for (int blocks = WRITTEN; blocks >= HOLE; blocks--)
			for (int busy = 0; busy < 2; busy++)
				for (int sync = 0; sync < 2; sync++)
					measure(argv[1], huge, (enum blocks)blocks, sync, busy);
	return 0;
}
