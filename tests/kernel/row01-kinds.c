// SPDX-License-Identifier: GPL-2.0-only
/* Row 1: storage, zero page and empty entries exist at 4 KiB and at 2 MiB, and a fault at a later page of a range counts. */
#include "kt.h"

#include <sys/mman.h>
#include <unistd.h>

/* The low bits of an entry as fs/dax.c keeps them: XArray tag, locked, pmd, zero, empty */
#define BIT_PMD (2ULL << 1)
#define BIT_ZERO (4ULL << 1)
#define BIT_EMPTY (8ULL << 1)

static uint64_t entry_of(const char *event)
{
	uint64_t entry = 0;

	kt_field(kt_line(event, NULL), "radix_entry", &entry);
	return entry;
}

int main(int argc, char **argv)
{
	const int rw = PROT_READ | PROT_WRITE;
	uint64_t entry, length = 0;
	int fd;
	char *m;

	kt_init(argc, argv);

	/* 4 KiB: a mapping that cannot have more */
	fd = kt_file("kinds4k", 2 * KT_RANGE, KT_WRITTEN);
	m = kt_map_at(fd, KT_RANGE, rw, MAP_SHARED, 0, KT_PAGE);
	kt_trace_start();
	kt_write(m + 5 * KT_PAGE, 1);
	kt_trace_stop();
	kt_ok(kt_count("dax_pte_fault_done", "NOPAGE", NULL) == 1, "4 KiB storage: one fault");
	if (kt_has_trace) {
		entry = entry_of("dax_insert_mapping");
		kt_field(kt_line("dax_insert_mapping", NULL), "length", &length);
		kt_ok(kt_count("dax_insert_mapping", "write", NULL) == 1 && length == KT_PAGE &&
			      !(entry & (BIT_PMD | BIT_ZERO | BIT_EMPTY)),
		      "4 KiB storage: one entry put in, of kind storage");
	}
	close(fd);

	fd = kt_file("kinds4kzero", 2 * KT_RANGE, KT_HOLE);
	m = kt_map_at(fd, KT_RANGE, rw, MAP_SHARED, 0, KT_PAGE);
	kt_trace_start();
	kt_read(m + 5 * KT_PAGE);
	kt_trace_stop();
	kt_ok(kt_count("dax_load_hole", NULL) == 1 && kt_count("dax_insert_mapping", NULL) == 0,
	      "4 KiB zero page: one, and no storage");
	close(fd);

	if (kt_fs == KT_EXT2) {
		fd = kt_file("kinds2m", KT_RANGE, KT_WRITTEN);
		m = kt_map(fd, KT_RANGE, rw, MAP_SHARED, 0);
		kt_trace_start();
		kt_write(m, 1);
		kt_trace_stop();
		kt_ok(kt_count("dax_pte_fault_done", NULL) == 1 && kt_count("dax_pmd_fault", NULL) == 0,
		      "ext2 has 4 KiB only");
		return kt_end();
	}

	fd = kt_file("kinds2m", 2 * KT_RANGE, KT_WRITTEN);
	if (!kt_aligned(fd, 0, 2 * KT_RANGE)) {
		kt_skip("2 MiB storage", "the filesystem gave no aligned extent");
	} else {
		m = kt_map(fd, 2 * KT_RANGE, rw, MAP_SHARED, 0);
		kt_trace_start();
		kt_write(m + KT_RANGE + 0x105 * KT_PAGE, 1);
		kt_trace_stop();
		kt_ok(kt_count("dax_pmd_fault_done", "NOPAGE", NULL) == 1 &&
			      kt_count("dax_pte_fault", NULL) == 0,
		      "2 MiB storage: one fault, at page 0x105 of the second range");
		if (kt_has_trace) {
			entry = entry_of("dax_pmd_insert_mapping");
			kt_field(kt_line("dax_pmd_insert_mapping", NULL), "length", &length);
			kt_ok(kt_count("dax_pmd_insert_mapping", NULL) == 1 && length == KT_RANGE &&
				      (entry & BIT_PMD) && !(entry & (BIT_ZERO | BIT_EMPTY)),
			      "2 MiB storage: one entry put in, of kind storage");
		}
		kt_trace_start();
		for (size_t i = 0; i < KT_NR; i++)
			kt_write(m + KT_RANGE + i * KT_PAGE, 2);
		kt_trace_stop();
		kt_ok(kt_count("dax_pmd_fault", NULL) + kt_count("dax_pte_fault", NULL) == 0,
		      "2 MiB storage: the other 511 pages need no fault");
	}
	close(fd);

	fd = kt_file("kinds2mzero", KT_RANGE, KT_HOLE);
	m = kt_map(fd, KT_RANGE, rw, MAP_SHARED, 0);
	kt_trace_start();
	kt_read(m + 0x105 * KT_PAGE);
	kt_trace_stop();
	entry = entry_of("dax_pmd_load_hole");
	kt_ok(kt_count("dax_pmd_load_hole", NULL) == 1 && (entry & BIT_PMD) && (entry & BIT_ZERO),
	      "2 MiB zero page: one entry of kind zero");
	if (kt_has_pmd)
		kt_ok(entry >> 5 == 0, "2 MiB zero page: the entry names no page");
	close(fd);

	/* An extent that ends in the range: the fault leaves the empty entry it locked */
	fd = kt_file("kinds2mempty", KT_RANGE, KT_HOLE);
	if (pwrite(fd, "x", 1, 0) != 1)
		kt_die("pwrite");
	m = kt_map(fd, KT_RANGE, PROT_READ, MAP_SHARED, 0);
	kt_trace_start();
	kt_read(m);
	kt_trace_stop();
	kt_ok(kt_count("dax_pmd_fault_done", "FALLBACK", NULL) == kt_tries() &&
		      kt_count("dax_pte_fault_done", "NOPAGE", NULL) == 1,
	      "2 MiB empty: falls back, and the page is mapped");
	if (kt_has_trace)
		kt_ok(kt_count("dax_pmd_downgrade", "empty", NULL) == 1,
		      "2 MiB empty: was there, and is split by the 4 KiB fault");
	close(fd);
	return kt_end();
}
