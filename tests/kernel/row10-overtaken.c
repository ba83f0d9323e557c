// SPDX-License-Identifier: GPL-2.0-only
/*
 * Row 10: a synchronous write of 4 KiB is overtaken, while its file is synced, by a fault that maps the range at 2 MiB.
 *
 * A sync holds one 4 KiB entry of the range, so the writer gets a 4 KiB entry too, and sleeps until the log is written.
 * The sync is over by then, and a reader has the range upgraded and mapped. A pte put in afterwards would be written
 * into the file.
 *
 * The order is forced by priorities: what the writer waits for (a worker, a journal thread) gets no CPU while the reader,
 * which runs only when the writer sleeps, is at work and the thread that synced spins on the other CPU. On any further CPU
 * one more thread spins.
 */
#include "kt.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef SYNC_FILE_RANGE_WRITE_AND_WAIT
#define SYNC_FILE_RANGE_WRITE_AND_WAIT 7
#endif

enum { ROUNDS = 8, MOST_CPUS = 16, SYNCED = 3, WRITTEN = 5, READ = 9, NEW = 0xa5 };

static int file, read_signal, write_signal;
static char *map, *small_map;
static sem_t syncing, writing;
static atomic_bool synced, stop;
static unsigned char seen;

static void pin_fifo(int cpu, int priority)
{
	struct sched_param p = { .sched_priority = priority };

	kt_pin(cpu, SCHED_OTHER);
	if (sched_setscheduler(0, SCHED_FIFO, &p))
		kt_die("sched_setscheduler");
}

static void *sync_then_spin(void *arg)
{
	(void)arg;
	pin_fifo(1, 1);
	sem_post(&syncing);
	/* Without a wait the DAX code writes nothing back; unlike fsync() it does not sleep for the log */
	if (sync_file_range(file, SYNCED * KT_PAGE, KT_PAGE, SYNC_FILE_RANGE_WRITE_AND_WAIT))
		kt_die("sync_file_range");
	atomic_store(&synced, true);
	while (!atomic_load(&stop))
		;
	return NULL;
}

static void *spin(void *arg)
{
	pin_fifo((int)(size_t)arg, 1);
	while (!atomic_load(&stop))
		;
	return NULL;
}

static void *write_page(void *arg)
{
	double since;

	(void)arg;
	pin_fifo(0, 2);
	while (sem_wait(&syncing))
		;
	since = kt_now();
	while (kt_now() - since < 0.0005)
		;
	sem_post(&writing);
	write_signal = kt_write(map + WRITTEN * KT_PAGE, (char)NEW);
	return NULL;
}

static void *read_page(void *arg)
{
	(void)arg;
	pin_fifo(0, 1);
	while (sem_wait(&writing))
		;
	while (!atomic_load(&synced))
		;
	read_signal = kt_get(map + READ * KT_PAGE, &seen);
	atomic_store(&stop, true);
	return NULL;
}

/* Page 0 is zero: a pte would be written there, which finds the data of the range where a page table should be */
static unsigned char expected(size_t at)
{
	if (at < KT_PAGE)
		return 0;
	return at == SYNCED * KT_PAGE || at == WRITTEN * KT_PAGE ? NEW : kt_pattern(at, 0);
}

static void make(unsigned int round)
{
	static const char zero[KT_PAGE];
	char name[32];

	snprintf(name, sizeof(name), "overtaken%u", round);
	file = kt_file(name, KT_RANGE, KT_WRITTEN);
	/* The block far behind is metadata that a synchronous write has to bring to the medium */
	if (pwrite(file, zero, KT_PAGE, 0) != KT_PAGE || fsync(file) ||
	    fallocate(file, FALLOC_FL_KEEP_SIZE, 16 * KT_RANGE, KT_PAGE))
		kt_die("fallocate");
	map = kt_map(file, KT_RANGE, PROT_READ | PROT_WRITE, KT_MAP_SYNC, 0);
	small_map = kt_map_at(file, KT_RANGE, PROT_READ | PROT_WRITE, MAP_SHARED, 0, KT_PAGE);
	kt_crowd(file, KT_RANGE);
	kt_write(small_map + SYNCED * KT_PAGE, (char)NEW);
}

static unsigned int wrong_bytes(void)
{
	static unsigned char got[KT_RANGE];
	unsigned int wrong = 0;

	if (pread(file, got, KT_RANGE, 0) != KT_RANGE)
		return KT_RANGE;
	for (size_t i = 0; i < KT_RANGE; i++)
		wrong += got[i] != expected(i);
	return wrong;
}

/* How many us of a second realtime threads may have: "-1" is all */
static void let_realtime_have(const char *us)
{
	int fd = open("/proc/sys/kernel/sched_rt_runtime_us", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, us, strlen(us)) != (ssize_t)strlen(us))
		kt_die("/proc/sys/kernel/sched_rt_runtime_us");
	close(fd);
}

int main(int argc, char **argv)
{
	unsigned int aligned = 0, hits = 0, wrong = 0, bad_access = 0;
	size_t cpus = (size_t)sysconf(_SC_NPROCESSORS_ONLN);

	kt_init(argc, argv);
	if (kt_fs == KT_EXT2) {
		kt_skip("an overtaken synchronous write", "ext2 has no MAP_SYNC");
		return kt_end();
	}
	let_realtime_have("-1");
	kt_pin(0, SCHED_OTHER);
	sem_init(&syncing, 0, 0);
	sem_init(&writing, 0, 0);
	for (unsigned int r = 0; r < ROUNDS; r++) {
		void *(*const run[])(void *) = { read_page, write_page, sync_then_spin };
		pthread_t thread[MOST_CPUS + 1];
		size_t nr = 0;

		make(r);
		atomic_store(&synced, false);
		atomic_store(&stop, false);
		kt_trace_start();
		for (size_t cpu = 2; cpu < cpus && cpu < MOST_CPUS; cpu++)
			pthread_create(&thread[nr++], NULL, spin, (void *)cpu);
		for (size_t i = 0; i < 3; i++) {
			pthread_create(&thread[nr++], NULL, run[i], NULL);
			usleep(10000); /* it is where it waits before the next one comes */
		}
		while (nr)
			pthread_join(thread[--nr], NULL);
		kt_trace_stop();
		aligned += kt_aligned(file, 0, KT_RANGE);
		hits += kt_count("dax_pmd_fallback", "reason pte_entry", NULL) == kt_tries() &&
			kt_count("dax_pmd_upgrade", "NOPAGE", NULL) == 1 &&
			kt_count("dax_insert_pfn_mkwrite_no_entry", NULL) == 1;
		bad_access += read_signal || write_signal || seen != kt_pattern(READ * KT_PAGE, 0);
		wrong += wrong_bytes();
		kt_uncrowd();
		munmap(map, KT_RANGE);
		munmap(small_map, KT_RANGE);
		close(file);
	}
	let_realtime_have("950000"); /* as kernels start */
	kt_ok(!bad_access, "overtaken: both threads read and write what they should");
	kt_ok(!wrong, "overtaken: the file holds what was written (%u bytes do not)", wrong);
	if (!aligned)
		kt_skip("overtaken: the window was hit", "the filesystem gave no aligned extent");
	else if (!kt_has_pmd)
		kt_skip("overtaken: the window was hit", "this kernel upgrades no range");
	else
		kt_ok(hits > 0, "overtaken: the window was hit (%u of %u rounds)", hits, aligned);
	return kt_end();
}
