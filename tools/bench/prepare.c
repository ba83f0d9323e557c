// SPDX-License-Identifier: GPL-2.0-only
/*
 * prepare.c - lay out the file for one kind. Data is written by pwrite(), which on a DAX file
 * leaves nothing in the page cache; after fallocate() alone it would be read as holes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include "bench/extents.h"
#include "bench/plan.h"
#include "util/err.h"

#define SLACK_RANGES 16	       /* reserve for misaligned edges of the filesystem's own areas */
#define SPARE_BYTES  (4 << 20) /* for the filesystem's metadata */

static void no_space(const struct plan *plan, __u64 bytes)
{
	die(DAX_EXIT_UNSUPPORTED,
	    "%s: no room for %llu faults of kind %s: about %llu MiB free space are needed; lower "
	    "--count or use a larger filesystem",
	    plan->target.path, plan->count, plan->kind->name, (bytes + (1 << 20) - 1) >> 20);
}

static void prepare_fail(const struct plan *plan, const char *what, int err)
{
	if (err == ENOSPC || err == EDQUOT || err == EFBIG)
		no_space(plan, layout_bytes(plan));
	die(DAX_EXIT_UNSUPPORTED, "%s: %s: %s%s", plan->target.path, what, strerror(err),
	    err == EOPNOTSUPP ? "; this kind needs extents, as xfs and ext4 have them" : "");
}

__u64 layout_bytes(const struct plan *plan)
{
	__u64 pages = plan->count, ranges = plan->count;

	switch (plan->kind->layout) {
	case LAYOUT_PAGE_HOLES:
		pages = plan->kind->write ? plan->count : 0;
		break;
	case LAYOUT_SPARSE:
		pages = plan->count * (plan->follow + 1 + plan->kind->entry_first);
		break;
	case LAYOUT_HOLES:
		pages = 0;
		break;
	case LAYOUT_EOF:
		pages = WINDOW_PAGES;
		break;
	case LAYOUT_ALIGNED:
	case LAYOUT_UNWRITTEN:
	case LAYOUT_MISALIGNED:
		return (ranges + 1) * RANGE_BYTES + SPARE_BYTES;
	case LAYOUT_PAGES:
		break;
	}
	return pages * PAGE_BYTES + (pages >> 7) * PAGE_BYTES + SPARE_BYTES;
}

static void check_space(const struct plan *plan)
{
	__u64 need = layout_bytes(plan);
	struct statvfs st;

	if (fstatvfs(plan->target.fd, &st))
		prepare_fail(plan, "statvfs", errno);
	if ((__u64)(geteuid() ? st.f_bavail : st.f_bfree) * st.f_frsize < need)
		no_space(plan, need);
}

/* The source of all data: zeros in plain memory, never in a DAX mapping. */
static void write_zeroes(const struct plan *plan, __u64 offset, __u64 length)
{
	static const char zeroes[RANGE_BYTES];

	while (length) {
		size_t want = length < sizeof(zeroes) ? length : sizeof(zeroes);
		ssize_t done = pwrite(plan->target.fd, zeroes, want, offset);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			prepare_fail(plan, "write", done ? errno : ENOSPC);
		offset += done;
		length -= done;
	}
}

static void set_size(const struct plan *plan, __u64 bytes)
{
	if (ftruncate(plan->target.fd, bytes))
		prepare_fail(plan, "ftruncate", errno);
}

static __u8 *classify(const struct plan *plan, size_t nr)
{
	__u8 *state = malloc(nr);
	int err;

	if (!state)
		die(DAX_EXIT_UNSUPPORTED, "out of memory");
	err = classify_ranges(plan->target.fd, device_phase(plan->target.dev), nr, state);
	if (err)
		die(DAX_EXIT_UNSUPPORTED, "%s: cannot read its extents (FIEMAP): %s",
		    plan->target.path, strerror(-err));
	return state;
}

static size_t count_state(const __u8 *state, size_t nr, enum range_state want)
{
	size_t found = 0;

	for (size_t i = 0; i < nr; i++)
		found += (state[i] & RANGE_STATE) == want;
	return found;
}

/*
 * Allocate @nr ranges, with one call for each: ext4 aligns a request to its stride only if it has
 * that length. Returns false when there is no space left.
 */
static bool allocate(const struct plan *plan, size_t from, size_t nr)
{
	while (nr) {
		if (!fallocate(plan->target.fd, 0, from * RANGE_BYTES, RANGE_BYTES)) {
			from++;
			nr--;
			continue;
		}
		if (errno == ENOSPC || errno == EDQUOT)
			return false;
		if (errno != EINTR)
			prepare_fail(plan, "fallocate", errno);
	}
	return true;
}

static void note_ranges(struct plan *plan, const __u8 *state, size_t have, enum range_state want)
{
	plan->range = calloc(plan->count, sizeof(*plan->range));
	if (!plan->range)
		die(DAX_EXIT_UNSUPPORTED, "out of memory");
	for (size_t i = 0, n = 0; n < plan->count && i < have; i++)
		if ((state[i] & RANGE_STATE) == want)
			plan->range[n++] = i;
}

