// SPDX-License-Identifier: GPL-2.0-only
/*
 * Row 12: a 2 MiB read of a hole that finds a page table where it wanted to put the zero page falls back, once.
 *
 * Two threads read one hole, a third writes to its private copy, which splits the zero page. On 6.1 a reader that finds
 * the zero page of another one in place falls back. pmd/ is content with it, and a page table comes only with the lock of
 * the entry, which the reader holds: no race is lost. From 6.18 on mainline is content with it too, and a fault that finds
 * a page table is repeated.
 */
#include "kt.h"

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ROUNDS = 200 };

static char *range;
static pthread_barrier_t start, end;
static unsigned char seen[3];

static void *toucher(void *arg)
{
	size_t me = (size_t)arg;

	for (int i = 0; i < ROUNDS; i++) {
		char *at;

		pthread_barrier_wait(&start);
		at = range + (me + 1) * 17 * KT_PAGE;
		if (me == 2) {
			/* Not before there is a zero page to split */
			kt_read(at);
			kt_write(at, 1);
		}
		kt_get(at, &seen[me]);
		pthread_barrier_wait(&end);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread[3];
	unsigned int lost = 0, fell_back = 0, wrong = 0;

	kt_init(argc, argv);
	if (kt_fs == KT_EXT2) {
		kt_skip("a lost race", "ext2 has no zero page of 2 MiB");
		return kt_end();
	}
	if (!kt_has_trace) {
		kt_skip("a lost race", "the reason is not told by this kernel");
		return kt_end();
	}
	pthread_barrier_init(&start, NULL, 4);
	pthread_barrier_init(&end, NULL, 4);
	kt_trace_start();
	for (size_t i = 0; i < 3; i++)
		pthread_create(&thread[i], NULL, toucher, (void *)i);
	for (int i = 0; i < ROUNDS; i++) {
		int fd = kt_file("race", KT_RANGE, KT_HOLE);

		range = kt_map(fd, KT_RANGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, 0);
		pthread_barrier_wait(&start);
		pthread_barrier_wait(&end);
		wrong += seen[0] != 0 || seen[1] != 0 || seen[2] != 1;
		munmap(range, KT_RANGE);
		close(fd);
	}
	for (size_t i = 0; i < 3; i++)
		pthread_join(thread[i], NULL);
	kt_trace_stop();
	lost = kt_count("dax_pmd_fallback", "lost_race", NULL);
	fell_back = kt_count("dax_pmd_fallback", NULL);
	kt_ok(!wrong, "lost race: each thread reads what it should (%u of %u rounds do not)", wrong, (unsigned int)ROUNDS);
	kt_ok(fell_back == kt_count("dax_pmd_fault_done", "FALLBACK", NULL), "lost race: a reason for each of %u fallbacks",
	      fell_back);
	if (kt_has_pmd || kt_since(6, 18)) {
		kt_ok(!lost, "lost_race: nobody loses to who comes later (%u did)", lost);
		return kt_end();
	}
	if (!lost) {
		kt_skip("lost_race", "no race was lost in this run");
		return kt_end();
	}
	kt_ok(lost > 0 && kt_count("dax_pmd_load_hole_fallback", NULL) == lost, "lost_race: said each of %u times", lost);
	return kt_end();
}
