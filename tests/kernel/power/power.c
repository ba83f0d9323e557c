// SPDX-License-Identifier: GPL-2.0-only
/*
 * Power failures: what was synced, or written through MAP_SYNC, is in the files at every point of the record of what
 * became persistent, for entries that are native, upgraded, copied and split: power DIR [random
 * operations] [seed] [failures between two fences].
 * kernel-patches/README.md describes the model.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <unistd.h>

#include "files.h"
#include "kt.h"
#include "log.h"
#include "model.h"
#include "replay.h"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

enum { GARBAGE = 0xee, SYNC_AT = 77 * 4096 + 128 };

static const char device[] = "/dev/pmem0";
static bool can_share;
static const int rw = PROT_READ | PROT_WRITE;

static char *large(struct pfile f, size_t size)
{
	return kt_map(f.fd, size, rw, MAP_SHARED, 0);
}

static char *small(struct pfile f, size_t size)
{
	return kt_map_at(f.fd, size, rw, MAP_SHARED, 0, KT_PAGE);
}

/* What is free has bytes that no file of the test may ever show */
static void fill_with_garbage(void)
{
	static char bytes[1 << 20];
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/garbage", kt_dir);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	memset(bytes, GARBAGE, sizeof(bytes));
	while (write(fd, bytes, sizeof(bytes)) > 0)
		;
	if (fd < 0 || errno != ENOSPC)
		kt_die(path);
	close(fd);
	unlink(path);
	sync();
}

static bool shares_blocks(void)
{
	int from = kt_file("from", KT_PAGE, KT_WRITTEN), to = kt_file("to", 0, KT_HOLE);
	bool good = !ioctl(to, FICLONE, from);

	close(from);
	close(to);
	return good;
}

static void upgraded(const char *what)
{
	if (kt_has_pmd)
		kt_ok(kt_count("dax_pmd_upgrade", "NOPAGE", NULL) + kt_count("dax_pmd_upgrade", "NEEDDSYNC", NULL) == 1,
		      "%s: the range is upgraded", what);
}

static void native(void)
{
	struct pfile f = file_reserved("native", 2 * KT_RANGE);
	char *m = large(f, 2 * KT_RANGE);

	kt_trace_start();
	file_scatter(f, m, 3, 12, 83);
	kt_trace_stop();
	kt_ok(kt_count("dax_pmd_fault_done", "NOPAGE", NULL) == 2 && !kt_count("dax_pte_fault", NULL),
	      "native: two entries of 2 MiB");
	file_fsync(f);
	file_scatter(f, m, 3, 12, 83);
	file_msync(f, m, 0, KT_RANGE);
	file_store(f, m, 600 * KT_PAGE, 3 * KT_PAGE);
	file_store(f, m, 5 * KT_PAGE, KT_PAGE);
	file_msync(f, m, 600 * KT_PAGE, KT_PAGE);
	file_scatter(f, m, 4, 4, 200);
	file_fdatasync(f);
	file_scatter(f, m, 5, 4, 200); /* never synced */
	munmap(m, 2 * KT_RANGE);
	file_close(f);
}

static void native_sync(void)
{
	struct pfile f = file_reserved("native, MAP_SYNC", 2 * KT_RANGE);
	char *m = kt_map(f.fd, 2 * KT_RANGE, rw, KT_MAP_SYNC, 0), *s;

	kt_trace_start();
	file_store_sync(f, m, SYNC_AT, 256);
	kt_trace_stop();
	kt_ok(kt_count("dax_pmd_fault_done", "NEEDDSYNC", NULL) == 1, "MAP_SYNC: an entry of 2 MiB");
	file_store_sync(f, m, SYNC_AT, 64);
	file_store_sync(f, m, 9 * KT_PAGE, KT_PAGE);
	file_store(f, m, 10 * KT_PAGE, 128);
	file_store_sync(f, m, KT_RANGE + SYNC_AT, 64);
	s = kt_map_at(f.fd, KT_RANGE, rw, KT_MAP_SYNC, 0, KT_PAGE);
	file_store_sync(f, s, 11 * KT_PAGE, 64);
	file_fsync(f);
	file_store_sync(f, m, SYNC_AT, 64);
	munmap(s, KT_RANGE);
	munmap(m, 2 * KT_RANGE);
	file_close(f);

	f = file_reserved("4 KiB, MAP_SYNC", KT_RANGE);
	s = kt_map_at(f.fd, KT_RANGE, rw, KT_MAP_SYNC, 0, KT_PAGE);
	for (size_t page = 1; page < 8; page += 2)
		file_store_sync(f, s, page * KT_PAGE, 128);
	munmap(s, KT_RANGE);
	file_close(f);
}