/* Allocate until @plan->count ranges are @want; store their numbers in plan->range. */
static void allocate_ranges(struct plan *plan, enum range_state want)
{
	const bool misalign = want == RANGE_MISALIGNED;
	size_t have = 0, good = 0, shifts = 0, limit = plan->count + plan->count / 8 + SLACK_RANGES;
	bool space = true;
	__u8 *state = NULL;

	while (good < plan->count && have < limit) {
		/* Shifting all blocks by one page leaves the last range incomplete. */
		size_t add = plan->count - good + misalign;

		space = allocate(plan, have, add);
		if (!space)
			break;
		have += add;
		if (misalign) {
			if (fallocate(plan->target.fd, FALLOC_FL_COLLAPSE_RANGE, 0, PAGE_BYTES))
				prepare_fail(plan, "shift its blocks (FALLOC_FL_COLLAPSE_RANGE)", errno);
			set_size(plan, have * RANGE_BYTES);
			shifts++;
		}
		free(state);
		state = classify(plan, have);
		good = count_state(state, have, want);
	}
	if (good < plan->count) {
		if (!space && good + shifts >= have)
			no_space(plan, layout_bytes(plan));
		die(DAX_EXIT_UNSUPPORTED,
		    "%s: only %zu of %zu ranges are in one %s 2 MiB extent%s: %s, or lower "
		    "--count",
		    plan->target.path, good, have, misalign ? "misaligned" : "aligned",
		    space ? "" : " before the space was used up",
		    device_phase(plan->target.dev) ? "the partition or its device does not start "
						     "at a multiple of 2 MiB (of "
						     "4096 sectors); move it"
						   : "use a new filesystem (mkfs.xfs -d su=2m,sw=1 "
						     "or mkfs.ext4 -b 4096 -E "
						     "stride=512)");
	}
	note_ranges(plan, state, have, want);
	free(state);
}

/* Check that the chosen ranges are still as wanted after they were written. */
static void check_ranges(const struct plan *plan, __u8 want)
{
	size_t nr = plan_range(plan, plan->count - 1) + 1;
	__u8 *state = classify(plan, nr);

	for (__u64 i = 0; i < plan->count; i++) {
		__u64 range = plan_range(plan, i);

		if (want == RANGE_PIECES ? (state[range] & RANGE_STATE) == RANGE_PIECES
					 : state[range] == want)
			continue;
		die(DAX_EXIT_UNSUPPORTED,
		    "%s: the filesystem laid out the range at %llu MiB in another way than kind "
		    "%s needs",
		    plan->target.path, range * RANGE_BYTES >> 20, plan->kind->name);
	}
	free(state);
}

static void prepare_ranges(struct plan *plan, enum range_state want, bool written)
{
	allocate_ranges(plan, want);
	if (written)
		for (__u64 i = 0; i < plan->count; i++)
			write_zeroes(plan, plan->range[i] * RANGE_BYTES, RANGE_BYTES);
	check_ranges(plan, want | (written ? 0 : RANGE_UNWRITTEN));
}

static void prepare_sparse(const struct plan *plan)
{
	unsigned int before = plan->kind->entry_first;

	set_size(plan, plan->count * RANGE_BYTES);
	for (__u64 i = 0; i < plan->count; i++) {
		__u64 page = plan_range(plan, i) * DAX_RANGE_PAGES + plan_page(plan, i) - before;

		write_zeroes(plan, page * PAGE_BYTES, (plan->follow + 1 + before) * PAGE_BYTES);
	}
	if (plan->kind->reason == DAX_WHY_EXTENT_SHORT)
		check_ranges(plan, RANGE_PIECES);
}

void layout_prepare(struct plan *plan)
{
	enum bench_layout layout = plan->kind->layout;

	if (!plan->kind->no_huge && !plan->kind->thp_off)
		target_need_huge(&plan->target);
	check_space(plan);
	target_set_extsize(&plan->target, layout == LAYOUT_ALIGNED || layout == LAYOUT_UNWRITTEN ||
						  layout == LAYOUT_MISALIGNED);
	switch (layout) {
	case LAYOUT_PAGES:
		write_zeroes(plan, 0, plan->count * PAGE_BYTES);
		break;
	case LAYOUT_PAGE_HOLES:
		set_size(plan, plan->count * PAGE_BYTES);
		break;
	case LAYOUT_HOLES:
		set_size(plan, plan->count * RANGE_BYTES);
		break;
	case LAYOUT_SPARSE:
		prepare_sparse(plan);
		break;
	case LAYOUT_ALIGNED:
		prepare_ranges(plan, RANGE_ALIGNED, true);
		break;
	case LAYOUT_UNWRITTEN:
		prepare_ranges(plan, RANGE_ALIGNED, false);
		break;
	case LAYOUT_MISALIGNED:
		prepare_ranges(plan, RANGE_MISALIGNED, true);
		break;
	case LAYOUT_EOF:
		write_zeroes(plan, 0, WINDOW_PAGES * PAGE_BYTES);
		break;
	}
	/* Leave no dirty metadata that faults would have to wait for. */
	if (fsync(plan->target.fd))
		prepare_fail(plan, "fsync", errno);
}
