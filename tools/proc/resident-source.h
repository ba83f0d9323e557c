/* SPDX-License-Identifier: GPL-2.0-only */
/* resident-source.h - adds to the samples of another source what is mapped now of the DAX files in them.
 */
#ifndef DAX_PROC_RESIDENT_SOURCE_H
#define DAX_PROC_RESIDENT_SOURCE_H

#include "sample.h"

/* What one reading may take; what is beyond is unknown, and said to be. */
#define RESIDENT_PROCESSES 64		/* looked at */
#define RESIDENT_FILES	   4096		/* told */
#define RESIDENT_MAPPINGS  65536	/* of any kind gone through */
#define RESIDENT_NS	   100000000ULL /* time */

/*
 * A source with the samples of @inner, which stays the caller's as @targets does. With @all the
 * processes of @targets and all that have a row are looked at; else none, until
 * resident_select(). NULL: out of memory.
 */
struct dax_source *resident_source(struct dax_source *inner, const __u32 *targets,
				   size_t nr_targets, bool all);

/*
 * Have @fn asked which DAX files a process has mapped where, by the inodes that rows are about: a list
 * that is freed here. Asked only of processes with DAX files that are on no device of their own, as an
 * overlay's are. Without it, or where it fails, what /proc/PID/maps tells is taken.
 */
typedef int (*resident_below_fn)(void *ctx, __u32 pid, struct dax_mapped **list, size_t *nr);
void resident_below(struct dax_source *source, resident_below_fn fn, void *ctx);

/*
 * Look at those processes as well that have a row with the file or the process of @key (inode 0: a
 * process, tgid 0: a file); NULL: at no more.
 */
void resident_select(struct dax_source *source, const struct dax_key *key);

#endif
