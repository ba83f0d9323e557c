// SPDX-License-Identifier: GPL-2.0-only
/*
 * Row 14: blocks shared by reflink are replaced under a mapping by write(2), zero range, unshare, dedupe, partial clone
 * and truncation. The mapping and the file show the same then, a mapped write ends, and nothing of a freed file is
 * seen beside what was copied. Needs mkfs.xfs -m reflink=1.
 */
#include "kt.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { AT = 5, OTHER = 9, HALF = 2048, NEW = 0x5a, LATER = 0x3c };

static const int rw = PROT_READ | PROT_WRITE;
static unsigned char want[KT_RANGE], got[KT_RANGE], page[KT_PAGE];
static int file, twin;
static char *map;

static bool make(const char *name, size_t skew)
{
	char path[64];

	file = kt_file(name, KT_RANGE, KT_WRITTEN);
	snprintf(path, sizeof(path), "%s-twin", name);
	twin = kt_file(path, 0, KT_HOLE);
	for (size_t i = 0; i < KT_RANGE; i++)
		want[i] = kt_pattern(i, 0);
	map = kt_map_at(file, KT_RANGE, rw, MAP_SHARED, 0, skew);
	kt_write(map + OTHER * KT_PAGE, (char)(want[OTHER * KT_PAGE] = NEW));
	fsync(file);
	if (ioctl(twin, FICLONE, file))
		return false;
	kt_read(map + AT * KT_PAGE);
	return true;
}

static size_t wrong(const unsigned char *a)
{
	size_t n = 0;

	for (size_t i = 0; i < KT_RANGE; i++)
		n += a[i] != want[i];
	return n;
}

/* Mapping and file are what is wanted; then a mapped write to the page goes through, and is written back */
static void agree(const char *what, const char *size)
{
	size_t by_map = wrong((unsigned char *)map), by_file;

	if (pread(file, got, KT_RANGE, 0) != (ssize_t)KT_RANGE)
		kt_die("pread");
	by_file = wrong(got);
	kt_ok(!by_map && !by_file, "%s, %s: wrong bytes: %zu by the mapping, %zu in the file", what,
	      size, by_map, by_file);
	kt_deadline(60, "a mapped write after the blocks were replaced");
	kt_write(map + AT * KT_PAGE + 1, LATER);
	want[AT * KT_PAGE + 1] = LATER;
	kt_deadline(240, "the whole test");
	kt_trace_start();
	fsync(file);
	kt_trace_stop();
	kt_ok(kt_count("dax_writeback_one", NULL) >= 1, "%s, %s: ... and is written back", what,
	      size);
	if (pread(file, got, KT_RANGE, 0) != (ssize_t)KT_RANGE)
		kt_die("pread");
	kt_ok(!wrong(got) && !wrong((unsigned char *)map), "%s, %s: ... and is seen by both", what,
	      size);
	for (size_t i = 0; i < KT_RANGE; i++)
		want[i] = kt_pattern(i, 0);
	want[OTHER * KT_PAGE] = NEW;
	if (pread(twin, got, KT_RANGE, 0) != (ssize_t)KT_RANGE)
		kt_die("pread");
	kt_ok(!wrong(got), "%s, %s: ... and the other file is what it was", what, size);
	munmap(map, KT_RANGE);
	close(file);
	close(twin);
}

static void whole_page(void)
{
	memset(page, NEW, KT_PAGE);
	memcpy(want + AT * KT_PAGE, page, KT_PAGE);
	if (pwrite(file, page, KT_PAGE, AT * KT_PAGE) != (ssize_t)KT_PAGE)
		kt_die("pwrite");
}

static void part_of_page(void)
{
	memset(page, NEW, KT_PAGE);
	memcpy(want + AT * KT_PAGE + 100, page, 200);
	if (pwrite(file, page, 200, AT * KT_PAGE + 100) != 200)
		kt_die("pwrite");
}

