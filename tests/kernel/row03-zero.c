// SPDX-License-Identifier: GPL-2.0-only
/* Row 3: a read of a hole of 2 MiB gets one zero page, also when many read it at once. */
#include "kt.h"

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { THREADS = 8, ROUNDS = 40 };

static char *map;
static pthread_barrier_t barrier;

static void *reader(void *arg)
{
	size_t me = (size_t)arg;

	for (int i = 0; i < ROUNDS; i++) {
		pthread_barrier_wait(&barrier);
		kt_read(map + (size_t)i * KT_RANGE + me * 61 * KT_PAGE);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	static const char zeros[KT_PAGE];
	pthread_t thread[THREADS];
	bool clean = true;
	int fd;

	kt_init(argc, argv);
	if (kt_fs == KT_EXT2) {
		kt_skip("2 MiB zero page", "ext2 has 4 KiB only");
		return kt_end();
	}

	for (int unwritten = 0; unwritten < 2; unwritten++) {
		fd = kt_file("zero", 4 * KT_RANGE, unwritten ? KT_UNWRITTEN : KT_HOLE);
		if (unwritten && !kt_aligned(fd, 0, 4 * KT_RANGE)) {
			kt_skip("unwritten blocks", "the filesystem gave no aligned extent");
			continue;
		}
		map = kt_map(fd, 4 * KT_RANGE, PROT_READ, MAP_SHARED, 0);
		kt_trace_start();
		for (size_t i = 0; i < 4 * KT_NR; i++)
			if (memcmp(map + i * KT_PAGE, zeros, KT_PAGE))
				clean = false;
		kt_trace_stop();
		kt_ok(clean, "%s: reads as zeros", unwritten ? "unwritten blocks" : "hole");
		kt_ok(kt_count("dax_pmd_load_hole", NULL) == 4 &&
			      kt_count("dax_pmd_fault_done", "NOPAGE", NULL) == 4 &&
			      kt_count("dax_pte_fault", NULL) == 0,
		      "%s: one fault and one zero page a range", unwritten ? "unwritten blocks" : "hole");
		munmap(map, 4 * KT_RANGE);
		close(fd);
	}

	fd = kt_file("zerorace", ROUNDS * KT_RANGE, KT_HOLE);
	map = kt_map(fd, ROUNDS * KT_RANGE, PROT_READ, MAP_SHARED, 0);
	pthread_barrier_init(&barrier, NULL, THREADS);
	kt_trace_start();
	for (size_t i = 0; i < THREADS; i++)
		pthread_create(&thread[i], NULL, reader, (void *)i);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	kt_trace_stop();
	kt_ok(kt_count("dax_pmd_load_hole", NULL) >= ROUNDS, "many readers: every range has its zero page");
	if (kt_has_pmd)
		kt_ok(kt_count("dax_pmd_fallback", NULL) == 0 && kt_count("dax_pmd_downgrade", NULL) == 0,
		      "many readers: nobody falls back, nothing is split");
	close(fd);
	return kt_end();
}
