// SPDX-License-Identifier: GPL-2.0-only
/*
 * outfile.c - output files that the user names: never written through a link that somebody else
 * made.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "util/outfile.h"

/* /dev/stdout and the names for >(COMMAND) in a shell are links, which only root can make. */
static int open_there(const char *path)
{
	int links = strncmp(path, "/dev/", 5) ? O_NOFOLLOW : 0;
	int fd = open(path, O_WRONLY | O_CLOEXEC | links);

	return fd < 0 ? -errno : fd;
}

static int open_beside(struct outfile *file, mode_t mode)
{
	if (asprintf(&file->beside, "%s.XXXXXX", file->path) < 0) {
		file->beside = NULL;
		return -ENOMEM;
	}
	file->fd = mkostemp(file->beside, O_CLOEXEC);
	if (file->fd < 0)
		return -errno;
	file->made = true;
	return fchmod(file->fd, mode) ? -errno : 0;
}

int outfile_open(struct outfile *file, const char *path, mode_t mode)
{
	struct stat st;

	*file = (struct outfile){.path = path};
	file->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (file->fd >= 0) {
		file->made = true;
		return 0;
	}
	if (errno != EEXIST)
		return -errno;
	if (!strncmp(path, "/dev/", 5) ? stat(path, &st) : lstat(path, &st))
		return -errno;
	if (S_ISLNK(st.st_mode))
		return -ELOOP;
	if (S_ISREG(st.st_mode) && strncmp(path, "/dev/", 5))
		return open_beside(file, mode);
	file->fd = open_there(path);
	return file->fd < 0 ? file->fd : 0;
}

int outfile_keep(struct outfile *file)
{
	char *old = NULL;
	int err = 0;

	if (!file->beside)
		return 0;
	if (asprintf(&old, "%s.old", file->path) < 0)
		return -ENOMEM;
	if (rename(file->path, old) && errno != ENOENT)
		err = -errno;
	free(old);
	if (!err && rename(file->beside, file->path))
		err = -errno;
	if (err)
		return err;
	free(file->beside);
	file->beside = NULL;
	return 0;
}

void outfile_drop(struct outfile *file)
{
	if (file->made)
		unlink(file->beside ? file->beside : file->path);
	file->made = false;
	free(file->beside);
	file->beside = NULL;
}

const char *outfile_error(int err)
{
	return err == -ELOOP ? "a symbolic link: name the file that it leads to, or remove it" : strerror(-err);
}
