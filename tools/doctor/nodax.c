// SPDX-License-Identifier: GPL-2.0-only
/* nodax.c - is a file a DAX file? If not: why, and what would make it one. */
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <linux/fs.h>
#include "doctor/kernlog.h"
#include "doctor/nodax.h"
#include "doctor/users.h"
#include "fields.h"
#include "util/fiemap.h"
#include "util/sysblock.h"

#define INODE_DROPS                                                                                \
	"takes effect when no process has the file open and the kernel drops its inode"

/*
 * ext4's inode flags (FS_IOC_GETFLAGS) with which a file is never a DAX file, whatever the mount
 * options are. For a folder, only those that new files inherit have what to do.
 */
static const struct never {
	unsigned int flag;
	const char *name, *undo, *run;
	const char *dir_undo, *dir_run;
} nevers[] = {
	{0x00004000, "journals its data (attribute j)",
	 "take the attribute away and write the file again, when its program does without",
	 "chattr -j {file} && " DAX_RUN_COPY,
	 "take the attribute away, when no program needs it; files that exist keep theirs", "chattr -j {file}"},
	{0x00100000, "has fs-verity", "a copy has none", NULL, NULL, NULL},
	{0x00000800, "is encrypted (fscrypt)", "copy it to a folder that is not encrypted", NULL,
	 "put the files into a folder that is not encrypted", NULL},
	{0x10000000, "is small and lies in its inode (inline_data)",
	 "a filesystem with inline_data has no DAX: when you make it again, leave that out", NULL, NULL, NULL},
};

static int is_shared(void *ctx, const struct fiemap_extent *fe)
{
	(void)ctx;
	return !!(fe->fe_flags & FIEMAP_EXTENT_SHARED);
}

/*
 * What makes a file, or with @dir new files in a folder, DAX files on a filesystem and device that
 * support it.
 */
static void fix_attribute(struct report *report, const struct nodax *of)
{
	if (of->dir)
		report_fix(report, "dax", 0, "files are DAX only when they have the DAX attribute",
			   "set it on the folder: new files inherit it, those that exist have to be "
			   "written again (daxdoctor --repair); or mount with -o dax=always",
			   "xfs_io -c 'chattr +x' {file}", of->path);
	else
		report_fix(report, "dax", 0, "files are DAX only when they have the DAX attribute",
			   "set it on the folder, then write the file again: new files inherit it; or "
			   "mount with -o dax=always",
			   "xfs_io -c 'chattr +x' {dir} && " DAX_RUN_COPY, of->path);
}

/* The attribute was changed while the file was in use. */
static void explain_pending(struct report *report, const struct nodax *of)
{
	char who[512] = "", means[768];
	struct users users;
	struct stat st;

	if (!fstat(of->fd, &st) && users_find(&users, st.st_dev, st.st_ino))
		users_text(&users, who, sizeof(who));
	snprintf(means, sizeof(means), "the file has the DAX attribute, but is not DAX yet: that " INODE_DROPS "%s%s",
		 *who ? "; it is open in process " : "", who);
	report_fix(report, "dax", 0, means,
		   "stop the programs that have it open, then have the kernel drop what it does not use",
		   "echo 2 >/proc/sys/vm/drop_caches", NULL);
}

static const struct never *never_of(const struct nodax *of)
{
	char value[8];
	int flags = 0;

	if (strncmp(of->storage->mount.type, "ext", 3) != 0 || ioctl(of->fd, FS_IOC_GETFLAGS, &flags))
		return NULL;
	/* With delayed allocation, the default, a new file journals its data and is a DAX file all the same. */
	if (of->dir && !mount_option(&of->storage->mount, "nodelalloc", value, sizeof(value)))
		flags &= ~FS_JOURNAL_DATA_FL;
	for (size_t i = 0; i < sizeof(nevers) / sizeof(*nevers); i++)
		if (flags & nevers[i].flag && (!of->dir || nevers[i].dir_undo))
			return &nevers[i];
	return NULL;
}

bool nodax_never(const struct nodax *of)
{
	return never_of(of);
}

static bool explain_never(struct report *report, const struct nodax *of)
{
	const struct never *never = never_of(of);
	char means[192];

	if (!never)
		return false;
	snprintf(means, sizeof(means), "the %s %s%s: ext4 has no DAX for such files, whatever the mount option is",
		 of->dir ? "folder" : "file", never->name, of->dir ? ", and new files in it inherit that" : "");
	report_fix(report, "dax", 0, means, of->dir ? never->dir_undo : never->undo,
		   of->dir ? never->dir_run : never->run, of->path);
	return true;
}

/* The filesystem is in a file (loop device): DAX of the filesystem below does not pass through. */
static bool explain_loop(struct report *report, const struct storage *storage)
{
	char file[512] = "", means[640];

	if (strncmp(storage->device.name, "loop", 4) != 0)
		return false;
	(void)sysblock_text(storage->dev, "loop/backing_file", file, sizeof(file));
	snprintf(means, sizeof(means), "%s is a loop device on %s: a loop device has no DAX, wherever its file lies",
		 storage->device.name, *file ? file : "a file");
	report_fix(report, "dax", 0, means, "put the files on the filesystem that holds that file, if it is one with DAX",
		   NULL, NULL);
	return true;
}

static void explain_device(struct report *report, const struct storage *storage)
{
	if (explain_loop(report, storage))
		return;
	if (strncmp(storage->device.name, "pmem", 4) != 0)
		report_fix(report, "dax", 0, "the device is not persistent memory, or a device-mapper device without DAX",
			   "put the file on XFS or ext4 on a /dev/pmem device; ndctl lists them",
			   "ndctl list -Nu", NULL);
	else
		report_fix(report, "dax", 0, "the device is a namespace without DAX",
			   "when you make the namespace again, which erases it, use --mode=fsdax --align=2M",
			   "ndctl list -Nu", NULL);
}

