// SPDX-License-Identifier: GPL-2.0-only
/* predict.c - predict the result of the first fault in each 2 MiB range of a file. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "doctor/predict.h"
#include "fields.h"

const char *fate_name(unsigned fate)
{
	switch (fate) {
	case FATE_PMD:
		return "pmd";
	case FATE_ZERO:
		return "zero";
	case FATE_NEVER:
		return "never_tried";
	default:
		return dax_reason_name((enum dax_reason)fate);
	}
}

void layout_free(struct layout *layout)
{
	free(layout->extent);
	free(layout->seam);
	free(layout->bad);
}

void runs_free(struct runs *runs)
{
	free(runs->run);
	*runs = (struct runs){0};
}

static bool same_extent(const struct run *a, const struct run *b)
{
	const struct extent *x = &a->extent, *y = &b->extent;

	return a->has_extent == b->has_extent &&
	       (!a->has_extent || (x->logical == y->logical && x->physical == y->physical &&
				   x->length == y->length && x->flags == y->flags));
}

/* Append @run; if it equals the last run except for its position, extend that one. */
static int add_run(struct runs *runs, const struct run *run)
{
	struct run *last = runs->nr ? &runs->run[runs->nr - 1] : NULL;

	runs->ranges += run->count;
	if (last && last->first + last->count == run->first && last->read == run->read &&
	    last->write == run->write && last->seam == run->seam && same_extent(last, run)) {
		last->count += run->count;
		return 0;
	}
	/* Double the array at each power of two. */
	if (!runs->run || !(runs->nr & (runs->nr - 1))) {
		size_t room = runs->nr ? 2 * runs->nr : 1;
		struct run *more = realloc(runs->run, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		runs->run = more;
	}
	runs->run[runs->nr++] = *run;
	return 0;
}

static __u64 extent_end(const struct extent *extent)
{
	return extent->logical + extent->length;
}

/* The first seam above @at, or ~0. */
static __u64 next_seam(const struct layout *layout, __u64 at)
{
	size_t low = 0, high = layout->nr_seams;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (layout->seam[mid] <= at)
			low = mid + 1;
		else
			high = mid;
	}
	return low < layout->nr_seams ? layout->seam[low] : ~0ULL;
}

/* File offset of the first unreadable byte from @at on in @extent, or ~0. */
static __u64 next_bad(const struct layout *layout, const struct extent *extent, __u64 at)
{
	__u64 from = extent->physical + (at - extent->logical);
	__u64 end = extent->physical + extent->length, found = ~0ULL;

	for (size_t i = 0; i < layout->nr_bad; i++) {
		const struct span *bad = &layout->bad[i];
		__u64 start = bad->start > from ? bad->start : from;

		if (start < bad->start + bad->length && start < end && start - from + at < found)
			found = start - from + at;
	}
	return found;
}

/* The fate of storage at @extent as far as the device decides it: 2 MiB, or a reason. */
static unsigned storage_fate(const struct layout *layout, const struct extent *extent)
{
	if (!layout->base_known || extent->flags & EXTENT_UNUSABLE)
		return DAX_WHY_UNKNOWN;
	if ((extent->physical + layout->base - extent->logical) % RANGE_BYTES == 0)
		return FATE_PMD;
	/* Aligned as far as the filesystem knows, but not in memory: the device causes it. */
	return (extent->physical + layout->part - extent->logical) % RANGE_BYTES ? DAX_WHY_EXTENT_MISALIGNED
									       : DAX_WHY_DEVICE_SHORT;
}

/* Predict the ranges from @at on that are completely in @extent and have the same fate. */
static void predict_whole(const struct layout *layout, const struct extent *extent, __u64 at,
			  struct run *run)
{
	unsigned fate = storage_fate(layout, extent);
	__u64 end = extent_end(extent), seam = next_seam(layout, at);
	bool unwritten = extent->flags & EXTENT_UNWRITTEN;
	__u64 bad = fate == FATE_PMD ? next_bad(layout, extent, at) : ~0ULL;

	run->count = (end - at) / RANGE_BYTES;
	if (seam < at + RANGE_BYTES) {
		run->seam = true;
		run->count = 1;
	} else if (seam < end && (seam - at) / RANGE_BYTES < run->count) {
		run->count = (seam - at) / RANGE_BYTES;
	}
	if (bad < at + RANGE_BYTES) {
		fate = DAX_WHY_DEVICE_SHORT;
		run->count = 1;
	} else if (bad < end && (bad - at) / RANGE_BYTES < run->count) {
		run->count = (bad - at) / RANGE_BYTES;
	}
	run->read = unwritten ? FATE_ZERO : fate;
	run->write = fate;
	if (extent->flags & EXTENT_SHARED)
		run->write = DAX_WHY_UNKNOWN; /* it depends on where the copy will be */
	else if (unwritten && run->seam)
		run->write = DAX_WHY_EXTENT_SHORT;
	else if (unwritten && layout->seamless && !layout->seams_known &&
		 extent->length > layout->seamless)
		run->write = DAX_WHY_UNKNOWN;
}

