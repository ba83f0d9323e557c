// SPDX-License-Identifier: GPL-2.0-only
/*
 * Row 14: the pages that a write to shared blocks copies. Through MAP_SYNC they are flushed before they can be
 * written to; and when their last user is gone, their blocks are as new for the next file. Needs mkfs.xfs -m reflink=1.
 */
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

static void sync_copy(const char *name, bool read_first)
{
	char *map;

	share(name);
	map = kt_map_at(file, KT_RANGE, rw, KT_MAP_SYNC, 0, KT_PAGE);
	kt_trace_start();
	if (read_first)
		kt_read(map + AT * KT_PAGE);
	kt_write(map + AT * KT_PAGE, (char)NEW);
	kt_trace_stop();
	kt_ok(kt_count("dax_pte_fault_done", "NEEDDSYNC", NULL) == 1 &&
		      kt_count("dax_insert_pfn_mkwrite", "NOPAGE", NULL) == 1,
	      "%s: the copy is a synchronous fault", name);
	if (!kt_ok(kt_count("dax_writeback_one", NULL) == 1, "%s: what was copied is flushed before", name))
		kt_trace_dump();
	kt_trace_start();
	fsync(file);
	kt_trace_stop();
	kt_ok(kt_count("dax_writeback_one", NULL) == 1, "%s: and what was written, by the next sync", name);
	munmap(map, KT_RANGE);
	unlink_both(name);
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
		kt_skip("copies of shared blocks", "6.1 flushes them by chance, and never gives them back");
		return kt_end();
	}
	sync_copy("read-first", true);
	sync_copy("written-only", false);
	last_user("last-user");
	return kt_end();
}
