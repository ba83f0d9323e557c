// SPDX-License-Identifier: GPL-2.0-only
/*
 * file-locator.c - where a file is now: at its path, renamed, deleted, or visible only to its
 * processes.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <linux/types.h>
#include "proc/file-locator.h"
#include "proc/maps.h"

#define DELETED	     " (deleted)" /* the kernel appends this to the path of a file without a name */
#define FIRST_WAIT   1000000000ULL
#define LONGEST_WAIT 64000000000ULL
#define MAPS_MAX     65536 /* lines of a process's maps that are read */

/* File handles: see include/linux/exportfs.h and fs/xfs/xfs_export.h of the kernel. */
#define FID_INO32_GEN	     0x01
#define FID_INO32_GEN_PARENT 0x02
#define FID_XFS_64	     0x80 /* with one of the two above: the inode number has 64 bits */
#define FID_ROOM	     128

struct fid {
	struct file_handle handle;
	unsigned char room[FID_ROOM]; /* handle.f_handle */
};
_Static_assert(offsetof(struct fid, room) == offsetof(struct file_handle, f_handle), "fid");

enum answer { NO, YES, UNKNOWN };

/* Take inode number and generation from a handle; false for filesystems with other handles. */
static bool fid_read(const struct fid *fid, __u64 *ino, __u32 *gen)
{
	bool wide = fid->handle.handle_type & FID_XFS_64;
	int type = fid->handle.handle_type & ~FID_XFS_64;
	size_t len = wide ? 8 : 4;

	if ((type != FID_INO32_GEN && type != FID_INO32_GEN_PARENT) ||
	    fid->handle.handle_bytes < len + 4)
		return false;
	*ino = 0;
	memcpy(ino, fid->room, len);
	memcpy(gen, fid->room + len, 4);
	return true;
}

static bool fid_get(struct fid *fid, int at, const char *path, int flags)
{
	int mount;

	fid->handle.handle_bytes = FID_ROOM;
	return !name_to_handle_at(at, path, &fid->handle, &mount, flags);
}

static __u32 kernel_dev(dev_t dev)
{
	return major(dev) << 20 | minor(dev);
}

/*
 * Does @st have this file's number? An overlay has numbers of its own, so there only the device is
 * compared.
 */
static bool is_inode(const struct file_locator *locator, const struct stat *st)
{
	if (locator->path_dev != locator->dev && kernel_dev(st->st_dev) == locator->path_dev)
		return true;
	return kernel_dev(st->st_dev) == locator->dev && st->st_ino == locator->ino;
}

/* Is @path a name of this very file, and not of a new file with the same number? */
static enum answer is_at(const struct file_locator *locator, const char *path)
{
	struct stat st;
	struct fid fid;
	__u64 ino;
	__u32 gen;

	if (path[0] != '/')
		return UNKNOWN;
	if (fstatat(AT_FDCWD, path, &st, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT))
		return errno == ENOENT || errno == ENOTDIR ? NO : UNKNOWN;
	if (!is_inode(locator, &st))
		return NO;
	if (!fid_get(&fid, AT_FDCWD, path, 0) || !fid_read(&fid, &ino, &gen) || ino != locator->ino)
		return YES; /* the handle shows no generation here */
	return gen == locator->gen ? YES : NO;
}

bool file_locator_init(struct file_locator *locator, struct mounts *mounts, const struct dax_meta *meta)
{
	*locator = (struct file_locator){
		.ino = meta->key.ino,
		.dev = meta->key.dev,
		.gen = meta->key.gen,
		.path_dev = meta->path_dev,
		.deleted = meta->flags & DAX_META_DELETED,
	};
	locator->path = mounts_path(mounts, meta);
	file_locator_pid(locator, meta->key.tgid);
	return locator->path;
}

void file_locator_free(struct file_locator *locator)
{
	free(locator->path);
	free(locator->was);
	locator->path = locator->was = NULL;
}

void file_locator_pid(struct file_locator *locator, __u32 pid)
{
	unsigned int i;

	for (i = 0; i < LOCATOR_PIDS; i++)
		if (locator->pids[i] == pid)
			return;
	locator->pids[locator->nr_pids++ % LOCATOR_PIDS] = pid;
}

/* The target of a symbolic link in /proc; NULL: it cannot be read. */
static char *link_text(const char *link)
{
	char *text = malloc(PATH_MAX + 1);
	ssize_t len = text ? readlink(link, text, PATH_MAX) : -1;

	if (len <= 0 || len == PATH_MAX) {
		free(text);
		return NULL;
	}
	text[len] = '\0';
	return text;
}

/* The file is now at @path. Takes @path over. */
static void moved_to(struct file_locator *locator, char *path, bool was_path)
{
	locator->gone = false;
	if (locator->path && was_path && strcmp(path, locator->path)) {
		if (!locator->was) {
			locator->was = locator->path;
			locator->path = NULL;
		} else if (!strcmp(locator->was, path)) {
			free(locator->was); /* it is back at its old path */
			locator->was = NULL;
		}
	}
	free(locator->path);
	locator->path = path;
}

/*
 * Take the kernel's current name of the file, @text, which is taken over. The name itself may
 * contain "(deleted)". @root: root directory of the process that sees it so; "": ours. @link leads
 * to the file itself.
 */
