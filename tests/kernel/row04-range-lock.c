// SPDX-License-Identifier: GPL-2.0-only
/* Rows 4 and 8: who sleeps for an entry lock, for what, and who must not; syncs and layout scans wait for locked entries. */
#include "kt.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef FALLOC_FL_PUNCH_HOLE
#define FALLOC_FL_PUNCH_HOLE 2
#define FALLOC_FL_KEEP_SIZE 1
#endif

enum { TRIES = 24, THREADS = 6 };

static const int rw = PROT_READ | PROT_WRITE;
static pthread_barrier_t barrier;
static atomic_bool stop;
static int file;
static char *area, *large;

static atomic_bool sync_over;

static void spin(double seconds)
{
	for (double until = kt_now() + seconds; kt_now() < until;)
		;
}

static void *syncer(void *arg)
{
	(void)arg;
	kt_pin(1, SCHED_OTHER);
	pthread_barrier_wait(&barrier);
	fdatasync(file);
	atomic_store(&sync_over, true);
	return NULL;
}

/*
 * A file of many ranges and a crowd of mappings.  Each try takes the next range
 * from the end: its page 9 is dirty at 4 KiB, and a sync of it that takes long
 * has begun.  How long it needs to get to the entry depends on the load of the
 * machine, so each try waits for another time; the trace proves which one met
 * the entry locked.
 */
static void begin(const char *name)
{
	file = kt_file(name, TRIES * KT_RANGE, KT_WRITTEN);
	area = kt_map_at(file, TRIES * KT_RANGE, rw, MAP_SHARED, 0, KT_PAGE);
	/* All mappings now: mmap() has to wait for a walk of them */
	large = kt_map(file, TRIES * KT_RANGE, PROT_READ, MAP_SHARED, 0);
	kt_crowd(file, TRIES * KT_RANGE);
	pthread_barrier_init(&barrier, NULL, 2);
	kt_pin(0, SCHED_OTHER);
}

static void end(void)
{
	kt_uncrowd();
	munmap(area, TRIES * KT_RANGE);
	munmap(large, TRIES * KT_RANGE);
	close(file);
}

static size_t range_of(size_t try)
{
	return (TRIES - 1 - try) * KT_RANGE;
}

static pthread_t start_slow_sync(size_t try)
{
	double delay = 50e-6;
	pthread_t thread;

	for (size_t i = 0; i < try; i++)
		delay *= 1.25;

	kt_write(area + range_of(try) + 9 * KT_PAGE, 1);
	atomic_store(&sync_over, false);
	kt_trace_start();
	pthread_create(&thread, NULL, syncer, NULL);
	pthread_barrier_wait(&barrier);
	spin(delay);
	return thread;
}

static void end_slow_sync(pthread_t thread)
{
	pthread_join(thread, NULL);
	kt_trace_stop();
}

static void conflict_does_not_sleep(void)
{
	bool met = false, slept = false;

	begin("conflict");
	for (size_t try = 0; try < TRIES && !met; try++) {
		pthread_t sync = start_slow_sync(try);

		kt_read(large + range_of(try) + 0x100 * KT_PAGE);
		end_slow_sync(sync);
		/* With the upgrade only a locked entry makes it fall back; the second try may find it unlocked */
		met = kt_count("dax_pmd_fault_done", "FALLBACK", NULL) > 0;
		slept |= kt_count("dax_entry_wait", "op pmd_fault", NULL) > 0 &&
			 kt_count("dax_pmd_upgrade", NULL) == 0;
	}
	kt_ok(met, "2 MiB meets a locked 4 KiB entry: falls back");
	if (kt_has_trace)
		kt_ok(kt_count("dax_pmd_fallback", "pte_entry", NULL) == kt_count("dax_pmd_fault_done", "FALLBACK", NULL) && !slept,
		      "2 MiB meets a locked 4 KiB entry: does not sleep for it");
	end();
}

