// SPDX-License-Identifier: GPL-2.0-only
/*
 * Row 14: the pages that a write to shared blocks copies. They are flushed before the file has the new block, whoever
 * copies; and when their last user is gone, their blocks are as new for the next file. Needs mkfs.xfs -m reflink=1.
 */
#include "kt.h"

#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

enum { AT = 5, NEW = 0xa5, FILES = 4000, TAINT_WARN = 1 << 9 };

static const int rw = PROT_READ | PROT_WRITE;
static int file, twin;

/* A file of one range, and its twin with the same blocks: false where none can be shared */
static bool share(const char *name)
{
	char path[64];

	file = kt_file(name, KT_RANGE, KT_WRITTEN);
	snprintf(path, sizeof(path), "%s-twin", name);
	twin = kt_file(path, 0, KT_HOLE);
	fsync(file);
	return !ioctl(twin, FICLONE, file);
}

static void unlink_both(const char *name)
{
	char path[512];

	close(file);
	close(twin);
	snprintf(path, sizeof(path), "%s/%s", kt_dir, name);
	unlink(path);
	strcat(path, "-twin");
	unlink(path);
}

/* The bytes flushed before the file has the new block, which from then on a crash leaves with it */
static uint64_t flushed_before(void)
{
	const char *remap = kt_line("kt_remap", NULL), *line;
	uint64_t total = 0, size;
	char addr[64];

	for (unsigned int nr = 0; remap && (line = kt_nth_line(nr, "kt_flush", NULL)); nr++)
		if (line < remap && sscanf(strstr(line, "size="), "size=%63s", addr) == 1) {
			size = strtoull(addr, NULL, 0);
			total += size;
		}
	return total;
}

enum { WRITE_FROM = 100, WRITE_SIZE = 200 };

static void by_write(void)
{
	char data[WRITE_SIZE] = { NEW };

	if (pwrite(file, data, WRITE_SIZE, AT * KT_PAGE + WRITE_FROM) != WRITE_SIZE)
		kt_die("pwrite");
}

static void by_unshare(void)
{
	if (fallocate(file, FALLOC_FL_UNSHARE_RANGE, AT * KT_PAGE, 3 * KT_PAGE))
		kt_die("FALLOC_FL_UNSHARE_RANGE");
}

static void by_zero(void)
{
	if (fallocate(file, FALLOC_FL_ZERO_RANGE, AT * KT_PAGE + WRITE_FROM, WRITE_SIZE))
		kt_die("FALLOC_FL_ZERO_RANGE");
}

static void flushed(const char *name, void (*copy)(void), uint64_t size)
{
	uint64_t got;

	share(name);
	kt_trace_start();
	copy();
	kt_trace_stop();
	got = flushed_before();
	if (!kt_ok(got == size, "%s: %llu of %llu bytes are flushed before the file has the copy", name,
		   (unsigned long long)got, (unsigned long long)size))
		kt_trace_dump();
	unlink_both(name);
}

static void mapped_copy(const char *name, bool synchronous, bool read_first)
{
	uint64_t got;
	char *map;

	share(name);
	map = kt_map_at(file, KT_RANGE, rw, synchronous ? KT_MAP_SYNC : MAP_SHARED, 0, KT_PAGE);
	kt_trace_start();
	if (read_first)
		kt_read(map + AT * KT_PAGE);
	kt_write(map + AT * KT_PAGE, (char)NEW);
	kt_trace_stop();
	got = flushed_before();
	if (!kt_ok(got == KT_PAGE, "%s: %llu bytes are flushed before the file has the copy", name, (unsigned long long)got))
		kt_trace_dump();
	if (synchronous)
		kt_ok(kt_count("dax_pte_fault_done", "NEEDDSYNC", NULL) == 1 &&
			      kt_count("dax_insert_pfn_mkwrite", "NOPAGE", NULL) == 1,
		      "%s: the copy is a synchronous fault", name);
	kt_ok(kt_count("dax_writeback_one", NULL) == 0, "%s: ... and is not flushed again", name);
	kt_trace_start();
	fsync(file);
	kt_trace_stop();
	kt_ok(kt_count("dax_writeback_one", NULL) == 1, "%s: what was written is, by the next sync", name);
	munmap(map, KT_RANGE);
	unlink_both(name);
}

/* With blocks that an earlier copy has set aside, in a file that was synced since: only the end of the fault makes it dirty */
static void synced_before(const char *name)
{
	char *map;

	share(name);
	map = kt_map_at(file, KT_RANGE, rw, KT_MAP_SYNC, 0, KT_PAGE);
	kt_write(map + AT * KT_PAGE, (char)NEW);
	fsync(file);
	kt_trace_start();
	kt_write(map + (AT + 1) * KT_PAGE, (char)NEW);
	kt_trace_stop();
	if (!kt_ok(kt_count("dax_pte_fault_done", "NEEDDSYNC", NULL) == 1, "%s: a copy is a synchronous fault", name))
		kt_trace_dump();
	munmap(map, KT_RANGE);
	unlink_both(name);
}

