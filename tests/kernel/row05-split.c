// SPDX-License-Identifier: GPL-2.0-only
/* Rows 4 and 5: one lock for all offsets of a 2 MiB entry; the split wakes all who wait for it, the upgrade too. */
#include "kt.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ROUNDS = 16 };

static const int rw = PROT_READ | PROT_WRITE;
static pthread_barrier_t barrier;
static char *small_map;
static int file;
static atomic_bool stop;
static useconds_t delay; /* differs from round to round: one of them fits */

/* Three tasks want three pages of a 2 MiB zero page; the first one to come splits it */
static void *splitter(void *arg)
{
	size_t me = (size_t)arg;

	for (size_t r = 0; r < ROUNDS; r++) {
		pthread_barrier_wait(&barrier);
		if (me) /* behind the first by much less than the unmap takes */
			usleep(300);
		kt_read(small_map + r * KT_RANGE + (2 + me) * KT_PAGE);
		pthread_barrier_wait(&barrier);
	}
	return NULL;
}

static void lost_wakeup_at_split(void)
{
	pthread_t thread[3];
	unsigned int hits = 0;
	char *big;

	file = kt_file("split", ROUNDS * KT_RANGE, KT_HOLE);
	big = kt_map(file, ROUNDS * KT_RANGE, PROT_READ, MAP_SHARED, 0);
	small_map = kt_map_at(file, ROUNDS * KT_RANGE, PROT_READ, MAP_SHARED, 0, KT_PAGE);
	for (size_t r = 0; r < ROUNDS; r++)
		kt_read(big + r * KT_RANGE);
	kt_crowd(file, ROUNDS * KT_RANGE);
	pthread_barrier_init(&barrier, NULL, 3);
	kt_deadline(200, "split: three tasks at one 2 MiB entry");
	kt_trace_start();
	for (size_t i = 0; i < 3; i++)
		pthread_create(&thread[i], NULL, splitter, (void *)i);
	for (size_t i = 0; i < 3; i++)
		pthread_join(thread[i], NULL);
	kt_trace_stop();
	kt_uncrowd();
	kt_ok(true, "split: nobody waits for an entry that is gone");
	if (!kt_has_trace) {
		kt_skip("split: the window was hit", "this kernel has no event for waits");
		return;
	}
	for (size_t r = 0; r < ROUNDS; r++) {
		unsigned int waits = 0;

		for (size_t i = 2; i < 5; i++) {
			char pgoff[32];

			snprintf(pgoff, sizeof(pgoff), "pgoff 0x%zx", r * KT_NR + i);
			waits += kt_count("dax_entry_wait", pgoff, "held_order 9", "order 0", "op pte_fault", NULL);
		}
		hits += waits == 2;
	}
	kt_ok(hits > 0, "split: the window was hit (two waiters in %u of %d rounds)", hits, ROUNDS);
	kt_ok(kt_count("dax_pmd_downgrade", "kind zero", NULL) == ROUNDS, "split: each range once");
	kt_ok(kt_count("contention_begin", NULL) > 0 && kt_count("contention_end", NULL) > 0,
	      "split: the waits are lock contention too");
	kt_trace_start();
	kt_read(big + 5 * KT_PAGE);
	kt_trace_stop();
	kt_ok(kt_count("dax_pte_fault", NULL) + kt_count("dax_pmd_fault", NULL) > 0,
	      "split: the zero page was unmapped from the others");
	close(file);
}

static void *syncer(void *arg)
{
	(void)arg;
	kt_pin(1, SCHED_OTHER);
	pthread_barrier_wait(&barrier);
	usleep(1000);
	fdatasync(file);
	return NULL;
}

/* Keeps CPU 0, so that who is woken there does not run at once */
static void *hog(void *arg)
{
	(void)arg;
	kt_pin(0, SCHED_OTHER);
	pthread_barrier_wait(&barrier);
	usleep(delay + 600);
	while (!atomic_load(&stop))
		;
	return NULL;
}

