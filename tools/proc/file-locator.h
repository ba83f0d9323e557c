/* SPDX-License-Identifier: GPL-2.0-only */
/* file-locator.h - where a file is now: still there, renamed, deleted, or seen by its processes only. */
#ifndef DAX_PROC_FILE_LOCATOR_H
#define DAX_PROC_FILE_LOCATOR_H

#include "proc/mounts.h"

#define LOCATOR_PIDS 4 /* processes remembered that had it mapped */

struct file_locator {
	__u64 ino;
	__u32 dev;
	__u32 gen;	/* i_generation: a new file may have the old one's number */
	__u32 path_dev; /* as in struct dax_meta */
	__u32 pids[LOCATOR_PIDS];
	unsigned int nr_pids; /* ever remembered */
	char *path;	      /* any bytes; absolute when it can be opened; NULL: unknown */
	char *was;	      /* before it was renamed; NULL when it was not, as far as known */
	bool deleted;	      /* it has no name: path is the last one */
	bool gone;	/* path is not its name any more; which is, or whether any, is not known */
	__u64 again_ns; /* a search beyond its path is worth while from then on */
	__u64 wait_ns;
};

/* The file of @meta, by the path the kernel gave. False: no memory. */
bool file_locator_init(struct file_locator *locator, struct mounts *mounts, const struct dax_meta *meta);
void file_locator_free(struct file_locator *locator);

/* @pid has it mapped. */
void file_locator_pid(struct file_locator *locator, __u32 pid);

/*
 * Look whether the file is still at its path. If not, and @search, look for it: in the maps of its
 * processes, then by its number. Two system calls when all is well; returns true when it searched.
 * @now_ns is the time now: after a search that found nothing the next one waits 1 s to 64 s.
 */
bool file_locator_look(struct file_locator *locator, struct mounts *mounts, bool search, __u64 now_ns);

#endif