static void copies_are_flushed(void)
{
	if (!kt_probe("p:kt/kt_flush dax_flush size=%dx\n") || !kt_probe("p:kt/kt_remap xfs_reflink_end_cow\n")) {
		kt_skip("copies are flushed", "no kprobes on dax_flush");
		return;
	}
	mapped_copy("synchronous, read first", true, true);
	mapped_copy("synchronous", true, false);
	synced_before("synced before");
	mapped_copy("mapped", false, false);
	flushed("write() of 200 bytes", by_write, KT_PAGE - WRITE_SIZE);
	flushed("unshare", by_unshare, 3 * KT_PAGE);
	flushed("zero range", by_zero, KT_PAGE);
	kt_unprobe();
}

/* The blocks of a file's first range, on its device */
static void blocks_of(int fd, uint64_t block[KT_NR])
{
	static _Alignas(struct fiemap) char buf[sizeof(struct fiemap) + KT_NR * sizeof(struct fiemap_extent)];
	struct fiemap *m = (struct fiemap *)buf;

	memset(buf, 0, sizeof(buf));
	m->fm_length = KT_RANGE;
	m->fm_extent_count = KT_NR;
	m->fm_flags = FIEMAP_FLAG_SYNC;
	if (ioctl(fd, FS_IOC_FIEMAP, m))
		kt_die("FIEMAP");
	memset(block, 0, KT_NR * sizeof(*block));
	for (unsigned int i = 0; i < m->fm_mapped_extents; i++)
		for (uint64_t at = 0; at < m->fm_extents[i].fe_length; at += KT_PAGE)
			block[(m->fm_extents[i].fe_logical + at) / KT_PAGE] = m->fm_extents[i].fe_physical + at;
}

static bool is_among(uint64_t block, const uint64_t old[KT_NR])
{
	for (size_t i = 0; i < KT_NR; i++)
		if (old[i] == block)
			return true;
	return false;
}

static bool kernel_warned(void)
{
	FILE *from = fopen("/proc/sys/kernel/tainted", "r");
	unsigned long taint = TAINT_WARN;

	if (!from || fscanf(from, "%lu", &taint) != 1)
		kt_die("tainted");
	fclose(from);
	return taint & TAINT_WARN;
}

/* A file of one page, read through a mapping; its block, where it is one of the old ones */
static uint64_t read_new_file(int nr, const uint64_t old[KT_NR])
{
	uint64_t block[KT_NR];
	char name[32], *map;
	int fd;

	snprintf(name, sizeof(name), "new-%d", nr);
	fd = kt_file(name, KT_PAGE, KT_WRITTEN);
	fsync(fd);
	blocks_of(fd, block);
	map = kt_map(fd, KT_PAGE, PROT_READ, MAP_SHARED, 0);
	kt_read(map);
	munmap(map, KT_PAGE);
	close(fd);
	return is_among(block[0], old) ? block[0] : 0;
}

static void last_user(const char *name)
{
	uint64_t shared[KT_NR], old[KT_NR];
	unsigned int copies = 0, again = 0;
	bool warned = kernel_warned();
	char *map;

	share(name);
	blocks_of(file, shared);
	map = kt_map_at(file, KT_RANGE, rw, MAP_SHARED, 0, KT_PAGE);
	for (size_t page = 0; page < KT_NR; page++)
		kt_write(map + page * KT_PAGE, (char)NEW);
	fsync(file);
	blocks_of(file, old);
	for (size_t page = 0; page < KT_NR; page++)
		copies += old[page] && !is_among(old[page], shared);
	kt_ok(copies == KT_NR, "%s: %u of %lu pages are copied", name, copies, KT_NR);
	munmap(map, KT_RANGE);
	unlink_both(name);
	sync();
	for (int nr = 0; nr < FILES && again < 3; nr++)
		again += read_new_file(nr, old) != 0;
	kt_ok(again == 3, "%s: three of their blocks come to other files", name);
	kt_ok(!warned && !kernel_warned(), "%s: which the kernel does not take for shared any more", name);
}

int main(int argc, char **argv)
{
	kt_init(argc, argv);
	if (!share("probe")) {
		kt_skip("copies of shared blocks", "this filesystem shares none");
		return kt_end();
	}
	unlink_both("probe");
	if (!kt_has_pmd) {
		kt_skip("copies of shared blocks", "6.1 does not flush them, and never gives them back");
		return kt_end();
	}
	copies_are_flushed();
	last_user("last-user");
	return kt_end();
}
