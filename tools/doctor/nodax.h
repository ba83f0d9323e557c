/* SPDX-License-Identifier: GPL-2.0-only */
/* nodax.h - is a file a DAX file? If not: why, and what would make it one. */
#ifndef DAX_DOCTOR_NODAX_H
#define DAX_DOCTOR_NODAX_H

#include "doctor/file.h"

/* The file or folder in question. */
struct nodax {
	const struct storage *storage;
	int fd;
	const char *path;
	bool dir;  /* it is a folder: about new files in it */
	bool flag; /* it has the DAX attribute */
};

/* Report whether a file is a DAX file. */
void check_dax(struct report *report, const struct nodax *of, enum dax_state state);

/* Does it have a property with which files, or new files in the folder, are never DAX files? */
bool nodax_never(const struct nodax *of);

/* What to do if it is not a DAX file, or new files in it are not. */
void explain_no_dax(struct report *report, const struct nodax *of);

/* Report a folder on which a mount with DAX may be missing. False: nothing to report. */
bool check_mount_point(struct report *report, const struct storage *storage, const char *path);

#endif
