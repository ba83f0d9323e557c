// SPDX-License-Identifier: GPL-2.0-only
/*
 * Row 14: a copy whose source is broken leaves no entry for the block that it was to go to; and memory failure of a
 * page that was copied is refused. Leaves a bad block and a poisoned page behind. Needs mkfs.xfs -m reflink=1.
 */
#include "kt.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_HWPOISON
#define MADV_HWPOISON 100
#endif

enum { AT = 5, OTHER = 9, NEW = 0x5a };

/* Mark the blocks of one page bad */
static bool break_page(int fd, uint64_t offset)
{
	_Alignas(struct fiemap) char buf[sizeof(struct fiemap) + sizeof(struct fiemap_extent)] = {
		0};
	struct fiemap *m = (struct fiemap *)buf;
	char text[64];
	bool good;
	int out;

	m->fm_start = offset;
	m->fm_length = KT_PAGE;
	m->fm_extent_count = 1;
	if (ioctl(fd, FS_IOC_FIEMAP, m) || m->fm_mapped_extents != 1)
		kt_die("FIEMAP");
	snprintf(text, sizeof(text), "%llu 8",
		 (unsigned long long)(m->fm_extents[0].fe_physical + offset -
				      m->fm_extents[0].fe_logical) /
			 512);
	out = open("/sys/block/pmem0/badblocks", O_WRONLY | O_CLOEXEC);
	good = out >= 0 && write(out, text, strlen(text)) == (ssize_t)strlen(text);
	if (out >= 0)
		close(out);
	return good;
}

int main(int argc, char **argv)
{
	const int rw = PROT_READ | PROT_WRITE;
	int file, twin, ret;
	char *map;

	kt_init(argc, argv);
	file = kt_file("broken", KT_RANGE, KT_WRITTEN);
	twin = kt_file("broken-twin", 0, KT_HOLE);
	if (ioctl(twin, FICLONE, file)) {
		kt_skip("broken copies", "this filesystem shares no blocks");
		return kt_end();
	}
	if (!kt_has_pmd) {
		kt_skip("broken copies",
			"6.1 names the block that they were to go to, and stops at memory failure");
		return kt_end();
	}
	map = kt_map_at(file, KT_RANGE, rw, MAP_SHARED, 0, KT_PAGE);

	kt_write(map + OTHER * KT_PAGE, NEW);
	errno = 0;
	ret = madvise(map + OTHER * KT_PAGE, KT_PAGE, MADV_HWPOISON);
	kt_ok(ret == -1 && errno == EBUSY,
	      "memory failure of a copied page is refused (%d, errno %d)", ret, errno);
	fsync(file);

	if (!break_page(file, AT * KT_PAGE)) {
		kt_skip("a copy whose source is broken", "the device takes no bad blocks");
		return kt_end();
	}
	kt_trace_start();
	kt_ok(kt_write(map + AT * KT_PAGE, NEW) == 7, "a copy whose source is broken is SIGBUS");
	fsync(file);
	kt_trace_stop();
	if (!kt_ok(kt_count("dax_writeback_one", NULL) == 0,
		   "a copy whose source is broken: no entry is left dirty"))
		kt_trace_dump();
	close(file);
	close(twin);
	return kt_end();
}
