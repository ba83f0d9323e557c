// SPDX-License-Identifier: GPL-2.0-only
/* Row 11: iomap_begin and iomap_end balance, whatever becomes of the fault. */
#include "kt.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static bool put(const char *file, const char *text, int flags)
{
	char path[256];
	int fd;
	bool good;

	snprintf(path, sizeof(path), "/sys/kernel/tracing/%s", file);
	fd = open(path, O_WRONLY | O_CLOEXEC | flags);
	if (fd < 0)
		return false;
	good = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	close(fd);
	return good;
}

static bool probe(const char *text)
{
	return put("kprobe_events", text, O_APPEND);
}

/*
 * On 7.3 iomap_next ends a mapping and begins the next one, and the functions that did are inlined into it. It
 * returns 1 when a mapping is begun, and has one to end when it is called with a length.
 */
static bool nexts;

static bool probe_next(void)
{
	char text[256];
	const char *next = kt_fs == KT_EXT2 ? "ext2_iomap_next" : kt_fs == KT_EXT4 ? "ext4_iomap_next" : "xfs_dax_write_iomap_next";

	snprintf(text, sizeof(text), "p:kt/kt_end %s length=+16($arg2):u64\n", next);
	if (!probe(text))
		return false;
	snprintf(text, sizeof(text), "r:kt/kt_begin %s ret=$retval:s32\n", next);
	return nexts = probe(text);
}

static bool probe_begin_and_end(void)
{
	const char *begin = "xfs_direct_write_iomap_begin", *end = "xfs_dax_write_iomap_end";
	char text[256];

	if (kt_fs == KT_EXT2) {
		begin = "ext2_iomap_begin";
		end = "ext2_iomap_end";
	} else if (kt_fs == KT_EXT4) {
		begin = "ext4_iomap_begin";
		end = "ext4_iomap_end";
	}
	snprintf(text, sizeof(text), "r:kt/kt_begin %s ret=$retval:s32\n", begin);
	if (!probe(text))
		return false;
	snprintf(text, sizeof(text), "p:kt/kt_end %s\n", end);
	probe(text);
	return true;
}

static unsigned int nr_begun(void)
{
	return kt_count("kt_begin", nexts ? "ret=1" : "ret=0", NULL);
}

static unsigned int nr_ended(void)
{
	return kt_count("kt_end", NULL) - (nexts ? kt_count("kt_end", "length=0", NULL) : 0);
}

static void balance(const char *what, bool want_some)
{
	unsigned int begun = nr_begun(), ended = nr_ended();

	if (!kt_ok(begun == ended && (begun > 0) == want_some, "%s: %u begun, %u ended", what, begun, ended))
		kt_trace_dump();
}

int main(int argc, char **argv)
{
	const int rw = PROT_READ | PROT_WRITE;
	char fill[512], *m, *small;
	int fd, other;

	kt_init(argc, argv);
	if (!probe_next() && !probe_begin_and_end()) {
		kt_skip("iomap", "no kprobes on the filesystem's iomap_begin");
		return kt_end();
	}

	fd = kt_file("iomap", 4 * KT_RANGE, KT_WRITTEN);
	m = kt_map(fd, 4 * KT_RANGE, rw, MAP_SHARED, 0);
	small = kt_map_at(fd, 4 * KT_RANGE, rw, MAP_SHARED, 0, KT_PAGE);
	put("events/kt/enable", "1", 0);
	kt_trace_start();
	kt_write(m, 1);
	kt_write(small + KT_RANGE, 1);
	kt_trace_stop();
	balance("storage", true);

	/* Small entries are there: a conflict, and with pmd/ a look and an upgrade */
	kt_write(small + 2 * KT_RANGE, 1);
	kt_trace_start();
	kt_write(m + 2 * KT_RANGE, 1);
	kt_trace_stop();
	balance("4 KiB entries in the way", true);
	close(fd);

	fd = kt_file("iomaphole", 4 * KT_RANGE, KT_HOLE);
	if (pwrite(fd, "x", 1, 0x80 * KT_PAGE) != 1)
		kt_die("pwrite");
	m = kt_map(fd, 4 * KT_RANGE, rw, MAP_SHARED, 0);
	kt_trace_start();
	kt_write(m, 1);
	kt_trace_stop();
	balance("an extent that is too short", true);
	kt_trace_start();
	kt_read(m + KT_RANGE);
	kt_write(m + KT_RANGE, 1);
	kt_trace_stop();
	balance("a hole, read and written", true);

	/* No space: iomap_begin fails, and has nothing to end */
	snprintf(fill, sizeof(fill), "%s/fill", kt_dir);
	other = open(fill, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	{
		static char block[1 << 20];
		off_t at = 0;

		for (off_t size = 1LL << 30; size >= (off_t)KT_PAGE; size /= 2)
			while (kt_fs != KT_EXT2 && !fallocate(other, 0, at, size))
				at += size;
		if (kt_fs == KT_EXT2)
			while (write(other, block, sizeof(block)) > 0)
				;
		while (kt_fs == KT_EXT2 && write(other, block, KT_PAGE) > 0)
			;
	}
	kt_trace_start();
	kt_write(m + 3 * KT_RANGE, 1);
	kt_trace_stop();
	{
		unsigned int begun = nr_begun(), ended = nr_ended();

		kt_ok(begun == ended, "no space left: %u begun, %u ended", begun, ended);
	}
	put("events/kt/enable", "0", 0);
	put("kprobe_events", "\n", O_TRUNC);
	close(other);
	unlink(fill);
	close(fd);
	return kt_end();
}