static void *waiter(void *arg)
{
	kt_pin(0, SCHED_IDLE);
	pthread_barrier_wait(&barrier);
	usleep(delay);
	kt_read((char *)arg);
	return NULL;
}

/*
 * Two tasks wait for one 4 KiB entry that a sync holds.  The sync wakes the
 * first of them, which does not get to run before a 2 MiB fault has upgraded
 * the range.  The second is on the queue of an entry that is gone.
 */
static void lost_wakeup_at_upgrade(void)
{
	const size_t size = ROUNDS * KT_RANGE;
	unsigned int both = 0, upgrades = 0;
	char *m, *w[2];

	file = kt_file("upgrade-wake", size, KT_WRITTEN);
	if (!kt_aligned(file, 0, size)) {
		kt_skip("upgrade: waiters", "the filesystem gave no aligned extent");
		return;
	}
	/* All mappings before: mmap() has to wait for a walk of them */
	small_map = kt_map_at(file, size, rw, MAP_SHARED, 0, KT_PAGE);
	w[0] = kt_map_at(file, size, PROT_READ, MAP_SHARED, 0, KT_PAGE);
	w[1] = kt_map_at(file, size, PROT_READ, MAP_SHARED, 0, KT_PAGE);
	m = kt_map(file, size, PROT_READ, MAP_SHARED, 0);
	kt_crowd(file, size);
	kt_deadline(200, "upgrade: two tasks at one 4 KiB entry");

	for (size_t round = 0; round < ROUNDS; round++) {
		pthread_t wait[2], sync, busy;
		size_t at = round * KT_RANGE;
		char pgoff[32];

		/* Page tables are there, so that the waiters' faults are 4 KiB at once */
		kt_read(w[0] + at + 7 * KT_PAGE);
		kt_read(w[1] + at + 7 * KT_PAGE);
		kt_write(small_map + at + 9 * KT_PAGE, 1);
		atomic_store(&stop, false);
		delay = 1100 + 200 * (useconds_t)round;
		pthread_barrier_init(&barrier, NULL, 5);
		kt_trace_start();
		pthread_create(&wait[0], NULL, waiter, w[0] + at + 9 * KT_PAGE);
		pthread_create(&wait[1], NULL, waiter, w[1] + at + 9 * KT_PAGE);
		pthread_create(&sync, NULL, syncer, NULL);
		pthread_create(&busy, NULL, hog, NULL);
		kt_pin(1, SCHED_OTHER);
		pthread_barrier_wait(&barrier);
		pthread_join(sync, NULL);
		kt_read(m + at);
		usleep(20000);
		atomic_store(&stop, true);
		pthread_join(busy, NULL);
		pthread_join(wait[0], NULL);
		pthread_join(wait[1], NULL);
		kt_trace_stop();
		snprintf(pgoff, sizeof(pgoff), "pgoff 0x%zx", round * KT_NR + 9);
		both += kt_count("dax_entry_wait", "op pte_fault", pgoff, NULL) == 2 &&
			kt_count("dax_pmd_upgrade", NULL) == 1;
		upgrades += kt_count("dax_pmd_upgrade", NULL);
	}
	kt_uncrowd();
	close(file);
	kt_ok(true, "upgrade: nobody waits for an entry that is gone");
	kt_ok(both > 0, "upgrade: the window was hit (two waiters in %u of %d rounds, %u upgrades)", both, ROUNDS, upgrades);
}

int main(int argc, char **argv)
{
	kt_init(argc, argv);
	if (kt_fs == KT_EXT2) {
		kt_skip("split", "ext2 has 4 KiB only");
		return kt_end();
	}
	lost_wakeup_at_split();
	if (kt_has_pmd)
		lost_wakeup_at_upgrade();
	else
		kt_skip("upgrade: waiters", "this kernel has no upgrade");
	return kt_end();
}
