// SPDX-License-Identifier: GPL-2.0-only
/*
 * One operation after the other, chosen at random, on two files that share blocks where the filesystem can: reads and
 * writes by mappings of both sizes, through MAP_SYNC and by system calls, between truncation, holes, clones, dedupe and
 * syncs. A copy of both files in memory says what must be there: random-ops DIR SECONDS [SEED].
 */
#include "kt.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

enum { FILES = 2, RANGES = 3, PAGES = RANGES * 512, HISTORY = 24, FEW = 3 };
enum { ALIGNED, SKEWED, SYNCHRONOUS, MAPPINGS };

#define SIZE (RANGES * KT_RANGE)

static const int rw = PROT_READ | PROT_WRITE;
static const char *const map_name[MAPPINGS] = {"2 MiB mapping", "4 KiB mapping", "MAP_SYNC"};

static struct file {
	int fd;
	size_t size;
	char *map[MAPPINGS];
	unsigned char want[SIZE]; /* zero from size on */
} files[FILES];

static unsigned int seed;
static bool shares;
static unsigned char data[SIZE];
static char history[HISTORY][128];
static unsigned int ops;

static unsigned int below(unsigned int n)
{
	return (unsigned int)rand_r(&seed) % n;
}

/* What is about to be done, for whom reads of a failure */
static void __attribute__((format(printf, 1, 2))) note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(history[ops++ % HISTORY], sizeof(history[0]), fmt, ap);
	va_end(ap);
}

static void __attribute__((noreturn))
wrong(const char *what, const struct file *f, size_t at, unsigned int got)
{
	kt_ok(false, "operation %u: %s: file %d, byte %#zx: %#x instead of %#x", ops, what,
	      (int)(f - files), at, got, f->want[at]);
	for (unsigned int i = ops > HISTORY ? ops - HISTORY : 0; i < ops; i++)
		printf("# %u: %s\n", i + 1, history[i % HISTORY]);
	exit(1);
}

static void compare(const char *what, const struct file *f, size_t at, size_t size, const char *got)
{
	if (!memcmp(got, f->want + at, size))
		return;
	for (size_t i = 0; i < size; i++)
		if ((unsigned char)got[i] != f->want[at + i])
			wrong(what, f, at + i, (unsigned char)got[i]);
	kt_die("bytes that differ only once");
}

static void check(const struct file *f, size_t at, size_t size, int how)
{
	if (how < MAPPINGS) {
		compare(map_name[how], f, at, size, f->map[how] + at);
		return;
	}
	if (pread(f->fd, data, size, (off_t)at) != (ssize_t)size)
		kt_die("pread");
	compare("read(2)", f, at, size, (char *)data);
}

static void check_whole(const struct file *f)
{
	off_t end = lseek(f->fd, 0, SEEK_END);

	if (end != (off_t)f->size) {
		kt_ok(false, "operation %u: a file is %lld bytes long instead of %zu", ops,
		      (long long)end, f->size);
		exit(1);
	}
	for (int how = 0; how <= MAPPINGS; how++)
		check(f, 0, f->size, how);
}

/* A piece of what the file has: a few bytes, pages, or up to all */
static size_t piece(const struct file *f, size_t *at)
{
	static const unsigned int most[] = {64, KT_PAGE, 16 * KT_PAGE, SIZE};
	size_t size = 1 + below(most[below(4)]);

	if (!f->size)
		return 0;
	*at = below((unsigned int)f->size);
	return size < f->size - *at ? size : f->size - *at;
}

/* The same in whole pages, up to a file's largest size */
static size_t pages(size_t *at, size_t end)
{
	size_t nr = end / KT_PAGE, size;

	if (!nr)
		return 0;
	*at = below((unsigned int)nr);
	size = 1 + below(below(4) ? 16 : PAGES);
	if (size > nr - *at)
		size = nr - *at;
	*at *= KT_PAGE;
	return size * KT_PAGE;
}

/* Of few values, so that dedupe finds pages that are the same; or of any */
static void make_data(size_t size)
{
	if (below(2))
		memset(data, 1 + (int)below(FEW), size);
	else
		for (size_t i = 0; i < size; i++)
			data[i] = kt_pattern(i, ops);
}

static void grown(struct file *f, size_t end)
{
	if (f->size < end)
		f->size = end;
}

static void write_piece(struct file *f, size_t at, size_t size, int how)
{
	note("file %d: %zu bytes at %#zx by %s", (int)(f - files), size, at,
	     how < MAPPINGS ? map_name[how] : "write(2)");
	make_data(size);
	memcpy(f->want + at, data, size);
	if (how < MAPPINGS)
		memcpy(f->map[how] + at, data, size);
	else if (pwrite(f->fd, data, size, (off_t)at) != (ssize_t)size)
		kt_die("pwrite");
	grown(f, at + size);
}

static void some_write(struct file *f)
{
	int how = (int)below(MAPPINGS + 1);
	size_t at, size = piece(f, &at);

	if (how == MAPPINGS && below(4) == 0) {
		at = below(SIZE);
		size = 1 +
		       below((unsigned int)(SIZE - at < 16 * KT_PAGE ? SIZE - at : 16 * KT_PAGE));
	}
	if (size)
		write_piece(f, at, size, how);
}

