/* SPDX-License-Identifier: GPL-2.0-only */
/* refused.h - why the kernel refuses our BPF programs, and what to do about it. */
#ifndef DAX_COLLECT_REFUSED_H
#define DAX_COLLECT_REFUSED_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Write to @out why BPF programs were refused, from @err (a negative errno) and the kernel's log
 * text @log. False when the reason is unknown; @out is then unchanged.
 */
bool refused_why(int err, const char *log, char *out, size_t size);

/* Does the kernel's lockdown prevent BPF programs from reading kernel memory? */
bool refused_by_lockdown(void);

#endif
