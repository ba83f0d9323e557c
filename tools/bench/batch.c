// SPDX-License-Identifier: GPL-2.0-only
/*
 * batch.c - map memory and cause the faults.
 *
 * Faults that succeed come from plain loads and stores. Faults that fall back come from system
 * calls that read or write our memory: since Linux 6.4 the kernel may handle a fault from user mode
 * twice, first under the VMA lock and then under mmap_lock, and would try and count a fallback
 * twice. A fault inside a system call uses mmap_lock from the start.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>
#include "bench/batch.h"
#include "util/clock.h"
#include "util/err.h"

#ifndef MAP_SYNC
#define MAP_SYNC 0x080000
#endif

void toucher_open(struct toucher *touch)
{
	touch->read_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	touch->write_fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	touch->pagemap_fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	if (touch->read_fd < 0)
		die(DAX_EXIT_UNSUPPORTED, "eventfd: %s", strerror(errno));
	if (touch->write_fd < 0)
		die(DAX_EXIT_UNSUPPORTED, "/dev/zero: %s", strerror(errno));
	if (touch->pagemap_fd < 0)
		die(DAX_EXIT_UNSUPPORTED, "/proc/self/pagemap: %s; mount /proc", strerror(errno));
}

void toucher_close(struct toucher *touch)
{
	close(touch->read_fd);
	close(touch->write_fd);
	close(touch->pagemap_fd);
}

size_t batch_faults(const struct plan *plan)
{
	return kind_in_pages(plan->kind) ? BATCH_RANGES * DAX_RANGE_PAGES : BATCH_RANGES;
}

/* Reserve addresses, so that nothing else is mapped next to our mappings. */
static void reserve(struct batch *batch, size_t len)
{
	__u8 *raw, *aligned;

	if (len <= batch->area_len)
		return;
	if (batch->area)
		munmap(batch->area, batch->area_len);
	raw = mmap(NULL, len + RANGE_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
		   -1, 0);
	if (raw == MAP_FAILED)
		die(DAX_EXIT_UNSUPPORTED, "cannot reserve %zu MiB of addresses: %s", len >> 20,
		    strerror(errno));
	aligned = (__u8 *)(((__u64)raw + RANGE_BYTES - 1) & ~(RANGE_BYTES - 1));
	if (aligned > raw)
		munmap(raw, aligned - raw);
	munmap(aligned + len, raw + RANGE_BYTES - aligned);
	batch->area = aligned;
	batch->area_len = len;
}

void batch_init(struct batch *batch, const struct plan *plan, const struct toucher *touch)
{
	size_t nr = batch_faults(plan);

	if (nr > plan->count)
		nr = plan->count;
	*batch = (struct batch){.plan = plan, .touch = touch};
	batch->order = malloc(nr * sizeof(*batch->order));
	batch->where = malloc(nr * sizeof(*batch->where));
	if (!batch->order || !batch->where)
		die(DAX_EXIT_UNSUPPORTED, "out of memory");
}

void batch_free(struct batch *batch)
{
	if (batch->area)
		munmap(batch->area, batch->area_len);
	free(batch->order);
	free(batch->where);
}

/* Map @len bytes of the file at @offset to @addr in the reserved area. */
static void map_file(const struct plan *plan, __u8 *addr, __u64 len, __u64 offset, bool no_huge)
{
	const struct bench_kind *kind = plan->kind;
	int prot = PROT_READ | (kind->write ? PROT_WRITE : 0);
	int flags = kind->sync_map	? MAP_SHARED_VALIDATE | MAP_SYNC
		    : kind->private_map ? MAP_PRIVATE
					: MAP_SHARED;

	if (mmap(addr, len, prot, flags | MAP_FIXED, plan->target.fd, offset) == MAP_FAILED) {
		if (kind->sync_map && errno == EOPNOTSUPP)
			die(DAX_EXIT_UNSUPPORTED,
			    "%s: MAP_SYNC is not supported here: it needs persistent memory that "
			    "is "
			    "flushed by the processor (not virtio-pmem or virtiofs)",
			    plan->target.path);
		die(DAX_EXIT_UNSUPPORTED, "%s: mmap: %s", plan->target.path, strerror(errno));
	}
	if (no_huge && madvise(addr, len, MADV_NOHUGEPAGE) && errno != EINVAL)
		die(DAX_EXIT_UNSUPPORTED, "%s: madvise(MADV_NOHUGEPAGE): %s", plan->target.path,
		    strerror(errno));
}

