// SPDX-License-Identifier: GPL-2.0-only
/* file.c - examine a file or a directory. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <linux/fs.h>
#include "doctor/blockdev.h"
#include "doctor/file.h"
#include "doctor/layout.h"
#include "doctor/nodax.h"
#include "doctor/overlay.h"
#include "doctor/users.h"
#include "fields.h"
#include "util/err.h"

#define FREE_SHARE 4 /* no command allocates more than this part of the free space */

#ifndef STATX_ATTR_DAX
#define STATX_ATTR_DAX 0x00200000
#endif

enum dax_state dax_state(const struct statx *stx)
{
	if (stx->stx_attributes & STATX_ATTR_DAX)
		return DAX_STATE_YES;
	return stx->stx_attributes_mask & STATX_ATTR_DAX ? DAX_STATE_NO : DAX_STATE_UNKNOWN;
}

static void check_extsize(struct report *report, const struct storage *storage, const struct fsxattr *attr,
			  bool dir)
{
	bool set = attr->fsx_xflags & (dir ? FS_XFLAG_EXTSZINHERIT : FS_XFLAG_EXTSIZE);
	bool good = set && attr->fsx_extsize && attr->fsx_extsize % RANGE_BYTES == 0;
	json_t *facts;

	if (!storage->mount.known || strcmp(storage->mount.type, "xfs"))
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
			   "%llu range%s two adjacent extents (ext4 makes no extent of more than 128 MiB): 2 MiB there only "
			   "while the kernel has merged both in its extent cache",
			   seams, seams == 1 ? " spans" : "s span"),
		"ranges", json_integer((json_int_t)seams));
}

/*
 * Holes. A command must not allocate all of them if that takes much of the free space: a full disk
 * stops the programs that use it.
 */
static void fix_holes(struct report *report, const struct storage *storage, int fd, __u64 size, __u64 ranges,
		      const char *path)
{
	bool xfs = storage->mount.known && !strcmp(storage->mount.type, "xfs");
	__u64 hole = ranges * RANGE_BYTES, has;
	char fix[256], run[64];
	struct statvfs fs;
	bool told = !fstatvfs(fd, &fs);
	json_t *facts;

	has = told ? (__u64)fs.f_bavail * fs.f_frsize : 0;
	facts = report_add(report, "hole", VERDICT_UNKNOWN, "%llu MiB of hole, %llu MiB free: a first write allocates",
			   hole >> 20, has >> 20);
	json_object_set_new(facts, "hole_bytes", json_integer((json_int_t)hole));
	json_object_set_new(facts, "free_bytes", told ? json_integer((json_int_t)has) : json_null());
	if (told && hole <= has / FREE_SHARE) {
		snprintf(run, sizeof(run), "fallocate -n -l %llu {file}", size);
		report_fix(report, "hole", ranges,
			   "nothing is allocated yet: the first write decides, by what is free then",
			   "allocate now, in one call, then look again", run, path);
		return;
	}
	snprintf(fix, sizeof(fix), "%llu MiB of hole, %llu MiB free: allocate only what you will use%s", hole >> 20,
		 has >> 20,
		 xfs ? ", or set extsize on the folder: new files inherit it" : ", in pieces of whole 2 MiB");
	report_fix(report, "hole", ranges, "nothing is allocated yet: the first write decides, by what is free then",
		   fix, xfs ? "xfs_io -c 'extsize 2m' {dir}" : NULL, path);
}

static void fix_allocation(struct report *report, const struct storage *storage, int fd, __u64 size,
			   const struct runs *runs, const char *path)
{
	__u64 holes = 0, shared = 0;

	for (size_t i = 0; i < runs->nr; i++) {
		const struct run *one = &runs->run[i];

		if (one->read == FATE_ZERO && one->write == DAX_WHY_UNKNOWN && !one->has_extent)
			holes += one->count;
		if (one->has_extent && one->extent.flags & EXTENT_SHARED)
			shared += one->count;
	}
	if (holes)
		fix_holes(report, storage, fd, size, holes, path);
	if (shared)
		report_fix(report, "shared", shared,
			   "blocks are shared with another file: a write copies them to a place that "
			   "is chosen then, and XFS may not use DAX for the file after the next mount",
			   "give the file its own blocks", DAX_RUN_COPY, path);
}

