// SPDX-License-Identifier: GPL-2.0-only
/* Guest instructions of single DAX faults, by kind: fault-cost DIRECTORY, in a guest that counts
 * instructions. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
	RANGES = 48, /* of a file: as many 2 MiB faults, and 12 of them make 6144 4 KiB faults */
	SMALL = 12,
	ROUNDS = 4, /* new files, each touched once for the first time and once again */
};

struct kind {
	const char *name;
	enum blocks blocks;
	bool huge, write;
};

static const struct kind kinds[] = {
	{"4 KiB read", WRITTEN, false, false},	 {"4 KiB write", WRITTEN, false, true},
	{"4 KiB hole read", HOLE, false, false}, {"2 MiB read", WRITTEN, true, false},
	{"2 MiB write", WRITTEN, true, true},	 {"2 MiB hole read", HOLE, true, false},
};

static uint64_t none; /* what two readings of the counter and a touch without a fault cost */

static inline uint64_t touch(volatile char *at, bool write)
{
	uint64_t start = instructions();

	if (write)
		*at = 1;
	else
		(void)*at;
	return instructions() - start;
}

static long faults(void)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	return use.ru_minflt + use.ru_majflt;
}

static size_t touch_all(int fd, const struct kind *kind, uint64_t *cost)
{
	size_t step = kind->huge ? RANGE : PAGE, n = 0;
	size_t size = (kind->huge ? RANGES : SMALL) * RANGE;
	char *m = map(fd, size, false, kind->huge);
	long before = faults();

	for (size_t at = 0; at < size; at += step)
		cost[n++] = touch(m + at, kind->write) - none;
	before = faults() - before;
	/* A 2 MiB fault that falls back is one fault too: the next page shows it */
	if (kind->huge) {
		long next = faults();

		touch(m + PAGE, kind->write);
		before += faults() - next;
	}
	munmap(m, size);
	if (before != (long)n) {
		fprintf(stderr,
			"fault-cost: %s: %ld faults for %zu touches; the file has no blocks "
			"of 2 MiB, or other faults came between\n",
			kind->name, before, n);
		exit(3);
	}
	return n;
}

static void say(const struct kind *kind, const char *when, uint64_t *cost, size_t n)
{
	uint64_t median = sort(cost, n), sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += cost[i];
	printf("fault|%s|%s|%lu|%.1f|%zu\n", kind->name, when, median, (double)sum / (double)n, n);
}

static void measure(const char *dir, const struct kind *kind)
{
	size_t most = ROUNDS * SMALL * RANGE / PAGE, n = 0, each = 0;
	uint64_t *first = malloc(most * sizeof(*first)), *again = malloc(most * sizeof(*again));

	if (!first || !again)
		fail("malloc");
	/* No fault of our own while we measure */
	memset(first, 1, most * sizeof(*first));
	memset(again, 1, most * sizeof(*again));
	for (int round = 0; round < ROUNDS; round++, n += each) {
		int fd = new_file(dir, "cost", (kind->huge ? RANGES : SMALL) * RANGE, kind->blocks);

		each = touch_all(fd, kind, first + n);
		touch_all(fd, kind, again + n);
		close(fd);
	}
	say(kind, "new entry", first, n);
	say(kind, "entry there", again, n);
	free(first);
	free(again);
}

int main(int argc, char **argv)
{
	uint64_t idle[101];
	volatile char c = 0;

	if (argc != 2) {
		fprintf(stderr, "usage: fault-cost DIRECTORY\n");
		return 2;
	}
	for (int i = 0; i < 101; i++)
		idle[i] = touch(&c, false);
	none = sort(idle, 101);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		measure(argv[1], &kinds[i]);
	return 0;
}