static void upgraded_by_read(void)
{
	struct pfile f = file_written("upgraded by a read", KT_RANGE);
	char *s = small(f, KT_RANGE), *m = large(f, KT_RANGE);

	file_scatter(f, s, 2, 6, 77);
	kt_trace_start();
	kt_read(m + 100);
	kt_trace_stop();
	upgraded("a read of a dirty range");
	file_fsync(f);
	file_scatter(f, m, 2, 3, 100);
	file_scatter(f, s, 4, 3, 100);
	file_msync(f, s, 4 * KT_PAGE, KT_PAGE);
	file_scatter(f, s, 5, 3, 100);
	file_fdatasync(f);
	munmap(s, KT_RANGE);
	munmap(m, KT_RANGE);
	file_close(f);
}

static void upgraded_by_write(void)
{
	struct pfile f = file_written("upgraded by a write", KT_RANGE);
	char *s = small(f, KT_RANGE), *m = large(f, KT_RANGE);

	file_scatter(f, s, 2, 6, 77);
	file_msync(f, s, 2 * KT_PAGE, KT_PAGE);
	kt_trace_start();
	file_store(f, m, 4 * KT_PAGE, 64);
	kt_trace_stop();
	upgraded("a write");
	file_msync(f, m, 4 * KT_PAGE, KT_PAGE);
	file_store(f, m, 4 * KT_PAGE, 64);
	file_fsync(f);
	munmap(s, KT_RANGE);
	munmap(m, KT_RANGE);
	file_close(f);
}

static void collapsed(void)
{
	struct pfile f = file_written("collapsed", KT_RANGE);
	char *s = small(f, KT_RANGE), *m;

	file_scatter(f, s, 2, 6, 77);
	kt_param("0");
	m = large(f, KT_RANGE);
	file_store(f, m, 0, 64);
	kt_param("1");
	kt_trace_start();
	if (madvise(m, KT_RANGE, MADV_COLLAPSE) && kt_has_pmd)
		kt_die("MADV_COLLAPSE");
	kt_trace_stop();
	upgraded("MADV_COLLAPSE");
	file_fsync(f);
	file_scatter(f, m, 3, 6, 77);
	munmap(s, KT_RANGE);
	munmap(m, KT_RANGE);
	file_fsync(f);
	file_close(f);
}

/* The range is written in pieces that nobody has synced when the upgrade maps it for a synchronous write */
static void upgraded_sync(void)
{
	struct pfile f = file_reserved("upgraded, MAP_SYNC", KT_RANGE);
	char *s = small(f, KT_RANGE), *m = kt_map(f.fd, KT_RANGE, rw, KT_MAP_SYNC, 0);

	file_scatter(f, s, 1, 3, 7);
	file_write(f, 0, KT_RANGE);
	file_scatter(f, s, 2, 3, 7);
	kt_trace_start();
	file_store_sync(f, m, SYNC_AT, 128);
	kt_trace_stop();
	upgraded("a synchronous write to a range with blocks that are not synced");
	if (kt_has_pmd)
		kt_ok(kt_count("dax_pmd_fault_done", "NEEDDSYNC", NULL) == 1, "... which syncs them");
	file_store_sync(f, m, SYNC_AT + KT_PAGE, 128);
	file_store_sync(f, m, 100 * KT_PAGE, 64);
	file_scatter(f, s, 2, 3, 9);
	file_store_sync(f, m, SYNC_AT, 64);
	file_fsync(f);
	munmap(s, KT_RANGE);
	munmap(m, KT_RANGE);
	file_close(f);
}

