/* SPDX-License-Identifier: GPL-2.0-only */
/* pieces.h - what a copy of a file has to hold, in whole 2 MiB ranges. Pure: no system calls. */
#ifndef DAX_DOCTOR_PIECES_H
#define DAX_DOCTOR_PIECES_H

#include "doctor/predict.h"

/*
 * Ranges side by side that are alike. A range in which anything was written is copied whole, its
 * holes as zeros: 2 MiB that are partly written are not one extent to a fault. A range that has
 * storage and was never written stays so. What is in no piece is hole in whole ranges and stays a
 * hole, which is read at 2 MiB as zero pages.
 */
struct piece {
	__u64 first, count; /* ranges */
	bool data;	    /* false: allocated only */
};

struct pieces {
	struct piece *piece;
	size_t nr;
	__u64 size;   /* of the file, bytes: extents behind it are left out */
	__u64 filled; /* bytes of holes that become zeros or storage, because their range has some */
};

/* Add the next extent of the file, in order of its offset. Returns 0 or -ENOMEM. */
int pieces_add(struct pieces *pieces, const struct extent *extent);

/* All extents are added: complete @filled. */
void pieces_end(struct pieces *pieces);

/* Ranges that get storage. */
__u64 pieces_ranges(const struct pieces *pieces);
void pieces_free(struct pieces *pieces);

#endif
