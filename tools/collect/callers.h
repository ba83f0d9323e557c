/* SPDX-License-Identifier: GPL-2.0-only */
/* callers.h - addresses of the kernel's functions that tell what a task is about. */
#ifndef DAX_COLLECT_CALLERS_H
#define DAX_COLLECT_CALLERS_H

#include <stdbool.h>
#include <linux/types.h>
#include "dax_wire.h"

struct callers {
	struct dax_bpf_callers list;
	__u64 wake_func;    /* wake_exceptional_entry_func(); 0: not found */
	unsigned int roles; /* 1 << enum dax_role: found */
	bool read;
	int err; /* negative errno: the file could not be read, or hides its addresses (-EPERM) */
};

/* Read @path, which is /proc/kallsyms. */
void callers_read(struct callers *callers, const char *path);

/* Is there all it takes to tell waits for entry locks, and zero pages that are unmapped? */
bool callers_of_waits(const struct callers *callers);
bool callers_of_zero_pages(const struct callers *callers);

#endif