/* A clean upgrade, then synchronous writes that make the entry dirty behind the fault */
static void upgraded_clean_sync(void)
{
	struct pfile f = file_written("upgraded clean, MAP_SYNC", KT_RANGE);
	char *s = small(f, KT_RANGE), *m = kt_map(f.fd, KT_RANGE, rw, KT_MAP_SYNC, 0);

	kt_read(s + 5 * KT_PAGE);
	kt_trace_start();
	file_store_sync(f, m, SYNC_AT, 128);
	kt_trace_stop();
	upgraded("a synchronous write to a clean range");
	/* XFS fences for sync(2) only if there is something to log: here a new time of the file */
	usleep(20000);
	file_store(f, m, 3 * KT_PAGE, 64);
	file_store(f, s, 6 * KT_PAGE, 64);
	files_sync(&f, 1);
	munmap(s, KT_RANGE);
	munmap(m, KT_RANGE);
	file_close(f);
}

static void cut(const char *what, bool upgrade, size_t to)
{
	struct pfile f = file_written(what, KT_RANGE);
	char *m = large(f, KT_RANGE), *s;

	if (upgrade) {
		s = small(f, KT_RANGE);
		file_scatter(f, s, 1, 4, 91);
		kt_trace_start();
		kt_read(m);
		kt_trace_stop();
		upgraded(what);
		munmap(s, KT_RANGE);
	} else {
		file_scatter(f, m, 1, 4, 91);
	}
	file_resize(f, to);
	file_fsync(f);
	file_store(f, m, 2 * KT_PAGE, 64);
	file_resize(f, KT_RANGE);
	file_store(f, m, 400 * KT_PAGE, 128);
	file_msync(f, m, 2 * KT_PAGE, KT_PAGE);
	file_fsync(f);
	munmap(m, KT_RANGE);
	file_close(f);
}

static void holed(void)
{
	struct pfile f = file_written("with a hole in the middle", KT_RANGE);
	char *m = large(f, KT_RANGE), *s = small(f, KT_RANGE);

	file_scatter(f, m, 1, 6, 83);
	file_hole(f, 100 * KT_PAGE + 512, 10 * KT_PAGE);
	file_fsync(f);
	file_scatter(f, m, 2, 6, 83);
	file_zero(f, 200 * KT_PAGE + 64, 3 * KT_PAGE);
	file_store(f, s, 105 * KT_PAGE, 64);
	file_store(f, m, 201 * KT_PAGE, 64);
	file_msync(f, s, 105 * KT_PAGE, KT_PAGE);
	file_fsync(f);
	munmap(s, KT_RANGE);
	munmap(m, KT_RANGE);
	file_close(f);
}

static void zero_entry_split(void)
{
	struct pfile f = file_new("a zero page that is split");
	char *m, *s;

	file_resize(f, KT_RANGE);
	m = large(f, KT_RANGE);
	s = small(f, KT_RANGE);
	kt_read(m);
	kt_trace_start();
	file_store(f, s, 7 * KT_PAGE, 64);
	kt_trace_stop();
	if (kt_has_trace)
		kt_ok(kt_count("dax_pmd_downgrade", NULL) == 1, "a zero page of 2 MiB is split");
	file_fsync(f);
	file_store(f, m, 8 * KT_PAGE, 64);
	file_write(f, 9 * KT_PAGE, KT_PAGE);
	file_fdatasync(f);
	munmap(s, KT_RANGE);
	munmap(m, KT_RANGE);
	file_close(f);
}

/* Two files with the same blocks, both promised */
static void share(const char *what, struct pfile f[2])
{
	f[0] = file_written(what, KT_RANGE);
	f[1] = file_new(what);
	file_clone(f[1], f[0]);
	file_fsync(f[1]);
}

/* The page of the mapping is not that of the clone any more */
static void is_copied(const char *what, char *m, struct pfile clone, size_t page)
{
	char *c = kt_map_at(clone.fd, KT_RANGE, PROT_READ, MAP_SHARED, 0, KT_PAGE);

	kt_read(c + page * KT_PAGE);
	kt_ok(log_offset_of(m + page * KT_PAGE) != log_offset_of(c + page * KT_PAGE), "%s: the page is copied", what);
	munmap(c, KT_RANGE);
}

