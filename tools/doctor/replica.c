// SPDX-License-Identifier: GPL-2.0-only
/* replica.c - an unlinked file that becomes the copy of a file: storage, data, attributes. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <linux/fs.h>
#include "doctor/replica.h"

/* The filesystem sets the other flags itself. The DAX attribute is added, but never removed. */
#define FLAGS_KEPT                                                                             \
	(FS_XFLAG_REALTIME | FS_XFLAG_SYNC | FS_XFLAG_NOATIME | FS_XFLAG_NODUMP |                   \
	 FS_XFLAG_NODEFRAG | FS_XFLAG_PROJINHERIT)

static int failed(const char **what, const char *step)
{
	*what = step;
	return errno ? -errno : -EIO;
}

static int keep_flags(int old, int fd, const char **what)
{
	struct fsxattr from, to, before;

	if (ioctl(old, FS_IOC_FSGETXATTR, &from) || ioctl(fd, FS_IOC_FSGETXATTR, &before))
		return failed(what, "reading its inode flags");
	to = before;
	to.fsx_xflags = (before.fsx_xflags & ~(__u32)FLAGS_KEPT) | (from.fsx_xflags & FLAGS_KEPT) |
			(from.fsx_xflags & FS_XFLAG_DAX);
	to.fsx_projid = from.fsx_projid;
	to.fsx_cowextsize = from.fsx_cowextsize;
	to.fsx_xflags |= from.fsx_xflags & FS_XFLAG_COWEXTSIZE;
	if (memcmp(&to, &before, sizeof(to)) && ioctl(fd, FS_IOC_FSSETXATTR, &to))
		return failed(what, "setting its inode flags and project");
	/* If the file's own hint is a multiple of 2 MiB it is kept; ext4 has no hints. */
	to.fsx_extsize = RANGE_BYTES;
	if (from.fsx_xflags & FS_XFLAG_EXTSIZE && from.fsx_extsize && from.fsx_extsize % RANGE_BYTES == 0)
		to.fsx_extsize = from.fsx_extsize;
	to.fsx_xflags |= FS_XFLAG_EXTSIZE;
	(void)ioctl(fd, FS_IOC_FSSETXATTR, &to);
	return 0;
}

int replica_make(int dir, int old, __u64 size, int *fd, const char **what)
{
	int file = openat(dir, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600), err;

	if (file < 0)
		return failed(what, "making a file without a name in its folder");
	err = keep_flags(old, file, what);
	if (!err && ftruncate(file, (off_t)size))
		err = failed(what, "setting its size");
	if (err)
		close(file);
	else
		*fd = file;
	return err;
}

int replica_allocate(int fd, const struct pieces *pieces, __u64 most, const char **what)
{
	for (size_t i = 0; i < pieces->nr;) {
		__u64 at = pieces->piece[i].first * RANGE_BYTES, end;

		do
			end = (pieces->piece[i].first + pieces->piece[i].count) * RANGE_BYTES;
		while (++i < pieces->nr && pieces->piece[i].first * RANGE_BYTES == end);
		while (at < end) {
			__u64 length = most && end - at > most ? most : end - at;

			/* Allocate the whole last range without changing the size. */
			if (fallocate(fd, FALLOC_FL_KEEP_SIZE, (off_t)at, (off_t)length)) {
				if (errno == EINTR)
					continue;
				return failed(what, "allocating storage");
			}
			at += length;
		}
	}
	return 0;
}

static int read_whole(int fd, char *to, size_t length, __u64 at)
{
	while (length) {
		ssize_t got = pread(fd, to, length, (off_t)at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			errno = got ? errno : ENODATA; /* the old file has shrunk */
			return -1;
		}
		to += got;
		at += (__u64)got;
		length -= (size_t)got;
	}
	return 0;
}

static int write_whole(int fd, const char *from, size_t length, __u64 at)
{
	while (length) {
		ssize_t put = pwrite(fd, from, length, (off_t)at);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		from += put;
		at += (__u64)put;
		length -= (size_t)put;
	}
	return 0;
}

static size_t within(__u64 at, __u64 size)
{
	return at >= size ? 0 : size - at > RANGE_BYTES ? RANGE_BYTES : (size_t)(size - at);
}