static void some_read(struct file *f)
{
	size_t at, size = piece(f, &at);
	int how = (int)below(MAPPINGS + 1);

	note("file %d: read %zu at %#zx by %s", (int)(f - files), size, size ? at : 0,
	     how < MAPPINGS ? map_name[how] : "read(2)");
	if (size)
		check(f, at, size, how);
}

static void cut(struct file *f)
{
	size_t size = below(2) ? below(SIZE) : below(PAGES) * KT_PAGE;

	/* Mostly it grows, or there were little left of it */
	if (size < f->size && below(3))
		size = SIZE;
	note("file %d: truncate from %#zx to %#zx", (int)(f - files), f->size, size);
	if (ftruncate(f->fd, (off_t)size))
		kt_die("ftruncate");
	if (size < f->size)
		memset(f->want + size, 0, f->size - size);
	f->size = size;
}

static void allocation(struct file *f, int mode, const char *what)
{
	size_t at = below(SIZE), size = 1 + below(below(3) ? 16 * KT_PAGE : SIZE);

	if (below(3) == 0) {
		at &= ~(KT_RANGE - 1);
		size = KT_RANGE;
	}
	if (size > SIZE - at)
		size = SIZE - at;
	note("file %d: %s of %zu at %#zx", (int)(f - files), what, size, at);
	if (fallocate(f->fd, mode, (off_t)at, (off_t)size)) {
		if (errno == EOPNOTSUPP)
			return;
		kt_die(what);
	}
	if (mode & (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE))
		memset(f->want + at, 0, size);
	if (!(mode & FALLOC_FL_KEEP_SIZE))
		grown(f, at + size);
}

static void unshare(struct file *f)
{
	size_t at, size = pages(&at, f->size);

	if (!size || !shares)
		return;
	note("file %d: unshare %zu at %#zx", (int)(f - files), size, at);
	if (fallocate(f->fd, FALLOC_FL_UNSHARE_RANGE, (off_t)at, (off_t)size))
		kt_die("FALLOC_FL_UNSHARE_RANGE");
}

/* Where to, for what comes from @from; false where one file has both and they overlap */
static bool target(const struct file *from, size_t from_at, const struct file *to, size_t *to_at,
		   size_t size, size_t end)
{
	if (end < size)
		return false;
	*to_at = below((unsigned int)((end - size) / KT_PAGE + 1)) * KT_PAGE;
	/* In the same place of a range 2 MiB can stay in one piece */
	if (below(2) && from_at + size <= end)
		*to_at = from_at;
	return from != to || *to_at + size <= from_at || from_at + size <= *to_at;
}

static void clone(struct file *from, struct file *to)
{
	struct file_clone_range range = {.src_fd = from->fd};
	size_t at, to_at, size = pages(&at, from->size);

	if (!size || !shares || !target(from, at, to, &to_at, size, SIZE))
		return;
	note("clone %zu of file %d, %#zx, to file %d, %#zx", size, (int)(from - files), at,
	     (int)(to - files), to_at);
	range.src_offset = at;
	range.src_length = size;
	range.dest_offset = to_at;
	if (ioctl(to->fd, FICLONERANGE, &range))
		kt_die("FICLONERANGE");
	memmove(to->want + to_at, from->want + at, size);
	grown(to, to_at + size);
}

static void copy(struct file *from, struct file *to)
{
	size_t at, to_at, size = pages(&at, from->size);
	off_t in, out;

	if (!size || !target(from, at, to, &to_at, size, SIZE))
		return;
	note("copy %zu of file %d, %#zx, to file %d, %#zx", size, (int)(from - files), at,
	     (int)(to - files), to_at);
	in = (off_t)at;
	out = (off_t)to_at;
	while (in < (off_t)(at + size)) {
		ssize_t n = copy_file_range(from->fd, &in, to->fd, &out, at + size - (size_t)in, 0);

		if (n <= 0)
			kt_die("copy_file_range");
	}
	memmove(to->want + to_at, from->want + at, size);
	grown(to, to_at + size);
}

/* Pages of zeros may be holes, which no kernel takes for the same as zeros that are written */
static bool has_zero_page(const unsigned char *at, size_t size)
{
	static const unsigned char zeros[KT_PAGE];

	for (size_t i = 0; i < size; i += KT_PAGE)
		if (!memcmp(at + i, zeros, KT_PAGE))
			return true;
	return false;
}

static void dedupe(struct file *from, struct file *to)
{
	_Alignas(8) char
		buf[sizeof(struct file_dedupe_range) + sizeof(struct file_dedupe_range_info)] = {0};
	struct file_dedupe_range *range = (void *)buf;
	size_t at, to_at, size = pages(&at, from->size);
	bool same;

	if (!size || !shares || !target(from, at, to, &to_at, size, to->size & ~(KT_PAGE - 1)))
		return;
	same = !memcmp(from->want + at, to->want + to_at, size);
	note("dedupe %zu of file %d, %#zx, and file %d, %#zx: %s", size, (int)(from - files), at,
	     (int)(to - files), to_at, same ? "same" : "different");
	range->src_offset = at;
	range->src_length = size;
	range->dest_count = 1;
	range->info[0].dest_fd = to->fd;
	range->info[0].dest_offset = to_at;
	if (ioctl(from->fd, FIDEDUPERANGE, range) || range->info[0].status < 0)
		kt_die("FIDEDUPERANGE");
	if (range->info[0].status == FILE_DEDUPE_RANGE_SAME
		    ? !same
		    : same && !has_zero_page(from->want + at, size))
		wrong("dedupe finds the opposite", to, to_at, 0);
}

