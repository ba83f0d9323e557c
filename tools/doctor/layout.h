/* SPDX-License-Identifier: GPL-2.0-only */
/* layout.h - read where the filesystem placed a file. */
#ifndef DAX_DOCTOR_LAYOUT_H
#define DAX_DOCTOR_LAYOUT_H

#include "doctor/predict.h"

/*
 * Fill the extents of @layout from the open file @fd on a filesystem of type @fs. On ext4 this may
 * drop and refill the kernel's extent cache of the file. Returns 0 or a negative errno
 * (-EOPNOTSUPP: the filesystem does not report extents).
 */
int layout_read(struct layout *layout, int fd, const char *fs);

#endif
