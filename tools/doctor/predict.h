/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * predict.h - predict the result of the first fault in each 2 MiB range of a file, from where the
 * filesystem placed the file. Pure: no system calls, so that any layout can be tested.
 */
#ifndef DAX_DOCTOR_PREDICT_H
#define DAX_DOCTOR_PREDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>
#include "dax_wire.h"

#define RANGE_BYTES ((__u64)1 << DAX_RANGE_SHIFT)
#define PAGE_BYTES  ((__u64)1 << DAX_PAGE_SHIFT)

/* The fate of a range is an enum dax_reason, including DAX_WHY_UNKNOWN, or one of these. */
enum fate {
	FATE_PMD = DAX_NR_REASONS, /* 2 MiB of storage mapped */
	FATE_ZERO,		   /* the 2 MiB zero page, for a read of a range that was never written */
	FATE_NEVER,		   /* 2 MiB is never tried */
	NR_FATES,
};

/* The name in JSON and in the legend of the map. */
const char *fate_name(unsigned fate);

static inline bool fate_is_huge(unsigned fate)
{
	return fate == FATE_PMD || fate == FATE_ZERO;
}

#define EXTENT_UNWRITTEN 1 /* allocated, never written: it is read as a hole */
#define EXTENT_SHARED	 2 /* at least a part is shared with another file: a write copies it */
#define EXTENT_UNUSABLE	 4 /* its address on the device is unknown */

struct extent {
	__u64 logical, length; /* bytes of the file */
	__u64 physical;	       /* bytes from the start of the filesystem's device */
	__u32 flags;	       /* EXTENT_* */
};

struct span {
	__u64 start, length; /* bytes */
};

/* The input of a prediction. */
struct layout {
	__u64 size; /* of the file, bytes */
	struct extent *extent;
	size_t nr_extents;
	bool cut;	     /* there are more extents than the limit */
	bool extents_tell;   /* faults use exactly these extents */
	bool converts_whole; /* a write merges unwritten storage with the written storage after it */
	/*
	 * Places where two extents on disk meet inside one extent of the kernel's cache. A write to
	 * unwritten storage never crosses such a place.
	 */
	__u64 *seam;
	size_t nr_seams;
	__u64 seamless; /* extents up to this length have no seam; 0: no extent has one */
	bool seams_known;
	bool base_known; /* base is valid */
	__u64 base;
	__u64 part; /* the part of it that the filesystem adds to its addresses itself: start of its partition */
	struct span *bad; /* unreadable bytes, relative to the filesystem's start */
	size_t nr_bad;
	bool tries_huge; /* kernel and filesystem can do 2 MiB faults */
};

void layout_free(struct layout *layout);

/* Adjacent ranges with the same fate, for the same reason. */
struct run {
	__u64 first, count;
	__u8 read, write; /* fate of a first access through a shared mapping */
	bool seam;	  /* two extents on disk meet inside: the fate may change when the kernel drops its cache */
	bool has_extent;
	struct extent extent; /* the one that contains the first byte */
};

struct runs {
	struct run *run;
	size_t nr;
	__u64 ranges;
};

/* Fill @runs for all ranges of the file. Returns 0 or -ENOMEM. */
int predict(const struct layout *layout, struct runs *runs);
void runs_free(struct runs *runs);

/* Count the ranges of each fate. */
void runs_count(const struct runs *runs, __u64 read[NR_FATES], __u64 write[NR_FATES]);

/* A mapping of the file, and what its process requested. */
struct vma {
	__u64 start, end; /* addresses */
	__u64 offset;	  /* in the file */
	bool private_map;
	bool no_huge; /* MADV_NOHUGEPAGE, or huge pages are switched off for the process */
};

/* Predict the ranges that @vma maps, without those after the end of the file. */
int predict_vma(const struct runs *file, const struct vma *vma, struct runs *runs);

#endif
