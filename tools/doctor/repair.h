/* SPDX-License-Identifier: GPL-2.0-only */
/* repair.h - copy a file into storage that allows 2 MiB pages, and exchange the two files. */
#ifndef DAX_DOCTOR_REPAIR_H
#define DAX_DOCTOR_REPAIR_H

#include <stdbool.h>

struct repair_options {
	bool dry_run; /* stop before data would be copied */
	bool force;   /* also a file with several names, and one that would not get better */
	bool grow;    /* make its length a multiple of 2 MiB, by zeros at its end */
};

/*
 * Prints what was done. Returns an exit status: 0 done, 1 it would not get better and is unchanged.
 */
int repair_file(const char *path, const struct repair_options *opt);

#endif