/* Predict one range with several pieces. @extent is the first one that is not a hole. */
static void predict_pieces(const struct layout *layout, size_t i, __u64 at, struct run *run)
{
	const struct extent *extent = &layout->extent[i], *next = extent + 1;

	run->count = 1;
	run->read = DAX_WHY_EXTENT_SHORT;
	run->write = DAX_WHY_EXTENT_SHORT;
	if (extent->logical > at)
		return; /* it begins with a hole: an allocation for the hole ends where the hole ends */
	if (extent->flags & EXTENT_SHARED)
		run->write = DAX_WHY_UNKNOWN;
	else if (layout->converts_whole && extent->flags & EXTENT_UNWRITTEN &&
		 i + 1 < layout->nr_extents && !(next->flags & (EXTENT_UNWRITTEN | EXTENT_SHARED)) &&
		 next->logical == extent_end(extent) &&
		 next->physical == extent->physical + extent->length &&
		 extent_end(next) >= at + RANGE_BYTES)
		run->write = (__u8)storage_fate(layout, extent);
}

static void predict_at(const struct layout *layout, size_t *i, __u64 at, __u64 whole,
		       struct run *run)
{
	const struct extent *extent;

	while (*i < layout->nr_extents && extent_end(&layout->extent[*i]) <= at)
		++*i;
	extent = *i < layout->nr_extents ? &layout->extent[*i] : NULL;
	run->read = run->write = DAX_WHY_UNKNOWN;
	run->count = whole;
	if (!extent && layout->cut)
		return;
	if (extent && extent->logical <= at) {
		run->has_extent = true;
		run->extent = *extent;
	}
	if (!extent || extent->logical >= at + RANGE_BYTES) {
		run->read = FATE_ZERO;
		if (extent && (extent->logical - at) / RANGE_BYTES < whole)
			run->count = (extent->logical - at) / RANGE_BYTES;
	} else if (run->has_extent && extent_end(extent) - at >= RANGE_BYTES) {
		predict_whole(layout, extent, at, run);
		if (run->count > whole)
			run->count = whole;
	} else {
		predict_pieces(layout, *i, at, run);
	}
}

int predict(const struct layout *layout, struct runs *runs)
{
	__u64 nr = layout->size / RANGE_BYTES + !!(layout->size % RANGE_BYTES), range = 0;
	/*
	 * The kernel compares in pages: an end inside the last page of a range does not cut the
	 * range.
	 */
	__u64 whole = (layout->size + PAGE_BYTES - 1) / PAGE_BYTES / DAX_RANGE_PAGES;
	size_t i = 0;
	int err = 0;

	*runs = (struct runs){0};
	while (!err && range < nr) {
		struct run run = {.first = range, .count = nr - range};

		if (!layout->tries_huge) {
			run.read = run.write = FATE_NEVER;
		} else if (range >= whole) {
			run.read = run.write = DAX_WHY_PAST_EOF;
		} else if (!layout->extents_tell) {
			run.read = run.write = DAX_WHY_UNKNOWN;
			run.count = whole - range;
		} else {
			predict_at(layout, &i, range * RANGE_BYTES, whole - range, &run);
		}
		range += run.count;
		err = add_run(runs, &run);
	}
	if (err)
		runs_free(runs);
	return err;
}

void runs_count(const struct runs *runs, __u64 read[NR_FATES], __u64 write[NR_FATES])
{
	memset(read, 0, NR_FATES * sizeof(*read));
	memset(write, 0, NR_FATES * sizeof(*write));
	for (size_t i = 0; i < runs->nr; i++) {
		read[runs->run[i].read] += runs->run[i].count;
		write[runs->run[i].write] += runs->run[i].count;
	}
}

/* What the mapping changes for the ranges of @run, in the order of the kernel's tests. */
static void apply_vma(const struct vma *vma, struct run *run, bool starts_before, bool ends_after)
{
	unsigned fate = 0;

	if (run->read == FATE_NEVER || vma->no_huge) {
		run->read = run->write = FATE_NEVER;
		return;
	}
	if ((vma->start ^ vma->offset) % RANGE_BYTES)
		fate = DAX_WHY_MISALIGNED_ADDR;
	else if (starts_before)
		fate = DAX_WHY_VMA_START;
	else if (ends_after)
		fate = DAX_WHY_VMA_END;
	if (fate)
		run->read = run->write = (__u8)fate;
	if (vma->private_map && fate != DAX_WHY_MISALIGNED_ADDR)
		run->write = DAX_WHY_PRIVATE_WRITE;
}

int predict_vma(const struct runs *file, const struct vma *vma, struct runs *runs)
{
	__u64 length = vma->end - vma->start;
	__u64 first = vma->offset / RANGE_BYTES, last = (vma->offset + length - 1) / RANGE_BYTES;
	bool cut_start = vma->offset % RANGE_BYTES, cut_end = (vma->offset + length) % RANGE_BYTES;
	int err = 0;

	*runs = (struct runs){0};
	for (size_t i = 0; !err && i < file->nr; i++) {
		__u64 from = file->run[i].first, to = from + file->run[i].count;

		if (from < first)
			from = first;
		if (to > last + 1)
			to = last + 1;
		while (!err && from < to) {
			struct run run = file->run[i];
			bool starts = from == first && cut_start, ends = from == last && cut_end;

			run.first = from;
			run.count = to - from;
			if (starts || ends)
				run.count = 1;
			else if (cut_end && to == last + 1)
				run.count = last - from;
			apply_vma(vma, &run, starts, ends);
			from += run.count;
			err = add_run(runs, &run);
		}
	}
	if (err)
		runs_free(runs);
	return err;
}
