/* SPDX-License-Identifier: GPL-2.0-only */
/* mapped.h - which DAX files a process has mapped, by the inodes that its faults are on. */
#ifndef DAX_COLLECT_MAPPED_H
#define DAX_COLLECT_MAPPED_H

#include <stddef.h>
#include <linux/types.h>
#include "dax_wire.h"

struct bpf_program;

/*
 * Run the program @tell on the mappings of process @pid. The caller frees *list. Returns 0 or a
 * negative errno.
 */
int mapped_read(const struct bpf_program *tell, __u32 pid, struct dax_mapped **list, size_t *nr);

#endif