/* Predict with what the device adds to the @layout of the file. */
static void predict_on(const struct storage *storage, bool kernel_huge, struct layout *layout, struct runs *runs)
{
	layout->base_known = storage->device.base_known;
	layout->base = storage->device.base;
	layout->part = storage->device.part;
	layout->bad = storage->device.bad;
	layout->nr_bad = storage->device.nr_bad;
	layout->tries_huge = kernel_huge && storage->tries_huge;
	if (predict(layout, runs))
		die(DAX_EXIT_UNSUPPORTED, "out of memory");
	layout->bad = NULL; /* belongs to the place */
	layout->nr_bad = 0;
}

int file_fates(const struct storage *storage, int fd, bool kernel_huge, struct layout *layout, struct runs *runs)
{
	int err = layout_read(layout, fd, storage->mount.known ? storage->mount.type : "");

	if (!err)
		predict_on(storage, kernel_huge, layout, runs);
	return err;
}

bool examine_file(struct report *report, struct storages *storages, int fd, const struct statx *stx,
		  const char *path, bool kernel_huge, struct runs *runs)
{
	struct fsxattr attr = {0};
	bool has_attr = !ioctl(fd, FS_IOC_FSGETXATTR, &attr);
	bool realtime = has_attr && attr.fsx_xflags & FS_XFLAG_REALTIME;
	const struct storage *storage = storage_of(storages, report, fd, stx, realtime);
	enum dax_state state = dax_state(stx);
	struct layout layout = {.size = stx->stx_size};
	int err;

	check_dax(report,
		  &(struct nodax){storage, fd, path, false, has_attr && attr.fsx_xflags & FS_XFLAG_DAX}, state);
	if (state != DAX_STATE_YES)
		return false;
	if (has_attr)
		check_extsize(report, storage, &attr, false);
	err = layout_read(&layout, fd, storage->mount.known ? storage->mount.type : "");
	if (err) {
		report_add(report, "extents", VERDICT_UNKNOWN,
			   "%s: the filesystem does not report where the file is: %s", path,
			   strerror(-err));
		layout.extents_tell = false;
	} else if (!layout.extents_tell) {
		report_add(report, "extents", VERDICT_UNKNOWN,
			   "%s has a block map, and no extents: 2 MiB pages depend on chance", path);
	}
	predict_on(storage, kernel_huge, &layout, runs);
	check_seams(report, &layout, runs);
	fix_allocation(report, storage, fd, layout.size, runs, path);
	layout_free(&layout);
	return true;
}

/* Report on the directory's filesystem and device, and what new files in it will get. */
static void examine_dir(struct report *report, struct storages *storages, int fd, const struct statx *stx,
			const char *path)
{
	struct fsxattr attr = {0};
	bool has_attr = !ioctl(fd, FS_IOC_FSGETXATTR, &attr);
	const struct storage *storage = storage_of(storages, report, fd, stx, false);
	bool flag = has_attr && attr.fsx_xflags & FS_XFLAG_DAX;
	char value[32] = "";
	bool option = mount_option(&storage->mount, "dax", value, sizeof(value));
	bool always = option && (!*value || !strcmp(value, "always"));
	struct nodax of = {storage, fd, path, true, flag};
	bool possible = !storage->device.no_dax && mount_can_dax(&storage->mount) && strcmp(value, "never") &&
			!nodax_never(&of);

	if (check_mount_point(report, storage, path))
		return;
	if (storage->mount.known && possible && (always || flag)) {
		report_add(report, "dax", VERDICT_OK, "new files in %s are DAX", path);
	} else if (storage->mount.known) {
		report_add(report, "dax", VERDICT_PROBLEM, "new files in %s are not DAX", path);
		explain_no_dax(report, &of);
	} else {
		report->not_usable = true;
	}
	if (has_attr && !report->not_usable) {
		check_extsize(report, storage, &attr, true);
		if (!strcmp(storage->mount.type, "xfs") &&
		    (!(attr.fsx_xflags & FS_XFLAG_EXTSZINHERIT) || attr.fsx_extsize % RANGE_BYTES))
			report_fix(report, "extsize", 0,
				   "small writes get small extents, unless the folder has an extent size hint",
				   "set the hint; new files inherit it", "xfs_io -c 'extsize 2m' {file}",
				   path);
	}
}

