// SPDX-License-Identifier: GPL-2.0-only
/* state.c - the state of the screen: the selected item. */
#include "view/tui/state.h"

const struct dax_item *tui_selected(const struct tui *tui)
{
	size_t at = tui->cursor[tui->kind].at;

	return tui->order && at < tui->model->list[tui->kind].nr ? tui->order[at] : NULL;
}
