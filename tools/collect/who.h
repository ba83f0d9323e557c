/* SPDX-License-Identifier: GPL-2.0-only */
/* who.h - the names of what slots stand for: file, mount, process, thread, cgroup. */
#ifndef DAX_COLLECT_WHO_H
#define DAX_COLLECT_WHO_H

#include "sample.h"

struct who;

/* For slots below @nr_slots, of whatever the caller numbers so; NULL: no memory. Free of NULL is fine. */
struct who *who_open(__u32 nr_slots);
void who_free(struct who *who);

/*
 * Note who @slot is, once, and look for its names: what vanishes later was seen. Cheap when it is
 * known. False: no memory.
 */
bool who_note(struct who *who, __u32 slot, const struct dax_meta *meta);

/* @slot is nobody from here on; with @to that one becomes who it was. 0: nobody does. */
void who_forget(struct who *who, __u32 slot, __u32 to);

/* Look at some files again: are they where they were? At most every 100 ms, and so many. */
void who_look(struct who *who, __u64 now_ns);

/* Fill in who @slot is; texts belong to @who, and are valid until the next who_look(). */
void who_fill(const struct who *who, __u32 slot, const struct dax_meta *meta, struct dax_row *row);
/* Of these the texts alone. */
void who_texts(const struct who *who, __u32 slot, struct dax_row *row);

#endif
