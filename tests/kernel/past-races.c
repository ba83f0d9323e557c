// SPDX-License-Identifier: GPL-2.0-only
/* Bugs of the past that were races: readers of one hole, writes against 2 MiB reads, private against shared, faults against holes punched and files cut. */
#include "kt.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { THREADS = 6, SECONDS = 3, RANGES = 4 };

static const int rw = PROT_READ | PROT_WRITE;
static atomic_bool stop;
static atomic_uint wrong;
static pthread_barrier_t barrier;
static int file;
static char *aligned, *skewed, *private;

static void run(const char *name, void *(*first)(void *), void *(*others)(void *))
{
	pthread_t thread[THREADS];

	atomic_store(&stop, false);
	atomic_store(&wrong, 0);
	kt_deadline(100, name);
	for (size_t i = 0; i < THREADS; i++)
		pthread_create(&thread[i], NULL, i ? others : first, (void *)i);
	sleep(SECONDS);
	atomic_store(&stop, true);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	kt_ok(!atomic_load(&wrong), "%s (%u wrong)", name, atomic_load(&wrong));
}

static void *hole_reader(void *arg)
{
	(void)arg;
	for (size_t i = 0; i < 200; i++) {
		pthread_barrier_wait(&barrier);
		if (kt_read(skewed + i * KT_PAGE) || skewed[i * KT_PAGE])
			atomic_fetch_add(&wrong, 1);
	}
	return NULL;
}

static void one_hole(void)
{
	pthread_t thread[THREADS];

	file = kt_file("onehole", KT_RANGE, KT_HOLE);
	skewed = kt_map_at(file, KT_RANGE, PROT_READ, MAP_SHARED, 0, KT_PAGE);
	pthread_barrier_init(&barrier, NULL, THREADS);
	kt_deadline(100, "many readers of the same page of a hole");
	for (size_t i = 0; i < THREADS; i++)
		pthread_create(&thread[i], NULL, hole_reader, NULL);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	kt_ok(!atomic_load(&wrong), "many readers of the same page of a hole");
	close(file);
}

/* Counts up with write(); what a mapping shows may never be behind what was written before it was read */
static atomic_uint written;

static void *counter(void *arg)
{
	unsigned int n = 0;

	(void)arg;
	while (!atomic_load(&stop)) {
		off_t range = (off_t)(n % RANGES * KT_RANGE);

		n++;
		if (pwrite(file, &n, sizeof(n), range + 0x40 * (off_t)KT_PAGE) != sizeof(n))
			kt_die("pwrite");
		if (n % RANGES == 0)
			atomic_store(&written, n);
		if (n % 64 == 0 && fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, KT_PAGE) &&
		    errno != EOPNOTSUPP) /* ext2 punches no holes */
			kt_die("fallocate");
	}
	return NULL;
}

static void *count_reader(void *arg)
{
	unsigned int seed = (unsigned int)(size_t)arg;

	while (!atomic_load(&stop)) {
		size_t range = (size_t)rand_r(&seed) % RANGES;
		char *m = (rand_r(&seed) & 1 ? aligned : skewed) + range * KT_RANGE;
		unsigned int before = atomic_load(&written), now;

		memcpy(&now, m + 0x40 * KT_PAGE, sizeof(now));
		if (before && now + RANGES < before)
			atomic_fetch_add(&wrong, 1);
		if (rand_r(&seed) % 8 == 0)
			madvise(aligned, RANGES * KT_RANGE, MADV_DONTNEED);
	}
	return NULL;
}

/* Private writes must never be seen by others, whatever size the entry has */
static void *private_writer(void *arg)
{
	unsigned int seed = (unsigned int)(size_t)arg;

	while (!atomic_load(&stop)) {
		size_t page = (size_t)rand_r(&seed) % (RANGES * KT_NR);

		kt_write(private + page * KT_PAGE, (char)0xee);
		if (rand_r(&seed) % 32 == 0)
			madvise(private, RANGES * KT_RANGE, MADV_DONTNEED);
	}
	return NULL;
}

