/* SPDX-License-Identifier: GPL-2.0-only */
/* check.h - counted against caused, word by word, and as the views show it. */
#ifndef LONG_CHECK_H
#define LONG_CHECK_H

#include "stand.h"

/* What @script should have been counted as since @before and @other were read, if not NULL. */
bool counted_as(struct stand *stand, const struct script *script, const struct dax_cell *before,
		const struct dax_cell *other);

/* The JSON of the whole holds the sums of the rows to the last digit, beyond 2^53 and 2^63 too. */
bool json_holds(struct stand *stand);

#endif
