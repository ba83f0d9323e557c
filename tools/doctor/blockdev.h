/* SPDX-License-Identifier: GPL-2.0-only */
/* blockdev.h - examine a block device: what prevents DAX for a filesystem on it. */
#ifndef DAX_DOCTOR_BLOCKDEV_H
#define DAX_DOCTOR_BLOCKDEV_H

#include "doctor/report.h"

void examine_device(struct report *report, const char *path, dev_t dev);

#endif
