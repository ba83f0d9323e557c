/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * targets.h - the processes and cgroups that -p and -G name. Each function ends the program when
 * one is wrong.
 */
#ifndef DAX_COLLECT_TARGETS_H
#define DAX_COLLECT_TARGETS_H

#include <linux/types.h>
#include <stddef.h>

/* Add the processes of @list, "PID,PID". *targets always has room for one more. */
void targets_add_pids(__u32 **targets, size_t *nr, size_t most, char *list);

/* Open the cgroup at @path and add it to @cgroups[most]. */
void targets_add_cgroup(int *cgroups, size_t *nr, size_t most, const char *path);

#endif
