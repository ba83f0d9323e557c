/* SPDX-License-Identifier: GPL-2.0-only */
/* resident-sum.h - sums of what is mapped now, where some of it may be unknown. */
#ifndef DAX_MODEL_RESIDENT_SUM_H
#define DAX_MODEL_RESIDENT_SUM_H

#include "fields.h"

/* Add @part, which is one reading. */
void resident_add_part(struct dax_item_resident *sum, const struct dax_resident *part);

/* Add the state of @process, which is part of @sum and may not have been readable. */
void resident_add_state(struct dax_item_resident *sum, const struct dax_item_resident *process);

#endif