static void explain_mount(struct report *report, const struct storage *storage)
{
	char said[512], fix[768];

	snprintf(fix, sizeof(fix), "mount with -o dax=always; if that is refused or ignored, the kernel's log shows "
				   "why (block size, reflink, namespace mode)%s%s",
		 kernlog_dax(*storage->device.name ? storage->device.name : NULL, said, sizeof(said)) ? ": " : "",
		 kernlog_dax(*storage->device.name ? storage->device.name : NULL, said, sizeof(said)) ? said : "");
	report_fix(report, "dax", 0, "the filesystem does not use DAX for the file", fix, "dmesg | grep -i dax", NULL);
}

void explain_no_dax(struct report *report, const struct nodax *of)
{
	const struct storage *storage = of->storage;
	char value[32] = "";
	bool option = mount_option(&storage->mount, "dax", value, sizeof(value));
	bool by_attribute = !option || !strcmp(value, "inode");
	bool shared = !of->dir && fiemap_walk(of->fd, 0, ~0ULL >> 1, 0, is_shared, NULL) == 1;

	report->not_usable = true;
	if (storage->mount.known && !mount_can_dax(&storage->mount))
		report_fix(report, "dax", 0, "this filesystem has no DAX",
			   "put the file on XFS or ext4 on a /dev/pmem device; ndctl lists them",
			   "ndctl list -Nu", NULL);
	else if (storage->device.no_dax)
		explain_device(report, storage);
	else if (storage->mount.known && explain_never(report, of))
		return;
	else if (shared)
		report_fix(report, "dax", 0,
			   "XFS does not use DAX for a file that shares blocks with another, from the "
			   "next time it is opened afresh",
			   "give the file its own blocks; a filesystem made with -m reflink=0 keeps it from happening",
			   DAX_RUN_COPY, of->path);
	else if (storage->mount.known && !strcmp(storage->mount.type, "erofs") && option)
		report_fix(report, "dax", 0, "EROFS has no DAX for files that are compressed or whose end lies in the inode",
			   "make the image again, without compression, by mkfs.erofs with -E noinline_data", NULL, NULL);
	else if (!of->flag && by_attribute && storage->mount.known && strcmp(storage->mount.type, "erofs") != 0)
		fix_attribute(report, of);
	else if (of->flag && by_attribute && !of->dir)
		explain_pending(report, of);
	else
		explain_mount(report, storage);
}

/* It is a DAX file now, but has lost the attribute that made it one. */
static void check_losing(struct report *report, const struct nodax *of)
{
	char value[32] = "";
	bool option = mount_option(&of->storage->mount, "dax", value, sizeof(value));
	bool by_attribute = !option || !strcmp(value, "inode");
	const char *type = of->storage->mount.known ? of->storage->mount.type : "";

	if (of->flag || !by_attribute || (strcmp(type, "xfs") != 0 && strcmp(type, "ext4") != 0))
		return;
	report_add(report, "dax_attribute", VERDICT_PROBLEM,
		   "its DAX attribute was cleared: it is still a DAX file, but will not stay one: that " INODE_DROPS);
	report_fix(report, "dax_attribute", 0, "the file has no DAX attribute any more, and the mount uses the attribute",
		   "set it again, if it is to stay a DAX file", "xfs_io -c 'chattr +x' {file}", of->path);
}

void check_dax(struct report *report, const struct nodax *of, enum dax_state state)
{
	json_t *facts;

	facts = report_add(report, "dax",
			   state == DAX_STATE_YES  ? VERDICT_OK
			   : state == DAX_STATE_NO ? VERDICT_PROBLEM
						   : VERDICT_UNKNOWN,
			   state == DAX_STATE_YES  ? "%s is a DAX file%s"
			   : state == DAX_STATE_NO ? "%s is not a DAX file%s"
						   : "it cannot be found out here whether %s is a DAX file%s",
			   of->path, of->flag ? " (has the DAX attribute)" : "");
	json_object_set_new(facts, "attribute", json_boolean(of->flag));
	if (state == DAX_STATE_NO)
		explain_no_dax(report, of);
	else if (state == DAX_STATE_UNKNOWN)
		report->not_usable = true;
	else
		check_losing(report, of);
}

/* The path may be an empty folder on which a mount was refused. */
bool check_mount_point(struct report *report, const struct storage *storage, const char *path)
{
	const struct mount *mount = &storage->mount;
	char said[512], fix[768];
	bool told;

	if (!mount->known || !strcmp(mount->point, path) || !strncmp(storage->device.name, "loop", 4) ||
	    (mount_can_dax(mount) && !storage->device.no_dax))
		return false;
	report_add(report, "mount_point", VERDICT_PROBLEM,
		   "%s is not a mount point: it is a folder of the filesystem at %s (%s on %s), which has no DAX", path,
		   mount->point, mount->type, mount->source);
	told = kernlog_dax(NULL, said, sizeof(said));
	snprintf(fix, sizeof(fix), "if a filesystem was to be mounted here, find out why it is not; daxdoctor DEVICE shows what "
				   "prevents DAX there%s%s",
		 told ? "; the last kernel message about DAX: " : "", told ? said : "");
	report->not_usable = true;
	report_fix(report, "mount_point", 0, "nothing is mounted on this folder", fix,
		   "dmesg | grep -iE 'dax|xfs|ext4' | tail", NULL);
	return true;
}
