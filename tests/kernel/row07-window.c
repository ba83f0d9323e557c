// SPDX-License-Identifier: GPL-2.0-only
/*
 * Row 7: write(2) into a hole that others have read takes the zero page out of all page tables before anybody can put
 * storage there. Many mappings make that take long. When the first one has lost its zero page it is written through, to
 * another page of the range, and the last mapping must not show zeros after that. That the write had to wait is the
 * proof that both met; it is tried until they have.
 */
#include "kt.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ROUNDS = 40, ENOUGH = 3, CROWD = 1500, AT = 7, NEW = 0x5a };

static int file;
static atomic_int round_nr; /* from 1; past the last one it is over */

static void *write_first_page(void *arg)
{
	(void)arg;
	kt_pin(1, 0);
	for (int r = 1;; r++) {
		while (atomic_load(&round_nr) < r)
			;
		if (atomic_load(&round_nr) > ROUNDS)
			return NULL;
		if (pwrite(file, "x", 1, (off_t)(r - 1) * (off_t)KT_RANGE) != 1)
			kt_die("pwrite");
	}
}

/* Wait until the page at that address is in no page table of this process */
static void until_unmapped(int pagemap, const char *at)
{
	const uint64_t present = 1ULL << 63;
	uint64_t page;

	do
		if (pread(pagemap, &page, sizeof(page),
			  (off_t)((uintptr_t)at / KT_PAGE * sizeof(page))) != sizeof(page))
			kt_die("pagemap");
	while (page & present);
}

int main(int argc, char **argv)
{
	const int rw = PROT_READ | PROT_WRITE;
	unsigned int stale = 0, met = 0, rounds = 0;
	char *writer, *reader;
	pthread_t thread;
	int pagemap;

	kt_init(argc, argv);
	if (kt_fs == KT_EXT2) {
		kt_skip("write() into a hole that was read", "ext2 has 4 KiB only");
		return kt_end();
	}
	if (!kt_has_pmd && kt_since(6, 12)) {
		kt_skip("write() into a hole that was read", "without our patches zeros may be read after it");
		return kt_end();
	}
	pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	file = kt_file("window", ROUNDS * KT_RANGE, KT_HOLE);
	/* The order of making is that of unmapping */
	writer = kt_map(file, ROUNDS * KT_RANGE, rw, MAP_SHARED, 0);
	for (int i = 0; i < CROWD; i++)
		kt_map(file, ROUNDS * KT_RANGE, PROT_READ, MAP_SHARED, 0);
	reader = kt_map(file, ROUNDS * KT_RANGE, PROT_READ, MAP_SHARED, 0);
	kt_pin(0, 0);
	if (pthread_create(&thread, NULL, write_first_page, NULL))
		kt_die("pthread_create");
	/* Without pmd/ nobody can tell whether they met */
	while (rounds < (kt_has_pmd ? ROUNDS : ENOUGH) && met < ENOUGH && !stale) {
		size_t at = rounds * KT_RANGE + AT * KT_PAGE;

		kt_trace_start();
		kt_read(writer + at);
		kt_read(reader + at);
		atomic_store(&round_nr, (int)++rounds);
		until_unmapped(pagemap, writer + at);
		kt_write(writer + at, NEW);
		stale += reader[at] != NEW;
		kt_trace_stop();
		met += kt_count("dax_entry_wait", "op pte_fault", NULL) +
		       kt_count("dax_entry_wait", "op pmd_fault", NULL);
	}
	atomic_store(&round_nr, ROUNDS + 1);
	pthread_join(thread, NULL);
	kt_ok(!stale,
	      "write() into a hole: %u of %u times zeros are read where a mapping has written",
	      stale, rounds);
	if (kt_has_pmd)
		kt_ok(met > 0,
		      "write() into a hole: %u of %u times the fault came while the zero page was "
		      "unmapped",
		      met, rounds);
	close(file);
	return kt_end();
}