int look_below(struct report *report, int fd, const char *path, struct statx *stx, char below[PATH_MAX])
{
	struct mount mount = {0};
	int found = -1;

	if (overlay_is(fd)) {
		mount_find(&mount, "/proc/self/mountinfo", stx->stx_mask & STATX_MNT_ID ? stx->stx_mnt_id : 0,
			   makedev(stx->stx_dev_major, stx->stx_dev_minor));
		found = overlay_open(&mount, fd, path, below);
		mount_free(&mount);
		if (found < 0)
			report_add(report, "overlay", VERDICT_UNKNOWN,
				   "%s is on an overlay, and its layers cannot be seen here", path);
	}
	if (found < 0 || statx(found, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_MNT_ID, stx)) {
		snprintf(below, PATH_MAX, "%s", path);
		return fd;
	}
	report_add(report, "overlay", VERDICT_OK,
		   "on an overlay: what lies below is %s, which may be changed only while the overlay is not mounted",
		   below);
	close(fd);
	return found;
}

/*
 * Report what daxdoctor --repair, where it is advised, would refuse, so that the user knows before.
 */
static void check_obstacles(struct report *report, int fd, const struct statx *stx)
{
	__u64 need = (stx->stx_size + RANGE_BYTES - 1) / RANGE_BYTES * RANGE_BYTES;
	struct statvfs fs;
	struct users users;
	char text[512];
	bool advised = false;

	for (size_t i = 0; i < report->nr_fixes; i++)
		advised |= report->fix[i].run && strstr(report->fix[i].run, "daxdoctor --repair");
	if (!advised)
		return;
	if (stx->stx_blocks * 512 < need)
		need = stx->stx_blocks * 512; /* at least this much */
	if (stx->stx_nlink > 1)
		report_add(report, "repair", VERDICT_PROBLEM,
			   "the file has %u names (hard links): --repair refuses without --force, and then only "
			   "the name that is given becomes the new file",
			   stx->stx_nlink);
	if (!fstatvfs(fd, &fs) && need > (__u64)fs.f_bavail * fs.f_frsize)
		report_add(report, "repair", VERDICT_PROBLEM,
			   "a copy needs %llu MiB and %llu MiB are free: --repair refuses until there is room",
			   need >> 20, ((__u64)fs.f_bavail * fs.f_frsize) >> 20);
	if (users_find(&users, makedev(stx->stx_dev_major, stx->stx_dev_minor), (ino_t)stx->stx_ino) && users.nr) {
		users_text(&users, text, sizeof(text));
		report_add(report, "repair", VERDICT_PROBLEM,
			   "it is open or mapped in process %s: --repair refuses until they are stopped", text);
	}
}

void examine_path(struct report *report, const char *path)
{
	static char full[PATH_MAX], below[PATH_MAX];
	struct storages storages = {0};
	struct statx stx = {0};
	bool dir, huge;
	int fd;

	/* Never open a device or a pipe. */
	if (statx(AT_FDCWD, path, 0, STATX_BASIC_STATS | STATX_MNT_ID, &stx))
		die(errno == EACCES ? DAX_EXIT_UNSUPPORTED : DAX_EXIT_USAGE, "%s: %s", path,
		    strerror(errno));
	if (S_ISBLK(stx.stx_mode)) {
		examine_device(report, path, makedev(stx.stx_rdev_major, stx.stx_rdev_minor));
		return;
	}
	dir = S_ISDIR(stx.stx_mode);
	if (!dir && !S_ISREG(stx.stx_mode))
		die(DAX_EXIT_USAGE, "%s: not a file or directory: name a file, a mount point, a block "
				    "device, or -p PID",
		    path);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		die(DAX_EXIT_UNSUPPORTED, "%s: cannot open it to read its extents: %s%s", path,
		    strerror(errno),
		    errno == EACCES   ? ": run as root or as its owner"
		    : errno == ENOKEY ? ": it is encrypted (fscrypt), and such files are never DAX"
				      : "");
	if (statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_MNT_ID, &stx) ||
	    dir != S_ISDIR(stx.stx_mode) || (!dir && !S_ISREG(stx.stx_mode)))
		die(DAX_EXIT_UNSUPPORTED, "%s: changed while it was being opened; try again", path);
	if (!realpath(path, full))
		snprintf(full, sizeof(full), "%s", path);
	report->subject = full;
	fd = look_below(report, fd, full, &stx, below);
	huge = check_kernel(report);
	if (dir) {
		examine_dir(report, &storages, fd, &stx, below);
	} else {
		report->size = stx.stx_size;
		report->has_ranges =
			examine_file(report, &storages, fd, &stx, below, huge, &report->runs);
		report_fix_fates(report, &report->runs, below);
		check_obstacles(report, fd, &stx);
		if (report->has_ranges && !report->size) {
			report_add(report, "size", VERDICT_UNKNOWN, "%s is empty: nothing to judge", full);
			report->not_usable = true;
		}
	}
	close(fd);
	storages_free(&storages);
}
