// SPDX-License-Identifier: GPL-2.0-only
/* file.c - examine a file or a directory. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/fs.h>
#include "doctor/file.h"
#include "doctor/layout.h"
#include "fields.h"
#include "util/err.h"
#include "util/fiemap.h"

#ifndef STATX_ATTR_DAX
#define STATX_ATTR_DAX 0x00200000
#endif

enum dax_state dax_state(const struct statx *stx)
{
	if (stx->stx_attributes & STATX_ATTR_DAX)
		return DAX_STATE_YES;
	return stx->stx_attributes_mask & STATX_ATTR_DAX ? DAX_STATE_NO : DAX_STATE_UNKNOWN;
}

static int is_shared(void *ctx, const struct fiemap_extent *fe)
{
	(void)ctx;
	return !!(fe->fe_flags & FIEMAP_EXTENT_SHARED);
}

/* What makes a file or, with @dir, new files in a folder DAX where the filesystem and device can. */
static void fix_attribute(struct report *report, bool dir, const char *path)
{
	if (dir)
		report_fix(report, "dax", 0, "files are DAX only when they have the DAX attribute",
			   "set it on the folder: new files inherit it, those that exist have to be "
			   "copied; or mount with -o dax=always",
			   "xfs_io -c 'chattr +x' {file}", path);
	else
		report_fix(report, "dax", 0, "files are DAX only when they have the DAX attribute",
			   "set it on the folder, then copy the file: new files inherit it; or mount "
			   "with -o dax=always",
			   "xfs_io -c 'chattr +x' {dir} && " DAX_RUN_COPY, path);
}

/* Why is a file, or are new ones in a folder, no DAX files, and what would make them? */
static void explain_no_dax(struct report *report, const struct place *place, int fd, bool flag, bool dir,
			   const char *path)
{
	const char *device = place->device.name;
	char value[32] = "";
	bool option = mount_option(&place->mount, "dax", value, sizeof(value));
	bool shared = !dir && fiemap_walk(fd, 0, ~0ULL >> 1, 0, is_shared, NULL) == 1;
	char run[192];

	report->not_usable = true;
	snprintf(run, sizeof(run), "dmesg | grep -i dax; umount {file} && mount -o dax=always %s%s {file}",
		 *device ? "/dev/" : "DEVICE", device);
	if (place->mount.known && !mount_can_dax(&place->mount))
		report_fix(report, "dax", 0, "this filesystem has no DAX",
			   "put the file on XFS or ext4 on a /dev/pmem device; ndctl lists them",
			   "ndctl list -Nu", NULL);
	else if (place->device.no_dax && strncmp(device, "pmem", 4) != 0)
		report_fix(report, "dax", 0, "the device is no persistent memory, or one (dm) that does not pass DAX on",
			   "put the file on XFS or ext4 on a /dev/pmem device; ndctl lists them",
			   "ndctl list -Nu", NULL);
	else if (place->device.no_dax)
		report_fix(report, "dax", 0, "the device is a namespace without DAX",
			   "make it one in fsdax mode, which erases all data; ndctl list -Nu has its name",
			   "ndctl create-namespace -f -e NAMESPACE --mode=fsdax --align=2M", NULL);
	else if (!flag && (!option || !strcmp(value, "inode")) && !shared)
		fix_attribute(report, dir, path);
	else if (shared)
		report_fix(report, "dax", 0,
			   "XFS does not use DAX for a file that shares blocks with another, from the "
			   "next time it is opened afresh",
			   "give the file its own blocks; mkfs.xfs -m reflink=0 keeps it from happening",
			   DAX_RUN_COPY, path);
	else
		report_fix(report, "dax", 0, "the filesystem does not use DAX for the file",
			   "mount with -o dax=always; when that is refused or dropped, the kernel's "
			   "log says why (block size, reflink, namespace mode)",
			   run, place->mount.known ? place->mount.point : NULL);
}

static void check_dax(struct report *report, const struct place *place, int fd, enum dax_state state,
		      bool flag, const char *path)
{
	json_t *facts;

	facts = report_add(report, "dax",
			   state == DAX_STATE_YES  ? VERDICT_OK
			   : state == DAX_STATE_NO ? VERDICT_PROBLEM
						   : VERDICT_UNKNOWN,
			   state == DAX_STATE_YES  ? "%s is a DAX file%s"
			   : state == DAX_STATE_NO ? "%s is not a DAX file%s"
						   : "whether %s is a DAX file is not told here%s",
			   path, flag ? " (has the DAX attribute)" : "");
	json_object_set_new(facts, "attribute", json_boolean(flag));
	if (state == DAX_STATE_NO)
		explain_no_dax(report, place, fd, flag, false, path);
	else if (state == DAX_STATE_UNKNOWN)
		report->not_usable = true;
}

