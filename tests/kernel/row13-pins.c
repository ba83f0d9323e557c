// SPDX-License-Identifier: GPL-2.0-only
/*
 * Row 13: pages that are pinned, as for DMA, while their entry changes. A pipe that vmsplice() has given a page to holds
 * it until it is read.
 *
 * A punch or a truncation that is to free the page has to wait for the pipe, whatever size the entry had when the page was
 * pinned and has now; and an entry with a pinned page is not dropped, though it is clean: without it, nobody who frees
 * the block would find the pin.
 */
#include "kt.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PINNED = 3, OTHER = 200, ROUNDS = 12 };

static const int rw = PROT_READ | PROT_WRITE;
static int file, ends[2];

static bool pin(char *page)
{
	struct iovec v = {page, KT_PAGE};

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK))
		kt_die("pipe");
	return vmsplice(ends[1], &v, 1, SPLICE_F_NONBLOCK) == (ssize_t)KT_PAGE;
}

/* Gives the page back; whether it has what kt_file() put there, or, if filled_with is not negative, that byte only */
static bool unpin(size_t offset, int filled_with)
{
	static unsigned char got[KT_PAGE];
	bool good = read(ends[0], got, KT_PAGE) == (ssize_t)KT_PAGE;

	for (size_t i = 0; i < KT_PAGE; i++)
		good &= got[i] ==
			(filled_with < 0 ? kt_pattern(offset + i, 0) : (unsigned char)filled_with);
	close(ends[0]);
	close(ends[1]);
	return good;
}

struct removal {
	const char *name;
	bool cut;
	size_t from, length; /* pages */
};

static atomic_bool removed;

static void *remove_range(void *arg)
{
	const struct removal *r = arg;
	int ret;

	if (r->cut)
		ret = ftruncate(file, (off_t)(r->from * KT_PAGE));
	else
		ret = fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
				(off_t)(r->from * KT_PAGE), (off_t)(r->length * KT_PAGE));
	atomic_store(&removed, true);
	return ret ? arg : NULL;
}

/* Must not end before the page is given back, and ends then */
static void removal_waits(const struct removal *r, const char *what)
{
	bool early, intact;
	pthread_t thread;
	void *failed;

	atomic_store(&removed, false);
	if (pthread_create(&thread, NULL, remove_range, (void *)r))
		kt_die("pthread_create");
	usleep(300000);
	early = atomic_load(&removed);
	intact = unpin(PINNED * KT_PAGE, -1);
	pthread_join(thread, &failed);
	kt_ok(!early, "%s, %s: waits until the page is given back", what, r->name);
	kt_ok(intact && !failed,
	      "%s, %s: the page was not touched meanwhile, and the blocks go then", what, r->name);
}

/* Pinned before the range is upgraded, or after; then it is removed */
static void pinned(const struct removal *r, bool write, bool large_first, const char *what)
{
	char *small, *large;
	bool good = true;

	file = kt_file("pinned", KT_RANGE, KT_WRITTEN);
	small = kt_map_at(file, KT_RANGE, rw, MAP_SHARED, 0, KT_PAGE);
	large = kt_map(file, KT_RANGE, rw, MAP_SHARED, 0);
	kt_trace_start();
	if (write)
		good &= !kt_write(small + PINNED * KT_PAGE, (char)kt_pattern(PINNED * KT_PAGE, 0));
	else
		good &= !kt_read(small + PINNED * KT_PAGE);
	if (large_first)
		good &= !kt_read(large + OTHER * KT_PAGE) && pin(large + PINNED * KT_PAGE);
	else
		good &= pin(small + PINNED * KT_PAGE) && !kt_read(large + OTHER * KT_PAGE);
	kt_trace_stop();
	kt_ok(good, "%s, %s: the page is pinned", what, r->name);
	if (kt_has_pmd && kt_fs != KT_EXT2 && kt_aligned(file, 0, KT_RANGE))
		kt_ok(kt_count("dax_pmd_upgrade", "replaced 1", "NOPAGE", NULL) == 1,
		      "%s, %s: the range is upgraded", what, r->name);
	removal_waits(r, what);
	munmap(small, KT_RANGE);
	munmap(large, KT_RANGE);
	close(file);
}

static const struct removal whole = {"a punch of the range", false, 0, KT_NR},
			    page = {"a punch of the page", false, PINNED, 1},
			    cut = {"a truncation to nothing", true, 0, 0},
			    cut_middle = {"a truncation to the page", true, PINNED, 0};