static void *shared_reader(void *arg)
{
	unsigned int seed = (unsigned int)(size_t)arg;

	if (seed & 1)
		return private_writer(arg);
	while (!atomic_load(&stop)) {
		size_t page = (size_t)rand_r(&seed) % (RANGES * KT_NR);
		char got = (seed & 2 ? aligned : skewed)[page * KT_PAGE];

		if (got == (char)0xee)
			atomic_fetch_add(&wrong, 1);
		if (rand_r(&seed) % 32 == 0)
			madvise(aligned, RANGES * KT_RANGE, MADV_DONTNEED);
	}
	return NULL;
}

/* Holes are punched and the file cut under the faults: a page is the pattern, zero, or SIGBUS */
static void *cutter(void *arg)
{
	unsigned int seed = 7;
	static char buf[KT_PAGE];

	(void)arg;
	while (!atomic_load(&stop)) {
		off_t range = (off_t)((size_t)rand_r(&seed) % RANGES * KT_RANGE);

		switch (rand_r(&seed) % 3) {
		case 0:
			fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, range, KT_RANGE);
			break;
		case 1:
			if (ftruncate(file, range + (off_t)KT_PAGE) || ftruncate(file, RANGES * (off_t)KT_RANGE))
				kt_die("ftruncate");
			break;
		default:
			memset(buf, 0x5a, sizeof(buf));
			fallocate(file, 0, range, KT_RANGE);
			for (off_t i = 0; i < 8; i++)
				if (pwrite(file, buf, sizeof(buf), range + i * 64 * (off_t)KT_PAGE) < 0)
					kt_die("pwrite");
		}
	}
	return NULL;
}

static void *cut_reader(void *arg)
{
	unsigned int seed = (unsigned int)(size_t)arg;

	while (!atomic_load(&stop)) {
		size_t page = (size_t)rand_r(&seed) % (RANGES * KT_NR);
		char *at = (rand_r(&seed) & 1 ? aligned : skewed) + page * KT_PAGE;
		int sig = rand_r(&seed) % 4 ? kt_read(at) : kt_write(at, 0x5a);

		if (sig && sig != SIGBUS)
			atomic_fetch_add(&wrong, 1);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	kt_init(argc, argv);
	one_hole();

	file = kt_file("counted", RANGES * KT_RANGE, KT_HOLE);
	aligned = kt_map(file, RANGES * KT_RANGE, rw, MAP_SHARED, 0);
	skewed = kt_map_at(file, RANGES * KT_RANGE, rw, MAP_SHARED, 0, KT_PAGE);
	if (kt_has_pmd || !kt_since(6, 15))
		run("write() against 2 MiB reads", counter, count_reader);
	else
		kt_skip("write() against 2 MiB reads", "mainline removes entries that are mapped, see kernel-patches/README.md");
	close(file);

	file = kt_file("privateshared", RANGES * KT_RANGE, KT_WRITTEN);
	aligned = kt_map(file, RANGES * KT_RANGE, rw, MAP_SHARED, 0);
	skewed = kt_map_at(file, RANGES * KT_RANGE, rw, MAP_SHARED, 0, KT_PAGE);
	private = kt_map(file, RANGES * KT_RANGE, rw, MAP_PRIVATE, 0);
	run("private writes against shared reads", shared_reader, shared_reader);
	close(file);

	file = kt_file("cut", RANGES * KT_RANGE, KT_WRITTEN);
	aligned = kt_map(file, RANGES * KT_RANGE, rw, MAP_SHARED, 0);
	skewed = kt_map_at(file, RANGES * KT_RANGE, rw, MAP_SHARED, 0, KT_PAGE);
	run("faults against holes punched and a file cut", cutter, cut_reader);
	close(file);
	return kt_end();
}
