/* SPDX-License-Identifier: GPL-2.0-only */
/* cpus.h - which of the possible CPUs are online now. */
#ifndef DAX_COLLECT_CPUS_H
#define DAX_COLLECT_CPUS_H

#include <stdbool.h>

/*
 * Set @online[0..nr-1] from a list such as "0-3,8". Returns how many are set; 0 when @list is not
 * such a list, or names no CPU below @nr.
 */
int cpus_parse(const char *list, bool *online, int nr);

/* The same for the CPUs that are online now. If that cannot be read, all are taken as online. */
int cpus_online(bool *online, int nr);

#endif
