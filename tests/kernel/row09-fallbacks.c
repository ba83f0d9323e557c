// SPDX-License-Identifier: GPL-2.0-only
/* Row 9: every reason to fall back that a program can cause, each counted once; SIGBUS exactly beyond the end. */
#include "kt.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* One fault at `at` that must fall back for `reason`; want_map: a mapping was looked up */
static void one(const char *reason, char *at, bool write, bool want_map)
{
	long before = kt_vmstat("thp_fault_fallback");
	const char *line;
	uint64_t address = 0;
	int sig;

	kt_trace_start();
	sig = write ? kt_write(at, 1) : kt_read(at);
	kt_trace_stop();
	kt_ok(!sig && kt_count("dax_pmd_fault_done", "FALLBACK", NULL) == kt_tries(), "%s: falls back", reason);
	kt_ok(kt_vmstat("thp_fault_fallback") == before + kt_tries(), "%s: counted once", reason);
	if (!kt_has_trace)
		return;
	line = kt_line("dax_pmd_fallback", NULL);
	kt_field(line, "address", &address);
	if (!kt_ok(kt_count("dax_pmd_fallback", NULL) == kt_tries() &&
			   kt_count("dax_pmd_fallback", reason, NULL) == kt_tries() &&
			   address == ((uintptr_t)at & ~(KT_PAGE - 1)) &&
			   (kt_count("dax_pmd_fallback", "map_type none", NULL) == 0) == want_map,
		   "%s: said once, with%s a mapping", reason, want_map ? "" : "out"))
		kt_trace_dump();
}

int main(int argc, char **argv)
{
	const int rw = PROT_READ | PROT_WRITE;
	char path[512], *m, *n;
	int fd;

	kt_init(argc, argv);
	if (kt_fs == KT_EXT2) {
		kt_skip("fallbacks", "ext2 never tries 2 MiB");
		goto eof;
	}

	fd = kt_file("fallback", 4 * KT_RANGE, KT_WRITTEN);
	m = kt_map_at(fd, 2 * KT_RANGE, rw, MAP_SHARED, 0, 0x100000);
	one("misaligned_addr", m + KT_RANGE, true, false);

	m = kt_map(fd, 2 * KT_RANGE, rw, MAP_PRIVATE, 0);
	one("private_write", m, true, false);

	/* Offset and address line up, the mapping begins in the middle of the range */
	m = kt_map(fd, KT_RANGE, rw, MAP_SHARED, 0x100000);
	one("vma_start", m, true, false);

	m = kt_map(fd, KT_RANGE + 0x100000, rw, MAP_SHARED, 2 * KT_RANGE);
	one("vma_end", m + KT_RANGE, false, false);
	close(fd);

	fd = kt_file("eof", KT_RANGE + 0x100000, KT_WRITTEN);
	m = kt_map(fd, 2 * KT_RANGE, rw, MAP_SHARED, 0);
	one("past_eof", m + KT_RANGE, false, false);
	kt_ok(kt_read(m + KT_RANGE + 0xff000) == 0 && kt_read(m + KT_RANGE + 0x100000) == 7,
	      "past_eof: the last page is there, the next is SIGBUS");
	close(fd);

	/* A zero page of 4 KiB, and no storage: pmd/ must not upgrade it either */
	fd = kt_file("pteentry", KT_RANGE, KT_HOLE);
	n = kt_map_at(fd, KT_RANGE, PROT_READ, MAP_SHARED, 0, KT_PAGE);
	m = kt_map(fd, KT_RANGE, rw, MAP_SHARED, 0);
	kt_read(n + 9 * KT_PAGE);
	/* pmd/ looks whether there is storage to upgrade to, and tells what it found instead */
	one("pte_entry", m + 3 * KT_PAGE, false, kt_has_pmd);
	if (kt_has_pmd)
		kt_ok(kt_count("dax_pmd_fallback", "map_type hole", "map_length 0x200000", NULL) == kt_tries(),
		      "pte_entry: the range is a hole, which is not upgraded");
	close(fd);

	fd = kt_file("short", KT_RANGE, KT_HOLE);
	if (pwrite(fd, "x", 1, 0x80 * KT_PAGE) != 1)
		kt_die("pwrite");
	m = kt_map(fd, KT_RANGE, PROT_READ, MAP_SHARED, 0);
	one("extent_short", m, false, true);
	if (kt_has_trace) {
		uint64_t offset = 1, length = 0;
		const char *line = kt_line("dax_pmd_fallback", NULL);

		kt_field(line, "map_offset", &offset);
		kt_field(line, "map_length", &length);
		kt_ok(offset == 0 && length && length < KT_RANGE, "extent_short: says how short");
	}
	close(fd);

	/* Blocks in one piece, one page off: the file begins with an odd number of them */
	if (kt_fs == KT_XFS || kt_fs == KT_EXT4) {
		bool made = false;

		snprintf(path, sizeof(path), "%s/misfit", kt_dir);
		for (int try = 1; try < 6 && !made; try++) {
			fd = kt_file("misfit", 16 * KT_RANGE, KT_WRITTEN);
			close(fd);
			/* Taking blocks out at the front moves all others by as many */
			fd = open(path, O_RDWR | O_CLOEXEC);
			if (fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, 0, try * (off_t)KT_PAGE)) {
				close(fd);
				break;
			}
			made = !kt_aligned(fd, 4 * KT_RANGE, KT_RANGE);
			if (!made)
				close(fd);
		}
		if (!made) {
			kt_skip("extent_misaligned", "no such file could be made");
		} else {
			m = kt_map(fd, 8 * KT_RANGE, rw, MAP_SHARED, 0);
			one("extent_misaligned", m + 4 * KT_RANGE, false, true);
			close(fd);
		}
	}

	/* No room: the filesystem has nothing to give for the write */
	fd = kt_file("nospace", 2 * KT_RANGE, KT_HOLE);
	{
		char fill[512];
		int other;

		snprintf(fill, sizeof(fill), "%s/fill", kt_dir);
		other = open(fill, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		for (off_t size = 1LL << 40; size >= (off_t)KT_PAGE; size /= 2) {
			static off_t at;

			while (!fallocate(other, 0, at, size))
				at += size;
		}
		m = kt_map(fd, 2 * KT_RANGE, rw, MAP_SHARED, 0);
		kt_trace_start();
		kt_write(m, 1);
		kt_trace_stop();
		if (kt_has_trace && kt_count("dax_pmd_fallback", "lookup_failed", NULL) == kt_tries())
			kt_ok(kt_count("dax_pmd_fault_done", "FALLBACK", NULL) == kt_tries(), "lookup_failed: said once");
		else
			kt_skip("lookup_failed", "the filesystem found a place for the write, or no events");
		close(other);
		unlink(fill);
	}
	close(fd);

eof:
	fd = kt_file("page", KT_PAGE, KT_WRITTEN);
	m = kt_map(fd, KT_RANGE, rw, MAP_SHARED, 0);
	kt_ok(kt_read(m) == 0, "file of 4096 bytes: page 0 is there");
	kt_ok(kt_read(m + KT_PAGE) == 7 && kt_write(m + KT_PAGE, 1) == 7, "file of 4096 bytes: page 1 is SIGBUS");
	if (ftruncate(fd, KT_PAGE + 1))
		kt_die("ftruncate");
	kt_ok(kt_read(m + KT_PAGE) == 0 && kt_read(m + 2 * KT_PAGE) == 7, "one byte more: page 1 is there, page 2 is not");
	close(fd);
	return kt_end();
}
