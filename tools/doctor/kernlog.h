/* SPDX-License-Identifier: GPL-2.0-only */
/* kernlog.h - what the kernel said last about DAX, which is why it refused a mount. */
#ifndef DAX_DOCTOR_KERNLOG_H
#define DAX_DOCTOR_KERNLOG_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The last line of the kernel's log that speaks of DAX and, when it is not NULL, of @device too,
 * without its time. False when there is none, or the log may not be read.
 */
bool kernlog_dax(const char *device, char *out, size_t size);

/* The same from @log of @len bytes; pure. */
bool kernlog_find(const char *log, size_t len, const char *device, char *out, size_t size);

#endif
