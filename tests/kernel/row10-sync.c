// SPDX-License-Identifier: GPL-2.0-only
/* Row 10: a write to a MAP_SYNC mapping is let through after the file is synced, and is there after a crash. */
#include "kt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define GOING_DOWN _IOR('X', 125, uint32_t) /* XFS and ext4 agree on it */
#define WITHOUT_LOG_FLUSH 2U

static const int rw = PROT_READ | PROT_WRITE;

static void crash(int fd)
{
	uint32_t how = WITHOUT_LOG_FLUSH;

	if (ioctl(fd, GOING_DOWN, &how))
		kt_die("shutdown of the filesystem");
	close(fd);
	kt_remount();
}

int main(int argc, char **argv)
{
	unsigned char got[64];
	char path[512], *m, *n;
	bool good = true;
	uint64_t start;
	int fd, other;

	kt_init(argc, argv);
	if (kt_fs == KT_EXT2) {
		fd = kt_file("sync", KT_RANGE, KT_UNWRITTEN);
		kt_ok(mmap(NULL, KT_RANGE, rw, KT_MAP_SYNC, fd, 0) == MAP_FAILED && errno == EOPNOTSUPP,
		      "ext2 has no MAP_SYNC");
		return kt_end();
	}

	/* 4 KiB */
	fd = kt_file("sync4k", 2 * KT_RANGE, KT_UNWRITTEN);
	m = kt_map_at(fd, KT_RANGE, rw, KT_MAP_SYNC, 0, KT_PAGE);
	kt_trace_start();
	kt_read(m + 3 * KT_PAGE);
	kt_write(m + 3 * KT_PAGE, 9);
	kt_trace_stop();
	kt_ok(kt_count("dax_pte_fault_done", "NEEDDSYNC", NULL) + kt_count("dax_pte_fault_done", "MAJOR|NEEDDSYNC", NULL) >= 1 &&
		      kt_count("dax_insert_pfn_mkwrite", "NOPAGE", NULL) == 1,
	      "4 KiB: NEEDDSYNC, then inserted for writing");
	if (kt_has_trace)
		kt_ok(kt_count("dax_insert_mapping", "write", NULL) == 1, "4 KiB: one insertion, after the sync");
	/* Nothing may stay mapped: the filesystem is unmounted below */
	munmap(m, KT_RANGE);
	close(fd);

	/* Shared without MAP_SYNC: no such thing */
	fd = kt_file("nosync", KT_RANGE, KT_UNWRITTEN);
	m = kt_map(fd, KT_RANGE, rw, MAP_SHARED, 0);
	kt_trace_start();
	kt_write(m, 9);
	kt_trace_stop();
	kt_ok(kt_count("dax_pmd_fault_done", "NEEDDSYNC", NULL) == 0 && kt_count("dax_insert_pfn_mkwrite", NULL) == 0,
	      "without MAP_SYNC: no sync");
	munmap(m, KT_RANGE);
	close(fd);

	fd = kt_file("sync2m", 4 * KT_RANGE, KT_UNWRITTEN);
	if (!kt_aligned(fd, 0, 4 * KT_RANGE)) {
		kt_skip("2 MiB", "the filesystem gave no aligned extent");
		close(fd);
		return kt_end();
	}
	m = kt_map(fd, 4 * KT_RANGE, rw, KT_MAP_SYNC, 0);
	kt_trace_start();
	kt_write(m + KT_RANGE + 0x123 * KT_PAGE, 9);
	kt_trace_stop();
	kt_ok(kt_count("dax_pmd_fault_done", "NEEDDSYNC", NULL) == 1 &&
		      kt_count("dax_insert_pfn_mkwrite", "NOPAGE", NULL) == 1 && kt_count("dax_pte_fault", NULL) == 0,
	      "2 MiB: NEEDDSYNC, then inserted for writing");
	if (kt_has_trace)
		kt_ok(kt_count("dax_pmd_insert_mapping", "write", NULL) == 1, "2 MiB: one insertion, after the sync");
	if (kt_has_pmd && kt_field(kt_line("dax_writeback_range", NULL), "pgoff", &start))
		kt_ok(start == KT_NR, "2 MiB: what is synced begins where the range begins");
	kt_trace_start();
	for (size_t i = 0; i < KT_NR; i++)
		kt_write(m + KT_RANGE + i * KT_PAGE, (char)kt_pattern(i, 3));
	kt_trace_stop();
	kt_ok(kt_count("dax_pmd_fault", NULL) + kt_count("dax_pte_fault", NULL) == 0, "2 MiB: then no fault for the range");
	/* The entry must be dirty although it was inserted behind the fault */
	kt_trace_start();
	fsync(fd);
	kt_trace_stop();
	kt_ok(kt_count("dax_writeback_one", NULL) >= 1, "2 MiB: a sync writes the entry back");

	/* Nothing but that fault has made this file dirty */
	other = kt_file("syncall", KT_RANGE, KT_UNWRITTEN);
	sync();
	n = kt_map(other, KT_RANGE, rw, KT_MAP_SYNC, 0);
	kt_write(n, 9);
	kt_trace_start();
	kt_trace_all();
	sync();
	kt_trace_stop();
	if (kt_has_pmd && !kt_ok(kt_count("dax_writeback_one", "pglen 0x200", NULL) == 1,
				 "2 MiB: sync(2) writes back what was written"))
		kt_trace_dump();
	munmap(n, KT_RANGE);
	close(other);

	/* Range 2 was never synced by anybody but its own fault */
	for (size_t i = 0; i < KT_NR; i++)
		kt_write(m + 2 * KT_RANGE + i * KT_PAGE, (char)kt_pattern(i, 4));
	munmap(m, 4 * KT_RANGE);
	crash(fd);
	snprintf(path, sizeof(path), "%s/sync2m", kt_dir);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	for (size_t i = 0; fd >= 0 && i < KT_NR; i++)
		if (pread(fd, got, 1, (off_t)(2 * KT_RANGE + i * KT_PAGE)) != 1 || got[0] != kt_pattern(i, 4))
			good = false;
	kt_ok(fd >= 0 && good, "2 MiB: what was written is in the file after a crash");
	close(fd);
	return kt_end();
}
