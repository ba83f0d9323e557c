/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rings.h - one ring buffer of event records for each CPU: shared rings cost several times as much.
 */
#ifndef DAX_COLLECT_RINGS_H
#define DAX_COLLECT_RINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>
#include "collect/live.h"

struct rings;

/*
 * Map @nr rings of @lines lines each from the map @lines_fd, and their ends, one for each of @cpus
 * CPUs, from @ends_fd. Each CPU that is @online gets a ring; records of the others are lost. With
 * @nr 0 there are none: *rings is then NULL, which all functions accept. Returns 0 or a negative
 * errno.
 */
int rings_map(struct rings **rings, int lines_fd, int ends_fd, int nr, size_t lines, const bool *online,
	      int cpus);
void rings_free(struct rings *rings);

/* Events that were lost because their CPU was not online when the rings were made. */
__u64 rings_missing(const struct rings *rings);

/* See dax_live_drain(). */
int rings_drain(struct rings *rings, dax_event_fn fn, void *ctx);

#endif