static void zero_range(void)
{
	memset(want + AT * KT_PAGE + 100, 0, 200);
	if (fallocate(file, FALLOC_FL_ZERO_RANGE, AT * KT_PAGE + 100, 200))
		kt_die("FALLOC_FL_ZERO_RANGE");
}

static void unshare(void)
{
	if (fallocate(file, FALLOC_FL_UNSHARE_RANGE, AT * KT_PAGE, KT_PAGE))
		kt_die("FALLOC_FL_UNSHARE_RANGE");
}

static void clone_range(void)
{
	int source = kt_file("source", KT_RANGE, KT_WRITTEN);
	struct file_clone_range range = {.src_fd = source,
					 .src_offset = 20 * KT_PAGE,
					 .src_length = KT_PAGE,
					 .dest_offset = AT * KT_PAGE};

	if (ioctl(file, FICLONERANGE, &range))
		kt_die("FICLONERANGE");
	close(source);
	for (size_t i = 0; i < KT_PAGE; i++)
		want[AT * KT_PAGE + i] = kt_pattern(20 * KT_PAGE + i, 0);
}

/* The size that truncation ends at lies in a block that is shared: what it cuts off must not come back */
static void cut_and_grow(void)
{
	if (ftruncate(file, AT * KT_PAGE + HALF) || ftruncate(file, KT_RANGE))
		kt_die("ftruncate");
	memset(want + AT * KT_PAGE + HALF, 0, KT_RANGE - AT * KT_PAGE - HALF);
}

static int dedupe(int from, off_t from_at, int to, off_t to_at, size_t size)
{
	static _Alignas(8) char
		buf[sizeof(struct file_dedupe_range) + sizeof(struct file_dedupe_range_info)];
	struct file_dedupe_range *range = (void *)buf;

	memset(buf, 0, sizeof(buf));
	range->src_offset = (uint64_t)from_at;
	range->src_length = size;
	range->dest_count = 1;
	range->info[0].dest_fd = to;
	range->info[0].dest_offset = (uint64_t)to_at;
	if (ioctl(from, FIDEDUPERANGE, range))
		kt_die("FIDEDUPERANGE");
	return range->info[0].status;
}

/* Of two files that are the same in their first extents only, nothing may become one */
static void not_the_same(void)
{
	int source = kt_file("same", 4 * KT_PAGE, KT_HOLE),
	    other = kt_file("almost", 4 * KT_PAGE, KT_HOLE);
	unsigned char seen = 0;

	memset(page, NEW, KT_PAGE);
	for (int i = 0; i < 4; i += 2)
		if (pwrite(source, page, KT_PAGE, i * (off_t)KT_PAGE) != (ssize_t)KT_PAGE)
			kt_die("pwrite");
	if (pwrite(other, page, KT_PAGE, 0) != (ssize_t)KT_PAGE)
		kt_die("pwrite");
	page[7] = LATER;
	if (pwrite(other, page, KT_PAGE, 2 * KT_PAGE) != (ssize_t)KT_PAGE)
		kt_die("pwrite");
	fsync(source);
	fsync(other);
	kt_ok(dedupe(source, 0, other, 0, 4 * KT_PAGE) == FILE_DEDUPE_RANGE_DIFFERS,
	      "dedupe: a difference in the second extent is seen");
	kt_ok(pread(other, &seen, 1, 2 * KT_PAGE + 7) == 1 && seen == LATER,
	      "dedupe: ... and stays in the file");
	kt_ok(dedupe(source, 2 * KT_PAGE, other, 0, KT_PAGE) == FILE_DEDUPE_RANGE_SAME,
	      "dedupe: of pages that are the same there is one");
	close(source);
	close(other);
}

/*
 * Fill all free space but some, write that full with a byte, and free it: new blocks come from there. Then a hole
 * beside a copy: XFS allocates for both at once.
 */
