/* SPDX-License-Identifier: GPL-2.0-only */
/* pidns.h - process numbers as the user sees them, and as the kernel's filters need them. */
#ifndef DAX_COLLECT_PIDNS_H
#define DAX_COLLECT_PIDNS_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

struct bpf_map;
struct bpf_program;

/* Are our numbers surely those of the initial namespace? */
bool pidns_initial(void);

/*
 * Can @pid be watched: is it a process that exists here? 0, or a negative errno with the reason and
 * what to do in @err: -ESRCH (there is none), -EINVAL (a thread) or -ENOTSUP (nobody can tell whom
 * the number means).
 */
int pidns_check(__u32 pid, char *err, size_t size);

/*
 * Replace the @nr numbers in @pids by those of the initial namespace. @find is the loaded iterator
 * program, which fills @asked. 0, or a negative errno: -ESRCH when *missing is nobody's.
 */
int pidns_resolve(const struct bpf_program *find, const struct bpf_map *asked, __u32 *pids, size_t nr,
		  __u32 *missing);

#endif
