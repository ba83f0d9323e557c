/* SPDX-License-Identifier: GPL-2.0-only */
/* live.h - the collector for the running kernel: loads the BPF programs and reads what they count. */
#ifndef DAX_COLLECT_LIVE_H
#define DAX_COLLECT_LIVE_H

#include "sample.h"

struct dax_live;

#define DAX_LOOK_NS 200000000ULL /* how often to call dax_live_refresh_names(): names are found while their owners live */

#define DAX_MAX_SLOTS 65536 /* 400 MB of cells for each CPU, of eight */

struct dax_live_opts {
	bool record;		/* have the kernel write event records too */
	size_t ring_bytes;	/* of each CPU's ring: a power of two of pages; 0: 8 MiB */
	__u32 max_slots;	/* (file, process) pairs with a cell of their own; 0: 1024; DAX_MAX_SLOTS at most */
	bool by_thread;		/* (file, thread) pairs; 0 slots: what fits the same memory */
	const __u32 *targets;	/* thread group ids to watch, with later descendants */
	size_t nr_targets;	/* 0: every process; at most DAX_MAX_WATCHED */
	const int *cgroups;	/* descriptors of cgroups: only tasks in or below one of them */
	size_t nr_cgroups;	/* 0: all; at most DAX_MAX_CGROUPS */
	enum dax_tier max_tier; /* go no higher than this: DAX_T3 for all there is */
	bool mapped;		/* for dax_live_mapped() */
	bool sample_latency;	/* time 4 KiB faults when dax_live_schedule_timing() says, not all */
};

/*
 * Load, attach and start counting. On failure nothing stays loaded, *live is NULL, a message for
 * the user is in @err, and the return value is a negative errno: -EPERM (no privilege), -ENOTSUP
 * (this kernel cannot do it) or what the system said.
 */
int dax_live_open(struct dax_live **live, const struct dax_live_opts *opts, char *err, size_t size);

/* Stop and unload; NULL is fine. */
void dax_live_free(struct dax_live *live);

/*
 * With sample_latency: call it first after SAMPLING_CALM_NS (latency-sampling.h), then after as many ns as it
 * returns; 0: never. A negative errno when the begin of 4 KiB faults cannot be attached again:
 * they are counted untimed from then on.
 */
__s64 dax_live_schedule_timing(struct dax_live *live);

/* Detach the programs, so that the counters stand still; what was counted can still be read. */
void dax_live_stop(struct dax_live *live);

/* The counters as a source of samples. Belongs to @live: do not free it on its own. */
struct dax_source *dax_live_source(struct dax_live *live);

/* Why the kernel refused the programs of a higher tier, in its own words; empty: it refused none. */
const char *dax_live_refused(const struct dax_live *live);
enum dax_tier dax_live_tier(const struct dax_live *live);
void dax_live_losses(const struct dax_live *live, struct dax_bpf_losses *out);

/* Of the lost events those on CPUs that came online after @live was opened. */
__u64 dax_live_without_ring(const struct dax_live *live);

/*
 * Hand every event record that waits in the rings to @fn (struct dax_event, or by its type struct
 * dax_event_extent, of @size bytes). Rings wake nobody: call it every few milliseconds. Within a
 * CPU records come in time order. Returns the number of records, or the negative errno that @fn
 * returned.
 */
typedef int (*dax_event_fn)(void *ctx, const struct dax_event *ev, size_t size);
int dax_live_drain(struct dax_live *live, dax_event_fn fn, void *ctx);

/*
 * Who @slot is: NULL while the kernel has not filled it in, and for slot 0 (what found no slot).
 * Valid until dax_live_free().
 */
const struct dax_meta *dax_live_meta(const struct dax_live *live, __u32 slot);

/* Who @slot is, in @row, without counters: false as above. Texts are valid until the next call here. */
bool dax_live_identity(struct dax_live *live, __u32 slot, struct dax_row *row);

/*
 * Have @fn called before a slot goes to somebody else: its process is gone, and all of its records are in
 * the rings by now. Drain them, and take down who it was.
 */
typedef void (*dax_slot_fn)(void *ctx, __u32 slot);
void dax_live_on_reuse(struct dax_live *live, dax_slot_fn fn, void *ctx);

/*
 * Which DAX files the process @pid has mapped where, by the inodes that faults are about: a list that
 * the caller frees. -ENOTSUP: /proc/PID/maps tells it as well, or this kernel cannot.
 */
int dax_live_mapped(void *live, __u32 pid, struct dax_mapped **list, size_t *nr);

/*
 * Note the names of what is new, before they vanish, and look whether known files are still where
 * they were. A sample does so too. Cheap: call it several times a second where samples are rare.
 */
void dax_live_refresh_names(struct dax_live *live);

#endif
