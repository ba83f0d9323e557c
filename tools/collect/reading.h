/* SPDX-License-Identifier: GPL-2.0-only */
/* reading.h - rows of what was counted, slot by slot, with their names; slots of the dead go on. */
#ifndef DAX_COLLECT_READING_H
#define DAX_COLLECT_READING_H

#include "collect/slots.h"
#include "sample.h"

struct reading;

/* As slots_open(). */
int reading_open(struct reading **out, const struct slots_maps *maps, __u32 max_slots, __u32 shards);
void reading_free(struct reading *reading); /* NULL is fine */

/* Note the names of what is new, look whether files are where they were, and, if so, reap slots. */
void reading_look(struct reading *reading, __u64 now_ns, bool reap);

/* Fill in the rows of @out, which belong to @reading and hold until the next call, and nr_gone; add to
 * lost what no row was left for. */
void reading_take(struct reading *reading, struct dax_sample *out);

/* Who @slot is; NULL, or false: nobody. */
const struct dax_meta *reading_meta(const struct reading *reading, __u32 slot);
bool reading_who(struct reading *reading, __u32 slot, struct dax_row *row);

#endif