static void copied_by_store(const char *what, size_t skew, bool read_first)
{
	struct pfile f[2];
	char *m;

	share(what, f);
	m = kt_map_at(f[0].fd, KT_RANGE, rw, MAP_SHARED, 0, skew);
	if (read_first)
		kt_read(m + 30 * KT_PAGE);
	file_scatter(f[0], m, 30, 3, 60);
	is_copied(what, m, f[1], 30);
	file_fsync(f[0]);
	file_scatter(f[0], m, 30, 4, 60);
	munmap(m, KT_RANGE);
	m = kt_map_at(f[1].fd, KT_RANGE, rw, KT_MAP_SYNC, 0, skew);
	file_store_sync(f[1], m, 33 * KT_PAGE, 64); /* a block that is still shared */
	file_store_sync(f[1], m, 33 * KT_PAGE + 64, 64);
	/* Blocks are set aside, and nothing is dirty: the next copy needs a sync all the same */
	file_fsync(f[1]);
	file_store_sync(f[1], m, 34 * KT_PAGE, 64);
	munmap(m, KT_RANGE);
	file_fdatasync(f[0]);
	file_remove(f[0]);
	file_close(f[1]);
}

static void copied_by_call(void)
{
	struct pfile f[2];

	share("copied by system calls", f);
	file_write(f[0], 40 * KT_PAGE + 128, 256);
	file_fsync(f[0]);
	file_zero(f[1], 41 * KT_PAGE + 128, 256);
	file_fsync(f[1]);
	file_hole(f[0], 42 * KT_PAGE + 64, 5 * KT_PAGE);
	file_fdatasync(f[0]);
	file_unshare(f[1], 60 * KT_PAGE, 4 * KT_PAGE);
	file_write(f[1], 61 * KT_PAGE, 64);
	file_fsync(f[1]);
	file_resize(f[0], KT_RANGE / 2 + 320);
	file_fsync(f[0]);
	file_resize(f[0], KT_RANGE);
	file_write(f[0], 500 * KT_PAGE, 64);
	file_fsync(f[0]);
	file_close(f[0]);
	file_close(f[1]);
}

/* Storage of 2 MiB with a dirty entry, whose blocks another file gets too: a copy splits it */
static void copied_split(void)
{
	struct pfile f[2] = {file_written("2 MiB that a copy splits", KT_RANGE), file_new("its clone")};
	char *m = large(f[0], KT_RANGE);

	file_scatter(f[0], m, 1, 5, 90);
	file_clone(f[1], f[0]);
	file_scatter(f[0], m, 2, 3, 90);
	is_copied("2 MiB of storage", m, f[1], 2);
	file_fsync(f[1]);
	file_msync(f[0], m, 2 * KT_PAGE, KT_PAGE);
	file_fsync(f[0]);
	file_scatter(f[0], m, 1, 3, 90);
	file_fsync(f[0]);
	munmap(m, KT_RANGE);
	file_close(f[0]);
	file_close(f[1]);
}

static void copied(void)
{
	copied_by_store("copied at 4 KiB", KT_PAGE, false);
	copied_by_store("copied at 4 KiB, read before", KT_PAGE, true);
	copied_by_store("copied through a mapping for 2 MiB", 0, false);
	copied_by_call();
	/* A copy of a page of 2 MiB ends in a BUG of 6.1 */
	if (!kt_has_pmd)
		return;
	copied_by_store("copied through 2 MiB, read before", 0, true);
	copied_split();
}

static void by_calls(void)
{
	struct pfile f = file_new("system calls only");

	file_write(f, 0, 5 * KT_PAGE + 64);
	file_fsync(f);
	file_write(f, 3 * KT_PAGE, 20 * KT_PAGE);
	file_fdatasync(f);
	file_hole(f, KT_PAGE, KT_PAGE);
	file_resize(f, 2 * KT_PAGE + 192);
	files_sync(&f, 1);
	file_close(f);
}

