/* SPDX-License-Identifier: GPL-2.0-only */
/* cgroup.h - find cgroups (version 2) by number and by path. */
#ifndef DAX_PROC_CGROUP_H
#define DAX_PROC_CGROUP_H

#include "proc/mounts.h"
#include "sample.h"

/*
 * The path of cgroup @id relative to the mount of cgroup2, as in /proc/PID/cgroup; any bytes; the
 * caller frees it. NULL: the cgroup is gone, or its path cannot be found out. Process @pid was once
 * in it.
 */
char *cgroup_path(struct mounts *mounts, __u64 id, __u32 pid);

/* Which cgroups are mounted. If the mounts cannot be read, version 2 is assumed. */
enum dax_cgroups cgroups_here(struct mounts *mounts);

/*
 * Open the cgroup at @path: a directory, or a path as in /proc/PID/cgroup. Returns a descriptor, or
 * a negative errno with a message in @err: -ENOTSUP when this host has no cgroups of version 2.
 */
int cgroup_open(const char *path, char *err, size_t size);

#endif
