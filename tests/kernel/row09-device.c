// SPDX-License-Identifier: GPL-2.0-only
/* Row 9, what a device and memory can refuse: a bad block in the range, no huge zero page. Leaves the bad block behind. */
#include "kt.h"

#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

static bool put(const char *file, const char *value)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);
	bool good = fd >= 0 && write(fd, value, strlen(value)) == (ssize_t)strlen(value);

	if (fd >= 0)
		close(fd);
	return good;
}

/* One read at `at` whose 2 MiB fault must be refused for that reason, and whose 4 KiB fault serves it */
static void refused(const char *reason, const char *at, const char *map_type)
{
	long before = kt_vmstat("thp_fault_fallback");
	int sig;

	kt_trace_start();
	sig = kt_read(at);
	kt_trace_stop();
	if (!kt_ok(!sig && kt_count("dax_pmd_fault_done", "FALLBACK", NULL) == kt_tries() &&
			   kt_count("dax_pte_fault_done", "NOPAGE", NULL) == 1 &&
			   kt_vmstat("thp_fault_fallback") == before + kt_tries(),
		   "%s: falls back, counted once, then 4 KiB are mapped", reason))
		kt_trace_dump();
	if (kt_has_trace &&
	    !kt_ok(kt_count("dax_pmd_fallback", NULL) == kt_tries() &&
			   kt_count("dax_pmd_fallback", reason, map_type, NULL) == kt_tries(),
		   "%s: said once, with the mapping", reason))
		kt_trace_dump();
}

/* The sector of the device that holds a byte of the file; the device has no partitions */
static uint64_t sector_of(int fd, uint64_t offset)
{
	_Alignas(struct fiemap) char buf[sizeof(struct fiemap) + sizeof(struct fiemap_extent)] = { 0 };
	struct fiemap *m = (struct fiemap *)buf;

	m->fm_start = offset;
	m->fm_length = KT_PAGE;
	m->fm_extent_count = 1;
	if (ioctl(fd, FS_IOC_FIEMAP, m) || m->fm_mapped_extents != 1)
		kt_die("FIEMAP");
	return (m->fm_extents[0].fe_physical + offset - m->fm_extents[0].fe_logical) / 512;
}

static void bad_block(void)
{
	const size_t bad = 0x100;
	int fd = kt_file("badblock", 2 * KT_RANGE, KT_WRITTEN);
	char text[64], *m;

	if (!kt_aligned(fd, 0, 2 * KT_RANGE)) {
		kt_skip("device_short", "the filesystem gave no aligned extent");
		goto out;
	}
	snprintf(text, sizeof(text), "%llu 8", (unsigned long long)sector_of(fd, bad * KT_PAGE));
	if (!put("/sys/block/pmem0/badblocks", text)) {
		kt_skip("device_short", "the device takes no bad blocks");
		goto out;
	}
	m = kt_map(fd, 2 * KT_RANGE, PROT_READ, MAP_SHARED, 0);
	refused("device_short", m + 5 * KT_PAGE, "map_type mapped");
	kt_ok(kt_read(m + bad * KT_PAGE) == 7 && kt_read(m + (bad + 1) * KT_PAGE) == 0,
	      "device_short: the bad page is SIGBUS, the next is there");
	kt_trace_start();
	kt_read(m + KT_RANGE);
	kt_trace_stop();
	kt_ok(kt_count("dax_pmd_fault_done", "NOPAGE", NULL) == 1, "device_short: the next range gets 2 MiB");
out:
	close(fd);
}

#define FAIL "/sys/kernel/debug/fail_page_alloc/"

/* Every allocation of 2 MiB by this process fails, after the page the kernel may have had is dropped */
static bool no_memory(void)
{
	return put(FAIL "task-filter", "Y") && put(FAIL "probability", "100") && put(FAIL "interval", "1") &&
	       put(FAIL "times", "-1") && put(FAIL "space", "0") && put(FAIL "verbose", "0") &&
	       put(FAIL "ignore-gfp-wait", "N") && put(FAIL "ignore-gfp-highmem", "N") &&
	       put(FAIL "min-order", "9") &&
	       put("/proc/thread-self/make-it-fail", "1");
}

static void zero_page(void)
{
	int fd = kt_file("zeropage", KT_RANGE, KT_HOLE);
	char *m = kt_map(fd, KT_RANGE, PROT_READ, MAP_SHARED, 0);

	if (!no_memory()) {
		kt_skip("no_zero_page", "only pmd-debug and pmd-preempt fail allocations");
		goto out;
	}
	/* The shrinker lets go of the page when nobody maps it */
	put("/proc/sys/vm/drop_caches", "2");
	put("/proc/sys/vm/drop_caches", "2");
	refused("no_zero_page", m + 5 * KT_PAGE, NULL);
	put("/proc/thread-self/make-it-fail", "0");
	put(FAIL "min-order", "1");
	put(FAIL "probability", "0");
out:
	close(fd);
}

int main(int argc, char **argv)
{
	kt_init(argc, argv);
	if (kt_fs == KT_EXT2) {
		kt_skip("refusals of the device", "ext2 never tries 2 MiB");
		return kt_end();
	}
	zero_page();
	bad_block();
	return kt_end();
}
