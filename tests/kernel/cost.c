// SPDX-License-Identifier: GPL-2.0-only
/* What a fault costs, in guest instructions when the guest counts them as nanoseconds: cost DIR. */
#include "kt.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { RANGES = 24, ROUNDS = 6 };

static const size_t size = RANGES * KT_RANGE;

/* The least of a few rounds: what interrupts add is not the fault's */
static double touch(int fd, size_t skew, size_t step, bool write)
{
	double least = 1e18;

	for (int round = 0; round < ROUNDS; round++) {
		char *m = kt_map_at(fd, size, PROT_READ | PROT_WRITE, MAP_SHARED, 0, skew);
		size_t nr = 0;
		double t = kt_now(), each;

		for (size_t at = 0; at < size; at += step, nr++) {
			if (write)
				*(volatile char *)(m + at) = 1;
			else
				(void)*(volatile char *)(m + at);
		}
		each = (kt_now() - t) * 1e9 / (double)nr;
		if (each < least)
			least = each;
		munmap(m, size + KT_RANGE);
	}
	return least;
}

static double once(int fd, size_t skew, size_t step, bool write)
{
	char *m = kt_map_at(fd, size, PROT_READ | PROT_WRITE, MAP_SHARED, 0, skew);
	size_t nr = 0;
	double t = kt_now();

	for (size_t at = 0; at < size; at += step, nr++) {
		if (write)
			*(volatile char *)(m + at) = 1;
		else
			(void)*(volatile char *)(m + at);
	}
	t = (kt_now() - t) * 1e9 / (double)nr;
	munmap(m, size + KT_RANGE);
	return t;
}

static void say(const char *name, double each)
{
	printf("cost %s %.1f\n", name, each);
}

int main(int argc, char **argv)
{
	int fd;

	kt_init(argc, argv);
	kt_deadline(1000, "cost");
	fd = kt_file("cost4k", size, KT_WRITTEN);
	say("pte-read-first", once(fd, KT_PAGE, KT_PAGE, false));
	say("pte-read", touch(fd, KT_PAGE, KT_PAGE, false));
	say("pte-write", touch(fd, KT_PAGE, KT_PAGE, true));
	close(fd);
	fd = kt_file("cost4khole", size, KT_HOLE);
	say("pte-hole-first", once(fd, KT_PAGE, KT_PAGE, false));
	say("pte-hole", touch(fd, KT_PAGE, KT_PAGE, false));
	close(fd);
	if (kt_fs == KT_EXT2)
		return kt_end();
	fd = kt_file("cost2m", size, KT_WRITTEN);
	say("pmd-read-first", once(fd, 0, KT_RANGE, false));
	say("pmd-read", touch(fd, 0, KT_RANGE, false));
	say("pmd-write", touch(fd, 0, KT_RANGE, true));
	close(fd);
	fd = kt_file("cost2mhole", size, KT_HOLE);
	say("pmd-hole-first", once(fd, 0, KT_RANGE, false));
	say("pmd-hole", touch(fd, 0, KT_RANGE, false));
	close(fd);

	/* Touched at 4 KiB once in every range, then mapped and read through */
	fd = kt_file("costupgrade", size, KT_WRITTEN);
	once(fd, KT_PAGE, KT_RANGE, false);
	say("touched-then-read-through", once(fd, 0, KT_PAGE, false));
	close(fd);
	return kt_end();
}