int replica_copy(int old, int fd, const struct pieces *pieces, __u64 old_size, __u64 size,
		 replica_progress_fn progress, void *ctx, const char **what)
{
	char *room = aligned_alloc(PAGE_BYTES, RANGE_BYTES);
	__u64 done = 0;
	int err = 0;

	if (!room)
		return failed(what, "finding memory");
	for (size_t i = 0; !err && i < pieces->nr; i++) {
		const struct piece *piece = &pieces->piece[i];

		for (__u64 n = 0; piece->data && !err && n < piece->count; n++) {
			__u64 at = (piece->first + n) * RANGE_BYTES;
			size_t got = within(at, old_size), put = within(at, size);

			if (read_whole(old, room, got, at)) {
				err = failed(what, "reading it");
				break;
			}
			memset(room + got, 0, RANGE_BYTES - got);
			if (write_whole(fd, room, put, at))
				err = failed(what, "writing the copy");
			done += put;
			if (!err)
				err = progress(ctx, done);
		}
	}
	free(room);
	if (!err && fsync(fd))
		err = failed(what, "syncing the copy");
	return err;
}

/*
 * The names of the attributes, each followed by a NUL; *size is their total. NULL with errno set.
 */
static char *attribute_names(int fd, size_t *size)
{
	for (;;) {
		ssize_t need = flistxattr(fd, NULL, 0), got;
		char *names;

		if (need < 0 && errno == ENOTSUP)
			need = 0;
		if (need < 0)
			return NULL;
		names = malloc((size_t)need + 1);
		if (!names)
			return NULL;
		got = need ? flistxattr(fd, names, (size_t)need) : 0;
		if (got >= 0) {
			names[got] = '\0';
			*size = (size_t)got;
			return names;
		}
		free(names);
		if (errno != ERANGE)
			return NULL;
	}
}

static char *attribute_value(int fd, const char *name, ssize_t *size)
{
	char *value = malloc(XATTR_SIZE_MAX + 1);

	*size = value ? fgetxattr(fd, name, value, XATTR_SIZE_MAX) : -1;
	if (*size >= 0)
		return value;
	free(value);
	return NULL;
}

static int keep_attribute(int old, int fd, const char *name)
{
	ssize_t size, has_size;
	char *value = attribute_value(old, name, &size), *has;
	int err = value ? 0 : -1;

	if (err)
		return err;
	has = attribute_value(fd, name, &has_size);
	if (!has || has_size != size || memcmp(has, value, (size_t)size))
		err = fsetxattr(fd, name, value, (size_t)size, 0);
	free(has);
	free(value);
	return err;
}

static bool has_name(const char *names, size_t size, const char *name)
{
	for (const char *at = names; at < names + size; at += strlen(at) + 1)
		if (!strcmp(at, name))
			return true;
	return false;
}

static int keep_attributes(int old, int fd, size_t *count, const char **what)
{
	size_t size = 0, new_size = 0;
	char *names = attribute_names(old, &size), *inherited = attribute_names(fd, &new_size);
	int err = names && inherited ? 0 : failed(what, "reading its extended attributes");

	/* An ACL that the folder gives to new files is not part of the old file. */
	for (const char *at = inherited; !err && at < inherited + new_size; at += strlen(at) + 1)
		if (!has_name(names, size, at) && fremovexattr(fd, at))
			err = failed(what, "removing an inherited extended attribute");
	*count = 0;
	for (const char *at = names; !err && at < names + size; at += strlen(at) + 1, ++*count)
		if (keep_attribute(old, fd, at))
			err = failed(what, "keeping its extended attributes or ACL");
	free(names);
	free(inherited);
	return err;
}

int replica_keep(int old, int fd, const struct stat *st, size_t *xattrs, const char **what)
{
	const struct timespec times[2] = {st->st_atim, st->st_mtim};
	struct stat now;
	int err;

	/* In this order: changing the owner clears set-user-ID and capabilities. */
	errno = 0;
	if (fchown(fd, st->st_uid, st->st_gid))
		return failed(what, "keeping its owner and group");
	if (fchmod(fd, st->st_mode & 07777))
		return failed(what, "keeping its mode");
	err = keep_attributes(old, fd, xattrs, what);
	if (err)
		return err;
	if (futimens(fd, times))
		return failed(what, "keeping its times");
	if (fstat(fd, &now) || now.st_mode != st->st_mode || now.st_uid != st->st_uid ||
	    now.st_gid != st->st_gid) {
		errno = errno ? errno : EPERM;
		return failed(what, "keeping its owner and mode");
	}
	return fsync(fd) ? failed(what, "syncing the copy") : 0;
}
