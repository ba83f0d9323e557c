// SPDX-License-Identifier: GPL-2.0-only
/* Row 2: each end of a fault shows in the trace as what it is, at both sizes. */
#include "kt.h"

#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const int rw = PROT_READ | PROT_WRITE;
	int fd, sig;
	char *m;

	kt_init(argc, argv);

	fd = kt_file("outcome", 2 * KT_RANGE, KT_WRITTEN);
	m = kt_map_at(fd, KT_RANGE, rw, MAP_SHARED, 0, KT_PAGE);
	kt_trace_start();
	kt_read(m);
	kt_write(m, 1);
	kt_trace_stop();
	kt_ok(kt_count("dax_pte_fault_done", "NOPAGE", NULL) == 2, "4 KiB mapped: read, then write");
	if (kt_has_trace)
		kt_ok(kt_count("dax_insert_mapping", "read", NULL) == 1 &&
			      kt_count("dax_insert_mapping", "write", NULL) == 1,
		      "4 KiB mapped: one insertion each");

	m = kt_map_at(fd, KT_RANGE, rw, MAP_PRIVATE, 0, KT_PAGE);
	kt_trace_start();
	kt_write(m, 1);
	kt_trace_stop();
	kt_ok(kt_count("dax_pte_fault_done", "private", "DONE_COW", NULL) == 1, "private copy: DONE_COW");
	if (kt_has_trace)
		kt_ok(kt_count("dax_insert_mapping", NULL) == 0, "private copy: no storage put in");

	m = kt_map_at(fd, 2 * KT_RANGE, rw, MAP_SHARED, 0, KT_PAGE);
	if (ftruncate(fd, KT_RANGE))
		kt_die("ftruncate");
	kt_trace_start();
	sig = kt_read(m + KT_RANGE);
	kt_trace_stop();
	kt_ok(sig == 7 && kt_count("dax_pte_fault_done", "SIGBUS", NULL) +
				kt_count("dax_pmd_fault_done", "SIGBUS", NULL) == 1,
	      "beyond the end: SIGBUS, from one fault");
	close(fd);

	if (kt_fs == KT_EXT2)
		return kt_end();

	fd = kt_file("outcome2m", 2 * KT_RANGE, KT_WRITTEN);
	if (!kt_aligned(fd, 0, 2 * KT_RANGE)) {
		kt_skip("2 MiB mapped", "the filesystem gave no aligned extent");
	} else {
		long before = kt_vmstat("thp_fault_fallback");

		m = kt_map(fd, 2 * KT_RANGE, rw, MAP_SHARED, 0);
		kt_trace_start();
		kt_read(m);
		kt_write(m, 1);
		kt_trace_stop();
		kt_ok(kt_count("dax_pmd_fault_done", "NOPAGE", NULL) == 2, "2 MiB mapped: read, then write");
		if (kt_has_trace)
			kt_ok(kt_count("dax_pmd_insert_mapping", "read", NULL) == 1 &&
				      kt_count("dax_pmd_insert_mapping", "write", NULL) == 1 &&
				      kt_count("dax_pmd_fallback", NULL) == 0 &&
				      kt_count("dax_entry_wait", NULL) == 0 &&
				      kt_count("dax_pmd_downgrade", NULL) == 0,
			      "2 MiB mapped: one insertion each, no other event");
		kt_ok(kt_vmstat("thp_fault_fallback") == before, "2 MiB mapped: no fallback counted");

		m = kt_map(fd, 2 * KT_RANGE, rw, MAP_PRIVATE, 0);
		kt_trace_start();
		kt_read(m);
		kt_write(m, 1);
		kt_trace_stop();
		kt_ok(kt_count("dax_pmd_fault_done", "private", "NOPAGE", NULL) == 1 &&
			      kt_count("dax_pmd_fault_done", "private", "FALLBACK", NULL) == 1 &&
			      kt_count("dax_pte_fault_done", "DONE_COW", NULL) == 1,
		      "2 MiB private: read maps, write falls back and is copied");
		if (kt_has_trace)
			kt_ok(kt_count("dax_pmd_fallback", "private_write", NULL) == 1,
			      "2 MiB private: the reason is the private write");
		kt_ok(kt_vmstat("thp_fault_fallback") == before + 1, "2 MiB private: counted once");
	}
	m = kt_map(fd, 2 * KT_RANGE, rw, MAP_SHARED, 0);
	if (ftruncate(fd, KT_RANGE))
		kt_die("ftruncate");
	kt_trace_start();
	sig = kt_read(m + KT_RANGE);
	kt_trace_stop();
	kt_ok(sig == 7 && kt_count("dax_pmd_fault_done", "SIGBUS", NULL) == 1 &&
		      (!kt_has_trace || kt_count("dax_pmd_fallback", NULL) == 0),
	      "2 MiB beyond the end: SIGBUS, no fallback");
	close(fd);
	return kt_end();
}
