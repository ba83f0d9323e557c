/* SPDX-License-Identifier: GPL-2.0-only */
/* refused.h - why the kernel does not let us load BPF programs, in words, and what to do. */
#ifndef DAX_COLLECT_REFUSED_H
#define DAX_COLLECT_REFUSED_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The reason why BPF programs were refused with @err (a negative errno) and the kernel's words @log.
 * False when none is known; then @out is untouched.
 */
bool refused_why(int err, const char *log, char *out, size_t size);

/* Does the kernel's lockdown keep BPF programs from reading kernel memory? */
bool refused_by_lockdown(void);

#endif
