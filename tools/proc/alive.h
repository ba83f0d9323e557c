/* SPDX-License-Identifier: GPL-2.0-only */
/* alive.h - whether a process or thread that the kernel side reported still exists. */
#ifndef DAX_PROC_ALIVE_H
#define DAX_PROC_ALIVE_H

#include <stdbool.h>
#include <linux/types.h>

/* Can it be found out here? Not in a pid or time namespace of our own, and not without /proc. */
bool alive_known(void);

/*
 * Has the process, or with @tid the thread, that began at @start_ns of CLOCK_BOOTTIME exited? One
 * with the same number that began at another time is a different one. False when it cannot be found
 * out.
 */
bool alive_gone(__u32 tgid, __u32 tid, __u64 start_ns);

/* Does no task have this number? If @tid is not 0: no task in the process @tgid. */
bool alive_vacant(__u32 tgid, __u32 tid);

#endif
