/* SPDX-License-Identifier: GPL-2.0-only */
/* alive.h - whether a process or thread that the kernel told of is still there. */
#ifndef DAX_PROC_ALIVE_H
#define DAX_PROC_ALIVE_H

#include <stdbool.h>
#include <linux/types.h>

/* Can it be told here? Not in a pid or time namespace of our own, nor without /proc. */
bool alive_known(void);

/*
 * Is the process, or with @tid the thread, gone that began at @start_ns of CLOCK_BOOTTIME? One with
 * the same number that began at another time is another. False when it cannot be told.
 */
bool alive_gone(__u32 tgid, __u32 tid, __u64 start_ns);

/* Has no task that number, in the process @tgid if @tid is not 0? */
bool alive_vacant(__u32 tgid, __u32 tid);

#endif
