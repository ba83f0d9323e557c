/* SPDX-License-Identifier: GPL-2.0-only */
/* target.h - the file the faults happen in: a new one, on DAX, removed when something fails. */
#ifndef DAX_BENCH_TARGET_H
#define DAX_BENCH_TARGET_H

#include <stdbool.h>
#include <sys/types.h>

struct target {
	const char *path; /* owned by the caller */
	int fd;		  /* read and write */
	dev_t dev;
	char fs[32]; /* type of the filesystem, as in /proc/self/mountinfo */
};

/*
 * Create @path as a new, empty file on DAX. A regular file that an earlier run made is replaced,
 * any other regular file only with @force. Exits with a message when that cannot be. Until
 * target_keep(), the file is removed when this process exits or is interrupted.
 */
void target_create(struct target *target, const char *path, bool force);

/* The faults are done: the file stays. */
void target_keep(struct target *target);

/* Can this filesystem take faults at 2 MiB at all? Exits with a message when not. */
void target_need_huge(const struct target *target);

/* On XFS: make the file's extents multiples of 2 MiB, or as small as they come. */
void target_set_extsize(struct target *target, bool huge);

#endif
