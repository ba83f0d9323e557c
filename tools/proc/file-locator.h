/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * file-locator.h - where a file is now: at its path, renamed, deleted, or visible only to its
 * processes.
 */
#ifndef DAX_PROC_FILE_LOCATOR_H
#define DAX_PROC_FILE_LOCATOR_H

#include "proc/mounts.h"

#define LOCATOR_PIDS 4 /* processes remembered that had it mapped */

struct file_locator {
	__u64 ino;
	__u32 dev;
	__u32 gen;	/* i_generation: a new file may have the same inode number */
	__u32 path_dev; /* as in struct dax_meta */
	__u32 pids[LOCATOR_PIDS];
	unsigned int nr_pids; /* number ever remembered */
	char *path;	      /* any bytes; absolute if it can be opened; NULL: unknown */
	char *was;	      /* path before it was renamed; NULL if it was not, as far as known */
	bool deleted;	      /* the file has no name: path is its last one */
	bool gone;	/* path is not its name any more; whether it has another name is unknown */
	__u64 again_ns; /* earliest time of the next search beyond its path */
	__u64 wait_ns;
};

/* Set up the file of @meta, with the path from the kernel side. False: out of memory. */
bool file_locator_init(struct file_locator *locator, struct mounts *mounts, const struct dax_meta *meta);
void file_locator_free(struct file_locator *locator);

/* Remember that process @pid has the file mapped. */
void file_locator_pid(struct file_locator *locator, __u32 pid);

/*
 * Check whether the file is still at its path. If not, and with @search, look for it: in the maps
 * of its processes, then by its number. Two system calls if it is there. Returns true when it
 * searched. @now_ns is the time now: after a search that found nothing the next one waits 1 s to 64
 * s.
 */
bool file_locator_look(struct file_locator *locator, struct mounts *mounts, bool search, __u64 now_ns);

#endif
