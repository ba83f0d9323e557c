/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sampler.h - reads the counts slot by slot and adds their names; reuses the slots of exited
 * processes.
 */
#ifndef DAX_COLLECT_SAMPLER_H
#define DAX_COLLECT_SAMPLER_H

#include "collect/slots.h"
#include "sample.h"

struct sampler;

/* See slots_open(). */
int sampler_open(struct sampler **out, const struct slots_maps *maps, __u32 max_slots, __u32 shards);
void sampler_free(struct sampler *sampler); /* NULL is allowed */

/*
 * Note new names, check whether files are still at their paths, and free slots of exited processes.
 */
void sampler_refresh_names(struct sampler *sampler, __u64 now_ns);

/* Call @fn for each slot before it is freed. */
void sampler_on_reuse(struct sampler *sampler, void (*fn)(void *ctx, __u32 slot), void *ctx);

/*
 * Fill in the rows of @out, which belong to @sampler and are valid until the next call, and
 * nr_gone. Adds to lost what no row was left for. False: out of memory.
 */
bool sampler_take(struct sampler *sampler, struct dax_sample *out);

enum dax_cgroups sampler_cgroups(const struct sampler *sampler);

/* File and process of @slot. NULL, or false: it has none. */
const struct dax_meta *sampler_meta(const struct sampler *sampler, __u32 slot);
bool sampler_identity(struct sampler *sampler, __u32 slot, struct dax_row *row);

#endif
