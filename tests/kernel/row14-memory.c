// SPDX-License-Identifier: GPL-2.0-only
/*
 * Row 14: a copy out of a shared 2 MiB entry runs out of memory, at each allocation that it makes, one after the other. It
 * may fail, and is tried again then; nothing of the range may be lost, and nobody may be left waiting. Needs
 * mkfs.xfs -m reflink=1 and a kernel that fails allocations (DEBUG=1 or PREEMPT=1).
 */
#include "kt.h"

#include <fcntl.h>
#include <linux/fs.h>
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

static unsigned int wrong_bytes(const char *map, bool written)
{
	unsigned int wrong = 0;
	unsigned char got;

	for (size_t i = 0; i < KT_RANGE; i += 64)
		wrong += kt_get(map + i, &got) ||
			 got != (written && i == AT * KT_PAGE ? NEW : kt_pattern(i, 0));
	return wrong;
}

int main(int argc, char **argv)
{
	unsigned int failed = 0, splits_failed = 0, splits = 0, wrong = 0, signals = 0;
	int file, twin, nr;
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
	close(file);
	close(twin);
	put("/sys/kernel/debug/failslab/ignore-gfp-wait", "N");
	put("/sys/kernel/debug/failslab/verbose", "0");
	put("/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait", "N");
	put("/sys/kernel/debug/fail_page_alloc/min-order", "0");
	put("/sys/kernel/debug/fail_page_alloc/verbose", "0");
	kt_probe("r:kt/split dax_split_storage ret=$retval:s32");
	kt_deadline(200, "a copy for which there was no memory");
	for (nr = 1; nr <= MOST; nr++) {
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
		signals += kt_write(small + AT * KT_PAGE, (char)NEW) != 0;
		over = !one_failed();
		fail_allocation(0);
		kt_trace_stop();
		failed += !over;
		splits_failed += kt_count("split", "ret=-12", NULL);
		splits += kt_count("split", NULL);
		other = kt_map(twin, KT_RANGE, PROT_READ, MAP_SHARED, 0);
		wrong += wrong_bytes(small, small[AT * KT_PAGE] == (char)NEW) +
			 wrong_bytes(large, large[AT * KT_PAGE] == (char)NEW) +
			 wrong_bytes(other, false);
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
	      "a copy without memory: %u allocations failed, one after the other, %u writes ended "
	      "in a signal",
	      failed, signals);
	kt_ok(splits_failed > 0,
	      "a copy without memory: %u of %u splits of 2 MiB of storage failed", splits_failed,
	      splits);
	kt_ok(!wrong,
	      "a copy without memory: both files are what they should be (%u bytes are not)",
	      wrong);
	return kt_end();
}
