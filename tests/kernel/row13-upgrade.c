// SPDX-License-Identifier: GPL-2.0-only
/* Row 13: 4 KiB entries become one of 2 MiB when storage allows it; nothing they carried is lost. */
#include "kt.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

enum { RANGES = 8 };

static const int rw = PROT_READ | PROT_WRITE;

/* Entries of 4 KiB everywhere: pages of range r at steps of r + 1, read or written */
static void entries(int fd, size_t ranges, bool write)
{
	char *small = kt_map_at(fd, ranges * KT_RANGE, rw, MAP_SHARED, 0, KT_PAGE);

	for (size_t r = 0; r < ranges; r++)
		for (size_t i = r; i < KT_NR; i += 64 * (r + 1)) {
			char *at = small + r * KT_RANGE + i * KT_PAGE;

			if (write)
				kt_write(at, (char)kt_pattern(r * KT_RANGE + i * KT_PAGE, 0));
			else
				kt_read(at);
		}
	munmap(small, ranges * KT_RANGE);
}

static bool intact(const char *m, size_t ranges)
{
	for (size_t i = 0; i < ranges * KT_NR; i++)
		if ((unsigned char)m[i * KT_PAGE] != kt_pattern(i * KT_PAGE, 0))
			return false;
	return true;
}

static void faults(int fd)
{
	const char *line;
	uint64_t n = 0, pgoff = 1;
	char *m, *other;

	entries(fd, RANGES, false);
	m = kt_map(fd, RANGES * KT_RANGE, PROT_READ, MAP_SHARED, 0);
	kt_trace_start();
	kt_ok(intact(m, RANGES), "touched at 4 KiB, then mapped and read through: the contents");
	kt_trace_stop();
	if (!kt_ok(kt_count("dax_pmd_fault_done", "NOPAGE", NULL) == RANGES && kt_count("dax_pte_fault", NULL) == 0,
		   "one fault a range instead of 512"))
		kt_trace_dump();
	kt_ok(kt_count("dax_pmd_upgrade", "clean", "NOPAGE", NULL) == RANGES, "one upgrade a range, clean");
	line = kt_line("dax_pmd_upgrade", "range_pgoff 0x200", NULL);
	kt_field(line, "replaced", &n);
	kt_field(line, "range_pgoff", &pgoff);
	kt_ok(n == 4 && pgoff == KT_NR, "the event says which range, and how many entries (%llu)",
	      (unsigned long long)n);
	munmap(m, RANGES * KT_RANGE);

	/* Storage is never split, so it stays upgraded, also when used at 4 KiB */
	entries(fd, RANGES, true);
	m = kt_map(fd, RANGES * KT_RANGE, rw, MAP_SHARED, 0);
	kt_trace_start();
	for (size_t r = 0; r < RANGES; r++)
		kt_write(m + r * KT_RANGE, m[r * KT_RANGE]);
	kt_trace_stop();
	kt_ok(kt_count("dax_pmd_fault_done", "WRITE", "NOPAGE", NULL) == RANGES &&
		      kt_count("dax_pmd_upgrade", NULL) == 0 && kt_count("dax_pmd_downgrade", NULL) == 0,
	      "it stays at 2 MiB when 4 KiB are used again");
	other = kt_map_at(fd, KT_RANGE, rw, MAP_SHARED, 0, KT_PAGE);
	kt_write(other + KT_PAGE, 0x55);
	kt_ok(m[KT_PAGE] == 0x55, "small and large mappings show the same");
	munmap(other, KT_RANGE);
	munmap(m, RANGES * KT_RANGE);
}

static void marks(void)
{
	uint64_t pgoff = 1, pglen = 0;
	char *small, *m;
	int fd = kt_file("marks", 2 * KT_RANGE, KT_WRITTEN);

	if (!kt_aligned(fd, 0, 2 * KT_RANGE)) {
		kt_skip("dirty mark", "the filesystem gave no aligned extent");
		close(fd);
		return;
	}
	small = kt_map_at(fd, KT_RANGE, rw, MAP_SHARED, 0, KT_PAGE);
	kt_read(small + 2 * KT_PAGE);
	kt_write(small + 0x77 * KT_PAGE, 0x11);
	m = kt_map(fd, KT_RANGE, rw, MAP_SHARED, 0);
	kt_trace_start();
	kt_read(m); /* an upgrade by a read */
	fsync(fd);
	kt_trace_stop();
	kt_field(kt_line("dax_writeback_one", NULL), "pgoff", &pgoff);
	kt_field(kt_line("dax_writeback_one", NULL), "pglen", &pglen);
	kt_ok(kt_count("dax_pmd_upgrade", "replaced 2", "dirty", NULL) == 1, "one of two entries was dirty: the event says so");
	kt_ok(kt_count("dax_writeback_one", NULL) == 1 && pgoff == 0 && pglen == KT_NR,
	      "the dirty mark survives, and all of the range is written back");

	/* The small mapping is gone, so this write is seen */
	kt_trace_start();
	kt_write(small + 0x77 * KT_PAGE, 0x22);
	fsync(fd);
	kt_trace_stop();
	kt_ok(kt_count("dax_pte_fault_done", "WRITE", NULL) == 1 && kt_count("dax_writeback_one", NULL) == 1,
	      "a write through the old small mapping faults, and is written back");
	kt_ok(m[0x77 * KT_PAGE] == 0x22, "both see it");
	munmap(m, KT_RANGE);
	munmap(small, KT_RANGE);
	close(fd);
}

