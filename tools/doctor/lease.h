/* SPDX-License-Identifier: GPL-2.0-only */
/* lease.h - a write lease on a file: the kernel's word that nobody else has it open. */
#ifndef DAX_DOCTOR_LEASE_H
#define DAX_DOCTOR_LEASE_H

#include <stdbool.h>

/*
 * Take it on @fd. 0, or a negative errno: -EAGAIN when the file is open or mapped, by whomever: a
 * process of another pid namespace, a loop device, swap. From here on whoever opens, truncates or
 * executes it waits (fs.lease-break-time, 45 s), and lease_broken() becomes true.
 */
int lease_take(int fd);

/* Does somebody wait to open the file? */
bool lease_broken(int fd);

void lease_release(int fd);

#endif
