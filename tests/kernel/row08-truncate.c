// SPDX-License-Identifier: GPL-2.0-only
/*
 * Row 8: one dirty mark stands for 2 MiB. What a truncation, or a hole, in the middle of them leaves in the file is
 * written back all the same, whether the entry was of 2 MiB from the beginning or was upgraded. So is what is dirty in
 * the rest of the file.
 */
#include "kt.h"

#include <fcntl.h>
#include <linux/falloc.h>
#include <sys/mman.h>
#include <unistd.h>

enum { DIRTY_PAGE = 3, NEW = 0x5a };

static const int rw = PROT_READ | PROT_WRITE;

/* A file of one range with one dirty 2 MiB entry, for a write to one page */
static int dirty_file(const char *name, bool upgraded)
{
	int fd = kt_file(name, KT_RANGE, KT_WRITTEN);
	char *small, *large = kt_map(fd, KT_RANGE, rw, MAP_SHARED, 0);

	if (!kt_aligned(fd, 0, KT_RANGE))
		kt_die("2 MiB in one piece");
	if (upgraded) {
		small = kt_map_at(fd, KT_RANGE, rw, MAP_SHARED, 0, KT_PAGE);
		kt_write(small + DIRTY_PAGE * KT_PAGE, NEW);
		kt_trace_start();
		kt_read(large);
		kt_trace_stop();
		kt_ok(kt_count("dax_pmd_upgrade", "dirty", NULL) == 1,
		      "%s: the range is upgraded, and dirty", name);
		munmap(small, KT_RANGE);
	} else {
		kt_write(large + DIRTY_PAGE * KT_PAGE, NEW);
	}
	munmap(large, KT_RANGE);
	return fd;
}

static void stays(const char *name, int fd, unsigned int times)
{
	unsigned char got = 0;

	if (!kt_ok(kt_count("dax_writeback_one", "pgoff 0x0", "pglen 0x200", NULL) == times &&
			   kt_count("dax_writeback_one", NULL) == times,
		   "%s: the entry is written back %u times", name, times))
		kt_trace_dump();
	kt_ok(pread(fd, &got, 1, DIRTY_PAGE * KT_PAGE) == (times ? 1 : 0) &&
		      got == (times ? NEW : 0),
	      "%s: the file has what it is to have", name);
	close(fd);
}

static void cut(const char *name, bool upgraded, off_t size)
{
	int fd = dirty_file(name, upgraded);

	kt_trace_start();
	if (ftruncate(fd, size) || fsync(fd))
		kt_die("ftruncate");
	kt_trace_stop();
	stays(name, fd, size ? 1 : 0);
}

/* From 6.15 on mainline removes all entries of the file, dirty ones too, before it cuts off a part */
static void far_away(void)
{
	for (int hole = 0; hole < 2; hole++) {
		int fd = kt_file("far", 2 * KT_RANGE, KT_WRITTEN);
		char *m = kt_map(fd, 2 * KT_RANGE, rw, MAP_SHARED, 0);

		kt_write(m + DIRTY_PAGE * KT_PAGE, NEW);
		kt_trace_start();
		if (hole ? fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, KT_RANGE, KT_PAGE) :
			   ftruncate(fd, KT_RANGE + KT_PAGE))
			kt_die("truncation");
		if (fsync(fd))
			kt_die("fsync");
		kt_trace_stop();
		kt_ok(kt_count("dax_writeback_one", "pgoff 0x0", NULL) +
				      kt_count("dax_writeback_one", "pgoff 0x3", NULL) == 1,
		      "%s: what was dirty in another range is written back", hole ? "a hole" : "a cut");
		munmap(m, 2 * KT_RANGE);
		close(fd);
	}
}

int main(int argc, char **argv)
{
	int fd;

	kt_init(argc, argv);
	if (kt_fs == KT_EXT2) {
		kt_skip("truncation of 2 MiB", "ext2 has 4 KiB only");
		return kt_end();
	}
	if (kt_has_pmd || !kt_since(6, 15))
		far_away();
	else
		kt_skip("truncation of another range", "mainline forgets what was dirty, see kernel-patches/README.md");
	if (!kt_has_pmd) {
		kt_skip("truncation of 2 MiB", "6.1 forgets on ext4 what stays");
		return kt_end();
	}
	cut("native-cut", false, KT_RANGE / 2);
	cut("upgraded-cut", true, KT_RANGE / 2);
	/* XFS writes back the page at the new end, whatever is behind it; ext4 has nothing to keep */
	if (kt_fs == KT_EXT4)
		cut("nothing-stays", false, 0);

	fd = dirty_file("native-hole", false);
	kt_trace_start();
	if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, KT_RANGE / 2, KT_PAGE) ||
	    fsync(fd))
		kt_die("hole");
	kt_trace_stop();
	stays("native-hole", fd, 1);
	return kt_end();
}
