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

/*
 * Power fails: what the image has is what is left. Mounted read-only the log is recovered all the same, and it takes
 * less time.
 */
static void fail_power(struct replay *r, uint32_t at, const char *how, bool all, bool check)
{
	unsigned int before = r->found.lost;

	image_to_device();
	if (mount(r->device, kt_dir, r->type, check ? 0 : MS_RDONLY, "dax=always")) {
		printf("# entry %u, %s: mount: %s\n", at, how, strerror(errno));
		r->broken++;
		return;
	}
	model_check(all, &r->found);
	if (umount(kt_dir))
		kt_die("umount");
	if (r->found.lost > before && r->parts && r->told++ < 10)
		printf("# entry %u of %u, %s: %u files are not as they may be: %s\n", at, log_n, how, r->found.lost - before,
		       r->found.last);
	if (check) {
		r->checked++;
		if (!consistent(r)) {
			printf("# entry %u, %s: the filesystem is inconsistent\n", at, how);
			r->broken++;
		}
	}
}

static bool recorded(uint32_t kind)
{
	return kind == PIECE_FLUSH || kind == PIECE_COPY || kind == PIECE_USER;
}

static uint32_t next_fence(uint32_t from)
{
	while (from < log_n && log_entries[from].kind != PIECE_FENCE)
		from++;
	return from;
}

/* Some entry between two fences for which the second one is */
static uint32_t choose(uint32_t from, uint32_t to, unsigned int part)
{
	uint32_t n = 0, nth;

	for (uint32_t i = from; i < to; i++)
		n += recorded(log_entries[i].kind);
	if (!n)
		return to;
	nth = (to + part) * 2654435761U % n;
	while (nth || !recorded(log_entries[from].kind))
		nth -= recorded(log_entries[from++].kind);
	return from;
}

static void fail_unfenced(struct replay *r, uint32_t from, uint32_t at, uint32_t seed)
{
	enum { EVICTIONS = 2000 };

	model_advance(at);
	image_overlay_some(from, at + 1, seed, at > EVICTIONS ? at - EVICTIONS : 0);
	fail_power(r, at, "with a part of what was not fenced", false, false);
	image_drop_overlay();
	r->reordered++;
}

static void fail_promised(struct replay *r, uint32_t from, uint32_t at)
{
	model_advance(at);
	image_overlay_some(from, at + 1, 0, at);
	fail_power(r, at, "after a promise", false, false);
	image_drop_overlay();
	r->marks++;
}

static void fail_between(struct replay *r, uint32_t from, uint32_t to)
{
	uint32_t at[REPLAY_PARTS];

	for (unsigned int part = 0; part < r->parts; part++)
		at[part] = choose(from, to, part);
	for (uint32_t i = from; i < to; i++) {
		for (unsigned int part = 0; part < r->parts; part++)
			if (at[part] == i)
				fail_unfenced(r, from, i, 1 + i + part * 7919);
		if (log_entries[i].kind == PIECE_MARK)
			fail_promised(r, from, i);
	}
}

void replay_all(struct replay *r)
{
	uint32_t fences = 0, every;

	for (uint32_t i = 0; i < log_n; i++)
		fences += log_entries[i].kind == PIECE_FENCE;
	every = fences / r->checks + 1;
	model_rewind();
	image_rewind();
	for (uint32_t from = 0, to; from < log_n; from = to + 1) {
		bool check = ++r->fences % every == 0;

		to = next_fence(from);
		fail_between(r, from, to);
		for (uint32_t i = from; i < to; i++)
			image_apply(i, 0);
		model_advance(to);
		check |= to == log_n;
		fail_power(r, to, "after a fence", check, check);
	}
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
