// SPDX-License-Identifier: GPL-2.0-only
/*
 * Everything at once over a file, with the contents checked against a model: stress DIR SECONDS [fail]. Where the
 * filesystem can share blocks, a twin shares those of the file, again and again; what is done to it must not be seen.
 */
#include "kt.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

enum { PROCESSES = 3, THREADS = 3, WORKERS = PROCESSES * THREADS, RANGES = 6, PAGES = RANGES * 512 };

/*
 * Worker w owns byte w of each page, so that every byte has one writer.  A page
 * is cleared by whoever punches or cuts it; the two counts say whether that
 * began, and ended, since the owner wrote.  If not, the byte must be what was
 * written; if so, it may be zero as well.  An older value is always wrong.
 */
struct page_model {
	atomic_uint started, finished;
};

static struct {
	struct page_model page[PAGES];
	atomic_uint ops, checked, wrong, faults_failed, shared, unshared, deduped;
} *model;

static const int rw = PROT_READ | PROT_WRITE;
static const size_t size = RANGES * KT_RANGE;
static int file, twin;
static double end_time;
static char path[512], twin_path[512];
static bool failing, sharing;

struct worker {
	unsigned int id, seed;
	char *aligned, *skewed;
	unsigned char value[PAGES];
	unsigned int seen[PAGES]; /* "started" when it was written */
	bool sure[PAGES];
};

static void map_both(struct worker *w)
{
	w->aligned = kt_map(file, size, rw, MAP_SHARED, 0);
	w->skewed = kt_map_at(file, size, rw, MAP_SHARED, 0, KT_PAGE);
}

/* The reserved addresses around a mapping go with it */
static void unmap_both(struct worker *w)
{
	munmap(w->aligned, size + KT_RANGE);
	munmap(w->skewed - KT_PAGE, size + KT_RANGE);
}

static void write_byte(struct worker *w, size_t page)
{
	struct page_model *p = &model->page[page];
	unsigned int started = atomic_load(&p->started), finished = atomic_load(&p->finished);
	unsigned char value = (unsigned char)(rand_r(&w->seed) | 1);
	size_t at = page * KT_PAGE + w->id;
	bool done;

	switch (rand_r(&w->seed) % 3) {
	case 0:
		done = !kt_write(w->aligned + at, (char)value);
		break;
	case 1:
		done = !kt_write(w->skewed + at, (char)value);
		break;
	default:
		done = pwrite(file, &value, 1, (off_t)at) == 1;
	}
	if (!done) {
		/* Cut off meanwhile, or no memory: the old value stays, unless cleared */
		atomic_fetch_add(&model->faults_failed, 1);
		return;
	}
	w->value[page] = value;
	w->seen[page] = started;
	w->sure[page] = started == finished;
}

static void check_byte(struct worker *w, size_t page, int how)
{
	struct page_model *p = &model->page[page];
	size_t at = page * KT_PAGE + w->id;
	unsigned char got = 0;
	const char *m = how == 1 ? w->skewed : w->aligned;

	if (how == 2) {
		if (pread(file, &got, 1, (off_t)at) != 1)
			return;
	} else {
		if (kt_get(m + at, &got))
			return;
	}
	atomic_fetch_add(&model->checked, 1);
	if (got == w->value[page])
		return;
	if (!got && (!w->sure[page] || atomic_load(&p->started) != w->seen[page])) {
		w->value[page] = 0;
		w->sure[page] = false;
		return;
	}
	if (atomic_fetch_add(&model->wrong, 1) < 10)
		printf("# worker %u page %#zx: %#x instead of %#x (by %s)\n", w->id, page, got, w->value[page],
		       how == 2 ? "read()" : how ? "4 KiB mapping" : "2 MiB mapping");
}

static void clear_range(size_t page, size_t nr, bool cut)
{
	for (size_t i = page; i < page + nr; i++)
		atomic_fetch_add(&model->page[i].started, 1);
	if (cut) {
		(void)!ftruncate(file, (off_t)(page * KT_PAGE));
		while (ftruncate(file, (off_t)size) && errno == EINTR)
			;
	} else {
		(void)!fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)(page * KT_PAGE),
				 (off_t)(nr * KT_PAGE));
	}
	for (size_t i = page; i < page + nr; i++)
		atomic_fetch_add(&model->page[i].finished, 1);
}

