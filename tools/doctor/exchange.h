/* SPDX-License-Identifier: GPL-2.0-only */
/* exchange.h - put an unlinked file in the place of a named one, whole or not at all. */
#ifndef DAX_DOCTOR_EXCHANGE_H
#define DAX_DOCTOR_EXCHANGE_H

#include <sys/types.h>

#define EXCHANGE_NAME 48 /* bytes that a temporary name needs */

/*
 * In the folder @dir, make the unlinked file @new, which is on disk already, the file @name, and
 * remove what is so named now, which is open at @old with a write lease. For a moment both have a
 * name; whatever happens, power failure included, @name is the old file whole or the new one.
 * Returns 0, or a negative errno with @name as it was: -EBUSY when somebody wants to open it,
 * -ESTALE when @name is another file by now. -EUCLEAN: @name is the new file, but the old one
 * could not be removed and is called @left.
 */
int exchange_files(int dir, const char *name, int old, int new, char left[EXCHANGE_NAME]);

#endif