/*
 * ext4 writes zeros to a few blocks next to one that is written first, instead of remembering which were not. The zero
 * page that somebody has mapped there is right until the block is written. From the upgrade on no entry says that there
 * is such a page, so it must go then.
 */
static void zero_pages_go(void)
{
	static const char rest[KT_RANGE];
	const char *what = "a zero page over storage";
	int fd = kt_file("zeros", KT_RANGE, KT_UNWRITTEN);
	char *small = kt_map_at(fd, KT_RANGE, rw, MAP_SHARED, 0, KT_PAGE), *m;

	kt_read(small + 3 * KT_PAGE);
	kt_write(small + 5 * KT_PAGE, 1);
	if (pwrite(fd, rest, KT_RANGE - 6 * KT_PAGE, 6 * KT_PAGE) < 0)
		kt_die("pwrite");
	m = kt_map(fd, KT_RANGE, rw, MAP_SHARED, 0);
	kt_trace_start();
	kt_write(m + 200 * KT_PAGE, 1);
	kt_trace_stop();
	if (!kt_count("dax_pmd_upgrade", "replaced 2", "NOPAGE", NULL)) {
		kt_skip(what, "the filesystem did not write the block's neighbours, or they are not aligned");
	} else {
		kt_write(m + 3 * KT_PAGE, 0x33);
		kt_ok(small[3 * KT_PAGE] == 0x33, "%s: is not mapped any more after the upgrade", what);
	}
	munmap(m, KT_RANGE);
	munmap(small, KT_RANGE);
	close(fd);
}

static void refusals(void)
{
	char *small, *m;
	int fd = kt_file("hole", KT_RANGE, KT_HOLE);

	/* A hole with zero pages: a split would undo it, for ever */
	small = kt_map_at(fd, KT_RANGE, PROT_READ, MAP_SHARED, 0, KT_PAGE);
	kt_read(small + KT_PAGE);
	m = kt_map(fd, KT_RANGE, PROT_READ, MAP_SHARED, 0);
	kt_trace_start();
	kt_read(m);
	kt_trace_stop();
	kt_ok(kt_count("dax_pmd_upgrade", NULL) == 0 && kt_count("dax_pmd_fallback", "pte_entry", NULL) == kt_tries(),
	      "a hole is not upgraded");
	close(fd);

	/* Storage and holes */
	fd = kt_file("half", KT_RANGE, KT_HOLE);
	if (pwrite(fd, "x", 1, 0) != 1 || pwrite(fd, "x", 1, KT_RANGE / 2) != 1)
		kt_die("pwrite");
	small = kt_map_at(fd, KT_RANGE, rw, MAP_SHARED, 0, KT_PAGE);
	kt_write(small, 1);
	m = kt_map(fd, KT_RANGE, rw, MAP_SHARED, 0);
	kt_trace_start();
	kt_write(m, 2);
	kt_trace_stop();
	kt_ok(kt_count("dax_pmd_upgrade", NULL) == 0 && kt_count("dax_pmd_fallback", "pte_entry", NULL) == kt_tries(),
	      "storage with holes is not upgraded");
	close(fd);

	/* Turned off */
	fd = kt_file("off", KT_RANGE, KT_WRITTEN);
	entries(fd, 1, false);
	m = kt_map(fd, KT_RANGE, rw, MAP_SHARED, 0);
	kt_ok(kt_param("0"), "fs_dax.pmd_upgrade can be turned off");
	kt_trace_start();
	kt_read(m);
	kt_trace_stop();
	kt_ok(kt_count("dax_pmd_upgrade", NULL) == 0 && kt_count("dax_pmd_fallback", "pte_entry", NULL) == kt_tries() &&
		      kt_count("dax_pmd_fallback", "map_type none", NULL) == kt_tries(),
	      "turned off: falls back as before");
	kt_param("1");
	close(fd);
}

