/* SPDX-License-Identifier: GPL-2.0-only */
/* identity.h - the names that belong to a slot: file, mount, process, thread, cgroup. */
#ifndef DAX_COLLECT_IDENTITY_H
#define DAX_COLLECT_IDENTITY_H

#include "sample.h"

struct identities;

/*
 * For slots below @nr_slots, whatever the caller numbers in this way; NULL: out of memory. Free
 * accepts NULL.
 */
struct identities *identities_open(__u32 nr_slots);
void identities_free(struct identities *who);

/*
 * Note the owner of @slot, once, and look for its names before they disappear. Cheap when the slot
 * is known. False: out of memory.
 */
bool identities_note(struct identities *who, __u32 slot, const struct dax_meta *meta);

/* Forget the owner of @slot; if @to is not 0, slot @to takes the names over. */
void identities_forget(struct identities *who, __u32 slot, __u32 to);

/* Check whether some files are still at their paths. Does a limited number at most every 100 ms. */
void identities_refresh(struct identities *who, __u64 now_ns);

/*
 * Fill in the names of @slot. The texts belong to @who, and are valid until the next
 * identities_refresh().
 */
void identities_fill(const struct identities *who, __u32 slot, const struct dax_meta *meta, struct dax_row *row);
/* As identities_fill(), the texts only. */
void identities_texts(const struct identities *who, __u32 slot, struct dax_row *row);

enum dax_cgroups identities_cgroups(const struct identities *who);

#endif
