// SPDX-License-Identifier: GPL-2.0-only
/*
 * Row 14: blocks shared by reflink. A write gets one page of its own out of a 2 MiB entry, and the rest of the range
 * stays what it was; entries over shared blocks are not upgraded. Needs mkfs.xfs -m reflink=1.
 *
 * The pages of a copy are told from the file's page count when the inode goes: clear_inode() is a BUG if it is wrong.
 */
#include "kt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef FICLONE
#define FICLONE _IOW(0x94, 9, int)
#endif

enum { RANGES = 3, AT = 5, NEW = 0xa5 };

static const int rw = PROT_READ | PROT_WRITE;
static int file, twin;
static char *large, *small;

/* Three ranges in one piece; the last one is never touched before they are shared */
static bool make(const char *name)
{
	char path[64];

	file = kt_file(name, RANGES * KT_RANGE, KT_WRITTEN);
	snprintf(path, sizeof(path), "%s-twin", name);
	twin = kt_file(path, 0, KT_HOLE);
	large = kt_map(file, RANGES * KT_RANGE, rw, MAP_SHARED, 0);
	small = kt_map_at(file, RANGES * KT_RANGE, rw, MAP_SHARED, 0, KT_PAGE);
	return kt_aligned(file, 0, RANGES * KT_RANGE);
}

static unsigned int wrong_bytes(int fd, bool written)
{
	static unsigned char got[RANGES * KT_RANGE];
	unsigned int wrong = 0;

	if (pread(fd, got, sizeof(got), 0) != (ssize_t)sizeof(got))
		return sizeof(got);
	for (size_t i = 0; i < sizeof(got); i++) {
		bool new = written && i / KT_RANGE < 2 && i % KT_RANGE == AT * KT_PAGE;

		wrong += got[i] != (new ? NEW : kt_pattern(i, 0));
	}
	return wrong;
}

/* One byte in each of the first two ranges, through the mapping that cannot have 2 MiB */
static void write_copies(const char *what)
{
	unsigned char seen[2];
	bool good = true;

	if (ioctl(twin, FICLONE, file))
		kt_die("FICLONE");
	kt_trace_start();
	for (size_t r = 0; r < 2; r++)
		good &= !kt_write(small + r * KT_RANGE + AT * KT_PAGE, (char)NEW);
	kt_trace_stop();
	kt_ok(kt_count("dax_pte_fault_done", "NOPAGE", NULL) == 2 && kt_count("dax_insert_mapping", "write", NULL) == 2,
	      "%s: two pages are copied, and mapped at 4 KiB", what);
	for (size_t r = 0; r < 2; r++)
		for (size_t p = 0; p < KT_NR; p++) {
			good &= !kt_get(large + r * KT_RANGE + p * KT_PAGE, &seen[0]);
			good &= !kt_get(small + r * KT_RANGE + p * KT_PAGE, &seen[1]);
			good &= seen[0] == seen[1] &&
				seen[0] == (p == AT ? NEW : kt_pattern(r * KT_RANGE + p * KT_PAGE, 0));
		}
	kt_ok(good, "%s: both mappings have the copies, and all else as it was", what);
	kt_ok(!fsync(file) && !wrong_bytes(file, true) && !wrong_bytes(twin, false),
	      "%s: so does the file, and the other one is what it was", what);
}

static void end(const char *name)
{
	char path[512];

	munmap(large, RANGES * KT_RANGE);
	munmap(small, RANGES * KT_RANGE);
	close(file);
	close(twin);
	snprintf(path, sizeof(path), "%s/%s", kt_dir, name);
	unlink(path);
	kt_ok(access(path, F_OK), "%s: its inode is gone, with all pages counted", name);
}

int main(int argc, char **argv)
{
	kt_init(argc, argv);
	make("probe");
	if (ioctl(twin, FICLONE, file)) {
		kt_skip("shared blocks", "this filesystem shares none");
		return kt_end();
	}
	end("probe");
	if (!kt_has_pmd) {
		kt_skip("a copy out of 2 MiB", "this kernel stops at a BUG there");
		return kt_end();
	}

	if (!make("from-2m"))
		kt_die("2 MiB in one piece");
	for (size_t r = 0; r < 2; r++)
		kt_read(large + r * KT_RANGE);
	kt_read(small + 7 * KT_PAGE);
	write_copies("from-2m");
	end("from-2m");

	make("upgraded");
	for (size_t r = 0; r < 2; r++)
		kt_write(small + r * KT_RANGE + 3 * KT_PAGE, (char)kt_pattern(r * KT_RANGE + 3 * KT_PAGE, 0));
	kt_trace_start();
	for (size_t r = 0; r < 2; r++)
		kt_read(large + r * KT_RANGE);
	kt_trace_stop();
	kt_ok(kt_count("dax_pmd_upgrade", "dirty", "NOPAGE", NULL) == 2, "upgraded: both ranges, before they are shared");
	write_copies("upgraded");
	end("upgraded");

	make("refused");
	kt_read(small + 3 * KT_PAGE);
	if (ioctl(twin, FICLONE, file))
		kt_die("FICLONE");
	kt_trace_start();
	kt_read(large + KT_PAGE);
	kt_trace_stop();
	kt_ok(kt_count("dax_pmd_upgrade", NULL) == 0 && kt_count("dax_pmd_fallback", "reason pte_entry", NULL) == 1,
	      "refused: entries over shared blocks stay 4 KiB");
	kt_ok(!wrong_bytes(file, false) && !wrong_bytes(twin, false), "refused: both files are what they were");
	/* Once the blocks are this file's alone, the page of an entry still counts as one that files share */
	kt_read(small + KT_RANGE + 3 * KT_PAGE);
	if (ftruncate(twin, 0))
		kt_die("ftruncate");
	kt_trace_start();
	kt_read(large + KT_RANGE);
	kt_read(large + 2 * KT_RANGE);
	kt_trace_stop();
	kt_ok(kt_count("dax_pmd_fault_done", "NOPAGE", NULL) == 1, "refused: what was not touched is mapped at 2 MiB then");
	kt_ok(kt_count("dax_pmd_upgrade", NULL) == 0 && kt_count("dax_pmd_fallback", "reason pte_entry", NULL) == 1,
	      "refused: so does an entry made while they were shared");
	end("refused");
	return kt_end();
}