static void collapse(void)
{
	int fd = kt_file("collapse", 4 * KT_RANGE, KT_WRITTEN);
	char *m, *copy;

	if (!kt_aligned(fd, 0, 4 * KT_RANGE)) {
		kt_skip("MADV_COLLAPSE", "the filesystem gave no aligned extent");
		close(fd);
		return;
	}
	entries(fd, 4, true);
	kt_param("0");
	m = kt_map(fd, 4 * KT_RANGE, rw, MAP_SHARED, 0);
	kt_read(m + KT_PAGE); /* page tables in every range */
	kt_read(m + KT_RANGE);
	kt_read(m + 2 * KT_RANGE);
	kt_read(m + 3 * KT_RANGE);
	kt_param("1");
	kt_trace_start();
	kt_ok(madvise(m, 4 * KT_RANGE, MADV_COLLAPSE) == 0, "MADV_COLLAPSE: returns 0 (errno %d)", errno);
	kt_ok(intact(m, 4), "MADV_COLLAPSE: the contents");
	kt_trace_stop();
	kt_ok(kt_count("dax_pmd_upgrade", "NOPAGE", NULL) == 4 && kt_count("dax_pte_fault", NULL) == 0,
	      "MADV_COLLAPSE: the page tables are gone, 2 MiB are mapped");
	kt_trace_start();
	kt_ok(madvise(m, 4 * KT_RANGE, MADV_COLLAPSE) == 0, "MADV_COLLAPSE: again, with nothing to do");
	kt_trace_stop();
	kt_ok(kt_count("dax_pmd_fault", NULL) == 0, "MADV_COLLAPSE: again, without a fault");
	kt_ok(madvise(m + KT_PAGE, KT_RANGE, MADV_COLLAPSE) == 0, "MADV_COLLAPSE: of no whole range");
	kt_write(m + 5, 7);
	kt_ok(m[5] == 7, "MADV_COLLAPSE: can be written afterwards");

	copy = kt_map(fd, KT_RANGE, rw, MAP_PRIVATE, 0);
	kt_write(copy + KT_PAGE, 0x42);
	kt_ok(madvise(copy, KT_RANGE, MADV_COLLAPSE) == -1 && errno == EINVAL && copy[KT_PAGE] == 0x42,
	      "MADV_COLLAPSE: refused where there are private copies, which stay");
	close(fd);

	fd = kt_file("collapsehole", KT_RANGE, KT_HOLE);
	if (pwrite(fd, "x", 1, 0) != 1)
		kt_die("pwrite");
	m = kt_map(fd, KT_RANGE, PROT_READ, MAP_SHARED, 0);
	kt_read(m);
	kt_ok(madvise(m, KT_RANGE, MADV_COLLAPSE) == -1 && errno == EINVAL, "MADV_COLLAPSE: EINVAL where the blocks do not allow it");
	kt_ok(m[0] == 'x' && m[KT_PAGE] == 0, "MADV_COLLAPSE: and the contents are there");
	m = kt_map_at(fd, KT_RANGE, PROT_READ, MAP_SHARED, 0, KT_PAGE);
	kt_ok(madvise(m, KT_RANGE, MADV_COLLAPSE) == -1 && errno == EINVAL, "MADV_COLLAPSE: EINVAL for a mapping that does not line up");
	close(fd);
}

/* A filesystem without 2 MiB faults: nothing to win by emptying page tables */
static void collapse_in_vain(void)
{
	int fd = kt_file("collapsesmall", KT_RANGE, KT_WRITTEN);
	char *m = kt_map(fd, KT_RANGE, rw, MAP_SHARED, 0);

	kt_trace_start();
	kt_ok(intact(m, 1), "MADV_COLLAPSE without 2 MiB faults: mapped at 4 KiB");
	kt_trace_stop();
	kt_ok(kt_count("dax_pte_fault_done", "NOPAGE", NULL) == KT_NR, "MADV_COLLAPSE without 2 MiB faults: one fault a page");
	kt_ok(madvise(m, KT_RANGE, MADV_COLLAPSE) == -1 && errno == EINVAL, "MADV_COLLAPSE without 2 MiB faults: EINVAL");
	kt_trace_start();
	kt_ok(intact(m, 1), "MADV_COLLAPSE without 2 MiB faults: the contents");
	kt_trace_stop();
	kt_ok(kt_count("dax_pte_fault", NULL) == 0, "MADV_COLLAPSE without 2 MiB faults: what was mapped still is");
	close(fd);
}

int main(int argc, char **argv)
{
	int fd;

	kt_init(argc, argv);
	if (!kt_has_pmd) {
		kt_skip("upgrade", "this kernel has none");
		return kt_end();
	}
	if (kt_fs == KT_EXT2) {
		collapse_in_vain();
		return kt_end();
	}
	fd = kt_file("upgrade", RANGES * KT_RANGE, KT_WRITTEN);
	if (!kt_aligned(fd, 0, RANGES * KT_RANGE))
		kt_skip("upgrade", "the filesystem gave no aligned extent");
	else
		faults(fd);
	close(fd);
	marks();
	zero_pages_go();
	refusals();
	collapse();
	return kt_end();
}
