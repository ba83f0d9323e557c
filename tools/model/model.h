/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * model.h - from samples to numbers with a meaning: a pure function of this sample, the one before
 * and the time between them. What comes out is described in fields.h.
 */
#ifndef DAX_MODEL_H
#define DAX_MODEL_H

#include "fields.h"

/*
 * Understand @now. @before, if not NULL, is the sample before it, @elapsed_ns older; without it,
 * or with 0, nothing is known of the interval. NULL when out of memory. The result points into
 * @now, which must stay as it is until dax_model_free(); NULL is fine there.
 */
struct dax_model *dax_model_build(const struct dax_sample *now, const struct dax_sample *before,
				  __u64 elapsed_ns);
void dax_model_free(struct dax_model *model);

/* A copy of @sample that stays valid; NULL when out of memory. */
struct dax_sample *dax_sample_copy(const struct dax_sample *sample);
void dax_sample_free(struct dax_sample *sample);

#endif
