/* SPDX-License-Identifier: GPL-2.0-only */
/* sampler.h - rows of what was counted, slot by slot, with their names; slots of the dead go on. */
#ifndef DAX_COLLECT_SAMPLER_H
#define DAX_COLLECT_SAMPLER_H

#include "collect/slots.h"
#include "sample.h"

struct sampler;

/* As slots_open(). */
int sampler_open(struct sampler **out, const struct slots_maps *maps, __u32 max_slots, __u32 shards);
void sampler_free(struct sampler *sampler); /* NULL is fine */

/* Note the names of what is new, look whether files are where they were, and reap slots. */
void sampler_refresh_names(struct sampler *sampler, __u64 now_ns);

/* Have @fn called for each slot before it is reaped. */
void sampler_on_reuse(struct sampler *sampler, void (*fn)(void *ctx, __u32 slot), void *ctx);

/* Fill in the rows of @out, which belong to @sampler and hold until the next call, and nr_gone; add to
 * lost what no row was left for. False: no memory. */
bool sampler_take(struct sampler *sampler, struct dax_sample *out);

enum dax_cgroups sampler_cgroups(const struct sampler *sampler);

/* Who @slot is; NULL, or false: nobody. */
const struct dax_meta *sampler_meta(const struct sampler *sampler, __u32 slot);
bool sampler_identity(struct sampler *sampler, __u32 slot, struct dax_row *row);

#endif