static void beside_a_copy(void)
{
	enum { JUNK = 0xee, LEFT = 48 << 20 };
	int filler = kt_file("filler", 0, KT_HOLE), junk = kt_file("junk", 0, KT_HOLE), fd, copy;
	static unsigned char block[1 << 20];
	size_t bad[5] = {0};
	struct statvfs fs;
	char path[512], *m;

	if (fstatvfs(filler, &fs) ||
	    fallocate(filler, 0, 0, (off_t)(fs.f_bavail * fs.f_bsize - LEFT)))
		kt_die("fallocate");
	memset(block, JUNK, sizeof(block));
	while (write(junk, block, sizeof(block)) > 0)
		;
	fsync(junk);
	close(junk);
	snprintf(path, sizeof(path), "%s/junk", kt_dir);
	unlink(path);
	sync();

	fd = kt_file("beside", 32 * KT_PAGE, KT_HOLE);
	copy = kt_file("beside-twin", 0, KT_HOLE);
	memset(page, NEW, KT_PAGE);
	if (pwrite(fd, page, KT_PAGE, 0) != (ssize_t)KT_PAGE || fsync(fd) ||
	    ioctl(copy, FICLONE, fd))
		kt_die("clone");
	m = kt_map(fd, 32 * KT_PAGE, rw, MAP_SHARED, 0);
	kt_write(m, LATER);
	kt_write(m + 3 * KT_PAGE, LATER);
	if (pwrite(fd, page, 1, 4 * KT_PAGE) != 1)
		kt_die("pwrite");
	for (size_t i = 0; i < KT_PAGE; i++) {
		bad[0] += (unsigned char)m[i] != (i ? NEW : LATER);
		bad[1] += (unsigned char)m[3 * KT_PAGE + i] != (i ? 0 : LATER);
		bad[2] += (unsigned char)m[4 * KT_PAGE + i] != (i ? 0 : NEW);
	}
	kt_ok(!bad[0] && !bad[1] && !bad[2],
	      "beside a copy: wrong bytes: %zu in the copy, %zu in a hole written by a mapping, "
	      "%zu in one by write()",
	      bad[0], bad[1], bad[2]);
	if (fallocate(fd, FALLOC_FL_UNSHARE_RANGE, 0, 32 * KT_PAGE))
		kt_die("FALLOC_FL_UNSHARE_RANGE");
	if (pread(fd, got, 32 * KT_PAGE, 0) != (ssize_t)(32 * KT_PAGE))
		kt_die("pread");
	for (size_t i = 5 * KT_PAGE; i < 32 * KT_PAGE; i++) {
		bad[3] += m[i] != 0;
		bad[4] += got[i] != 0;
	}
	kt_ok(!bad[3] && !bad[4],
	      "beside a copy, unshared: bytes of a hole that are not zero: %zu by the mapping, %zu "
	      "in the file",
	      bad[3], bad[4]);
	close(fd);
	close(copy);
	close(filler);
	snprintf(path, sizeof(path), "%s/filler", kt_dir);
	unlink(path);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *what;
		void (*replace)(void);
	} way[] = {
		{"write() of a page", whole_page}, {"write() of 200 bytes", part_of_page},
		{"zero range", zero_range},	   {"unshare", unshare},
		{"partial clone", clone_range},	   {"truncation", cut_and_grow},
	};

	kt_init(argc, argv);
	if (!make("probe", 0)) {
		kt_skip("shared blocks under a mapping", "this filesystem shares none");
		return kt_end();
	}
	if (!kt_has_pmd) {
		kt_skip("shared blocks under a mapping",
			"6.1 shows other files' data and faults for ever");
		return kt_end();
	}
	munmap(map, KT_RANGE);
	for (size_t i = 0; i < sizeof(way) / sizeof(way[0]); i++)
		for (size_t skew = 0; skew <= KT_PAGE; skew += KT_PAGE) {
			make("file", skew);
			way[i].replace();
			agree(way[i].what, skew ? "4 KiB" : "2 MiB");
		}
	not_the_same();
	beside_a_copy();
	return kt_end();
}
