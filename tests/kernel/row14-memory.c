// SPDX-License-Identifier: GPL-2.0-only
/*
 * Row 14: a copy out of a shared 2 MiB entry runs out of memory, at each allocation that it makes, one after the other. It
 * may fail; nothing of the range may be lost, and nobody may be left waiting. The kernel is the writer, in an ioctl(), as
 * it does not try again when the fault fails. Needs mkfs.xfs -m reflink=1 and a kernel that fails allocations (DEBUG=1 or
 * PREEMPT=1).
 */
#include "kt.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

enum { AT = 5, NEW = 0xa5, MOST = 200 };

static const int rw = PROT_READ | PROT_WRITE;

/* Opened once, as this allocates too */
static int nth = -1;

/* Of what this thread allocates the number nr fails, from 1; 0 for nothing. */
static bool fail_allocation(int nr)
{
	char text[16];
	int n = snprintf(text, sizeof(text), "%d", nr);

	return pwrite(nth, text, (size_t)n, 0) == n;
}

/* Whether as many allocations were made as it takes for one to fail */
static bool one_failed(void)
{
	char text[16] = "";

	if (pread(nth, text, sizeof(text) - 1, 0) < 1)
		kt_die("fail-nth");
	return atoi(text) == 0;
}

static void put(const char *file, const char *value)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);

	if (fd >= 0)
		(void)!write(fd, value, strlen(value));
	if (fd >= 0)
		close(fd);
}

/* The kernel stores how much is in a pipe, which is NEW. False: the fault failed. */
static bool written_by_kernel(const int pipe[2], char *at)
{
	return !ioctl(pipe[0], FIONREAD, at);
}

static unsigned int wrong_bytes(const char *map, bool written)
{
	unsigned int wrong = 0;
	unsigned char got;

	for (size_t i = 0; i < KT_RANGE; i += 64)
		wrong += kt_get(map + i, &got) ||
			 got != (written && i == AT * KT_PAGE ? NEW : kt_pattern(i, 0));
	return wrong;
}

static struct look {
	const char *small, *large, *other;
	bool written;
	unsigned int wrong;
} look;

/* In a thread of its own, so that the first one can say that this one never ends */
static void *look_at_all(void *arg)
{
	(void)arg;
	look.wrong += wrong_bytes(look.small, look.written) + wrong_bytes(look.large, look.written) +
		      wrong_bytes(look.other, false);
	return NULL;
}

int main(int argc, char **argv)
{
	unsigned int failed = 0, splits_failed = 0, splits = 0, refused = 0;
	static const char filling[NEW];
	int file, twin, nr, both[2];
	char *large, *small, *other;

	kt_init(argc, argv);
	file = kt_file("memory", KT_RANGE, KT_WRITTEN);
	twin = kt_file("memory-twin", 0, KT_HOLE);
	if (ioctl(twin, FICLONE, file)) {
		kt_skip("copies without memory", "this filesystem shares no blocks");
		return kt_end();
	}
	if (!kt_has_pmd) {
		kt_skip("copies without memory", "this kernel stops at a BUG there");
		return kt_end();
	}
	nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (nth < 0) {
		kt_skip("copies without memory",
			"only pmd-debug and pmd-preempt fail allocations");
		return kt_end();
	}
	if (pipe(both) || write(both[1], filling, NEW) != NEW)
		kt_die("pipe");
	close(file);
	close(twin);
	put("/sys/kernel/debug/failslab/ignore-gfp-wait", "N");
	put("/sys/kernel/debug/failslab/verbose", "0");
	put("/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait", "N");
	put("/sys/kernel/debug/fail_page_alloc/min-order", "0");
	put("/sys/kernel/debug/fail_page_alloc/verbose", "0");
	kt_probe("r:kt/split dax_split_storage ret=$retval:s32");
	kt_deadline(100, "a copy for which there was no memory");
	for (nr = 1; nr <= MOST; nr++) {
		pthread_t looks;
		bool over;

		file = kt_file("memory", KT_RANGE, KT_WRITTEN);
		twin = kt_file("memory-twin", 0, KT_HOLE);
		large = kt_map(file, KT_RANGE, rw, MAP_SHARED, 0);
		small = kt_map_at(file, KT_RANGE, rw, MAP_SHARED, 0, KT_PAGE);
		kt_read(large);
		if (ioctl(twin, FICLONE, file))
			kt_die("FICLONE");
		kt_trace_start();
		fail_allocation(nr);
		look.written = written_by_kernel(both, small + AT * KT_PAGE);
		over = !one_failed();
		fail_allocation(0);
		kt_trace_stop();
		failed += !over;
		refused += !look.written;
		splits_failed += kt_count("split", "ret=-12", NULL);
		splits += kt_count("split", NULL);
		other = kt_map(twin, KT_RANGE, PROT_READ, MAP_SHARED, 0);
		look.small = small;
		look.large = large;
		look.other = other;
		if (pthread_create(&looks, NULL, look_at_all, NULL) || pthread_join(looks, NULL))
			kt_die("a thread");
		if (fsync(file))
			kt_die("fsync");
		munmap(large, KT_RANGE);
		munmap(small, KT_RANGE);
		munmap(other, KT_RANGE);
		close(file);
		close(twin);
		if (over)
			break;
	}
	kt_unprobe();
	kt_ok(nr <= MOST,
	      "a copy without memory: %u allocations failed, one after the other, %u writes were "
	      "refused",
	      failed, refused);
	kt_ok(refused >= splits_failed && refused > 0, "a copy without memory: the kernel does not try again");
	kt_ok(splits_failed > 0,
	      "a copy without memory: %u of %u splits of 2 MiB of storage failed", splits_failed,
	      splits);
	kt_ok(!look.wrong,
	      "a copy without memory: both files are what they should be (%u bytes are not)",
	      look.wrong);
	return kt_end();
}
