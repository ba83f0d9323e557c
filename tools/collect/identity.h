/* SPDX-License-Identifier: GPL-2.0-only */
/* identity.h - the names of what slots stand for: file, mount, process, thread, cgroup. */
#ifndef DAX_COLLECT_IDENTITY_H
#define DAX_COLLECT_IDENTITY_H

#include "sample.h"

struct identities;

/* For slots below @nr_slots, of whatever the caller numbers so; NULL: no memory. Free of NULL is fine. */
struct identities *identities_open(__u32 nr_slots);
void identities_free(struct identities *who);

/*
 * Note who @slot is, once, and look for its names: what vanishes later was seen. Cheap when it is
 * known. False: no memory.
 */
bool identities_note(struct identities *who, __u32 slot, const struct dax_meta *meta);

/* @slot is nobody from here on; with @to that one becomes who it was. 0: nobody does. */
void identities_forget(struct identities *who, __u32 slot, __u32 to);

/* Look at some files again: are they where they were? At most every 100 ms, and so many. */
void identities_refresh(struct identities *who, __u64 now_ns);

/* Fill in who @slot is; texts belong to @who, and are valid until the next identities_refresh(). */
void identities_fill(const struct identities *who, __u32 slot, const struct dax_meta *meta, struct dax_row *row);
/* Of these the texts alone. */
void identities_texts(const struct identities *who, __u32 slot, struct dax_row *row);

enum dax_cgroups identities_cgroups(const struct identities *who);

#endif
