/* SPDX-License-Identifier: GPL-2.0-only */
/* resident.h - adds to the samples of another source what is mapped now of the DAX files in them.
 */
#ifndef DAX_COLLECT_RESIDENT_H
#define DAX_COLLECT_RESIDENT_H

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
 * Look at those processes as well that have a row with the file or the process of @key (inode 0: a
 * process, tgid 0: a file); NULL: at no more.
 */
void resident_select(struct dax_source *source, const struct dax_key *key);

#endif
