// SPDX-License-Identifier: GPL-2.0-only
/* item.c - functions about one item. */
#include "fields.h"

bool dax_item_seen(const struct dax_item *item)
{
	int i;

	for (i = 0; i < DAX_NR_OUTCOMES; i++)
		if (item->total.fault[i][0] || item->total.fault[i][1])
			return true;
	return false;
}

const struct dax_counts *dax_item_cell(const struct dax_item *item, enum dax_window window)
{
	return window == DAX_TOTAL ? &item->total : &item->last;
}
