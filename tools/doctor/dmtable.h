/* SPDX-License-Identifier: GPL-2.0-only */
/* dmtable.h - the pieces that make up a linear device-mapper device. */
#ifndef DAX_DOCTOR_DMTABLE_H
#define DAX_DOCTOR_DMTABLE_H

#include <stddef.h>
#include <sys/types.h>
#include <linux/types.h>

#define DM_MAX_PIECES 64

struct dm_piece {
	__u64 start, length; /* bytes of the device */
	dev_t below;
	__u64 from; /* bytes of the device below */
};

/*
 * Read the table of @dev; only root can. Returns the number of pieces, at most DM_MAX_PIECES, or a
 * negative errno: -EOPNOTSUPP when a target is not linear, or when there are too many.
 */
int dm_linear(dev_t dev, struct dm_piece piece[DM_MAX_PIECES]);

#endif
