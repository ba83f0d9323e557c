/* SPDX-License-Identifier: GPL-2.0-only */
/* cpus.h - which CPUs there are now, of those that there may ever be. */
#ifndef DAX_COLLECT_CPUS_H
#define DAX_COLLECT_CPUS_H

#include <stdbool.h>

/*
 * Set @online[0..nr-1] by a list such as "0-3,8", and return how many are; 0 when @list is none, or
 * names no CPU below @nr.
 */
int cpus_parse(const char *list, bool *online, int nr);

/* The same of the CPUs that are online now. Where that cannot be read, all are. */
int cpus_online(bool *online, int nr);

#endif
