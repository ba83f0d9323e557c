/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pidns.h - translates process numbers as the user sees them to those that the kernel's filters
 * need.
 */
#ifndef DAX_COLLECT_PIDNS_H
#define DAX_COLLECT_PIDNS_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

struct bpf_map;
struct bpf_program;

/* Are our numbers certainly those of the initial namespace? */
bool pidns_initial(void);

/*
 * Can @pid be watched: is it a process that exists here? Returns 0, or a negative errno with the
 * reason and what to do in @err: -ESRCH (no such process), -EINVAL (a thread) or -ENOTSUP (it is
 * unknown which process the number stands for).
 */
int pidns_check(__u32 pid, char *err, size_t size);

/*
 * Replace the @nr numbers in @pids by those of the initial namespace. @find is the loaded iterator
 * program, which fills @asked. Returns 0 or a negative errno: -ESRCH when no process has the number
 * *missing.
 */
int pidns_resolve(const struct bpf_program *find, const struct bpf_map *asked, __u32 *pids, size_t nr,
		  __u32 *missing);

#endif
