// SPDX-License-Identifier: GPL-2.0-only
/* replace.c - replace a file in one step. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "util/replace.h"

static int write_all(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t wrote = write(fd, bytes, len);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return -errno;
		bytes += wrote;
		len -= (size_t)wrote;
	}
	return 0;
}

int replace_file(const char *path, const void *bytes, size_t len, mode_t mode)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	char *beside;
	int fd, err;

	if (!*name)
		return -EISDIR;
	if (asprintf(&beside, "%.*s.%s.XXXXXX", (int)(name - path), path, name) < 0)
		return -ENOMEM;
	fd = mkostemp(beside, 0);
	if (fd < 0) {
		err = -errno;
		free(beside);
		return err;
	}
	err = write_all(fd, bytes, len);
	if (!err && fchmod(fd, mode))
		err = -errno;
	if (close(fd) && !err)
		err = -errno;
	if (!err && rename(beside, path))
		err = -errno;
	if (err)
		unlink(beside);
	free(beside);
	return err;
}