static unsigned int seed;

static unsigned int below(unsigned int n)
{
	return (unsigned int)rand_r(&seed) % n;
}

/* A file with its mappings: for 2 MiB, for 4 KiB, synchronous */
struct mapped {
	struct pfile file;
	char *map[3];
};

static void random_store(struct pfile f, char *const map[3], size_t at)
{
	switch (below(5)) {
	case 0:
	case 1:
		file_store(f, map[0], at, MODEL_LINE);
		break;
	case 2:
	case 3:
		file_store(f, map[1], at, MODEL_LINE);
		break;
	default:
		file_store_sync(f, map[2], at, MODEL_LINE);
		break;
	}
}

static void random_change(const struct mapped *m, const struct mapped *other, size_t at)
{
	size_t size = MODEL_LINE * (1 + below(64));

	if (size > KT_RANGE - at)
		size = KT_RANGE - at;
	switch (below(can_share && kt_has_pmd ? 8 : 6)) {
	case 0:
		file_write(m->file, at, size);
		break;
	case 1:
		file_write(m->file, 0, KT_RANGE);
		break;
	case 2:
		file_hole(m->file, at, size);
		break;
	case 3:
		file_zero(m->file, at, size);
		break;
	case 4:
		file_resize(m->file, at);
		file_resize(m->file, KT_RANGE);
		break;
	case 5:
		kt_read(m->map[below(2)] + at);
		break;
	default:
		file_clone(m->file, other->file);
		break;
	}
}

static void random_step(const struct mapped *m, const struct mapped *other)
{
	size_t page = below(512), at = page * KT_PAGE + below(64) * MODEL_LINE;

	switch (below(10)) {
	case 0:
	case 1:
		random_change(m, other, at);
		break;
	case 2:
		file_fsync(m->file);
		break;
	case 3:
		file_msync(m->file, m->map[below(3)], page * KT_PAGE, KT_PAGE);
		break;
	case 4:
		file_fdatasync(m->file);
		break;
	default:
		random_store(m->file, m->map, at);
		break;
	}
}

static struct mapped map_all(struct pfile f)
{
	return (struct mapped){f, {large(f, KT_RANGE), small(f, KT_RANGE), kt_map(f.fd, KT_RANGE, rw, KT_MAP_SYNC, 0)}};
}

static void random_operations(unsigned int n)
{
	struct mapped m[2];

	for (int i = 0; i < 2; i++)
		m[i] = map_all(file_written("random", KT_RANGE));
	printf("# random operations: seed %u\n", seed);
	for (unsigned int i = 0; i < n; i++) {
		unsigned int which = below(2);

		random_step(&m[which], &m[!which]);
	}
	for (int i = 0; i < 2; i++) {
		file_fsync(m[i].file);
		for (int j = 0; j < 3; j++)
			munmap(m[i].map[j], KT_RANGE);
		file_close(m[i].file);
	}
}

/* Its promise is none: the test has to find that */
static void liar(void)
{
	struct pfile f = file_written("promised without a sync", KT_RANGE);
	char *m = large(f, KT_RANGE);

	file_scatter(f, m, 1, 5, 40);
	file_lie(f);
	munmap(m, KT_RANGE);
	file_close(f);
}

static void scenarios(unsigned int random_n)
{
	native();
	native_sync();
	kt_remount(); /* or each recovery would go through the whole log */
	upgraded_by_read();
	upgraded_by_write();
	collapsed();
	upgraded_sync();
	upgraded_clean_sync();
	kt_remount();
	cut("cut in the middle", false, KT_RANGE / 2);
	cut("cut in the middle of a page", false, KT_RANGE / 2 + 320);
	cut("upgraded and cut", true, KT_RANGE / 2);
	holed();
	zero_entry_split();
	by_calls();
	kt_remount();
	if (can_share)
		copied();
	else
		kt_skip("copies", "this filesystem shares no blocks");
	kt_remount();
	random_operations(random_n);
	liar();
}

static double since(double *start)
{
	double now = kt_now(), took = now - *start;

	*start = now;
	return took;
}

