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
		unsigned int more;

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
		kt_write(m + KT_RANGE, 1);
		kt_trace_stop();
		kt_ok(kt_count("dax_pmd_fault_done", "private", "NOPAGE", NULL) == 1 &&
			      kt_count("dax_pmd_fault_done", "private", "FALLBACK", NULL) == kt_tries() &&
			      kt_count("dax_pte_fault_done", "DONE_COW", NULL) == 1,
		      "2 MiB private: read maps, write falls back and is copied");
		if (kt_has_trace)
			kt_ok(kt_count("dax_pmd_fallback", "private_write", NULL) == kt_tries(),
			      "2 MiB private: the reason is the private write");
		kt_ok(kt_vmstat("thp_fault_fallback") == before + kt_tries(), "2 MiB private: each counted");

		/* Newer kernels split what a private mapping has at 2 MiB, and ask DAX only in another try */
		more = kt_since(6, 2) ? kt_tries() - 1 : 1;
		before += kt_tries() + more;
		kt_trace_start();
		kt_write(m, 1);
		kt_trace_stop();
		kt_ok(kt_count("dax_pmd_fault_done", "private", "FALLBACK", NULL) == more &&
			      kt_count("dax_pte_fault_done", "DONE_COW", NULL) == 1 &&
			      kt_vmstat("thp_fault_fallback") == before,
		      "2 MiB private: a write to what is mapped is copied, and falls back where DAX is asked");
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
