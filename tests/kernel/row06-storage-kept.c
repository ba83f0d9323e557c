// SPDX-License-Identifier: GPL-2.0-only
/* Rows 6 and 8: 4 KiB out of 2 MiB of storage leaves the entry; syncs flush all of it and write-protect it. */
#include "kt.h"

#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const int rw = PROT_READ | PROT_WRITE;
	uint64_t pgoff = 0, pglen = 0;
	char *big, *small;
	int fd;

	kt_init(argc, argv);
	if (kt_fs == KT_EXT2) {
		kt_skip("storage kept", "ext2 has 4 KiB only");
		return kt_end();
	}
	fd = kt_file("kept", 2 * KT_RANGE, KT_WRITTEN);
	if (!kt_aligned(fd, 0, 2 * KT_RANGE)) {
		kt_skip("storage kept", "the filesystem gave no aligned extent");
		return kt_end();
	}
	big = kt_map(fd, 2 * KT_RANGE, rw, MAP_SHARED, 0);
	small = kt_map_at(fd, 2 * KT_RANGE, rw, MAP_SHARED, 0, KT_PAGE);

	kt_trace_start();
	kt_write(big + 3 * KT_PAGE, 1);
	kt_trace_stop();
	kt_ok(kt_count("dax_pmd_fault_done", "NOPAGE", NULL) == 1, "2 MiB mapped for writing");
	fsync(fd);

	/* The 4 KiB write is to the other mapping, the dirty mark to all of the entry */
	kt_trace_start();
	kt_write(small + 0x42 * KT_PAGE, 2);
	fdatasync(fd);
	kt_trace_stop();
	kt_ok(kt_count("dax_pte_fault_done", "NOPAGE", NULL) == 1, "4 KiB mapped out of it");
	if (kt_has_trace)
		kt_ok(kt_count("dax_pmd_downgrade", NULL) == 0, "the entry is not split");
	kt_field(kt_line("dax_writeback_one", NULL), "pgoff", &pgoff);
	kt_field(kt_line("dax_writeback_one", NULL), "pglen", &pglen);
	kt_ok(kt_count("dax_writeback_one", NULL) == 1 && pgoff == 0 && pglen == KT_NR,
	      "the whole entry is written back for a 4 KiB write");

	/* It was not unmapped, and now it is write-protected */
	kt_trace_start();
	kt_read(big + 7 * KT_PAGE);
	kt_trace_stop();
	kt_ok(kt_count("dax_pmd_fault", NULL) == 0, "the 2 MiB mapping is still there");
	kt_trace_start();
	kt_write(big + 7 * KT_PAGE, 3);
	kt_write(small + 0x42 * KT_PAGE, 3);
	kt_trace_stop();
	kt_ok(kt_count("dax_pmd_fault_done", "WRITE", "NOPAGE", NULL) == 1 &&
		      kt_count("dax_pte_fault_done", "WRITE", "NOPAGE", NULL) == 1,
	      "both mappings were write-protected by the sync");

	/* msync of one page in the middle: all of the range, and nothing of the next one */
	kt_write(big + KT_RANGE, 3);
	kt_trace_start();
	msync(big + 0x80 * KT_PAGE, KT_PAGE, MS_SYNC);
	kt_trace_stop();
	pgoff = pglen = 1;
	kt_field(kt_line("dax_writeback_one", NULL), "pgoff", &pgoff);
	kt_field(kt_line("dax_writeback_one", NULL), "pglen", &pglen);
	kt_ok(kt_count("dax_writeback_one", NULL) == 1 && pgoff == 0 && pglen == KT_NR,
	      "a sync of one page in the middle writes its range, and no other");
	kt_trace_start();
	fsync(fd);
	fsync(fd);
	kt_trace_stop();
	kt_field(kt_line("dax_writeback_one", NULL), "pgoff", &pgoff);
	kt_ok(kt_count("dax_writeback_one", NULL) == 1 && pgoff == KT_NR,
	      "the next sync writes what is left, the one after nothing");

	/* Reads make nothing dirty; base 6.1 writes back what was only read */
	if (kt_has_pmd) {
		int other = kt_file("onlyread", KT_RANGE, KT_WRITTEN);
		char *m = kt_map(other, KT_RANGE, rw, MAP_SHARED, 0);

		kt_trace_start();
		kt_read(m);
		fsync(other);
		kt_trace_stop();
		kt_ok(kt_count("dax_writeback_one", NULL) == 0, "what was only read is not written back");
		close(other);
	}
	kt_ok(big[3 * KT_PAGE] == 1 && small[0x42 * KT_PAGE] == 3 && big[0x42 * KT_PAGE] == 3 && small[7 * KT_PAGE] == 3,
	      "both mappings show the same bytes");
	close(fd);
	return kt_end();
}
