/* SPDX-License-Identifier: GPL-2.0-only */
/* gen.h - made-up faults for the tests of the recording: of any kind, or as real programs cause. */
#ifndef DAX_UNIT_GEN_H
#define DAX_UNIT_GEN_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "recording/codec.h"
#include "recording/writer.h"

static inline __u64 gen_next(__u64 *seed)
{
	__u64 x = *seed;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return *seed = x;
}

/* A number of any size, small ones as likely as large ones. */
static inline __u64 gen_any(__u64 *seed)
{
	return gen_next(seed) >> (gen_next(seed) & 63);
}

/* An event that no kernel would report, but that the format can hold. */
static inline void gen_wild(__u64 *seed, struct dax_event_extent *ev)
{
	__u64 how = gen_next(seed);

	/* Often like the event before, so that what is left out when equal is tried too. */
	if (how & 3 || !ev->ev.type) {
		ev->ev.outcome = gen_next(seed) % DAX_NR_OUTCOMES;
		ev->ev.reason = gen_next(seed) % DAX_NR_REASONS;
		ev->ev.flags = gen_any(seed);
	}
	if (how & 12) {
		ev->ev.tid = gen_any(seed);
		ev->ev.slot = gen_any(seed) % REC_SLOT_MAX;
	}
	if (how & 0x10)
		ev->ev.pgoff = gen_any(seed);
	if (how & 0x20)
		ev->ev.addr = gen_any(seed);
	ev->ev.ts_ns = how & 0x40 ? gen_any(seed) : ev->ev.ts_ns + gen_any(seed) % 100000;
	ev->ev.dur_ns = gen_any(seed);
	ev->ev.type = how & 0x80 ? DAX_EV_EXTENT : DAX_EV_FAULT;
	ev->off = ev->len = ev->addr = 0;
	ev->type = ev->flags = 0;
	ev->pad = 0;
	if (ev->ev.type == DAX_EV_EXTENT) {
		ev->off = gen_any(seed);
		ev->len = gen_any(seed);
		ev->addr = how & 0x100 ? ~0ULL : gen_any(seed);
		ev->type = gen_any(seed);
		ev->flags = gen_any(seed);
	}
}

enum gen_pattern { GEN_SEQUENTIAL, GEN_RANDOM, GEN_FALLBACKS };

/* One thread that walks a mapped file of @pages 4 KiB pages, as the kernel reports it. */
struct gen_walk {
	enum gen_pattern pattern;
	__u64 seed, pages, ts, page, base;
	bool fell;
};

static inline void gen_walk_start(struct gen_walk *walk, enum gen_pattern pattern, __u64 pages)
{
	*walk = (struct gen_walk){.pattern = pattern,
				  .seed = 88172645463325252ULL,
				  .pages = pages,
				  .ts = 1234567890123ULL,
				  .base = 0x7f1234400000ULL};
}

static inline void gen_walk_next(struct gen_walk *walk, struct dax_event_extent *out)
{
	struct dax_event *ev = &out->ev;
	__u64 page = walk->page;

	memset(out, 0, sizeof(*out));
	if (walk->pattern == GEN_RANDOM)
		page = gen_next(&walk->seed) % walk->pages;
	ev->type = DAX_EV_FAULT;
	ev->outcome = DAX_PTE_MAPPED;
	ev->flags = DAX_EVF_WRITE | DAX_EVF_NEVER_TRIED;
	ev->tid = 4711;
	ev->slot = 3;
	ev->dur_ns = 900 + gen_next(&walk->seed) % 2000;
	walk->ts += ev->dur_ns + 300 + gen_next(&walk->seed) % 5000;
	ev->ts_ns = walk->ts;
	ev->pgoff = page;
	ev->addr = walk->base + (page << DAX_PAGE_SHIFT);
	if (walk->pattern == GEN_FALLBACKS) {
		if (!(page % DAX_RANGE_PAGES) && !walk->fell) {
			/* The fault at 2 MiB comes first, then the one at 4 KiB of the same page.
			 */
			walk->fell = true;
			ev->type = DAX_EV_EXTENT;
			ev->outcome = DAX_PMD_FALLBACK;
			ev->reason = DAX_WHY_EXTENT_SHORT;
			ev->flags = DAX_EVF_WRITE | DAX_EVF_RANGE_NEW;
			out->off = page << DAX_PAGE_SHIFT;
			out->len = (gen_next(&walk->seed) % 511 + 1) << DAX_PAGE_SHIFT;
			out->addr = gen_next(&walk->seed) % walk->pages << DAX_PAGE_SHIFT;
			out->type = 2;
			return;
		}
		walk->fell = false;
		ev->flags = DAX_EVF_WRITE | DAX_EVF_STICKY;
	}
	walk->page = (page + 1) % walk->pages;
}

/* An empty file without a name. */
static inline int gen_file(void)
{
	int fd = memfd_create("recording", MFD_CLOEXEC);

	if (fd < 0) {
		perror("memfd_create");
		exit(1);
	}
	return fd;
}

/* All of @fd in memory of the caller's. */
static inline __u8 *gen_read(int fd, size_t *size)
{
	off_t end = lseek(fd, 0, SEEK_END);
	__u8 *at = malloc(end ? (size_t)end : 1);

	if (!at || pread(fd, at, (size_t)end, 0) != end) {
		perror("read back");
		exit(1);
	}
	*size = (size_t)end;
	return at;
}

/* A file that holds @size bytes from @at. */
static inline int gen_file_of(const __u8 *at, size_t size)
{
	int fd = gen_file();

	if (write(fd, at, size) != (ssize_t)size) {
		perror("write");
		exit(1);
	}
	return fd;
}

static inline struct dax_meta gen_meta(__u32 n)
{
	struct dax_meta meta = {
		.key = {.ino = 1000 + n, .dev = 259 << 20 | 1, .gen = 7 * n, .tgid = 4000 + n},
		.cgroup = 77 + n,
		.flags = n & 1 ? DAX_META_DELETED : 0,
		.ready = 1};

	meta.key.tid = n % 4 ? 0 : 5000 + n;
	snprintf(meta.comm, sizeof(meta.comm), "writer-%u", n);
	snprintf(meta.thread, sizeof(meta.thread), "thread-%u", n);
	return meta;
}

/* The names that go with @meta. */
static inline struct dax_row gen_names(const struct dax_meta *meta, const char *path)
{
	return (struct dax_row){
		.path = path,
		.cgroup_path = meta->key.tid ? "/a\n\033\xff" : NULL,
		.mount = "/mnt/dax",
		.fs_type = "xfs",
		.path_deleted = meta->flags & DAX_META_DELETED,
	};
}

#endif