static void *fill_hole(void *arg)
{
	static char zero[KT_RANGE];

	(void)arg;
	kt_pin(1, 0);
	if (pwrite(file, zero, sizeof(zero), 0) != (ssize_t)sizeof(zero))
		kt_die("pwrite");
	return NULL;
}

/* Wait until the page at that address is in no page table of this process */
static void until_unmapped(const char *at)
{
	const uint64_t present = 1ULL << 63;
	int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	uint64_t entry;

	do
		if (pread(pagemap, &entry, sizeof(entry),
			  (off_t)((uintptr_t)at / KT_PAGE * sizeof(entry))) !=
		    (ssize_t)sizeof(entry))
			kt_die("pagemap");
	while (entry & present);
	close(pagemap);
}

/*
 * write(2) into a hole allocates it, then drops what entries there are in it, from the first on. Zero pages and a crowd of
 * mappings make that take long. Meanwhile the last page is read, which gives it a clean entry with the new block, and
 * pinned. The drop must pass over it: that both met is proved by the order of the fault and of the attempt to drop.
 */
static void clean_entry_stays(void)
{
	const size_t zeros = KT_NR / 2, last = KT_NR - 1;
	const struct removal end = {"a punch of the page", false, last, 1};
	const char *fault, *drop;
	unsigned int hits = 0, early = 0, wrong = 0, tried = 0;
	pthread_t thread;
	char word[64], *map;

	if (!kt_probe("p:kt/drop dax_invalidate_mapping_entry_sync index=%si:u64")) {
		kt_skip("a clean entry with a pinned page", "no kprobe");
		return;
	}
	snprintf(word, sizeof(word), "index=%zu", last);
	kt_pin(0, 0);
	for (; tried < ROUNDS && hits < 2; tried++) {
		bool good;

		file = kt_file("cleanpinned", KT_RANGE, KT_HOLE);
		map = kt_map_at(file, KT_RANGE, rw, MAP_SHARED, 0, KT_PAGE);
		for (size_t i = 0; i < zeros; i += 16)
			kt_read(map + i * KT_PAGE);
		kt_crowd(file, KT_RANGE);
		kt_trace_start();
		if (pthread_create(&thread, NULL, fill_hole, NULL))
			kt_die("pthread_create");
		until_unmapped(map);
		good = !kt_read(map + last * KT_PAGE) && pin(map + last * KT_PAGE);
		pthread_join(thread, NULL);
		kt_trace_stop();
		fault = kt_line("dax_insert_mapping", NULL);
		drop = kt_line("drop", word, NULL);
		if (good && fault && drop && fault < drop) {
			hits++;
			atomic_store(&removed, false);
			if (pthread_create(&thread, NULL, remove_range, (void *)&end))
				kt_die("pthread_create");
			usleep(300000);
			early += atomic_load(&removed);
			wrong += !unpin(0, 0);
			pthread_join(thread, NULL);
		} else {
			close(ends[0]);
			close(ends[1]);
		}
		kt_uncrowd();
		munmap(map, KT_RANGE);
		close(file);
	}
	kt_unprobe();
	kt_ok(hits > 0, "a clean entry with a pinned page: write() met it (%u of %u times)", hits,
	      tried);
	kt_ok(!early && !wrong,
	      "a clean entry with a pinned page: is there afterwards, and a punch waits (%u of %u "
	      "times it did not)",
	      early + wrong, hits);
}

int main(int argc, char **argv)
{
	kt_init(argc, argv);
	if (kt_fs == KT_EXT2) {
		kt_skip("pinned pages", "ext2 waits for no pins");
		return kt_end();
	}
	kt_deadline(120, "a removal that waits for a page that was given back");
	pinned(&whole, false, false, "pinned at 4 KiB, then upgraded");
	pinned(&page, true, false, "pinned at 4 KiB and dirty, then upgraded");
	pinned(&cut, true, false, "pinned at 4 KiB and dirty, then upgraded");
	pinned(&cut_middle, false, false, "pinned at 4 KiB, then upgraded");
	pinned(&whole, true, true, "upgraded, then pinned at 2 MiB");
	pinned(&cut, false, true, "upgraded, then pinned at 2 MiB");
	if (kt_has_pmd)
		clean_entry_stays();
	else
		kt_skip("a clean entry with a pinned page", "this kernel is without pmd/");
	return kt_end();
}
