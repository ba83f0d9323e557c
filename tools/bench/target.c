// SPDX-License-Identifier: GPL-2.0-only
/* target.c - create, check and remove the file. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <linux/fs.h>
#include "bench/kinds.h"
#include "bench/target.h"
#include "proc/mountinfo.h"
#include "util/err.h"

#ifndef STATX_ATTR_DAX
#define STATX_ATTR_DAX 0x00200000
#endif

#define MARK	       "user.daxbench" /* extended attribute: daxbench created the file */
#define MAX_UNFINISHED 16

/* Files to remove if this process ends early; read by a signal handler. */
static const char *volatile unfinished[MAX_UNFINISHED];
static volatile pid_t owner;

static void remove_unfinished(void)
{
	if (getpid() != owner)
		return;
	for (int i = 0; i < MAX_UNFINISHED; i++)
		if (unfinished[i])
			unlink(unfinished[i]);
}

static void on_signal(int sig)
{
	remove_unfinished();
	signal(sig, SIG_DFL);
	raise(sig);
}

static void guard(const char *path)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	struct sigaction act = {.sa_handler = on_signal};

	if (!owner) {
		owner = getpid();
		atexit(remove_unfinished);
		for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
			sigaction(signals[i], &act, NULL);
	}
	for (int i = 0; i < MAX_UNFINISHED; i++) {
		if (unfinished[i])
			continue;
		unfinished[i] = path;
		return;
	}
	die(DAX_EXIT_USAGE, "more than %d files in one run", MAX_UNFINISHED);
}

void target_keep(struct target *target)
{
	for (int i = 0; i < MAX_UNFINISHED; i++)
		if (unfinished[i] == target->path)
			unfinished[i] = NULL;
}

static void find_fs(struct target *target)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	struct mountinfo mount;
	char *line = NULL;
	size_t size = 0;

	strcpy(target->fs, "unknown");
	while (file && getline(&line, &size, file) > 0)
		if (mountinfo_parse(line, &mount) && mount.type && makedev(mount.major, mount.minor) == target->dev)
			snprintf(target->fs, sizeof(target->fs), "%s", mount.type);
	free(line);
	if (file)
		fclose(file);
}

static void remove_old(const char *path, bool force)
{
	struct stat st;
	char mark[8];
	int fd;

	if (lstat(path, &st)) {
		if (errno == ENOENT)
			return;
		die(DAX_EXIT_USAGE, "%s: %s", path, strerror(errno));
	}
	if (!S_ISREG(st.st_mode))
		die(DAX_EXIT_USAGE, "%s: not a regular file; name one to create", path);
	fd = open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		die(DAX_EXIT_USAGE, "%s: %s", path, strerror(errno));
	if (!force && fgetxattr(fd, MARK, mark, sizeof(mark)) < 0)
		die(DAX_EXIT_USAGE, "%s: exists and was not made by daxbench; --force replaces it",
		    path);
	/* If it were only unlinked, its blocks might become free too late. */
	if (st.st_nlink == 1 && (ftruncate(fd, 0) || fsync(fd)))
		die(DAX_EXIT_UNSUPPORTED, "%s: cannot empty it: %s", path, strerror(errno));
	close(fd);
	if (unlink(path))
		die(DAX_EXIT_USAGE, "%s: cannot replace it: %s", path, strerror(errno));
}

static void check_dax(const struct target *target)
{
	struct statx stx = {};

	if (statx(target->fd, "", AT_EMPTY_PATH, 0, &stx))
		die(DAX_EXIT_UNSUPPORTED, "%s: statx: %s", target->path, strerror(errno));
	if (stx.stx_attributes_mask & stx.stx_attributes & STATX_ATTR_DAX)
		return;
	die(DAX_EXIT_UNSUPPORTED,
	    "%s: not a DAX file: its filesystem (%s) does not use DAX for it; mount persistent "
	    "memory with -o dax=always, or on a dax=inode mount run xfs_io -c 'chattr +x' on the "
	    "folder first",
	    target->path, target->fs);
}

void target_create(struct target *target, const char *path, bool force)
{
	struct stat st;

	target->path = path;
	remove_old(path, force);
	target->fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (target->fd < 0)
		die(errno == ENOENT || errno == ENOTDIR || errno == EISDIR ? DAX_EXIT_USAGE
									   : DAX_EXIT_UNSUPPORTED,
		    "%s: cannot create it: %s", path, strerror(errno));
	guard(path);
	if (fstat(target->fd, &st))
		die(DAX_EXIT_UNSUPPORTED, "%s: %s", path, strerror(errno));
	target->dev = st.st_dev;
	find_fs(target);
	check_dax(target);
	/* Without extended attributes the next run only asks for --force. */
	(void)fsetxattr(target->fd, MARK, "1", 1, 0);
}

/* An ext2 filesystem may be mounted by the ext4 driver; sysfs shows it then. */
static bool driven_by_ext4(const struct target *target)
{
	char link[64], disk[256], path[320], *slash;
	ssize_t len;

	snprintf(link, sizeof(link), "/sys/dev/block/%u:%u", major(target->dev),
		 minor(target->dev));
	len = readlink(link, disk, sizeof(disk) - 1);
	if (len <= 0)
		return false;
	disk[len] = '\0';
	slash = strrchr(disk, '/');
	snprintf(path, sizeof(path), "/sys/fs/ext4/%s", slash ? slash + 1 : disk);
	return !access(path, F_OK);
}

void target_need_huge(const struct target *target)
{
	/* The ext2 driver handles all DAX faults at 4 KiB; no interface shows this. */
	if (!strcmp(target->fs, "ext2") && !driven_by_ext4(target))
		die(DAX_EXIT_UNSUPPORTED, "%s: %s never tries 2 MiB faults; use xfs or ext4",
		    target->path, target->fs);
	if (!access("/sys/kernel/mm", F_OK) && access("/sys/kernel/mm/transparent_hugepage", F_OK))
		die(DAX_EXIT_UNSUPPORTED,
		    "this kernel never tries 2 MiB faults: it is built without transparent huge "
		    "pages, or the processor has none");
}

void target_set_extsize(struct target *target, bool huge)
{
	struct fsxattr attr;

	if (strcmp(target->fs, "xfs") || ioctl(target->fd, FS_IOC_FSGETXATTR, &attr))
		return;
	attr.fsx_xflags &= ~(__u32)FS_XFLAG_EXTSIZE;
	if (huge)
		attr.fsx_xflags |= FS_XFLAG_EXTSIZE;
	attr.fsx_extsize = huge ? RANGE_BYTES : 0;
	/* Only a hint: the extents are checked later. */
	(void)ioctl(target->fd, FS_IOC_FSSETXATTR, &attr);
}