/* Map all ranges of the batch by one mapping. File offset @x is at the returned address + @x. */
static __u64 map_span(struct batch *batch, __u64 first, __u64 end, __u8 *base, bool no_huge)
{
	const struct plan *plan = batch->plan;
	__u64 start = plan_range(plan, first) * RANGE_BYTES;
	__u64 stop = (plan_range(plan, end - 1) + 1) * RANGE_BYTES;

	map_file(plan, base, stop - start, start, no_huge);
	return (__u64)base - start;
}

static __u64 file_offset(const struct plan *plan, __u64 i)
{
	return plan_range(plan, i) * RANGE_BYTES + plan_page(plan, i) * PAGE_BYTES;
}

static void shuffle(struct batch *batch, size_t nr, __u64 salt)
{
	for (size_t i = 0; i < nr; i++)
		batch->order[i] = i;
	if (!batch->plan->seed || nr < 2)
		return;
	for (size_t i = nr - 1; i > 0; i--) {
		size_t j = plan_random(batch->plan, salt + i) % (i + 1);
		__u64 swap = batch->order[i];

		batch->order[i] = batch->order[j];
		batch->order[j] = swap;
	}
}

/* Map the batch and note the address of each fault. */
static void map_batch(struct batch *batch, __u64 first, __u64 end)
{
	const struct plan *plan = batch->plan;
	const struct bench_kind *kind = plan->kind;
	bool apart = kind->geometry == GEO_CUT_START || kind->geometry == GEO_CUT_END ||
		     kind->geometry == GEO_SAME;
	size_t nr = end - first;
	__u64 origin = 0;

	if (apart) {
		reserve(batch, nr * RANGE_BYTES);
	} else {
		__u64 span = plan_range(plan, end - 1) + 1 - plan_range(plan, first);

		reserve(batch, (span + 1) * RANGE_BYTES);
		origin = map_span(batch, first, end,
				  batch->area + (kind->geometry == GEO_SHIFTED ? PAGE_BYTES : 0),
				  kind->no_huge);
	}
	shuffle(batch, nr, first);
	for (size_t n = 0; n < nr; n++) {
		size_t slot = batch->order[n];
		__u64 i = first + slot, start = plan_range(plan, i) * RANGE_BYTES;
		__u64 lead = kind->geometry == GEO_CUT_START ? PAGE_BYTES : 0;
		__u64 trail = kind->geometry == GEO_CUT_END ? PAGE_BYTES : 0;
		__u8 *base = batch->area + slot * RANGE_BYTES;

		if (apart) {
			map_file(plan, base + lead, RANGE_BYTES - lead - trail, start + lead,
				 false);
			origin = (__u64)base - start;
		}
		batch->where[n] = (__u8 *)(origin + file_offset(plan, i));
	}
}

/* Make a 4 KiB entry in each range: one page before the page that will fall back. */
static void make_entries(struct batch *batch, __u64 first, __u64 end)
{
	const struct plan *plan = batch->plan;
	struct batch other = {.plan = plan};
	__u64 span = plan_range(plan, end - 1) + 1 - plan_range(plan, first);
	__u64 origin;

	reserve(&other, span * RANGE_BYTES);
	origin = map_span(&other, first, end, other.area, true);
	for (__u64 i = first; i < end; i++)
		(void)*(const volatile __u8 *)(origin + file_offset(plan, i) - PAGE_BYTES);
	munmap(other.area, other.area_len);
}

