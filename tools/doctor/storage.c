// SPDX-License-Identifier: GPL-2.0-only
/* storage.c - the mount and device of a file, examined once for all files on them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>
#include "doctor/storage.h"

#define THP_DIR "/sys/kernel/mm/transparent_hugepage"

/* Argument of XFS_IOC_FSGEOMETRY, with names only for the members used here. */
struct xfs_geometry {
	__u32 block_bytes, rtext_blocks, ag_blocks, ag_count, unused1[4];
	__u64 unused2[4];
	__u8 uuid[16];
	__u32 sunit_blocks, swidth_blocks;
	__s32 version;
	__u32 flags;
	__u32 unused3[6];
	__u64 unused4[17];
};
_Static_assert(sizeof(struct xfs_geometry) == 256, "the ioctl's number holds the size");
#define XFS_GEOMETRY	_IOR('X', 126, struct xfs_geometry)
#define XFS_HAS_REFLINK (1U << 20)

const char *storage_device(const struct storage *storage, char *out, size_t size)
{
	if (!*storage->device.name)
		return NULL;
	snprintf(out, size, "/dev/%s", storage->device.name);
	return out;
}

bool check_kernel(struct report *report)
{
	char text[128] = "";
	json_t *facts;
	FILE *file;

	if (access(THP_DIR, F_OK)) {
		bool sure = !access("/sys/kernel/mm", F_OK);

		report_add(report, "kernel", sure ? VERDICT_PROBLEM : VERDICT_UNKNOWN,
			   sure ? "this kernel has no transparent huge pages, so DAX never tries 2 MiB"
				: "no sysfs here: whether the kernel has 2 MiB faults is unknown");
		return !sure;
	}
	file = fopen(THP_DIR "/enabled", "re");
	if (file) {
		if (fgets(text, sizeof(text), file))
			text[strcspn(text, "\n")] = '\0';
		fclose(file);
	}
	facts = report_add(report, "kernel", VERDICT_OK,
			   "transparent huge pages are built in; the switch (%s) does not count "
			   "for DAX, whose 2 MiB pages are part of the storage",
			   *text ? text : "not readable");
	json_object_set_new(facts, "thp_enabled", *text ? json_string(text) : json_null());
	return true;
}

static void check_mount(struct report *report, const struct storage *storage)
{
	const struct mount *mount = &storage->mount;
	char value[32] = "";
	bool dax = mount_option(mount, "dax", value, sizeof(value));
	bool never = dax && !strcmp(value, "never"), always = dax && (!*value || !strcmp(value, "always"));
	bool can = mount_can_dax(mount);
	json_t *facts;

	if (!mount->known) {
		report_add(report, "mount", VERDICT_UNKNOWN, "its mount is not in /proc/self/mountinfo");
		return;
	}
	facts = report_add(report, "mount", never || !can ? VERDICT_PROBLEM : VERDICT_OK,
			   "%s on %s at %s, %s", mount->type, mount->source, mount->point,
			   !can	    ? "a filesystem without DAX"
			   : always ? "dax=always: every file is DAX"
			   : never ? "dax=never: no file is DAX"
			   : dax   ? "dax=inode: files with the DAX attribute are DAX"
				   : "no dax option in effect: files with the DAX attribute are DAX "
				     "where the filesystem has one; if -o dax was given it was "
				     "dropped, and dmesg shows why");
	json_object_set_new(facts, "type", json_string(mount->type));
	json_object_set_new(facts, "dax", dax ? json_string(*value ? value : "always") : json_null());
}

/* An ext2 filesystem may be mounted by the ext4 driver; sysfs shows it then. */
static bool driver_has_huge(const struct storage *storage)
{
	char path[128];

	if (!storage->mount.known || strcmp(storage->mount.type, "ext2"))
		return true;
	snprintf(path, sizeof(path), "/sys/fs/ext4/%s", storage->device.name);
	return !access(path, F_OK);
}

static void check_xfs(struct report *report, int fd)
{
	struct xfs_geometry geo;
	__u64 unit, ag;
	json_t *facts;
	bool good;

	if (ioctl(fd, XFS_GEOMETRY, &geo)) {
		report_add(report, "xfs_geometry", VERDICT_UNKNOWN, "XFS does not report its geometry");
		return;
	}
	unit = (__u64)geo.sunit_blocks * geo.block_bytes;
	ag = (__u64)geo.ag_blocks * geo.block_bytes;
	good = unit && unit % RANGE_BYTES == 0 && (geo.ag_count == 1 || ag % RANGE_BYTES == 0);
	facts = report_add(report, "xfs_geometry", good ? VERDICT_OK : VERDICT_PROBLEM,
			   "stripe unit %llu KiB%s; %u allocation groups of %llu MiB%s: a larger "
			   "fallocate is cut there; reflink=%d",
			   unit >> 10,
			   unit && unit % RANGE_BYTES == 0
				   ? ""
				   : ", so the filesystem does not try to align extents to 2 MiB",
			   geo.ag_count, ag >> 20,
			   ag % RANGE_BYTES ? ", which do not all start at a multiple of 2 MiB" : "",
			   !!(geo.flags & XFS_HAS_REFLINK));
	json_object_set_new(facts, "block_bytes", json_integer(geo.block_bytes));
	json_object_set_new(facts, "ag_bytes", json_integer((json_int_t)ag));
	json_object_set_new(facts, "ag_count", json_integer(geo.ag_count));
	json_object_set_new(facts, "sunit_bytes", json_integer((json_int_t)unit));
	json_object_set_new(facts, "swidth_bytes",
			    json_integer((json_int_t)((__u64)geo.swidth_blocks * geo.block_bytes)));
	json_object_set_new(facts, "rtext_bytes",
			    json_integer((json_int_t)((__u64)geo.rtext_blocks * geo.block_bytes)));
	json_object_set_new(facts, "reflink", json_boolean(geo.flags & XFS_HAS_REFLINK));
	if (!good)
		report_fix(report, "xfs_geometry", 0,
			   "XFS aligns extents to 2 MiB only when its stripe unit is a multiple of it",
			   "when you make the filesystem again, which erases it, use -m reflink=0 -d su=2m,sw=1; "
			   "until then an extent size hint of 2 MiB on a folder aligns what is free to be",
			   NULL, NULL);
}