static void report_log(double took)
{
	unsigned int n[ENTRY_STORE + 1] = {0};
	uint64_t unflushed, unexplained = log_unexplained(&unflushed);

	for (uint32_t i = 0; i < log_n; i++)
		n[log_entries[i].kind]++;
	printf("# recorded in %.1f s: %u pieces flushed, %u copied, %u by user space, %u stores, %u fences, %u promises\n", took,
	       n[PIECE_FLUSH], n[PIECE_COPY], n[PIECE_USER], n[ENTRY_STORE], n[PIECE_FENCE], n[PIECE_MARK]);
	kt_ok(!log_lost(), "nothing is missing in the record (%llu pieces)", (unsigned long long)log_lost());
	printf("# %llu lines of the memory are another than in the record; %llu of them were stored and never flushed\n",
	       (unsigned long long)(unflushed + unexplained), (unsigned long long)unflushed);
	/* 6.1 does not flush copies */
	if (kt_has_pmd || !can_share)
		kt_ok(!unexplained, "the kernel has changed nothing in the memory without flushing it");
}

static void tell_lost(const struct finding *found)
{
	for (int i = 0; model_name(i); i++)
		if (found->of_file[i])
			printf("# lost: %s: after %u power failures\n", model_name(i), found->of_file[i]);
}

/* The bugs of 6.1 that the series mends: copies are not flushed, truncation forgets what is dirty */
static bool lost_as_known(const struct finding *found)
{
	const char *what = can_share ? "copied" : "cut";

	for (int i = 0; model_name(i); i++)
		if (found->of_file[i] && !strncmp(model_name(i), what, strlen(what)))
			return true;
	return false;
}

static void fail_power_everywhere(const char *type, unsigned int parts)
{
	struct replay r = {.device = device, .type = type, .checks = 6, .parts = parts, .found.explain = true};
	struct replay control = {.device = device, .type = type};
	double start = kt_now();

	replay_all(&r);
	printf("# replayed in %.1f s: %u power failures at fences, %u after promises, %u with a part of what was not fenced; "
	       "%u files and %.1f million lines compared, %.0f MiB put back\n",
	       since(&start), r.fences, r.marks, r.reordered, r.found.checked, (double)r.found.lines / 1e6,
	       (double)image_written() / (1 << 20));
	tell_lost(&r.found);
	if (kt_has_pmd)
		kt_ok(!r.found.lost, "what was promised is there after each power failure (%u times it was not)", r.found.lost);
	else
		kt_ok(lost_as_known(&r.found),
		      "without the series pages are lost that were copied (XFS), or that truncation left (ext4)");
	kt_ok(!r.broken, "each time the filesystem can be mounted, and is consistent (%u checks)", r.checked);
	kt_ok(r.found.lost_lies > 0, "a promise that was not kept is found (%u times)", r.found.lost_lies);
	replay_without_flushes(&control);
	kt_ok(control.found.lost > 0, "without the flushes it would be lost (%u of %u files)", control.found.lost,
	      control.found.checked);
	printf("# without the flushes: %u power failures in %.1f s\n", control.marks, since(&start));
}

static unsigned int number(int argc, char **argv, int nr, unsigned int otherwise)
{
	return argc > nr ? (unsigned int)strtoul(argv[nr], NULL, 0) : otherwise;
}

int main(int argc, char **argv)
{
	double start = kt_now();
	const char *type;

	kt_init(argc, argv);
	kt_deadline(1200, "power failures");
	seed = number(argc, argv, 3, 1);
	type = kt_fs == KT_XFS ? "xfs" : "ext4";
	can_share = shares_blocks();
	fill_with_garbage();
	if (umount(kt_dir))
		kt_die("umount");
	log_start(device);
	printf("# prepared in %.1f s\n", since(&start));
	log_record(true);
	if (mount(device, kt_dir, type, 0, "dax=always"))
		kt_die("mount");
	scenarios(number(argc, argv, 2, 60));
	if (umount(kt_dir))
		kt_die("umount");
	log_record(false);
	report_log(since(&start));
	fail_power_everywhere(type, number(argc, argv, 4, 1));
	return kt_end();
}
