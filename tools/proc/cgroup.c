// SPDX-License-Identifier: GPL-2.0-only
/* cgroup.c - find cgroups (version 2) by number and by path. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <linux/magic.h>
#include <linux/types.h>
#include "proc/cgroup.h"
#include "proc/maps.h"

#define FID_KERNFS 0xfe /* type of file handle; include/linux/exportfs.h of the kernel */

static bool cgroup_mount(struct mounts *mounts, struct mount_name *name)
{
	return mounts_find(mounts, 0, "cgroup2", name);
}

/* The id of a cgroup is its file handle. Needs CAP_DAC_READ_SEARCH. */
static char *from_handle(const char *point, __u64 id)
{
	struct {
		struct file_handle handle;
		__u64 id; /* handle.f_handle */
	} fid = {.handle = {.handle_bytes = sizeof(id), .handle_type = FID_KERNFS}, .id = id};
	size_t skip = strcmp(point, "/") ? strlen(point) : 0;
	char link[64], text[PATH_MAX + 1];
	int mount = open(point, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd;
	ssize_t len = -1;

	if (mount < 0)
		return NULL;
	fd = open_by_handle_at(mount, &fid.handle, O_PATH | O_CLOEXEC);
	close(mount);
	if (fd < 0)
		return NULL;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, text, PATH_MAX);
	close(fd);
	if (len < (ssize_t)skip || len == PATH_MAX || strncmp(text, point, skip))
		return NULL;
	text[len] = '\0';
	if (text[skip] != '/' && text[skip])
		return NULL; /* not below this mount */
	return strdup(text[skip] ? text + skip : "/");
}

/* The cgroup that process @pid, once a member, is in now, if it still has this id. */
static char *from_process(const char *point, __u64 id, __u32 pid)
{
	FILE *in = proc_open(pid, "cgroup");
	char *line = NULL, *dir = NULL, *found = NULL;
	struct stat st;
	size_t size = 0;
	ssize_t len;

	while (in && !found && (len = getline(&line, &size, in)) > 0) {
		if (strncmp(line, "0::/", 4))
			continue;
		line[len - 1] = '\0';
		if (asprintf(&dir, "%s%s", point, line + 3) < 0)
			break;
		if (!stat(dir, &st) && st.st_ino == id)
			found = strdup(line + 3);
		free(dir);
	}
	free(line);
	if (in)
		fclose(in);
	return found;
}

char *cgroup_path(struct mounts *mounts, __u64 id, __u32 pid)
{
	struct mount_name name;
	char *path;

	if (!id || !cgroup_mount(mounts, &name))
		return NULL;
	path = from_handle(name.point, id);
	return path ? path : from_process(name.point, id, pid);
}

static int open_dir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;

	if (fd < 0)
		return -errno;
	if (!fstatfs(fd, &fs) && fs.f_type == CGROUP2_SUPER_MAGIC)
		return fd;
	close(fd);
	return -ENOTSUP;
}

enum dax_cgroups cgroups_here(struct mounts *mounts)
{
	struct mount_name name;

	if (!mounts)
		return DAX_CGROUPS_V2;
	if (!cgroup_mount(mounts, &name))
		return DAX_CGROUPS_NONE;
	return mounts_find(mounts, 0, "cgroup", &name) ? DAX_CGROUPS_HYBRID : DAX_CGROUPS_V2;
}

/* Why there is no cgroup of version 2, and a command that hides no existing mount. */
static int no_cgroup2(struct mounts *mounts, char *err, size_t size)
{
	struct mount_name name;

	if (mounts_find(mounts, 0, "cgroup", &name))
		snprintf(err, size,
			 "only cgroups of version 1 are mounted here, and BPF sees only those of version 2: boot with "
			 "systemd.unified_cgroup_hierarchy=1");
	else
		snprintf(err, size, "no cgroup2 is mounted: mkdir /run/cgroup2 && mount -t cgroup2 none /run/cgroup2");
	return -ENOTSUP;
}

static bool is_version_1(const char *path)
{
	struct statfs fs;

	return !statfs(path, &fs) && fs.f_type == CGROUP_SUPER_MAGIC;
}

int cgroup_open(const char *path, char *err, size_t size)
{
	struct mounts *mounts = mounts_open("/proc/self/mountinfo");
	struct mount_name name;
	char *below = NULL;
	int fd = path[0] == '/' ? open_dir(path) : -ENOENT;

	if (fd < 0 && cgroup_mount(mounts, &name) &&
	    asprintf(&below, "%s%s%s", name.point, path[0] == '/' ? "" : "/", path) > 0) {
		fd = open_dir(below);
		free(below);
		if (fd < 0)
			snprintf(err, size, "no cgroup below %s, and not the directory of one: %s",
				 name.point, strerror(-fd));
		if (fd < 0 && path[0] == '/' && is_version_1(path)) {
			snprintf(err, size, "a cgroup of version 1: BPF sees only those of version 2, below %s", name.point);
			fd = -ENOTSUP;
		}
	} else if (fd < 0) {
		fd = no_cgroup2(mounts, err, size);
	}
	mounts_close(mounts);
	return fd;
}
