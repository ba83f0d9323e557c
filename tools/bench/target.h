/* SPDX-License-Identifier: GPL-2.0-only */
/* target.h - the file for the faults: a new file on DAX, removed if something fails. */
#ifndef DAX_BENCH_TARGET_H
#define DAX_BENCH_TARGET_H

#include <stdbool.h>
#include <sys/types.h>

struct target {
	const char *path; /* belongs to the caller */
	int fd;		  /* opened for reading and writing */
	dev_t dev;
	char fs[32]; /* type of the filesystem, as in /proc/self/mountinfo */
};

/*
 * Create @path as a new, empty DAX file. A regular file from an earlier run is replaced, any other
 * regular file only with @force. Exits with a message if that is not possible. Until target_keep(),
 * the file is removed when this process exits or is interrupted.
 */
void target_create(struct target *target, const char *path, bool force);

/* Keep the file: the faults are done. */
void target_keep(struct target *target);

/* Can this filesystem do 2 MiB faults at all? Exits with a message if not. */
void target_need_huge(const struct target *target);

/* On XFS: set an extent size hint of 2 MiB, or (@huge false) remove it. Other filesystems have none. */
void target_set_extsize(struct target *target, bool huge);

#endif