static void flush(struct file *f)
{
	size_t at = below(PAGES) * KT_PAGE;

	switch (below(4)) {
	case 0:
		note("sync");
		sync();
		break;
	case 1:
		note("file %d: fdatasync", (int)(f - files));
		fdatasync(f->fd);
		break;
	case 2:
		note("file %d: fsync", (int)(f - files));
		fsync(f->fd);
		break;
	default:
		note("file %d: msync of a page at %#zx", (int)(f - files), at);
		msync(f->map[ALIGNED] + at, KT_PAGE, MS_SYNC);
	}
}

static void map_all(struct file *f)
{
	f->map[ALIGNED] = kt_map(f->fd, SIZE, rw, MAP_SHARED, 0);
	f->map[SKEWED] = kt_map_at(f->fd, SIZE, rw, MAP_SHARED, 0, KT_PAGE);
	f->map[SYNCHRONOUS] = kt_map(f->fd, SIZE, rw, KT_MAP_SYNC, 0);
}

/* The reserved addresses around a mapping go with it */
static void unmap_all(struct file *f)
{
	munmap(f->map[ALIGNED], SIZE + KT_RANGE);
	munmap(f->map[SKEWED] - KT_PAGE, SIZE + KT_RANGE);
	munmap(f->map[SYNCHRONOUS], SIZE + KT_RANGE);
}

static void change_mappings(struct file *f)
{
	char *at = f->map[ALIGNED] + below(RANGES) * KT_RANGE;

	switch (below(3)) {
	case 0:
		note("file %d: mapped anew", (int)(f - files));
		unmap_all(f);
		map_all(f);
		break;
	case 1:
		note("file %d: MADV_DONTNEED at %#zx", (int)(f - files),
		     (size_t)(at - f->map[ALIGNED]));
		madvise(at, KT_RANGE, MADV_DONTNEED);
		break;
	default:
		note("file %d: MADV_COLLAPSE at %#zx", (int)(f - files),
		     (size_t)(at - f->map[ALIGNED]));
		madvise(at, KT_RANGE, MADV_COLLAPSE);
	}
}

static void operation(void)
{
	struct file *f = &files[below(FILES)], *other = &files[below(FILES)];
	const int keep = FALLOC_FL_KEEP_SIZE;

	switch (below(32)) {
	case 0:
		cut(f);
		break;
	case 1:
		allocation(f, FALLOC_FL_PUNCH_HOLE | keep, "hole");
		break;
	case 2:
		allocation(f, FALLOC_FL_ZERO_RANGE, "zero range");
		break;
	case 3:
		allocation(f, FALLOC_FL_ZERO_RANGE | keep, "zero range that keeps the size");
		break;
	case 4:
		allocation(f, 0, "allocation");
		break;
	case 5:
	case 6:
		clone(f, other);
		break;
	case 7:
		copy(f, other);
		break;
	case 8:
	case 9:
		dedupe(f, other);
		break;
	case 10:
		unshare(f);
		break;
	case 11:
	case 12:
		flush(f);
		break;
	case 13:
		change_mappings(f);
		break;
	case 14:
		check_whole(f);
		break;
	case 15:
	case 16:
	case 17:
	case 18:
	case 19:
	case 20:
		some_read(f);
		break;
	default:
		some_write(f);
	}
}

int main(int argc, char **argv)
{
	unsigned int seconds = argc > 2 ? (unsigned int)atoi(argv[2]) : 60;
	double end;

	kt_init(argc, argv);
	seed = argc > 3 ? (unsigned int)atoi(argv[3]) : 1;
	if (kt_fs == KT_EXT2) {
		kt_skip("random operations", "ext2 has no MAP_SYNC");
		return kt_end();
	}
	files[0].fd = kt_file("random-0", SIZE, KT_UNWRITTEN);
	files[1].fd = kt_file("random-1", SIZE, KT_HOLE);
	shares = !ioctl(files[1].fd, FICLONE, files[0].fd);
	for (int i = 0; i < FILES; i++) {
		files[i].size = SIZE;
		map_all(&files[i]);
	}
	end = kt_now() + seconds;
	while (kt_now() < end) {
		kt_deadline(240, history[ops % HISTORY]); /* what operation() notes */
		operation();
	}
	kt_deadline(240, "the last look at the files");
	for (int i = 0; i < FILES; i++)
		check_whole(&files[i]);
	kt_ok(true, "random operations: %u of them, %s, contents as wanted", ops,
	      shares ? "with shared blocks" : "without shared blocks");
	return kt_end();
}