static void check_ext4(struct report *report, const struct storage *storage)
{
	char value[32], path[80];
	const char *stripe = mount_option(&storage->mount, "stripe", value, sizeof(value));
	__u64 blocks = stripe ? strtoull(stripe, NULL, 10) : 0;
	bool good = blocks && blocks % DAX_RANGE_PAGES == 0;
	json_t *facts;

	facts = report_add(report, "ext4_stride", good ? VERDICT_OK : VERDICT_PROBLEM,
			   good ? "stripe of %llu blocks: allocations of whole 2 MiB are aligned"
				: "stripe of %llu blocks, not a multiple of 512: the filesystem does "
				  "not try to align extents to 2 MiB",
			   blocks);
	json_object_set_new(facts, "stripe_blocks", json_integer((json_int_t)blocks));
	if (!good)
		report_fix(report, "ext4_stride", 0,
			   "ext4 aligns allocations to 2 MiB only when its stride is a multiple of it",
			   "set it, for files allocated after the next mount; when you make the "
			   "filesystem again, which erases it, use -b 4096 -E stride=512",
			   "tune2fs -E stride=512,stripe_width=512 {file}",
			   storage_device(storage, path, sizeof(path)));
}

static void check_filesystem(struct report *report, struct storage *storage, int fd)
{
	long page = sysconf(_SC_PAGESIZE);
	struct statfs st;

	if (!fstatfs(fd, &st)) {
		bool good = st.f_bsize == page;
		json_t *facts = report_add(report, "block_size", good ? VERDICT_OK : VERDICT_PROBLEM,
					   "blocks of %ld bytes, pages of %ld%s", (long)st.f_bsize, page,
					   good ? "" : ": DAX needs blocks as large as pages");

		json_object_set_new(facts, "block_bytes", json_integer(st.f_bsize));
		if (!good)
			report_fix(report, "block_size", 0, "DAX needs blocks as large as pages",
				   "when you make the filesystem again, which erases it, use blocks of 4096 bytes: "
				   "-b size=4096 (XFS), -b 4096 -E stride=512 (ext4)",
				   NULL, NULL);
	}
	if (!storage->mount.known || storage->device.no_dax)
		return;
	if (!strcmp(storage->mount.type, "xfs"))
		check_xfs(report, fd);
	else if (!strcmp(storage->mount.type, "ext4"))
		check_ext4(report, storage);
	storage->tries_huge = driver_has_huge(storage);
	if (!storage->tries_huge)
		report_add(report, "filesystem", VERDICT_PROBLEM,
			   "%s never tries 2 MiB faults; use xfs or ext4", storage->mount.type);
}

/* The device in the mount option rtdev=. */
static dev_t realtime_device(const struct mount *mount)
{
	char path[256];
	struct stat st;

	if (!mount_option(mount, "rtdev", path, sizeof(path)) || stat(path, &st))
		return 0;
	return st.st_rdev;
}

static const struct storage *note_fs_type(struct report *report, const struct storage *storage)
{
	snprintf(report->fs_type, sizeof(report->fs_type), "%s", storage->mount.known ? storage->mount.type : "");
	return storage;
}

const struct storage *storage_of(struct storages *storages, struct report *report, int fd,
			     const struct statx *stx, bool realtime)
{
	dev_t dev = makedev(stx->stx_dev_major, stx->stx_dev_minor);
	__u64 id = stx->stx_mask & STATX_MNT_ID ? stx->stx_mnt_id : 0;
	struct storage *storage;

	for (size_t i = 0; i < storages->nr; i++)
		if (storages->storage[i]->dev == dev && storages->storage[i]->realtime == realtime)
			return note_fs_type(report, storages->storage[i]);
	storage = grow(NULL, 0, sizeof(*storage));
	*storage = (struct storage){.dev = dev, .realtime = realtime, .tries_huge = true};
	storages->storage = grow(storages->storage, storages->nr, sizeof(*storages->storage));
	storages->storage[storages->nr++] = storage;
	mount_find(&storage->mount, "/proc/self/mountinfo", id, dev);
	check_mount(report, storage);
	device_check(report, realtime ? realtime_device(&storage->mount) : dev, &storage->device);
	check_filesystem(report, storage, fd);
	return note_fs_type(report, storage);
}

void storages_free(struct storages *storages)
{
	for (size_t i = 0; i < storages->nr; i++) {
		mount_free(&storages->storage[i]->mount);
		device_free(&storages->storage[i]->device);
		free(storages->storage[i]);
	}
	free(storages->storage);
}