static void check_extsize(struct report *report, const struct place *place, const struct fsxattr *attr,
			  bool dir)
{
	bool set = attr->fsx_xflags & (dir ? FS_XFLAG_EXTSZINHERIT : FS_XFLAG_EXTSIZE);
	bool good = set && attr->fsx_extsize && attr->fsx_extsize % RANGE_BYTES == 0;
	json_t *facts;

	if (!place->mount.known || strcmp(place->mount.type, "xfs"))
		return;
	facts = report_add(report, "extsize", good ? VERDICT_OK : VERDICT_PROBLEM,
			   "%s", good ? "extent size hint of whole 2 MiB"
			   : set      ? "extent size hint, but not of whole 2 MiB"
			   : dir      ? "no extent size hint for new files: small writes get small extents"
				      : "no extent size hint: small writes get small extents");
	json_object_set_new(facts, "extsize_bytes", json_integer(set ? attr->fsx_extsize : 0));
}

static void check_seams(struct report *report, const struct layout *layout, const struct runs *runs)
{
	__u64 seams = 0;

	for (size_t i = 0; i < runs->nr; i++)
		seams += runs->run[i].seam ? runs->run[i].count : 0;
	if (layout->seamless && !layout->seams_known)
		report_add(report, "disk_extents", VERDICT_UNKNOWN,
			   "only the file's owner and root may ask ext4 where its extents end on disk");
	if (!seams)
		return;
	json_object_set_new(
		report_add(report, "disk_extents", VERDICT_UNKNOWN,
			   "in %llu range%s two extents on disk touch (ext4 makes none of more than "
			   "128 MiB): 2 MiB are read there only while the kernel's cache holds both as one",
			   seams, seams == 1 ? "" : "s"),
		"ranges", json_integer((json_int_t)seams));
}

static void fix_allocation(struct report *report, const struct layout *layout, const struct runs *runs,
			   const char *path)
{
	__u64 holes = 0, shared = 0, whole = (layout->size + RANGE_BYTES - 1) / RANGE_BYTES * 2;
	char run[64];

	for (size_t i = 0; i < runs->nr; i++) {
		const struct run *one = &runs->run[i];

		if (one->read == FATE_ZERO && one->write == DAX_WHY_UNKNOWN && !one->has_extent)
			holes += one->count;
		if (one->has_extent && one->extent.flags & EXTENT_SHARED)
			shared += one->count;
	}
	snprintf(run, sizeof(run), "fallocate -l %lluM {file}", whole);
	if (holes)
		report_fix(report, "hole", holes,
			   "nothing is allocated yet: the first write decides, by what is free then",
			   "allocate now, in one call, then look again", run, path);
	if (shared)
		report_fix(report, "shared", shared,
			   "blocks are shared with another file: a write copies them to a place that "
			   "is chosen then, and XFS may not use DAX for the file after the next mount",
			   "give the file its own blocks", DAX_RUN_COPY, path);
}

bool examine_file(struct report *report, struct places *places, int fd, const struct statx *stx,
		  const char *path, bool kernel_huge, struct runs *runs)
{
	struct fsxattr attr = {0};
	bool has_attr = !ioctl(fd, FS_IOC_FSGETXATTR, &attr);
	bool realtime = has_attr && attr.fsx_xflags & FS_XFLAG_REALTIME;
	const struct place *place = place_of(places, report, fd, stx, realtime);
	enum dax_state state = dax_state(stx);
	struct layout layout = {.size = stx->stx_size};
	int err;

	check_dax(report, place, fd, state, has_attr && attr.fsx_xflags & FS_XFLAG_DAX, path);
	if (state != DAX_STATE_YES)
		return false;
	if (has_attr)
		check_extsize(report, place, &attr, false);
	err = layout_read(&layout, fd, place->mount.known ? place->mount.type : "");
	if (err) {
		report_add(report, "extents", VERDICT_UNKNOWN,
			   "%s: the filesystem does not tell where it put the file: %s", path,
			   strerror(-err));
		layout.extents_tell = false;
	} else if (!layout.extents_tell) {
		report_add(report, "extents", VERDICT_UNKNOWN,
			   "%s has no extents but single blocks: 2 MiB pages are luck", path);
	}
	layout.base_known = place->device.base_known;
	layout.base = place->device.base;
	layout.bad = place->device.bad;
	layout.nr_bad = place->device.nr_bad;
	layout.tries_huge = kernel_huge && place->tries_huge;
	if (predict(&layout, runs))
		die(DAX_EXIT_UNSUPPORTED, "out of memory");
	check_seams(report, &layout, runs);
	fix_allocation(report, &layout, runs, path);
	layout.bad = NULL; /* the place's */
	layout_free(&layout);
	return true;
}

