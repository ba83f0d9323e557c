/* SPDX-License-Identifier: GPL-2.0-only */
/* lease.h - a write lease on a file: the kernel guarantees that no other process has it open. */
#ifndef DAX_DOCTOR_LEASE_H
#define DAX_DOCTOR_LEASE_H

#include <stdbool.h>

/*
 * Take the lease on @fd. Returns 0 or a negative errno: -EAGAIN when the file is open or mapped,
 * even by a process of another pid namespace, a loop device or swap. From then on a process that
 * opens, truncates or executes the file waits (fs.lease-break-time, 45 s), and lease_broken()
 * becomes true.
 */
int lease_take(int fd);

/* Does a process wait to open the file? */
bool lease_broken(int fd);

void lease_release(int fd);

#endif
