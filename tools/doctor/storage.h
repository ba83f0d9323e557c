/* SPDX-License-Identifier: GPL-2.0-only */
/* storage.h - the mount and device below a file, examined once however many files are on it. */
#ifndef DAX_DOCTOR_STORAGE_H
#define DAX_DOCTOR_STORAGE_H

#include <sys/stat.h>
#include "doctor/device.h"
#include "doctor/mount.h"
#include "doctor/report.h"

struct storage {
	dev_t dev;
	bool realtime; /* the realtime device of an XFS */
	struct mount mount;
	struct device device;
	bool tries_huge; /* kernel and filesystem have 2 MiB faults */
};

struct storages {
	struct storage **storage;
	size_t nr;
};

/* The place of what @stx was asked about, open at @fd; reported when it is new. */
const struct storage *storage_of(struct storages *storages, struct report *report, int fd,
			     const struct statx *stx, bool realtime);
void storages_free(struct storages *storages);

/* Report the kernel's switches. Returns whether it has 2 MiB faults. */
bool check_kernel(struct report *report);

/* "/dev/pmem0", or NULL when the filesystem has no block device. */
const char *storage_device(const struct storage *storage, char *out, size_t size);

#endif