/* The device's first-byte facts and what new files in the directory will get. */
static void examine_dir(struct report *report, struct places *places, int fd, const struct statx *stx,
			const char *path)
{
	struct fsxattr attr = {0};
	bool has_attr = !ioctl(fd, FS_IOC_FSGETXATTR, &attr);
	const struct place *place = place_of(places, report, fd, stx, false);
	bool flag = has_attr && attr.fsx_xflags & FS_XFLAG_DAX;
	char value[32] = "";
	bool option = mount_option(&place->mount, "dax", value, sizeof(value));
	bool always = option && (!*value || !strcmp(value, "always"));
	bool possible = !place->device.no_dax && mount_can_dax(&place->mount) && strcmp(value, "never");

	if (place->mount.known && possible && (always || flag)) {
		report_add(report, "dax", VERDICT_OK, "new files in %s are DAX", path);
	} else if (place->mount.known) {
		report_add(report, "dax", VERDICT_PROBLEM, "new files in %s are not DAX", path);
		explain_no_dax(report, place, fd, flag, true, path);
	} else {
		report->not_usable = true;
	}
	if (has_attr && !report->not_usable) {
		check_extsize(report, place, &attr, true);
		if (!strcmp(place->mount.type, "xfs") &&
		    (!(attr.fsx_xflags & FS_XFLAG_EXTSZINHERIT) || attr.fsx_extsize % RANGE_BYTES))
			report_fix(report, "extsize", 0,
				   "small writes get small extents, unless the folder says otherwise",
				   "set the hint; new files inherit it", "xfs_io -c 'extsize 2m' {file}",
				   path);
	}
}

void examine_path(struct report *report, const char *path)
{
	static char full[PATH_MAX];
	struct places places = {0};
	struct statx stx = {0};
	bool dir, huge;
	int fd;

	/* Never open a device or a pipe. */
	if (statx(AT_FDCWD, path, 0, STATX_BASIC_STATS | STATX_MNT_ID, &stx))
		die(errno == EACCES ? DAX_EXIT_UNSUPPORTED : DAX_EXIT_USAGE, "%s: %s", path,
		    strerror(errno));
	dir = S_ISDIR(stx.stx_mode);
	if (!dir && !S_ISREG(stx.stx_mode))
		die(DAX_EXIT_USAGE, "%s: not a file or directory: name a file, a mount point, or -p PID",
		    path);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		die(DAX_EXIT_UNSUPPORTED, "%s: cannot open it to read its extents: %s%s", path,
		    strerror(errno), errno == EACCES ? ": run as root or as its owner" : "");
	if (statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_MNT_ID, &stx) ||
	    dir != S_ISDIR(stx.stx_mode) || (!dir && !S_ISREG(stx.stx_mode)))
		die(DAX_EXIT_UNSUPPORTED, "%s: changed while it was being opened; try again", path);
	if (!realpath(path, full))
		snprintf(full, sizeof(full), "%s", path);
	report->subject = full;
	huge = check_kernel(report);
	if (dir) {
		examine_dir(report, &places, fd, &stx, full);
	} else {
		report->size = stx.stx_size;
		report->has_ranges =
			examine_file(report, &places, fd, &stx, full, huge, &report->runs);
		report_fix_fates(report, &report->runs, full);
		if (report->has_ranges && !report->size) {
			report_add(report, "size", VERDICT_UNKNOWN, "%s is empty: nothing to judge", full);
			report->not_usable = true;
		}
	}
	close(fd);
	places_free(&places);
}