static bool take_name(struct file_locator *locator, char *text, const char *root, const char *link,
		      bool may_move)
{
	size_t len = strlen(text), end = sizeof(DELETED) - 1;
	struct stat st;
	char *there = NULL;
	bool ours = is_at(locator, text) == YES;

	if (!ours && *root && asprintf(&there, "%s%s", root, text) < 0)
		there = NULL;
	if (there && is_at(locator, there) != YES) {
		free(there);
		there = NULL;
	}
	if (!ours && !there && len > end && !strcmp(text + len - end, DELETED)) {
		text[len - end] = '\0';
		moved_to(locator, text, may_move);
		/* If there are other hard links, their names are unknown. */
		locator->deleted = stat(link, &st) || !st.st_nlink;
		locator->gone = !locator->deleted;
		return true;
	}
	locator->deleted = false;
	if (there) {
		free(text);
		moved_to(locator, there, false);
	} else {
		moved_to(locator, text, may_move);
	}
	return true;
}

/* Look in the maps of a process that has it mapped, in its mount namespace. */
static bool from_maps(struct file_locator *locator, __u32 pid, bool may_move)
{
	FILE *maps = proc_open(pid, "maps");
	char root[64], link[128], *line = NULL, *text = NULL;
	struct maps_line map;
	size_t size = 0;
	int lines = 0;

	snprintf(root, sizeof(root), "/proc/%u/root", pid);
	if (!maps)
		return false;
	while (!text && lines++ < MAPS_MAX && getline(&line, &size, maps) > 0) {
		if (!maps_parse(line, &map) || maps_dev(&map) != locator->dev || map.ino != locator->ino)
			continue;
		/* In the line itself a newline and "\012" look the same. */
		snprintf(link, sizeof(link), "/proc/%u/map_files/%llx-%llx", pid, map.start, map.end);
		text = link_text(link);
		if (!text)
			break;
	}
	free(line);
	fclose(maps);
	return text && take_name(locator, text, root, link, may_move);
}

/* Look by inode number and generation, as a file server does. Needs CAP_DAC_READ_SEARCH. */
static bool from_number(struct file_locator *locator, int mount, bool may_move)
{
	struct fid fid;
	char link[64], *text;
	struct stat st;
	unsigned int len;
	__u64 ino;
	__u32 gen;
	int fd;

	/* The handle of the root directory shows how this filesystem writes handles. */
	if (!fid_get(&fid, mount, "", AT_EMPTY_PATH) || !fid_read(&fid, &ino, &gen))
		return false;
	len = fid.handle.handle_type & FID_XFS_64 ? 8 : 4;
	fid.handle.handle_type = len == 8 ? FID_XFS_64 | FID_INO32_GEN : FID_INO32_GEN;
	fid.handle.handle_bytes = len + 4;
	memcpy(fid.room, &locator->ino, len);
	memcpy(fid.room + len, &locator->gen, 4);
	fd = open_by_handle_at(mount, &fid.handle, O_PATH | O_CLOEXEC);
	if (fd < 0) {
		if (errno == ESTALE) /* no file has this number and generation any more */
			locator->deleted = true;
		return errno == ESTALE;
	}
	if (fstat(fd, &st) || !is_inode(locator, &st)) {
		close(fd);
		return false;
	}
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	text = st.st_nlink ? link_text(link) : NULL;
	close(fd);
	if (!st.st_nlink) {
		locator->deleted = true;
		return true;
	}
	/* The kernel makes up a name for a file that was not looked up by name: check it. */
	if (text && is_at(locator, text) == YES)
		return take_name(locator, text, "", link, may_move);
	free(text);
	return false;
}

bool file_locator_look(struct file_locator *locator, struct mounts *mounts, bool search, __u64 now_ns)
{
	enum answer here = locator->path ? is_at(locator, locator->path) : UNKNOWN;
	bool found = false, may_move = here == NO && !locator->deleted;
	struct mount_name name;
	struct stat st;
	unsigned int i;
	int mount = -1;

	if (here == YES) {
		locator->deleted = locator->gone = false;
		locator->wait_ns = locator->again_ns = 0;
		return false;
	}
	if (!search || now_ns < locator->again_ns)
		return false;
	if (mounts_find(mounts, locator->dev, NULL, &name))
		mount = open(name.point, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (mount >= 0 && (fstat(mount, &st) || kernel_dev(st.st_dev) != locator->dev)) {
		close(mount); /* something else is mounted over it */
		mount = -1;
	}
	/* A file that another mount hides has not been renamed. */
	may_move = may_move && (mount >= 0 || locator->path_dev != locator->dev);
	for (i = 0; i < LOCATOR_PIDS && !found; i++)
		found = locator->pids[i] && from_maps(locator, locator->pids[i], may_move);
	if (!found && mount >= 0)
		found = from_number(locator, mount, may_move);
	if (!found)
		locator->gone = may_move;
	if (mount >= 0)
		close(mount);
	if (found && is_at(locator, locator->path) == YES) {
		locator->wait_ns = locator->again_ns = 0;
		return true;
	}
	locator->wait_ns = locator->wait_ns ? 2 * locator->wait_ns : FIRST_WAIT;
	if (locator->wait_ns > LONGEST_WAIT)
		locator->wait_ns = LONGEST_WAIT;
	locator->again_ns = now_ns + locator->wait_ns;
	return true;
}
