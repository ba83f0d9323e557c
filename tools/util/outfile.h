/* SPDX-License-Identifier: GPL-2.0-only */
/* outfile.h - files that the user names for output: never through a link that somebody planted. */
#ifndef DAX_UTIL_OUTFILE_H
#define DAX_UTIL_OUTFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A file that is written beside the one it replaces. */
struct outfile {
	int fd;
	const char *path; /* the caller's */
	char *beside;	  /* its name until outfile_keep(); NULL: it has its own already */
	bool made;	  /* by us, under that name */
};

/*
 * Open @path for writing, without a change to what is there. What is no regular file (a pipe, a device)
 * is opened as it is. A new file gets @mode. 0, or a negative errno: -ELOOP for a symbolic link, except
 * those of /dev.
 */
int outfile_open(struct outfile *file, const char *path, mode_t mode);

/* Give it its name. What had the name is @path.old from now on. 0 or a negative errno. */
int outfile_keep(struct outfile *file);

/* Leave no trace of a file that was made and is not wanted. Does not close the descriptor. */
void outfile_drop(struct outfile *file);

/* What to tell the user of a negative errno of these. */
const char *outfile_error(int err);

#endif
