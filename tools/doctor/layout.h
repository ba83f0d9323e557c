/* SPDX-License-Identifier: GPL-2.0-only */
/* layout.h - read where the filesystem put a file. */
#ifndef DAX_DOCTOR_LAYOUT_H
#define DAX_DOCTOR_LAYOUT_H

#include "doctor/predict.h"

/*
 * Fill the extents of @layout from the open file @fd on a filesystem of type @fs. On ext4 this may
 * drop and read again what the kernel has cached of them. Returns 0 or a negative errno
 * (-EOPNOTSUPP: the filesystem cannot say).
 */
int layout_read(struct layout *layout, int fd, const char *fs);

#endif
