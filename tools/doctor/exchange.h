/* SPDX-License-Identifier: GPL-2.0-only */
/* exchange.h - replace a named file by an unlinked one, completely or not at all. */
#ifndef DAX_DOCTOR_EXCHANGE_H
#define DAX_DOCTOR_EXCHANGE_H

#include <sys/types.h>

#define EXCHANGE_NAME 48 /* bytes of a temporary name */

/*
 * In the folder @dir, give the unlinked file @new, which is already on disk, the name @name, and
 * remove the file that has this name now, which is open at @old with a write lease. For a moment
 * both files have a name. Whatever happens, even a power failure, @name is either the whole old
 * file or the whole new one. Returns 0, or a negative errno with @name unchanged: -EBUSY when a
 * process wants to open it, -ESTALE when @name is another file by now. -EUCLEAN: @name is the new
 * file, but the old one could not be removed, and has the name @left. After 0, SIGINT, SIGTERM, SIGHUP
 * and SIGQUIT are ignored: the program has only to say what it did.
 */
int exchange_files(int dir, const char *name, int old, int new, char left[EXCHANGE_NAME]);

#endif
