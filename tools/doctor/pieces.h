/* SPDX-License-Identifier: GPL-2.0-only */
/* pieces.h - what a copy of a file must contain, in whole 2 MiB ranges. Pure: no system calls. */
#ifndef DAX_DOCTOR_PIECES_H
#define DAX_DOCTOR_PIECES_H

#include "doctor/predict.h"

/*
 * Adjacent ranges that are treated alike. A range with any written data is copied whole, its holes
 * as zeros: a partly written range is more than one extent for a fault. A range with storage that
 * was never written is only allocated. All other ranges are holes and stay holes, which are read as
 * 2 MiB zero pages.
 */
struct piece {
	__u64 first, count; /* ranges */
	bool data;	    /* false: only allocated */
};

struct pieces {
	struct piece *piece;
	size_t nr;
	__u64 size;   /* of the file, bytes; extents after it are left out */
	__u64 filled; /* bytes of holes that get zeros or storage, because their range has some */
};

/* Add the next extent of the file, in the order of offsets. Returns 0 or -ENOMEM. */
int pieces_add(struct pieces *pieces, const struct extent *extent);

/* Call after the last extent: completes @filled. */
void pieces_end(struct pieces *pieces);

/* Number of ranges that get storage. */
__u64 pieces_ranges(const struct pieces *pieces);
void pieces_free(struct pieces *pieces);

#endif
