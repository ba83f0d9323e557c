/* SPDX-License-Identifier: GPL-2.0-only */
/* storage.h - the mount and device of a file, examined once for all files on them. */
#ifndef DAX_DOCTOR_STORAGE_H
#define DAX_DOCTOR_STORAGE_H

#include <sys/stat.h>
#include "doctor/device.h"
#include "doctor/mount.h"
#include "doctor/report.h"

struct storage {
	dev_t dev;
	bool realtime; /* the realtime device of XFS */
	struct mount mount;
	struct device device;
	bool tries_huge; /* kernel and filesystem can do 2 MiB faults */
};

struct storages {
	struct storage **storage;
	size_t nr;
};

/* The filesystem and device of the file @stx, open at @fd; reported when they are new. */
const struct storage *storage_of(struct storages *storages, struct report *report, int fd,
			     const struct statx *stx, bool realtime);
void storages_free(struct storages *storages);

/* Report the kernel's settings. Returns whether it can do 2 MiB faults. */
bool check_kernel(struct report *report);

/* "/dev/pmem0", or NULL when the filesystem has no block device. */
const char *storage_device(const struct storage *storage, char *out, size_t size);

#endif
