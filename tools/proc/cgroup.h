/* SPDX-License-Identifier: GPL-2.0-only */
/* cgroup.h - cgroups (version 2) by number and by path. */
#ifndef DAX_PROC_CGROUP_H
#define DAX_PROC_CGROUP_H

#include "proc/mounts.h"
#include "sample.h"

/*
 * The path of cgroup @id below the mount of cgroup2, as /proc/PID/cgroup has it, in memory of the
 * caller's; any bytes. NULL: there is none any more, or it cannot be told. @pid was in it once.
 */
char *cgroup_path(struct mounts *mounts, __u64 id, __u32 pid);

/* Which cgroups are mounted. Where no mounts can be read, version 2 is taken for granted. */
enum dax_cgroups cgroups_here(struct mounts *mounts);

/*
 * Open the cgroup at @path: a directory, or a path as /proc/PID/cgroup has it. Returns a
 * descriptor, or a negative errno with a message in @err: -ENOTSUP when this host has none of version 2.
 */
int cgroup_open(const char *path, char *err, size_t size);

#endif
