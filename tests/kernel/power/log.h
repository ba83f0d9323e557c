/* SPDX-License-Identifier: GPL-2.0-only */
/* The log of all that became persistent, and the image of the device at any point of it. */
#ifndef POWER_LOG_H
#define POWER_LOG_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record.h"

/* Stores of the test that nobody wrote back yet: a cache may do so at any time */
enum { ENTRY_STORE = PIECE_MARK + 1 };

struct line_change {
	uint32_t line;
	uint8_t old[CACHE_LINE], now[CACHE_LINE];
};

struct log_entry {
	uint32_t kind;
	uint32_t first, lines; /* cache lines of the device that it covers */
	uint32_t change, changes; /* those whose content it changed */
	uint64_t id; /* of a mark */
};

extern struct log_entry *log_entries;
extern uint32_t log_n;

/* Attaches the recorder to the device, which is not mounted, and takes its image */
void log_start(const char *device);
void log_record(bool on);
/* Takes over what was recorded until now; the number of entries */
uint32_t log_drain(void);
/* Adds a mark, in order with what all CPUs recorded; its entry */
uint32_t log_mark(uint64_t id);
/* The test has stored these bytes, or has also written them back and fenced them. In one page. */
void log_store(uint64_t offset, const void *bytes, size_t size);
void log_user(uint64_t offset, size_t size);
/* What was lost of the record: 0, or nothing that follows is proven */
uint64_t log_lost(void);
/* Lines of the memory that no entry, not even a store, explains; unflushed: those that only a store does */
uint64_t log_unexplained(uint64_t *unflushed);
/* Where the page at that address is on the device */
uint64_t log_offset_of(const void *at);

/* The image: at the end of the log after recording. Without: entries of that kind are left out. */
void image_rewind(void);
void image_apply(uint32_t entry, uint32_t without);
/* For the next power failure only: a part of the entries chosen by the seed, in their order */
void image_overlay_some(uint32_t from, uint32_t to, uint32_t seed, uint32_t evictions_from);
void image_drop_overlay(void);
/* Writes what differs to the device, and from then on learns what else is written there */
void image_to_device(void);
uint64_t image_written(void);

#endif
