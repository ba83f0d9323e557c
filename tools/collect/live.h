/* SPDX-License-Identifier: GPL-2.0-only */
/* live.h - the collector for the running kernel: loads the BPF programs and reads what they count. */
#ifndef DAX_COLLECT_LIVE_H
#define DAX_COLLECT_LIVE_H

#include "sample.h"

struct dax_live;

#define DAX_LOOK_NS 200000000ULL /* how often to call dax_live_refresh_names() */

#define DAX_MAX_SLOTS 65536 /* 400 MB of cells for each CPU, for up to eight */

struct dax_live_opts {
	bool record;		/* the kernel side also writes event records */
	size_t ring_bytes;	/* of each CPU's ring: a power of two, in whole pages; 0: 8 MiB */
	__u32 max_slots;	/* (file, process) pairs with a cell of their own; 0: 1024; DAX_MAX_SLOTS at most */
	bool by_thread;		/* (file, thread) pairs; max_slots 0: what fits in the same memory */
	const __u32 *targets;	/* thread group ids to watch, with descendants that they create later */
	size_t nr_targets;	/* 0: every process; at most DAX_MAX_WATCHED */
	const int *cgroups;	/* descriptors of cgroups: watch only tasks in or below one of them */
	size_t nr_cgroups;	/* 0: all; at most DAX_MAX_CGROUPS */
	enum dax_tier max_tier; /* use no higher tier; DAX_T3: all that works */
	bool mapped;		/* dax_live_mapped() will be called */
	bool sample_latency;	/* time 4 KiB faults only when dax_live_schedule_timing() decides so */
};

/*
 * Load, attach and start counting. On failure nothing stays loaded, *live is NULL, @err has a
 * message for the user, and the return value is a negative errno: -EPERM (no privilege), -ENOTSUP
 * (this kernel cannot do it) or the error of the system.
 */
int dax_live_open(struct dax_live **live, const struct dax_live_opts *opts, char *err, size_t size);

/* Stop and unload. NULL is allowed. */
void dax_live_free(struct dax_live *live);

/*
 * With sample_latency: call it first after SAMPLING_CALM_NS (latency-sampling.h), then after the
 * number of ns that it returned; 0: never again. Returns a negative errno if the begin of 4 KiB
 * faults cannot be attached again: from then on they are counted untimed.
 */
__s64 dax_live_schedule_timing(struct dax_live *live);

/* Detach the programs: the counters no longer change, and can still be read. */
void dax_live_stop(struct dax_live *live);

/* The counters as a source of samples. It belongs to @live: do not free it. */
struct dax_source *dax_live_source(struct dax_live *live);

/*
 * Why the kernel refused the programs of a higher tier, in the kernel's words; empty: it refused
 * none.
 */
const char *dax_live_refused(const struct dax_live *live);
enum dax_tier dax_live_tier(const struct dax_live *live);
void dax_live_losses(const struct dax_live *live, struct dax_bpf_losses *out);

/* The lost events that were on CPUs that came online after @live was opened. */
__u64 dax_live_without_ring(const struct dax_live *live);

/*
 * Call @fn for every event record in the rings (struct dax_event, or struct dax_event_extent, as
 * its type says, of @size bytes). Rings wake nobody: call this every few milliseconds. The records
 * of one CPU come in the order of time. Returns the number of records, or the negative errno that
 * @fn returned.
 */
typedef int (*dax_event_fn)(void *ctx, const struct dax_event *ev, size_t size);
int dax_live_drain(struct dax_live *live, dax_event_fn fn, void *ctx);

/*
 * File and process of @slot: NULL until the kernel side has filled it in, and for slot 0
 * (everything without a slot). Valid until dax_live_free().
 */
const struct dax_meta *dax_live_meta(const struct dax_live *live, __u32 slot);

/*
 * Fill in @row for @slot, without counters; false as for NULL above. Texts are valid until the next
 * call here.
 */
bool dax_live_identity(struct dax_live *live, __u32 slot, struct dax_row *row);

/*
 * Call @fn before a slot is given to another file or process: the process has exited, and all its
 * records are in the rings. @fn must drain them, and write down the owner of the slot.
 */
typedef void (*dax_slot_fn)(void *ctx, __u32 slot);
void dax_live_on_reuse(struct dax_live *live, dax_slot_fn fn, void *ctx);

/*
 * Which DAX files the process @pid has mapped, and where, by the inodes that its faults are on. The
 * caller frees the list. -ENOTSUP: /proc/PID/maps shows the same, or this kernel cannot do it.
 */
int dax_live_mapped(void *live, __u32 pid, struct dax_mapped **list, size_t *nr);

/*
 * Note new names before they disappear, and check whether known files are still at their paths. A
 * sample does this too. Cheap: call it several times a second if samples are rare.
 */
void dax_live_refresh_names(struct dax_live *live);

#endif
