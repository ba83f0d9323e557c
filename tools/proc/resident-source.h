/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * resident-source.h - adds to the samples of another source what is mapped now of their DAX files.
 */
#ifndef DAX_PROC_RESIDENT_SOURCE_H
#define DAX_PROC_RESIDENT_SOURCE_H

#include "sample.h"

/* Limits of one reading; what is beyond is marked as unknown. */
#define RESIDENT_PROCESSES 64		/* processes read */
#define RESIDENT_FILES	   4096		/* files reported */
#define RESIDENT_MAPPINGS  65536	/* mappings of any kind read */
#define RESIDENT_NS	   100000000ULL /* time */

/*
 * A source with the samples of @inner. @inner and @targets stay the caller's. With @all it reads
 * the processes of @targets and all that have a row; otherwise none until resident_select(). NULL:
 * out of memory.
 */
struct dax_source *resident_source(struct dax_source *inner, const __u32 *targets,
				   size_t nr_targets, bool all);

/*
 * Set a function that returns which DAX files a process has mapped, and where, by the inodes that
 * rows are about; the list is freed here. It is called only for processes with DAX files that are
 * on no block device, such as an overlay's. Without it, or if it fails, the data of /proc/PID/maps
 * is used.
 */
typedef int (*resident_below_fn)(void *ctx, __u32 pid, struct dax_mapped **list, size_t *nr);
void resident_below(struct dax_source *source, resident_below_fn fn, void *ctx);

/*
 * Also read the processes that have a row with the file or the process of @key (inode 0: a process,
 * tgid 0: a file). NULL: read no more than before.
 */
void resident_select(struct dax_source *source, const struct dax_key *key);

#endif
