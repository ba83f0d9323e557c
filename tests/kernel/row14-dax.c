// SPDX-License-Identifier: GPL-2.0-only
/*
 * Row 14: a file that was cloned keeps DAX for as long as its inode is in memory. From the next mount on, when the
 * inode is read again, the file is read and written through the page cache. With blocks of its own for all of it, it
 * gets DAX back in the same way. Nothing of the contents is lost at either change. Linux 6.2 and later refuse DAX to no
 * cloned file: it keeps it throughout. Needs mkfs.xfs -m reflink=1.
 */
#include "kt.h"

#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef STATX_ATTR_DAX
#define STATX_ATTR_DAX 0x00200000
#endif

enum { AT = 5, NEW = 0x5a };

static unsigned char got[KT_RANGE];

static bool uses_dax(int fd)
{
	struct statx stx;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &stx))
		kt_die("statx");
	return stx.stx_attributes & STATX_ATTR_DAX;
}

static int reopen(const char *name)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", kt_dir, name);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		kt_die(path);
	return fd;
}

static void holds(int fd, const char *when)
{
	size_t wrong = 0;

	if (pread(fd, got, KT_RANGE, 0) != (ssize_t)KT_RANGE)
		kt_die("pread");
	for (size_t i = 0; i < KT_RANGE; i++)
		wrong += got[i] != (i == AT * KT_PAGE ? NEW : kt_pattern(i, 0));
	kt_ok(!wrong, "%s: %zu bytes are not what was written", when, wrong);
}

int main(int argc, char **argv)
{
	/* From 6.2 on XFS gives DAX to files that have the reflink flag when their inodes are read. */
	bool keep = kt_since(6, 2);
	int file, twin;
	char *map;

	kt_init(argc, argv);
	file = kt_file("cloned", KT_RANGE, KT_WRITTEN);
	twin = kt_file("cloned-twin", 0, KT_HOLE);
	if (ioctl(twin, FICLONE, file)) {
		kt_skip("DAX of cloned files", "this filesystem shares no blocks");
		return kt_end();
	}
	kt_ok(uses_dax(file) && uses_dax(twin), "cloned, in memory: both files use DAX");
	map = kt_map(file, KT_RANGE, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
	kt_write(map + AT * KT_PAGE, NEW);
	munmap(map, KT_RANGE);

	close(file);
	close(twin);
	kt_remount();
	file = reopen("cloned");
	twin = reopen("cloned-twin");
	kt_ok(uses_dax(file) == keep && uses_dax(twin) == keep, "cloned, mounted again: %s", keep ? "both do" : "neither does");
	holds(file, "cloned, mounted again");

	if (fallocate(file, FALLOC_FL_UNSHARE_RANGE, 0, KT_RANGE))
		kt_die("FALLOC_FL_UNSHARE_RANGE");
	kt_ok(uses_dax(file) == keep, "with blocks of its own, in memory: the file %s DAX", keep ? "uses" : "does not use");
	close(file);
	close(twin);
	kt_remount();
	file = reopen("cloned");
	kt_ok(uses_dax(file), "with blocks of its own, mounted again: it does");
	holds(file, "with blocks of its own");
	close(file);
	return kt_end();
}
