/* SPDX-License-Identifier: GPL-2.0-only */
/* kernlog.h - the last kernel message about DAX, which shows why a mount was refused. */
#ifndef DAX_DOCTOR_KERNLOG_H
#define DAX_DOCTOR_KERNLOG_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The last line of the kernel's log that mentions DAX and, if not NULL, also @device, without its
 * time. False when there is none, or when the log may not be read.
 */
bool kernlog_dax(const char *device, char *out, size_t size);

/* The same for a @log of @len bytes. Pure: no system calls. */
bool kernlog_find(const char *log, size_t len, const char *device, char *out, size_t size);

#endif
