/* SPDX-License-Identifier: GPL-2.0-only */
/* place.h - where a file is now: still there, renamed, deleted, or seen by its processes only. */
#ifndef DAX_COLLECT_PLACE_H
#define DAX_COLLECT_PLACE_H

#include "collect/path.h"

#define PLACE_PIDS 4 /* processes remembered that had it mapped */

struct place {
	__u64 ino;
	__u32 dev;
	__u32 gen;	/* i_generation: a new file may have the old one's number */
	__u32 path_dev; /* as in struct dax_meta */
	__u32 pids[PLACE_PIDS];
	unsigned int nr_pids; /* ever remembered */
	char *path;	      /* any bytes; absolute when it can be opened; NULL: unknown */
	char *was;	      /* before it was renamed; NULL when it was not, as far as known */
	bool deleted;	      /* it has no name: path is the last one */
	bool gone;	/* path is not its name any more; which is, or whether any, is not known */
	__u64 again_ns; /* a search beyond its path is worth while from then on */
	__u64 wait_ns;
};

/* The file of @meta, by the path the kernel gave. False: no memory. */
bool place_init(struct place *place, struct mounts *mounts, const struct dax_meta *meta);
void place_free(struct place *place);

/* @pid has it mapped. */
void place_pid(struct place *place, __u32 pid);

/*
 * Look whether the file is still at its path. If not, and @search, look for it: in the maps of its
 * processes, then by its number. Two system calls when all is well; returns true when it searched.
 * @now_ns keeps searches in vain apart: from 1 s to 64 s.
 */
bool place_look(struct place *place, struct mounts *mounts, bool search, __u64 now_ns);

#endif