static void touch_by_call(const struct batch *batch, __u8 *page)
{
	const struct bench_kind *kind = batch->plan->kind;
	ssize_t done = kind->write ? read(batch->touch->write_fd, page, 1)
				   : write(batch->touch->read_fd, page, sizeof(__u64));

	if (done < 0)
		die(DAX_EXIT_UNSUPPORTED,
		    "%s: a page fault failed (%s): the file was cut short, its filesystem is full, "
		    "or the memory is bad",
		    batch->plan->target.path, strerror(errno));
}

static void touch_all(struct batch *batch, size_t nr)
{
	const struct plan *plan = batch->plan;
	__u8 *const *where = batch->where;

	if (kind_falls_back(plan->kind)) {
		for (size_t n = 0; n < nr; n++)
			for (unsigned int page = 0; page <= plan->follow; page++)
				touch_by_call(batch, where[n] + page * PAGE_BYTES);
	} else if (batch->one_by_one) {
		for (size_t n = 0; n < nr; n++) {
			pthread_mutex_lock(batch->one_by_one);
			*(volatile __u8 *)where[n] = 1;
			pthread_mutex_unlock(batch->one_by_one);
		}
	} else if (plan->kind->write) {
		for (size_t n = 0; n < nr; n++)
			*(volatile __u8 *)where[n] = 1;
	} else {
		for (size_t n = 0; n < nr; n++)
			(void)*(const volatile __u8 *)where[n];
	}
}

static bool page_present(const struct batch *batch, const __u8 *page)
{
	__u64 entry = 0;

	if (pread(batch->touch->pagemap_fd, &entry, sizeof(entry),
		  ((__u64)page >> DAX_PAGE_SHIFT) * sizeof(entry)) != sizeof(entry))
		die(DAX_EXIT_UNSUPPORTED, "/proc/self/pagemap: cannot read it");
	return entry >> 63;
}

/*
 * A page next to the touched one is mapped exactly if the whole range was mapped. This check needs
 * no kernel event and causes no fault.
 */
static void verify(const struct batch *batch, __u64 first, size_t nr)
{
	const struct plan *plan = batch->plan;
	const struct bench_kind *kind = plan->kind;

	if (kind_in_pages(kind))
		return;
	for (size_t n = 0; n < nr; n++) {
		unsigned int page = plan_page(plan, first + batch->order[n]);
		unsigned int last = page + plan->follow;
		const __u8 *at = batch->where[n], *beside;
		bool whole;

		if (!kind_falls_back(kind))
			beside = page ? at - PAGE_BYTES : at + PAGE_BYTES;
		else if (last < kind->page + WINDOW_PAGES - 1)
			beside = at + (plan->follow + 1) * PAGE_BYTES;
		else if (page > kind->page)
			beside = at - PAGE_BYTES;
		else
			continue; /* all pages that can be touched were touched */
		whole = page_present(batch, beside);
		if (!page_present(batch, at) || whole == kind_falls_back(kind))
			die(DAX_EXIT_UNSUPPORTED,
			    "%s: the kernel mapped the range at %llu MiB at %s where kind %s makes "
			    "it %s: nothing is reported, as the numbers would be wrong",
			    plan->target.path,
			    plan_range(plan, first + batch->order[n]) * RANGE_BYTES >> 20,
			    whole ? "2 MiB" : "4 KiB", kind->name, whole ? "4 KiB" : "2 MiB");
	}
}

void batch_run(struct batch *batch, __u64 first, __u64 end)
{
	__u64 wall, cpu;

	if (batch->plan->kind->entry_first)
		make_entries(batch, first, end);
	map_batch(batch, first, end);
	wall = clock_ns(CLOCK_MONOTONIC);
	cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	touch_all(batch, end - first);
	batch->cpu_ns += clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu;
	batch->elapsed_ns += clock_ns(CLOCK_MONOTONIC) - wall;
	verify(batch, first, end - first);
	/* Map the reservation over it again: the next batch then starts without page tables. */
	if (mmap(batch->area, batch->area_len, PROT_NONE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) == MAP_FAILED)
		die(DAX_EXIT_UNSUPPORTED, "cannot reserve addresses: %s", strerror(errno));
}
