/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * predict.h - what the first fault in each 2 MiB range of a file will come to, from where the
 * filesystem put the file. Pure: no system calls, so any layout can be tried.
 */
#ifndef DAX_DOCTOR_PREDICT_H
#define DAX_DOCTOR_PREDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>
#include "dax_wire.h"

#define RANGE_BYTES ((__u64)1 << DAX_RANGE_SHIFT)
#define PAGE_BYTES  ((__u64)1 << DAX_PAGE_SHIFT)

/* A range's fate is an enum dax_reason, DAX_WHY_UNKNOWN among them, or one of these. */
enum fate {
	FATE_PMD = DAX_NR_REASONS, /* 2 MiB of storage mapped */
	FATE_ZERO,		   /* the 2 MiB zero page, for a read of what was never written */
	FATE_NEVER,		   /* 2 MiB is not even tried */
	NR_FATES,
};

/* As JSON and the legend of the map have it. */
const char *fate_name(unsigned fate);

static inline bool fate_is_huge(unsigned fate)
{
	return fate == FATE_PMD || fate == FATE_ZERO;
}

#define EXTENT_UNWRITTEN 1 /* allocated, never written: reads as a hole */
#define EXTENT_SHARED	 2 /* at least a part is shared with another file: a write is copied */
#define EXTENT_UNUSABLE	 4 /* its address on the device is not known */

struct extent {
	__u64 logical, length; /* bytes of the file */
	__u64 physical;	       /* bytes from the start of the filesystem's device */
	__u32 flags;	       /* EXTENT_* */
};

struct span {
	__u64 start, length; /* bytes */
};

/* What the prediction rests on. */
struct layout {
	__u64 size; /* of the file, bytes */
	struct extent *extent;
	size_t nr_extents;
	bool cut;	     /* there are more extents than were read */
	bool extents_tell;   /* faults are served from just these extents */
	bool converts_whole; /* a write joins unwritten storage with the written one behind it */
	/*
	 * Where two extents on disk meet inside what the kernel, for now, sees as one. Writes to
	 * unwritten storage never pass such a place.
	 */
	__u64 *seam;
	size_t nr_seams;
	__u64 seamless; /* extents up to this long have none; 0: no extent has */
	bool seams_known;
	bool base_known; /* start of the device in physical memory, modulo 2 MiB */
	__u64 base;
	__u64 part; /* of it, what the filesystem adds to its addresses itself: its partition */
	struct span *bad; /* what the device cannot read, bytes from the filesystem's start */
	size_t nr_bad;
	bool tries_huge; /* kernel and filesystem have 2 MiB faults */
};

void layout_free(struct layout *layout);

/* Ranges side by side that share their fate, and the reason for it. */
struct run {
	__u64 first, count;
	__u8 read, write; /* fate of a first access to a shared mapping */
	bool seam;	  /* two extents on disk meet inside: the fate may change when the kernel
			   * forgets that they touch */
	bool has_extent;
	struct extent extent; /* that holds the first byte */
};

struct runs {
	struct run *run;
	size_t nr;
	__u64 ranges;
};

/* Fill @runs for all ranges of the file. Returns 0 or -ENOMEM. */
int predict(const struct layout *layout, struct runs *runs);
void runs_free(struct runs *runs);

/* How many ranges have each fate. */
void runs_count(const struct runs *runs, __u64 read[NR_FATES], __u64 write[NR_FATES]);

/* A mapping of the file, and what its process asked for. */
struct vma {
	__u64 start, end; /* addresses */
	__u64 offset;	  /* in the file */
	bool private_map;
	bool no_huge; /* MADV_NOHUGEPAGE, or no huge pages for the process */
};

/* The same for the ranges that @vma shows, those behind the end of the file left out. */
int predict_vma(const struct runs *file, const struct vma *vma, struct runs *runs);

#endif