static void waits(void)
{
	uint64_t ns = 0, ino = 0, pgoff = 0;
	const char *line = NULL;
	size_t try = 0;
	char *m;

	if (!kt_has_trace) {
		kt_skip("waits", "this kernel has no event for them");
	} else {
		begin("waits");
		for (; try < TRIES && !line; try++) {
			char *page = area + range_of(try) + 9 * KT_PAGE;
			pthread_t sync = start_slow_sync(try);

			/* As often as it can be done while the sync runs */
			do {
				madvise(page, KT_PAGE, MADV_DONTNEED);
				kt_read(page);
			} while (!atomic_load(&sync_over));
			end_slow_sync(sync);
			line = kt_line("dax_entry_wait", "op pte_fault", NULL);
		}
		kt_field(line, "wait_ns", &ns);
		kt_field(line, "ino", &ino);
		kt_field(line, "pgoff", &pgoff);
		kt_ok(kt_count("dax_entry_wait", "op pte_fault", NULL) >= 1 && pgoff == range_of(try - 1) / KT_PAGE + 9 &&
			      kt_count("dax_entry_wait", "order 0", "held_order 0", "op pte_fault", NULL) ==
				      kt_count("dax_entry_wait", "op pte_fault", NULL),
		      "4 KiB meets the locked entry: a wait, with what and where");
		kt_ok(ns > 1000 && ns < 60000000000ULL && ino, "the wait has a length (%llu ns) and a file",
		      (unsigned long long)ns);
		kt_ok(kt_count("contention_begin", NULL) >= 1, "the same wait is lock contention");
		end();
	}

	/* No wait without contention */
	file = kt_file("calm", KT_RANGE, KT_WRITTEN);
	m = kt_map(file, KT_RANGE, rw, MAP_SHARED, 0);
	kt_trace_start();
	kt_write(m, 1);
	fsync(file);
	kt_trace_stop();
	kt_ok(kt_count("dax_entry_wait", NULL) == 0, "no wait is reported where nobody waits");
	close(file);
}

/* 6.1 passes over locked entries; pmd/ waits, and mainline from 6.15 on */
static void layout_waits(void)
{
	bool met = false, gone = true;

	begin("layout");
	for (size_t try = 0; try < TRIES - 1 && !met; try++) {
		pthread_t sync;

		/* The truncate unmaps first, which takes long too: many entries make the sync longer */
		for (size_t i = 0; i < 64; i++)
			kt_write(area + range_of(try) + (16 + i) * KT_PAGE, 1);
		sync = start_slow_sync(try);
		if (ftruncate(file, (off_t)range_of(try)))
			kt_die("ftruncate");
		end_slow_sync(sync);
		met = kt_count("dax_entry_wait", "op layout", NULL) >= 1;
		gone &= kt_read(area + range_of(try) + 9 * KT_PAGE) == 7;
	}
	kt_ok(met, "a truncate meets the locked entry: waits for it");
	kt_ok(gone, "a truncate meets the locked entry: and then the page is gone");
	end();
}

/* Mainline passes over locked entries; pmd/ waits */
static void syncs_wait(void)
{
	bool met = false;
	pthread_t sync;

	/* Two syncs: the second must not return before the first has flushed */
	begin("twosyncs");
	for (size_t try = 0; try < TRIES && !met; try++) {
		sync = start_slow_sync(try);
		do
			fdatasync(file);
		while (!atomic_load(&sync_over));
		end_slow_sync(sync);
		met = kt_count("dax_entry_wait", "op writeback", NULL) >= 1 &&
		      kt_count("dax_writeback_one", NULL) >= 1;
	}
	kt_ok(met, "a second sync meets the locked entry: waits for it");
	end();
}

/*
 * A sync first marks all dirty entries, then writes back one after the other. An entry that is marked, and is upgraded
 * before its turn comes, must keep that mark: this sync has to write it back, not the next one. The entries before it
 * take long, because of the crowd. The trace proves the order: the sync had written back one of them when the fault came
 * that upgraded the range, and the range was written back before the sync was over.
 */
