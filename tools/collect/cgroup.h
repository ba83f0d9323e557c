/* SPDX-License-Identifier: GPL-2.0-only */
/* cgroup.h - cgroups (version 2) by number and by path. */
#ifndef DAX_COLLECT_CGROUP_H
#define DAX_COLLECT_CGROUP_H

#include "collect/path.h"

/*
 * The path of cgroup @id below the mount of cgroup2, as /proc/PID/cgroup has it, in memory of the
 * caller's; any bytes. NULL: there is none any more, or it cannot be told. @pid was in it once.
 */
char *cgroup_path(struct mounts *mounts, __u64 id, __u32 pid);

/*
 * Open the cgroup at @path: a directory, or a path as /proc/PID/cgroup has it. Returns a
 * descriptor, or a negative errno with a message in @err.
 */
int cgroup_open(const char *path, char *err, size_t size);

#endif