static void child_touches(struct worker *w, size_t page)
{
	pid_t pid = fork();

	if (!pid) {
		kt_read(w->aligned + page * KT_PAGE);
		kt_read(w->skewed + page * KT_PAGE);
		_exit(0);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

static void pin_page(struct worker *w, size_t page)
{
	struct iovec v = { (rand_r(&w->seed) & 1 ? w->aligned : w->skewed) + page * KT_PAGE, KT_PAGE };
	char buf[KT_PAGE];
	int pipes[2];

	if (pipe2(pipes, O_NONBLOCK | O_CLOEXEC))
		return;
	if (vmsplice(pipes[1], &v, 1, SPLICE_F_NONBLOCK) > 0)
		(void)!read(pipes[0], buf, sizeof(buf));
	close(pipes[0]);
	close(pipes[1]);
}

static void split_mapping(struct worker *w, size_t page)
{
	char *at = w->aligned + page * KT_PAGE;
	char *moved;

	if (rand_r(&w->seed) & 1) {
		mprotect(at, KT_PAGE, PROT_READ);
		kt_read(at);
		mprotect(at, KT_PAGE, rw);
		return;
	}
	/* There and back: the mapping is split, moved without its page tables, and joined again */
	moved = mremap(at, KT_PAGE, KT_PAGE, MREMAP_MAYMOVE);
	if (moved == MAP_FAILED)
		return;
	kt_read(moved);
	if (moved != at && mremap(moved, KT_PAGE, KT_PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, at) == MAP_FAILED)
		(void)!mmap(at, KT_PAGE, rw, MAP_SHARED | MAP_FIXED, file, (off_t)(page * KT_PAGE));
}

/* When too many cuts come the file has holes only; give it storage in one piece again */
static void refill(size_t range)
{
	(void)!fallocate(file, 0, (off_t)(range * KT_RANGE), KT_RANGE);
}

static bool dedupe(off_t offset, size_t length)
{
	_Alignas(struct file_dedupe_range) char
		buf[sizeof(struct file_dedupe_range) + sizeof(struct file_dedupe_range_info)] = {0};
	struct file_dedupe_range *range = (struct file_dedupe_range *)buf;

	range->src_offset = (uint64_t)offset;
	range->src_length = length;
	range->dest_count = 1;
	range->info[0].dest_fd = twin;
	range->info[0].dest_offset = (uint64_t)offset;
	return !ioctl(file, FIDEDUPERANGE, range) && range->info[0].bytes_deduped;
}

/* Nothing of this changes what is in the file */
static void share(struct worker *w, size_t page)
{
	off_t offset = (off_t)(page * KT_PAGE), begin = (off_t)(page / KT_NR * KT_RANGE);
	struct file_clone_range one = {file, (uint64_t)begin, KT_RANGE, (uint64_t)begin};
	char *at;

	switch (rand_r(&w->seed) % 8) {
	case 0:
		atomic_fetch_add(&model->shared, !ioctl(twin, FICLONE, file));
		break;
	case 1:
		one.src_offset = one.dest_offset = (uint64_t)offset;
		one.src_length = KT_PAGE;
		/* fall through */
	case 2:
		atomic_fetch_add(&model->shared, !ioctl(twin, FICLONERANGE, &one));
		break;
	case 3:
		atomic_fetch_add(&model->unshared, !fallocate(file, FALLOC_FL_UNSHARE_RANGE, begin, KT_RANGE));
		break;
	case 4:
		atomic_fetch_add(&model->unshared, !fallocate(file, FALLOC_FL_UNSHARE_RANGE, offset, KT_PAGE));
		break;
	case 5:
		atomic_fetch_add(&model->deduped, dedupe(begin, KT_RANGE));
		break;
	case 6:
		(void)!fallocate(twin, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, KT_PAGE);
		break;
	default:
		at = kt_map(twin, size, rw, MAP_SHARED, 0);
		kt_read(at + begin);
		kt_write(at + offset + rand_r(&w->seed) % WORKERS, (char)rand_r(&w->seed));
		munmap(at, size + KT_RANGE);
	}
}

static void put(const char *file_name, const char *value)
{
	int fd = open(file_name, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		kt_die(file_name);
	close(fd);
}

static void *work(void *arg)
{
	struct worker *w = calloc(1, sizeof(*w));
	static const char onoff[2][2] = { "0", "1" };

	w->id = (unsigned int)(size_t)arg;
	w->seed = w->id * 7919 + 1;
	map_both(w);
	if (failing)
		put("/proc/thread-self/make-it-fail", "1");
	for (size_t i = 0; i < PAGES; i++)
		w->sure[i] = true; /* all zero, and 0 is the value */
	while (kt_now() < end_time) {
		size_t page = (size_t)rand_r(&w->seed) % PAGES, range = page / KT_NR;

		atomic_fetch_add(&model->ops, 1);
		switch (rand_r(&w->seed) % 40) {
		case 0:
			clear_range(range * KT_NR, KT_NR, false);
			break;
		case 1:
			clear_range(page, 1 + (size_t)rand_r(&w->seed) % (PAGES - page), false);
			break;
		case 2:
			if (rand_r(&w->seed) % 4 == 0)
				clear_range(page, PAGES - page, true);
			break;
		case 3:
			fsync(file);
			break;
		case 4:
			msync(w->aligned + page * KT_PAGE, KT_PAGE, MS_SYNC);
			break;
		case 5:
			madvise(w->aligned + range * KT_RANGE, KT_RANGE, MADV_DONTNEED);
			break;
		case 6:
			madvise(w->aligned + range * KT_RANGE, KT_RANGE, MADV_COLLAPSE);
			break;
		case 7:
			unmap_both(w);
			map_both(w);
			break;
		case 8:
			split_mapping(w, page);
			break;
		case 9:
			if (rand_r(&w->seed) % 8 == 0)
				child_touches(w, page);
			break;
		case 10:
			pin_page(w, page);
			break;
		case 11:
			kt_param(onoff[rand_r(&w->seed) % 4 != 0]);
			break;
		case 12:
		case 13:
			refill(range);
			break;
		case 14:
			/* The whole range through the large mapping: storage that gets one entry */
			for (size_t i = 0; i < KT_NR; i += 7)
				write_byte(w, range * KT_NR + i);
			break;
		case 15:
		case 16:
		case 17:
			if (sharing) {
				share(w, page);
				/* A clone unmaps. What is mapped of a shared block must go when it is copied */
				check_byte(w, page, 0);
				check_byte(w, page, 1);
				write_byte(w, page);
				for (int how = 0; how < 3; how++)
					check_byte(w, page, how);
				break;
			}
			/* fall through */
		default:
			if (rand_r(&w->seed) & 1)
				write_byte(w, page);
			else
				check_byte(w, page, rand_r(&w->seed) % 3);
		}
	}
	if (failing)
		put("/proc/thread-self/make-it-fail", "0");
	for (size_t i = 0; i < PAGES; i++)
		check_byte(w, i, 2);
	unmap_both(w);
	free(w);
	return NULL;
}

/* Allocations of the workers fail now and then: page tables, pages, tree nodes */
static void fail_allocations(void)
{
	static const char *const kinds[] = { "fail_page_alloc", "failslab" };

	for (size_t i = 0; i < 2; i++) {
		char name[128];

		snprintf(name, sizeof(name), "/sys/kernel/debug/%s/", kinds[i]);
		char *end = name + strlen(name);

		strcpy(end, "task-filter"), put(name, "Y");
		strcpy(end, "probability"), put(name, "1");
		strcpy(end, "interval"), put(name, "20");
		strcpy(end, "times"), put(name, "-1");
		strcpy(end, "space"), put(name, "0");
		strcpy(end, "verbose"), put(name, "0");
		strcpy(end, "ignore-gfp-wait"), put(name, "N");
	}
}

int main(int argc, char **argv)
{
	unsigned int seconds = argc > 2 ? (unsigned int)atoi(argv[2]) : 60;
	int status;

	kt_init(argc, argv);
	failing = argc > 3 && !strcmp(argv[3], "fail");
	if (failing)
		fail_allocations();
	kt_deadline(seconds + 300, "stress");
	model = mmap(NULL, sizeof(*model), rw, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (model == MAP_FAILED)
		kt_die("mmap");
	file = kt_file("stress", size, KT_UNWRITTEN);
	twin = kt_file("stress-twin", size, KT_HOLE);
	/* 6.1 hits a BUG when a page of a shared 2 MiB entry is written */
	sharing = kt_has_pmd && !ioctl(twin, FICLONE, file);
	close(file);
	close(twin);
	snprintf(path, sizeof(path), "%s/stress", kt_dir);
	snprintf(twin_path, sizeof(twin_path), "%s/stress-twin", kt_dir);
	end_time = kt_now() + seconds;
	for (size_t p = 0; p < PROCESSES; p++) {
		pthread_t thread[THREADS];

		if (fork())
			continue;
		alarm(seconds + 240);
		file = open(path, O_RDWR | O_CLOEXEC);
		twin = open(twin_path, O_RDWR | O_CLOEXEC);
		if (file < 0 || twin < 0)
			_exit(3);
		for (size_t t = 0; t < THREADS; t++)
			if (pthread_create(&thread[t], NULL, work, (void *)(p * THREADS + t)))
				_exit(3);
		for (size_t t = 0; t < THREADS; t++)
			pthread_join(thread[t], NULL);
		_exit(0);
	}
	for (size_t p = 0; p < PROCESSES; p++) {
		wait(&status);
		kt_ok(WIFEXITED(status) && !WEXITSTATUS(status), "process %zu came to its end (status %#x)", p, status);
	}
	kt_ok(!atomic_load(&model->wrong), "contents: %u of %u checks wrong", atomic_load(&model->wrong),
	      atomic_load(&model->checked));
	printf("# %u operations, %u accesses ended in a signal or an error\n", atomic_load(&model->ops),
	       atomic_load(&model->faults_failed));
	if (sharing)
		kt_ok(atomic_load(&model->shared) && atomic_load(&model->unshared) && atomic_load(&model->deduped),
		      "blocks were shared %u times, unshared %u times, deduped %u times", atomic_load(&model->shared),
		      atomic_load(&model->unshared), atomic_load(&model->deduped));
	kt_param("1");
	return kt_end();
}
