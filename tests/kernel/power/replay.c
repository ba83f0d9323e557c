// SPDX-License-Identifier: GPL-2.0-only
/* Power failures: at points of the log the image is put on the device, mounted, and compared with the model. */
#include "replay.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "kt.h"
#include "log.h"

double took[5];
static bool consistent(const struct replay *r)
{
	char command[128];

	snprintf(command, sizeof(command), "%s %s >/run/power-check 2>&1",
		 strcmp(r->type, "xfs") ? "e2fsck -fn" : "xfs_repair -n", r->device);
	if (!system(command))
		return true;
	(void)!system("sed 's/^/# /' /run/power-check | head -n 20");
	return false;
}

/* Mounted read-only the log is recovered all the same, and it takes less time */
static void fail_power(struct replay *r, uint32_t at, const char *how, bool all, bool check)
{
	unsigned int before = r->found.lost;
	double start = kt_now();

	image_to_device();
	took[0] += kt_now() - start; start = kt_now();
	if (mount(r->device, kt_dir, r->type, check ? 0 : MS_RDONLY, "dax=never")) {
		printf("# entry %u, %s: mount: %s\n", at, how, strerror(errno));
		r->broken++;
		return;
	}
	took[1] += kt_now() - start; start = kt_now();
	model_check(all, &r->found);
	took[2] += kt_now() - start; start = kt_now();
	if (umount(kt_dir))
		kt_die("umount");
	took[3] += kt_now() - start; start = kt_now();
	if (r->found.lost > before)
		printf("# entry %u of %u, %s: %u files lost, now or before: %s\n", at, log_n, how, r->found.lost - before, r->found.first);
	if (check) {
		r->checked++;
		bool good = consistent(r);
	took[4] += kt_now() - start; start = kt_now();
		if (!good) {
			printf("# entry %u, %s: the filesystem is inconsistent\n", at, how);
			r->broken++;
		}
	}
}

static bool recorded(uint32_t kind)
{
	return kind == PIECE_FLUSH || kind == PIECE_COPY || kind == PIECE_USER;
}

/* In the middle of those that the fence at "to" is for, or to: nothing was to be fenced */
static uint32_t between(uint32_t from, uint32_t to, uint32_t seed)
{
	uint32_t n = 0, nth;

	for (uint32_t i = from; i < to; i++)
		n += recorded(log_entries[i].kind);
	if (!n)
		return to;
	nth = seed * 2654435761U % n;
	for (uint32_t i = from; i < to; i++)
		if (recorded(log_entries[i].kind) && !nth--)
			return i;
	return to;
}

static uint32_t next_fence(uint32_t from)
{
	while (from < log_n && log_entries[from].kind != PIECE_FENCE)
		from++;
	return from;
}

void replay_all(struct replay *r)
{
	enum { EVICTIONS = 2000 };
	uint32_t fenced = 0, failure, fences = 0, every;

	for (uint32_t i = 0; i < log_n; i++)
		fences += log_entries[i].kind == PIECE_FENCE;
	every = r->checks ? fences / r->checks + 1 : log_n;
	model_rewind();
	image_rewind();
	failure = between(0, next_fence(0), 1);
	for (uint32_t i = 0; i < log_n; i++) {
		if (i == failure) {
			model_advance(i);
			image_overlay_some(fenced, i + 1, i + 1, i > EVICTIONS ? i - EVICTIONS : 0);
			fail_power(r, i, "before the fence, with a part of what it is for", false, false);
			image_drop_overlay();
			r->reordered++;
		}
		if (log_entries[i].kind == PIECE_MARK) {
			model_advance(i);
			image_overlay_some(fenced, i + 1, 0, i);
			fail_power(r, i, "after a promise", false, false);
			image_drop_overlay();
			r->marks++;
		}
		if (log_entries[i].kind == PIECE_FENCE) {
			bool check = ++r->fences % every == 0;

			while (fenced <= i)
				image_apply(fenced++, 0);
			model_advance(i);
			fail_power(r, i, "after a fence", check, check);
			failure = between(fenced, next_fence(fenced), i);
		}
	}
	while (fenced < log_n)
		image_apply(fenced++, 0);
	model_advance(log_n);
	fail_power(r, log_n, "at the end", true, true);
	printf("# device %.1f mount %.1f check %.1f umount %.1f fsck %.1f\n", took[0], took[1], took[2], took[3], took[4]);
}

void replay_without_flushes(struct replay *r)
{
	uint32_t marks = 0, applied = 0;

	model_rewind();
	image_rewind();
	for (uint32_t i = 0; i < log_n; i++)
		if (log_entries[i].kind == PIECE_MARK && ++marks % 16 == 0) {
			while (applied <= i)
				image_apply(applied++, PIECE_FLUSH);
			model_advance(i);
			fail_power(r, i, "without what was flushed", false, false);
			r->marks++;
		}
}
