/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * outfile.h - output files that the user names: never written through a link that somebody else
 * made.
 */
#ifndef DAX_UTIL_OUTFILE_H
#define DAX_UTIL_OUTFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A file that is written under a temporary name beside the one that it will replace. */
struct outfile {
	int fd;
	const char *path; /* belongs to the caller */
	char *beside;	  /* temporary name until outfile_keep(); NULL: it has its final name already */
	bool made;	  /* we created the file under that name */
};

/*
 * Open @path for writing, without changing an existing file. Anything but a regular file (a pipe, a
 * device) is opened as it is. A new file gets @mode. Returns 0 or a negative errno: -ELOOP for a
 * symbolic link, except those in /dev.
 */
int outfile_open(struct outfile *file, const char *path, mode_t mode);

/*
 * Rename the file to its final name. An older file of this name becomes @path.old. Returns 0 or a
 * negative errno.
 */
int outfile_keep(struct outfile *file);

/* Remove a file that was created and is not wanted. Does not close the descriptor. */
void outfile_drop(struct outfile *file);

/* Text for a negative errno of these functions. */
const char *outfile_error(int err);

#endif
