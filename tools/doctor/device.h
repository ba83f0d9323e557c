/* SPDX-License-Identifier: GPL-2.0-only */
/* device.h - where the storage below a filesystem lies in physical memory. */
#ifndef DAX_DOCTOR_DEVICE_H
#define DAX_DOCTOR_DEVICE_H

#include <sys/types.h>
#include "doctor/report.h"

struct device {
	char name[64]; /* as in /dev; "" when the filesystem has no block device */
	bool base_known;
	__u64 base; /* physical address of the filesystem's first byte, modulo 2 MiB */
	__u64 part; /* start of its partition, bytes, modulo 2 MiB, which filesystems themselves add */
	struct span *bad; /* bad blocks: bytes from the filesystem's first byte; may start before it */
	size_t nr_bad;
	bool no_dax; /* the device cannot do DAX */
};

/* Examine @dev and report the result. */
void device_check(struct report *report, dev_t dev, struct device *device);
void device_free(struct device *device);

#endif