static void marked_then_upgraded(void)
{
	const char *what = "a range that is upgraded while it waits for a sync";
	bool met = false, written = false;
	char *m;

	for (size_t try = 0; try < TRIES && !met; try++) {
		const char *first, *fault, *upgrade, *over, *line;
		pthread_t sync;

		file = kt_file("marked", 2 * KT_RANGE, KT_WRITTEN);
		if (!kt_aligned(file, 0, 2 * KT_RANGE)) {
			kt_skip(what, "the filesystem gave no aligned extent");
			close(file);
			return;
		}
		area = kt_map_at(file, 2 * KT_RANGE, rw, MAP_SHARED, 0, KT_PAGE);
		m = kt_map(file, 2 * KT_RANGE, PROT_READ, MAP_SHARED, 0);
		kt_crowd(file, 2 * KT_RANGE);
		pthread_barrier_init(&barrier, NULL, 2);
		for (size_t i = 0; i < 64; i++)
			kt_write(area + i * KT_PAGE, 1);
		kt_write(area + KT_RANGE + 0x99 * KT_PAGE, 1);
		atomic_store(&sync_over, false);
		kt_trace_start();
		pthread_create(&sync, NULL, syncer, NULL);
		pthread_barrier_wait(&barrier);
		usleep(20000u << (try % 4));
		kt_read(m + KT_RANGE);
		pthread_join(sync, NULL);
		kt_trace_stop();
		kt_uncrowd();
		first = kt_nth_line(0, "dax_writeback_one", NULL);
		over = kt_nth_line(0, "dax_writeback_range_done", NULL);
		fault = kt_nth_line(0, "dax_pmd_fault", NULL);
		upgrade = kt_nth_line(0, "dax_pmd_upgrade", "range_pgoff 0x200", "dirty", NULL);
		met = first && over && fault && upgrade && first < fault && upgrade < over;
		line = kt_line("dax_writeback_one", "pgoff 0x200", "pglen 0x200", NULL);
		written = met && line && line > fault && line < over;
		if (met && !written)
			kt_trace_dump();
		munmap(m, 2 * KT_RANGE);
		munmap(area, 2 * KT_RANGE);
		close(file);
	}
	kt_ok(met, "%s: both met", what);
	kt_ok(written, "%s: the same sync writes it back", what);
}

static void *mixer(void *arg)
{
	unsigned int seed = (unsigned int)(size_t)arg;
	char *big = area, *small = kt_map_at(file, 4 * KT_RANGE, rw, MAP_SHARED, 0, KT_PAGE);
	bool mine = seed & 1;

	while (!atomic_load(&stop)) {
		size_t page = (size_t)rand_r(&seed) % (4 * KT_NR);

		if (mine)
			kt_read(big + page * KT_PAGE);
		else
			kt_write(small + page * KT_PAGE, 1);
		if (rand_r(&seed) % 16 == 0)
			madvise((mine ? big : small), 4 * KT_RANGE, MADV_DONTNEED);
		if (rand_r(&seed) % 64 == 0)
			fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
				  (off_t)(page / KT_NR * KT_RANGE), KT_RANGE);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread[THREADS];

	kt_init(argc, argv);
	if (kt_fs == KT_EXT2) {
		kt_skip("range lock", "ext2 has 4 KiB only");
		return kt_end();
	}
	conflict_does_not_sleep();
	waits();
	if (kt_has_pmd || (kt_has_trace && kt_since(6, 15)))
		layout_waits();
	else
		kt_skip("a truncate meets the locked entry", "this kernel passes over it");
	if (kt_has_pmd) {
		syncs_wait();
		marked_then_upgraded();
	} else {
		kt_skip("a second sync meets the locked entry", "this kernel passes over it");
	}

	kt_deadline(60, "both sizes at the same ranges");
	file = kt_file("mixed", 4 * KT_RANGE, KT_HOLE);
	area = kt_map(file, 4 * KT_RANGE, PROT_READ, MAP_SHARED, 0);
	for (size_t i = 0; i < THREADS; i++)
		pthread_create(&thread[i], NULL, mixer, (void *)(i + 1));
	sleep(4);
	atomic_store(&stop, true);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	kt_ok(true, "both sizes at the same ranges, with holes punched: nobody hangs");
	close(file);
	return kt_end();
}
