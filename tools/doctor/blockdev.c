// SPDX-License-Identifier: GPL-2.0-only
/* blockdev.c - examine a block device: what prevents DAX for a filesystem on it. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "doctor/blockdev.h"
#include "doctor/device.h"
#include "doctor/kernlog.h"
#include "doctor/mount.h"
#include "doctor/superblock.h"
#include "util/sysblock.h"

static bool is_partition(dev_t dev)
{
	__u64 number;

	return sysblock_number(dev, "partition", &number);
}

static void check_blocks(struct report *report, const struct superblock *super)
{
	bool good = super->block_bytes == (__u32)sysconf(_SC_PAGESIZE);
	json_t *facts = report_add(report, "block_size", good ? VERDICT_OK : VERDICT_PROBLEM,
				   "%s with blocks of %u bytes, pages of %ld%s", super->type, super->block_bytes,
				   sysconf(_SC_PAGESIZE), good ? "" : ": DAX needs blocks as large as pages");

	json_object_set_new(facts, "block_bytes", json_integer(super->block_bytes));
	if (!good)
		report_fix(report, "block_size", 0, "DAX needs blocks as large as pages",
			   "when you make the filesystem again, which erases it, use blocks of 4096 bytes: "
			   "-b size=4096 (XFS), -b 4096 -E stride=512 (ext4)",
			   NULL, NULL);
}

static void check_features(struct report *report, const struct superblock *super, dev_t dev)
{
	if (super->reflink && is_partition(dev)) {
		report_add(report, "reflink", VERDICT_PROBLEM,
			   "XFS with reflink on a partition: Linux 6.0 and later refuse -o dax for it");
		report_fix(report, "reflink", 0, "DAX with reflink needs the whole device",
			   "use the whole device; or when you make the filesystem again, which erases it, use "
			   "-m reflink=0",
			   NULL, NULL);
	}
	if (super->inline_data) {
		report_add(report, "inline_data", VERDICT_PROBLEM, "ext4 with inline_data, which has no DAX");
		report_fix(report, "inline_data", 0, "ext4 has no DAX on a filesystem with inline_data",
			   "when you make the filesystem again, which erases it, use -O ^inline_data", NULL, NULL);
	}
}

static void check_superblock(struct report *report, const char *path, dev_t dev)
{
	unsigned char raw[SUPERBLOCK_BYTES] = {0};
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	struct superblock super;

	if (fd < 0 || pread(fd, raw, sizeof(raw), 0) != (ssize_t)sizeof(raw)) {
		report_add(report, "filesystem", VERDICT_UNKNOWN, "what is on %s cannot be read: %s", path,
			   strerror(errno ? errno : EIO));
		if (fd >= 0)
			close(fd);
		return;
	}
	close(fd);
	superblock_parse(&super, raw);
	if (!super.type) {
		report_add(report, "filesystem", VERDICT_UNKNOWN, "no XFS, ext4 or EROFS is on %s", path);
		return;
	}
	check_blocks(report, &super);
	check_features(report, &super, dev);
}

void examine_device(struct report *report, const char *path, dev_t dev)
{
	struct device device;
	struct mount mount;
	char said[512];

	report->subject = path;
	device_check(report, dev, &device);
	mount_find(&mount, "/proc/self/mountinfo", 0, dev);
	if (mount.known)
		report_add(report, "mount", VERDICT_OK, "%s at %s: daxdoctor %s shows more", mount.type, mount.point,
			   mount.point);
	else
		report_add(report, "mount", VERDICT_OK, "%s is not mounted here", path);
	if (device.no_dax) {
		report->not_usable = true;
		report_fix(report, "device_dax", 0, "the device has no DAX",
			   "use a /dev/pmem device in fsdax mode; ndctl lists them", "ndctl list -Nu", NULL);
	} else {
		check_superblock(report, path, dev);
	}
	if (*device.name && kernlog_dax(device.name, said, sizeof(said)))
		report_add(report, "kernel_log", mount.known ? VERDICT_OK : VERDICT_PROBLEM,
			   "the last kernel message about DAX on it: %s", said);
	mount_free(&mount);
	device_free(&device);
}
