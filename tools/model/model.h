/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * model.h - compute the model from a sample: a pure function of this sample, the previous one and
 * the time between them. fields.h describes the result.
 */
#ifndef DAX_MODEL_H
#define DAX_MODEL_H

#include "fields.h"

/*
 * Build the model of @now. @before, if not NULL, is the previous sample, @elapsed_ns older; without
 * it, or with 0, the interval is unknown. NULL when out of memory. The result points into @now,
 * which must not change until dax_model_free(), which accepts NULL.
 */
struct dax_model *dax_model_build(const struct dax_sample *now, const struct dax_sample *before,
				  __u64 elapsed_ns);
void dax_model_free(struct dax_model *model);

/* A copy of @sample that does not depend on its source; NULL when out of memory. */
struct dax_sample *dax_sample_copy(const struct dax_sample *sample);
void dax_sample_free(struct dax_sample *sample);

#endif
