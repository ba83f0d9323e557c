/* SPDX-License-Identifier: GPL-2.0-only */
/* kallsyms.h - addresses of the kernel functions that show what a task is doing. */
#ifndef DAX_COLLECT_KALLSYMS_H
#define DAX_COLLECT_KALLSYMS_H

#include <stdbool.h>
#include <linux/types.h>
#include "dax_wire.h"

struct kallsyms {
	struct dax_bpf_callers list;
	__u64 wake_func;    /* wake_exceptional_entry_func(); 0: not found */
	unsigned int roles; /* 1 << enum dax_role: found */
	bool read;
	int err; /* negative errno: the file could not be read, or hides its addresses (-EPERM) */
};

/* Read @path, usually /proc/kallsyms. */
void kallsyms_read(struct kallsyms *kallsyms, const char *path);

/*
 * Is everything found that is needed for waits for entry locks, and for zero pages that are
 * unmapped?
 */
bool kallsyms_has_waits(const struct kallsyms *kallsyms);
bool kallsyms_has_zero_pages(const struct kallsyms *kallsyms);

#endif
