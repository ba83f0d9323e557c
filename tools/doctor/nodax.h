/* SPDX-License-Identifier: GPL-2.0-only */
/* nodax.h - is a file a DAX file, why not, and what would make it one. */
#ifndef DAX_DOCTOR_NODAX_H
#define DAX_DOCTOR_NODAX_H

#include "doctor/file.h"

/* What is asked about. */
struct nodax {
	const struct storage *storage;
	int fd;
	const char *path;
	bool dir;  /* then it is about new files in it */
	bool flag; /* it has the DAX attribute */
};

/* Report whether a file is a DAX file. */
void check_dax(struct report *report, const struct nodax *of, enum dax_state state);

/* What to do where it is none, or new ones are not. */
void explain_no_dax(struct report *report, const struct nodax *of);

/* Report a folder below which a filesystem with DAX may be missing. False: nothing is strange. */
bool check_mount_point(struct report *report, const struct storage *storage, const char *path);

#endif
